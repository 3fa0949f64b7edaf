"""Pictures of statements: made of the certificates of their proofs, none where the verdict is another."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from scverify.certify.landscape import landscape
from scverify.certify.optimum import optimum
from scverify.conjecture.proof import Proof
from scverify.conjecture.theorem import Theorem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball
from scverify.model.problem import Problem
from scverify.report.theorem_plots import class_matrix, theorem_pictures
from scverify.symbolic.losses import supcon


def proof(name, claims=()):
    theorem = SimpleNamespace(id=name)
    return SimpleNamespace(theorem=theorem, as_expected=True, certificates={str(i): {"claim": claim} for i, claim in enumerate(claims)})


def test_a_matrix_by_groups_is_that_of_all_classes():
    found = optimum(Problem(supcon, Classes((5, 5, 2, 2)), temperature="1/2"))
    claim = found.certificates["uniqueness.json"]["claim"]
    assert np.allclose(class_matrix(claim), found.gram, atol=1e-9)
    [picture] = theorem_pictures(proof("T5", [claim]))
    assert picture.figure.axes[0].images[0].get_array().shape == (4, 4)
    assert theorem_pictures(proof("T5")) == []


def test_a_section_begins_at_the_certified_value():
    """Sizes 2, 2: a point whose class means are no 0 stands in for a spurious one."""
    rows = [[8, 8, -8, -8], [6, -6, 0, 0], [0, 0, 6, -6]]
    problem = {**optimum(Problem(supcon, Classes((2, 2)), temperature="1/2")).certificate["claim"]["problem"], "dim": 3}
    claim = {
        "type": "SpuriousMinimum",
        "embeddings": {"bits": 3, "rows": rows},
        "problem": problem,
        "value": {"upper": "9/2"},
        "excess": "1/2",
    }
    axes = theorem_pictures(proof("T7-sphere", [claim]))[0].figure.axes[0]
    assert [(*each.get_xdata(), *each.get_ydata()) for each in axes.lines if "spurious" in str(each.get_label())] == [(0, 4.5)]
    assert [each.get_ydata()[0] for each in axes.lines if "as low" in str(each.get_label())] == [4]
    flat = claim | {"embeddings": {"bits": 3, "rows": [[8, -8, 0, 0], [0, 0, 8, -8]]}}
    assert theorem_pictures(proof("T7-sphere", [flat])) == [], "means of length 0 have no direction"


def test_other_pictures_show_what_was_decided():
    warm = theorem_pictures(proof("N17"))[0].figure.axes[0]
    holds = {tuple(point) for point in warm.collections[0].get_offsets().tolist()}
    assert (7, 3) in holds and (6, 3) not in holds
    line = theorem_pictures(proof("N19"))[0].figure.axes[0]
    below, above = (each.get_ydata() for each in line.lines[:2])
    assert below[1] > 0 > above[1]
    certificate = landscape(Problem(supcon, Classes((4, 2)), dim=3, temperature=1, constraint=Ball())).certificate
    few = theorem_pictures(proof("N20", [certificate["claim"]]))[0].figure.axes[0]
    assert few.collections[0].get_offsets().tolist() == [[4, 3]] and [text.get_text() for text in few.texts] == ["4,2"]


def test_a_statement_without_its_verdict_has_no_picture():
    theorem = Theorem(id="N17", title="", latex="", source="", hypotheses=(), assumed=(), could_go_wrong=(), steps=lambda loss: ())
    assert theorem_pictures(Proof(theorem, (), 0.0)) == [] and theorem_pictures(Proof(replace(theorem, id="Z"), (), 0.0)) == []
