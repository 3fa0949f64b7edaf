"""Proofs as checked steps: a verdict says no more than the steps behind it, and statements are chosen by name."""

from pathlib import Path

import pytest
from sympy import Symbol

from scverify.conjecture.proof import Decision, Theorem, certified, chosen_theorems, fact, identity, left_open, prove, sign
from scverify.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "proofs"
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


def test_statements_are_chosen_by_name():
    kinds = [f"T7-{kind}" for kind in ("sphere", "attraction", "warm", "ball", "high", "next")]
    assert [chosen.id for chosen in chosen_theorems([str(FOLDER), "t7", "T8"])] == [*kinds, "T8"]
    with pytest.raises(InputError, match="unknown statement 'T99'"):
        chosen_theorems([str(FOLDER), "T99"])


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
