"""Proofs as checked steps: a verdict says no more than the steps behind it."""

import pytest
from sympy import Symbol

from scverify.conjecture.proof import Proofs, prove
from scverify.conjecture.theorem import Decision, Theorem, certified, fact, identity, left_open, sign

X, P = Symbol("x", real=True), Symbol("p", positive=True)


def statement(*steps, **options):
    words = {"id": "X", "title": "x", "latex": "x", "source": "x", "hypotheses": (), "assumed": (), "could_go_wrong": ()}
    return Theorem(**words, steps=lambda loss: steps, **options)


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


def test_a_step_that_rests_on_certificates_needs_one():
    statement = Theorem("X", "", "", "", (), (), (), lambda loss: [certified("by word of mouth", lambda: Decision(True, "trust me"))])
    proof = prove(statement)
    assert proof.verdict == "UNDECIDED"
    assert proof.done[0].decision.found == "no certificate stands behind it"


def test_certificates_are_not_looked_for_behind_a_broken_step():
    asked = []
    costly = certified("costly", lambda: asked.append(1) or Decision(True))
    last = prove(statement(fact("wrong", lambda: False), costly)).done[-1]
    assert asked == [] and last.decision.found == "not tried: an earlier step does not hold"


def test_proofs_are_told_in_a_table_and_name_what_does_not_hold():
    good, bad = prove(statement(GOOD)), prove(statement(fact("wrong", lambda: False)))
    both = Proofs((good, bad))
    assert both.headline() == "1 PROVED, 1 UNDECIDED" and not both.as_expected and Proofs((good,)).as_expected
    assert "X: UNDECIDED, expected PROVED" in str(both) and "[fact] wrong: does not hold" in str(both)
    assert "[fact] wrong" not in str(Proofs((good,)))
    assert [entry["verdict"] for entry in both.to_json()["statements"]] == ["PROVED", "UNDECIDED"]
    assert repr(bad) == "<Proof: UNDECIDED  X: x (trust none)>" and "expected  PROVED" in str(bad) and "expected" not in str(good)
