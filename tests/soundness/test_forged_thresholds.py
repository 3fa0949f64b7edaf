"""Certificates about thresholds, forged: one for each hypothesis, beside the control that is verified."""

import copy
from fractions import Fraction

import pytest

from scverify import Ball, Classes, NonNegative, Problem, Ridge, UnitProblem, losses, supcon
from scverify.certify.claims import certificate
from scverify.certify.thresholds.merging import StepFamily, merging, merging_in_the_limit
from scverify.certify.thresholds.sides import logits_merged, simplex, zero
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.data import problem_data
from scverify.symbolic.losses import soft_supcon

STEP = StepFamily(2, 2, Fraction(3), Fraction(132), Fraction(1, 2))
RIDGED = Problem(supcon, Classes((3, 3, 2)), temperature="1/2", constraint=Ridge(1))
EQUAL = Problem(supcon, Classes((3, 3, 3)), temperature="1/2")
SOFT = Problem(soft_supcon([["1", "1/2", "1/2"], ["1/2", "1", "1/2"], ["1/2", "1/2", "1"]]), Classes((2, 2, 2)), temperature=2)
SMOOTH = losses.cross_entropy((4, 4, 4), "1/10")
CONTROLS = {
    "Merged": lambda: merging(STEP),
    "Apart": lambda: merging(STEP.at("ratio", Fraction(131))),
    "MergedOne": lambda: merging(StepFamily(1, 2, Fraction(3), Fraction(213), Fraction(1, 2))),
    "ApartOne": lambda: merging(StepFamily(1, 2, Fraction(3), Fraction(212), Fraction(1, 2))),
    "EventuallyMerged": lambda: merging_in_the_limit(3, Fraction(1, 5)),
    "NeverMerged": lambda: merging_in_the_limit(3, Fraction(1, 4)),
    "ZeroOptimal": lambda: zero(RIDGED.replace(constraint=Ridge(5))),
    "ZeroOptimalDistinct": lambda: zero(Problem(supcon, Classes((4, 3, 2)), temperature="1/2", constraint=Ridge(5))),
    "ZeroOptimalBalanced": lambda: zero(Problem(supcon, Classes((3, 3, 3)), temperature="1/2", constraint=Ridge(5))),
    "ZeroNotOptimal": lambda: zero(RIDGED),
    "LogitsMerged": lambda: logits_merged(UnitProblem(losses.cross_entropy((9, 4, 4)), 1, Ridge(2))),
    "LogitsApart": lambda: logits_merged(UnitProblem(losses.cross_entropy((9, 4, 4)), 1, Ridge("199/100"))),
    "SimplexOptimal": lambda: simplex(EQUAL),
    "SimplexNotOptimal": lambda: simplex(SOFT),
    "SimplexOptimalPairs": lambda: simplex(UnitProblem(losses.clip(4), 1)),
    "SimplexOptimalUnits": lambda: simplex(UnitProblem(SMOOTH, "1/2")),
    "SimplexNotOptimalUnits": lambda: simplex(UnitProblem(SMOOTH, "2/5")),
}


@pytest.fixture(scope="module")
def valid():
    return {name: make()[1] for name, make in CONTROLS.items()}


@pytest.mark.parametrize("name", CONTROLS)
def test_the_controls_are_verified(valid, name):
    answer = verify_data(valid[name])
    assert answer.word == "VERIFIED", answer.reason
    assert name.startswith(answer.type)


def forged(data, edit):
    edited = copy.deepcopy(data)
    edit(edited["claim"], edited["witness"])
    return verify_data({**edited, "digest": digest(edited["claim"])})


def problem(**changes):
    return lambda claim, witness: claim["problem"].update(changes)


def rows(claim, c, q, own_kind, where):
    """Rows of pairs in which `where` (c or q) has the others of the anchor's own kind, and c or q the partner."""
    for row in claim["problem"]["rows"]:
        kind, other = row["anchor"], {"image": "text", "text": "image"}[row["anchor"]]
        row["c"], row["q"] = {}, {}
        for name, given in (("c", c), ("q", q)):
            if given:
                row[name] = {"own": {other: given["own"]}}
        row[where] = {**row[where], "others": {kind: own_kind}}
        if where == "q":
            row["c"] = {"others": {other: "1/1000"}}


FORGERIES = {
    "Merged": {
        "a ratio below": lambda claim, witness: claim.update(major="393"),
        "another temperature": lambda claim, witness: claim.update(tau="1"),
        "an interval without a root": lambda claim, witness: (
            witness.update(upper=str((Fraction(witness["lower"]) * 1001) / 1000)) or witness.update(lower="-1/2")
        ),
        "an interval outside": lambda claim, witness: witness.update(upper="0"),
        "one small class": lambda claim, witness: claim.update(small=1),
        "no large class": lambda claim, witness: claim.update(large=0),
        "a size of one": lambda claim, witness: claim.update(minor="1"),
        "a size below one": lambda claim, witness: claim.update(major="1/2"),
        "a temperature of 0": lambda claim, witness: claim.update(tau="0"),
        "an opposite word": lambda claim, witness: claim.update(type="Apart"),
        "a decimal": lambda claim, witness: claim.update(major=395),
        "more fields": lambda claim, witness: claim.update(rho="2"),
    },
    "Apart": {
        "a ratio above": lambda claim, witness: claim.update(major="396"),
        "no cuts": lambda claim, witness: witness.update(cuts=[]),
        "cuts that go back": lambda claim, witness: witness.update(cuts=witness["cuts"][::-1]),
        "cuts beyond": lambda claim, witness: witness["cuts"].append("1/2"),
        "cuts before": lambda claim, witness: witness["cuts"].insert(0, "-2"),
        "an opposite word": lambda claim, witness: claim.update(type="Merged"),
    },
    "MergedOne": {
        "a size below": lambda claim, witness: claim.update(major="638"),
        "an opposite word": lambda claim, witness: claim.update(type="Apart"),
        "a small size below one": lambda claim, witness: claim.update(minor="1/2"),
        "a negative temperature": lambda claim, witness: claim.update(tau="-1/2"),
        "a second large class": lambda claim, witness: claim.update(large=2),
    },
    "ApartOne": {
        "a size above": lambda claim, witness: claim.update(major="639"),
        "an opposite word": lambda claim, witness: claim.update(type="Merged"),
    },
    "EventuallyMerged": {
        "a temperature above": lambda claim, witness: claim.update(tau="21/100"),
        "an opposite word": lambda claim, witness: claim.update(type="NeverMerged"),
        "one class": lambda claim, witness: claim.update(classes=1),
        "a temperature below 0": lambda claim, witness: claim.update(tau="-1/5"),
    },
    "NeverMerged": {
        "a temperature below": lambda claim, witness: claim.update(tau="1/5"),
        "two classes": lambda claim, witness: claim.update(classes=2),
        "an opposite word": lambda claim, witness: claim.update(type="EventuallyMerged"),
    },
    "LogitsMerged": {
        "more samples": lambda claim, witness: claim.update(samples=5),
        "no samples": lambda claim, witness: claim.update(samples=0),
        "a smaller ridge": lambda claim, witness: claim.update(ridge_of_features="1"),
        "negative ridges": lambda claim, witness: claim.update(ridge_of_features="-2", ridge_of_weights="-2"),
        "a negative temperature": lambda claim, witness: claim.update(tau="-1"),
        "an opposite word": lambda claim, witness: claim.update(type="LogitsApart"),
        "a witness": lambda claim, witness: witness.update(lower="0"),
    },
    "LogitsApart": {
        "fewer samples": lambda claim, witness: claim.update(samples=3),
        "an opposite word": lambda claim, witness: claim.update(type="LogitsMerged"),
        "one ridge of 0": lambda claim, witness: claim.update(ridge_of_features="0"),
        "a witness": lambda claim, witness: witness.update(lower="0"),
    },
    "ZeroOptimal": {
        "a smaller weight": problem(constraint={"kind": "ridge", "weight": "4", "nonnegative": False}),
        "a sphere": problem(constraint={"kind": "sphere", "rho": "1", "nonnegative": False}),
        "signs": problem(constraint={"kind": "ridge", "weight": "5", "nonnegative": True}),
        "groups of different sizes": lambda claim, witness: witness.update(groups=[[0, 2], [1]]),
        "an opposite word": lambda claim, witness: claim.update(type="ZeroNotOptimal") or witness.update(spread=0),
        "rows that are not convex": problem(formula=["mul", "-1", ["log", ["sum", ["mul", "c", ["exp", "s"]]]]]),
    },
    "ZeroOptimalDistinct": {"a smaller weight": problem(constraint={"kind": "ridge", "weight": "4", "nonnegative": False})},
    "ZeroOptimalBalanced": {"a smaller weight": problem(constraint={"kind": "ridge", "weight": "4", "nonnegative": False})},
    "SimplexNotOptimal": {"an opposite word": lambda claim, witness: claim.update(type="SimplexOptimal")},
    "SimplexOptimalPairs": {
        "nodes of a unit that repel": lambda claim, witness: rows(claim, {"own": "1/100"}, {}, "1", "c"),
        "units that attract": lambda claim, witness: rows(claim, {}, {"own": "1/100"}, "1", "q"),
    },
    "ZeroNotOptimal": {
        "a larger weight": problem(constraint={"kind": "ridge", "weight": "5", "nonnegative": False}),
        "no direction": lambda claim, witness: witness.pop("spread"),
        "two directions": lambda claim, witness: witness.update(direction=["1", "0"]),
        "a direction that rises": lambda claim, witness: witness.pop("spread") is None or witness.update(direction=["1", "1"]),
        "a group that is not there": lambda claim, witness: witness.update(spread=7),
    },
    "SimplexOptimal": {
        "an opposite word": lambda claim, witness: claim.update(type="SimplexNotOptimal"),
        "another size": problem(sizes=[3, 3, 2]),
        "a ball": problem(constraint={"kind": "ball", "rho": "1", "nonnegative": False}),
        "signs": problem(constraint={"kind": "sphere", "rho": "1", "nonnegative": True}),
        "a dimension": problem(dim=1),
        "two groups": lambda claim, witness: witness.update(groups=[[0, 1], [2]]),
        "samples": lambda claim, witness: witness.update(level="samples"),
    },
    "SimplexOptimalUnits": {
        "a lower temperature": problem(tau="2/5"),
        "two types": lambda claim, witness: claim["problem"]["units"].append({"multiplicity": 2, "copies": [1, 3]}),
        "one unit": lambda claim, witness: claim["problem"]["units"][0].update(multiplicity=1),
        "a part that the theorem does not know": problem(scalars=[]),
        "a temperature that is not given": problem(tau={"least": "1/2", "most": "1"}),
        "different spheres": lambda claim, witness: claim["problem"]["kinds"][0]["constraint"].update(rho="2"),
        "an opposite word": lambda claim, witness: claim.update(type="SimplexNotOptimal"),
    },
    "SimplexNotOptimalUnits": {
        "a higher temperature": problem(tau="1/2"),
        "an opposite word": lambda claim, witness: claim.update(type="SimplexOptimal"),
        "a ball": lambda claim, witness: [kind["constraint"].update(kind="ball") for kind in claim["problem"]["kinds"]],
    },
}


@pytest.mark.parametrize(("name", "forgery"), [(name, forgery) for name, each in FORGERIES.items() for forgery in each])
def test_each_forgery_is_refused(valid, name, forgery):
    answer = forged(valid[name], FORGERIES[name][forgery])
    assert answer.word in ("REJECTED", "UNDECIDED"), answer


def test_signs_and_balls_have_no_such_question():
    for constraint in (NonNegative(Ridge(5)), Ball()):
        data = problem_data(RIDGED.replace(constraint=constraint))
        proof = certificate({"type": "ZeroOptimal", "problem": data}, {"level": "groups", "groups": [[0, 1], [2]]}, 64)
        assert verify_data(proof).word == "REJECTED"
