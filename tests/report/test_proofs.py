"""How proofs are told: LaTeX that balances and reads as mathematics, and a page that holds its pictures."""

import pytest
from sympy import Symbol

from scverify.certify.optimum import optimum
from scverify.conjecture.proof import Proofs, prove
from scverify.conjecture.theorem import Decision, Theorem, certified, fact, identity, left_open, sign
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.report.proof_plots import pictures
from scverify.report.proofs import html, latex
from scverify.symbolic.losses import supcon

X = Symbol("x", real=True)


def proof(*steps, instances=(), **options):
    words = {"id": "X", "title": "B* and S_cc'", "latex": r"x^2 \ge 0", "source": "50% <of> it", "assumed": ()}
    words |= {"hypotheses": ("tau >= 0",), "could_go_wrong": ("n_c^2 & more",)}
    return prove(Theorem(**words | options, steps=lambda loss: steps, instances=lambda *_: instances))


@pytest.fixture(scope="module")
def certificate():
    return optimum(Problem(supcon, Classes([2, 2]), temperature="1/2")).certificate


def test_latex_balances_and_writes_mathematics_as_such(certificate):
    instance = certified("balanced, tau = 1/2: the bounds meet", lambda: Decision(True, "gap 1e-20", {"o.json": certificate}))
    shown = identity("two squares", (X + 1) * (X - 1), X**2 - 1)
    text = latex([proof(shown, sign("a square", X**2, ">= 0"), fact("k >= 2", lambda: True), instances=(instance,))])
    assert all(text.count(opened) == text.count(closed) > 0 for opened, closed in ((r"\[", r"\]"), (r"\begin", r"\end"), ("{", "}")))
    assert text.count("$") % 2 == 0 and "$$" not in text
    assert r"$B^\star$ and $S_{cc'}$" in text and r"$\tau$ $\ge$ 0" in text
    assert r"$n_{c}^{2}$ \& more" in text and r"50\% $<$of$>$ it" in text
    assert r"\left(x - 1\right) \left(x + 1\right) = x^{2} - 1" in text
    assert r"\emph{Certified instances:} the bounds meet: balanced, $\tau$ = 1/2." in text
    assert text.rstrip().endswith(r"\hfill$\square$")


def test_theorems_of_coq_are_named_as_they_are():
    done = proof(sign("a square", X**2, ">= 0"), formal=("Optima.T8_balanced: all of it",))
    assert r"\texttt{Optima.T8\_balanced}: all of it" in latex([done]) and "Optima.T8_balanced: all of it" in html(Proofs((done,)), {})


def test_what_does_not_hold_is_shown_and_no_proof_ends_there():
    text = latex([proof(identity("wrong", X, X + 1), left_open("nobody knows"))])
    assert r"\textbf{not decided}" in text and r"\square" not in text and "UNDECIDED" in text


def test_the_page_begins_with_an_index_by_question_whose_links_lead_to_the_statements():
    first = proof(sign("a square", X**2, ">= 0"), id="A1", question="landscape", improves="what was believed")
    second = proof(sign("a square", X**2, ">= 0"), id="A2", question="of no list")
    page = html(Proofs((first, second)), {})
    for name, question in (("A1", "Is every local minimum global?"), ("A2", "Other statements")):
        assert page.count(f'<a href="#{name}">') == page.count(f'<h2 id="{name}">') == 1
        assert page.index(question) < page.index(f'<a href="#{name}">') < page.index(f'<h2 id="{name}">')
    assert "What is the optimum" not in page, "a question without statements is left out"
    assert "<b>Improves on:</b> what was believed" in page and page.count("Improves on") == 1


def test_the_page_holds_the_table_the_formulas_and_the_pictures(certificate):
    done = proof(sign("a square", X**2, ">= 0"), title="<B*>")
    page = html(Proofs((done,)), {"X": ["<figure>drawn</figure>"], "Y": ["not this"]})
    assert "<figure>drawn</figure>" in page and "not this" not in page
    assert (
        "&lt;B*&gt;" in page
        and "<msup><mi>x</mi><mrow><mn>2</mn></mrow></msup>" in page
        and "http" not in page.replace("http://www.w3.org/1998/Math/MathML", "")
        and "<B*>" not in page
    )
    assert pictures([done]) == {}
