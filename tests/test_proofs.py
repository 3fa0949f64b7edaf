"""The proofs: every statement has its verdict, its certificates are verified elsewhere, and a broken formula turns the right ones red."""

import json
import os
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from sympy import Integer, Symbol, exp, log

from scverify.cli import main
from scverify.conjecture.class_rows import ClassRow
from scverify.conjecture.proof import (
    Decision,
    Statement,
    certified,
    chosen_statements,
    fact,
    identity,
    left_open,
    load_statements,
    prove,
    sign,
)
from scverify.errors import InputError
from scverify.kernel.verify import verify_data
from scverify.symbolic.losses import Loss, n_own, supcon_rule
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau

FOLDER = Path(__file__).resolve().parents[1] / "proofs"
STATEMENTS = {statement.id: statement for statement in load_statements(FOLDER)}
THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"
EXPECTED = {
    **dict.fromkeys(["T1", "T2", "T3", "T4", "T5", "T6", "T8", "T9", "T11", "T12", "L1"], ("PROVED", "symbolic")),
    **dict.fromkeys(["T7-attraction", "T7-high", "T7-next"], ("PROVED", "symbolic")),
    "T7-sphere": ("REFUTED", "ball"),
    "T7-ball": ("UNDECIDED", "none"),
    "T7-warm": ("UNDECIDED", "none"),
    "T10": ("PROVED", "ball"),
    "L2": ("PROVED", "ball"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_statement_has_its_verdict(name):
    proof = prove(STATEMENTS[name], thorough=THOROUGH)
    assert (proof.verdict, proof.trust) == EXPECTED[name], [(step.step.says, step.decision.found) for step in proof.failures]
    assert proof.as_expected and json.loads(json.dumps(proof.to_json()))["verdict"] == proof.verdict
    assert all(verify_data(data).word == "VERIFIED" for data in proof.certificates.values())
    evaluated = [step for step in proof.done if step.step.stated is not None and step.decision.points == 0]
    assert {str(step.step.stated.left.is_commutative) for step in evaluated} <= {"False"}, "only products of matrices have no value"


def test_the_table_of_expectations_is_complete():
    assert set(STATEMENTS) == set(EXPECTED)


def test_theorems_of_coq_that_a_statement_names_exist():
    sources = {file.stem: file.read_text(encoding="utf-8") for file in (FOLDER / "coq").glob("*.v")}
    named = [formal.split(":")[0].split(".") for statement in STATEMENTS.values() for formal in statement.formal]
    assert len(named) >= 6
    for module, theorem in named:
        assert re.search(rf"^(Theorem|Lemma) {theorem}\b", sources[module], re.MULTILINE), theorem


def test_minority_classes_merge_between_two_neighbouring_ratios():
    [step] = [step for step in prove(STATEMENTS["T10"]).done if "merged at the next" in step.step.says]
    assert step.decision.found == "apart at R = 131, merged at R = 132"


FROM_CONVEXITY = set(EXPECTED) - {"T2", "T7-ball", "T7-warm"}
FROM_COLLAPSE = FROM_CONVEXITY - {"T1", "T7-high", "T7-next"}
BY_RULE = {"T8", "T9", "T10", "T12", "L1"}
FROM_VALUES = {"T7-attraction", "T7-sphere", "T8", "T9", "T10", "T12", "L1", "L2"}
LOG, PULL = log(row_sum(c[a] * exp(s[a] / tau))), row_sum(q[a] * s[a] / tau)
BROKEN = {
    "sign of the logarithm": (-LOG - PULL, {}, FROM_CONVEXITY),
    "sign of the pull": (LOG + PULL, {}, FROM_COLLAPSE),
    "factor 2 in the pull": (LOG - 2 * PULL, {}, FROM_VALUES),
    "1/tau missing in the exponential": (log(row_sum(c[a] * exp(s[a]))) - PULL, {}, FROM_COLLAPSE | {"T1"}),
    "1/tau missing everywhere": (log(row_sum(c[a] * exp(s[a]))) - row_sum(q[a] * s[a]), {}, FROM_VALUES | {"T1"}),
    "factor 2 in the weight": (LOG - PULL, {"weight": Integer(2)}, BY_RULE),
    "factor 2 in the negatives": (LOG - PULL, {"negative_c": Integer(2)}, BY_RULE | {"L2"}),  # the fold comes at a lower temperature
    "the anchor among its positives": (LOG - PULL, {"positive_q": 1 / n_own}, FROM_COLLAPSE),
    "positives left out of the sum": (LOG - PULL, {"positive_c": Integer(0)}, FROM_COLLAPSE - {"T4"}),
}


@pytest.mark.parametrize("name", BROKEN if THOROUGH else ["sign of the logarithm", "factor 2 in the pull"])
def test_a_broken_formula_turns_the_right_statements_red_and_no_others(name):
    expression, coefficients, red = BROKEN[name]
    loss = Loss("broken", RowFormula("broken", expression), replace(supcon_rule, **coefficients))
    assert {key for key, statement in STATEMENTS.items() if not prove(statement, loss).as_expected} == red


def test_a_class_row_that_is_not_the_loss_is_found_at_random_points(monkeypatch):
    """Signs survive a miscounted anchor; the compiled loss does not agree with it."""
    merged = ClassRow._merged

    def miscounted(self, body, limits):
        return merged(self, body, limits).subs(self.size - 1, self.size)

    monkeypatch.setattr(ClassRow, "_merged", miscounted)
    proof = prove(STATEMENTS["T4"])
    assert proof.verdict == "UNDECIDED"
    [failed] = proof.failures
    assert "falls strictly" in failed.step.says and failed.decision.found.startswith("it fails at ")


def statement(*steps, **options):
    words = {"id": "X", "title": "x", "latex": "x", "source": "x", "hypotheses": (), "assumed": (), "could_go_wrong": ()}
    return Statement(**words, steps=lambda loss: steps, **options)


X, P = Symbol("x", real=True), Symbol("p", positive=True)
GOOD = identity("binomial", (X + 1) ** 2, X**2 + 2 * X + 1)


@pytest.mark.parametrize(
    ("steps", "options", "verdict"),
    [
        ((GOOD,), {}, "PROVED"),
        ((GOOD,), {"refutes": True}, "REFUTED"),
        ((), {}, "UNDECIDED"),
        ((GOOD, identity("wrong", (X + 1) ** 2, X**2 + 1)), {}, "UNDECIDED"),
        ((sign("wrong", X, "> 0"),), {}, "UNDECIDED"),
        ((sign("wrong", -P, "> 0"),), {}, "UNDECIDED"),
        ((sign("right", P + 1, "> 0"),), {}, "PROVED"),
        ((fact("wrong", lambda: False),), {}, "UNDECIDED"),
        ((fact("raises", lambda: bool(1 / 0)),), {}, "UNDECIDED"),
        ((GOOD, left_open("open")), {}, "UNDECIDED"),
        ((GOOD, left_open("open")), {"instances": lambda loss, thorough: (fact("seen", lambda: True),)}, "SUPPORTED"),
        ((GOOD, left_open("open")), {"instances": lambda loss, thorough: (fact("not seen", lambda: False),)}, "UNDECIDED"),
        ((GOOD,), {"instances": lambda loss, thorough: (fact("not seen", lambda: False),)}, "UNDECIDED"),
        ((certified("forged", lambda: Decision(True, "", {"x.json": {"claim": "believe me"}})),), {}, "UNDECIDED"),
    ],
)
def test_a_verdict_says_no_more_than_the_steps(steps, options, verdict):
    assert prove(statement(*steps, **options)).verdict == verdict


def test_statements_are_chosen_by_name():
    kinds = [f"T7-{kind}" for kind in ("sphere", "attraction", "warm", "ball", "high", "next")]
    assert [chosen.id for chosen in chosen_statements([str(FOLDER), "t7", "T8"])] == [*kinds, "T8"]
    with pytest.raises(InputError, match="unknown statement 'T99'"):
        chosen_statements([str(FOLDER), "T99"])


def test_the_command_prints_saves_and_exits_with_0(tmp_path, capsys):
    page, saved = tmp_path / "proofs.html", tmp_path / "certificates"
    arguments = ["prove", str(FOLDER), "T8", "T7-sphere", "--quick", "--html", str(page), "--save", str(saved)]
    assert main.main(arguments, standalone_mode=False) == 0
    assert "REFUTED" in capsys.readouterr().out
    assert "T7-sphere" in page.read_text(encoding="utf-8")
    assert main.main(["verify", str(saved)], standalone_mode=False) == 0
    assert main.main(["prove", str(FOLDER), "T9", "--latex"], standalone_mode=False) == 0
    assert r"\begin{enumerate}" in capsys.readouterr().out
    assert main.main(["prove", str(FOLDER), "T9", "--json"], standalone_mode=False) == 0
    assert json.loads(capsys.readouterr().out)["statements"][0]["verdict"] == "PROVED"


def test_an_interrupted_command_tells_what_is_done(monkeypatch, capsys):
    def interrupted(loss):
        raise KeyboardInterrupt

    statements = [STATEMENTS["T9"], replace(STATEMENTS["T8"], steps=interrupted)]
    monkeypatch.setattr(import_module("scverify.conjecture.proof"), "chosen_statements", lambda targets: statements)
    assert main.main(["prove", "--json"], standalone_mode=False) == 130
    assert [told["id"] for told in json.loads(capsys.readouterr().out)["statements"]] == ["T9"]


def test_the_proof_shown_in_the_documentation_runs():
    [shown] = re.findall(r"^```python\n(.*?)^```$", (FOLDER.parent / "docs" / "proofs.md").read_text(), re.M | re.S)
    exec(shown, {})


def test_a_step_that_rests_on_certificates_needs_one():
    statement = Statement("X", "", "", "", (), (), (), lambda loss: [certified("by word of mouth", lambda: Decision(True, "trust me"))])
    proof = prove(statement)
    assert proof.verdict == "UNDECIDED"
    assert proof.done[0].decision.found == "no certificate stands behind it"
