"""Critical points of losses on units and nodes: one corrupted certificate for each hypothesis, beside the uncorrupted controls."""

import copy

import numpy as np
import pytest

from scverify.certify.orbit import certify_point
from scverify.certify.points import critical_points
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model import named
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.units import UnitProblem

PROBLEMS = {
    "pairs": UnitProblem(named.clip(3), "1/2", dim=2),
    "sigmoid": UnitProblem(named.siglip(2, bias=-2), "1/2", dim=2),
    "ball": UnitProblem(named.clip(2), "1/2", "ball", dim=2),
    "ridges": UnitProblem(named.cross_entropy((2, 1)), 1, {"weight": Ridge("1/5"), "feature": Ridge("1/10")}, dim=2),
    "minima": UnitProblem(named.siglip(3, bias=-5), "1/10", dim=2),
    "batches": UnitProblem(mini_batches([(0, 1, 2), (0, 2)], pairs=3), "1/2", dim=2),
}


@pytest.fixture(scope="module")
def valid():
    found = {}
    for name, problem in PROBLEMS.items():
        points = critical_points(problem, starts=8)
        found[name] = points[0].certificates["point.json"]
        found[f"{name} inertia"] = points[0].certificates["inertia.json"]
        for kind in ("strict saddle", "spurious minimum"):
            found |= {f"{name} {kind.split()[-1]}": point.certificates["point.json"] for point in points.of_kind(kind)[:1]}
    angles = np.radians([-172.8, 0, 0, -172.8, -86.4, -86.4])
    found["pairs saddle of full rank"] = certify_point(PROBLEMS["pairs"], [np.cos(angles), np.sin(angles)]).certificates["point.json"]
    return found


def forged(certificate, edit):
    edited = copy.deepcopy(certificate)
    edit(edited["claim"], edited["witness"])
    return verify_data({**edited, "digest": digest(edited["claim"])})


def test_the_controls_are_verified(valid):
    for certificate in valid.values():
        answer = forged(certificate, lambda claim, witness: None)
        assert answer.word == "VERIFIED", answer.reason
    assert {valid[name]["claim"]["type"] for name in PROBLEMS} == {"GlobalMinimum"}


def rows(claim):
    return claim["problem"]["rows"]


FORGERIES = {
    "a row at another anchor": ("batches", lambda claim, witness: rows(claim)[0].update(anchor=1)),
    "a row at an anchor of another kind": ("batches", lambda claim, witness: rows(claim)[0].update(anchor=4)),
    "a heavier row": ("batches", lambda claim, witness: rows(claim)[0].update(weight="3/2")),
    "a row of weight 0": ("batches", lambda claim, witness: rows(claim)[0].update(weight="0")),
    "a row of negative weight": ("batches", lambda claim, witness: rows(claim)[0].update(weight="-1")),
    "a row left out": ("batches", lambda claim, witness: rows(claim).pop()),
    "a node more": ("batches", lambda claim, witness: claim["problem"]["nodes"].append(0)),
    "a node of another kind": (
        "batches",
        lambda claim, witness: (
            claim["problem"]["kinds"].append({"name": "wide", "constraint": {"kind": "sphere", "rho": "2", "nonnegative": False}}),
            claim["problem"]["nodes"].__setitem__(0, 2),
        ),
    ),
    "rows of one kind at the other": ("pairs saddle", lambda claim, witness: rows(claim)[0].update(anchor="text")),
    "another multiplicity": ("pairs", lambda claim, witness: claim["problem"]["units"][0].update(multiplicity=4)),
    "other copies": ("pairs", lambda claim, witness: claim["problem"]["units"][0].update(copies=[1, 2])),
    "another norm on one kind": (
        "pairs",
        lambda claim, witness: claim["problem"]["kinds"][1]["constraint"].update(rho="2"),
    ),
    "a ridge that is another kind's": (
        "ridges",
        lambda claim, witness: [kind["constraint"].update(weight="1/5") for kind in claim["problem"]["kinds"]],
    ),
    "a sphere for a ridge": (
        "ridges",
        lambda claim, witness: claim["problem"]["kinds"][0].update(constraint={"kind": "sphere", "rho": "1", "nonnegative": False}),
    ),
    "a wider ball": ("ball", lambda claim, witness: claim["problem"]["kinds"][0]["constraint"].update(rho="11/10")),
    "signs": ("pairs", lambda claim, witness: claim["problem"]["kinds"][0]["constraint"].update(nonnegative=True)),
    "another scale": ("sigmoid saddle", lambda claim, witness: claim["problem"].update(scale="2")),
    "another temperature": ("pairs saddle", lambda claim, witness: claim["problem"].update(tau="1/3")),
    "a free temperature": ("pairs", lambda claim, witness: claim["problem"].update(tau={"least": "1/3", "most": "1/2"})),
    "another bias": (
        "sigmoid saddle",
        lambda claim, witness: rows(claim)[0].update(formula=eval(repr(rows(claim)[0]["formula"]).replace("-2", "-3"))),
    ),
    "no dimension": ("pairs", lambda claim, witness: claim.pop("dim")),
    "a dimension below the rank": ("pairs", lambda claim, witness: claim.update(dim=1)),
    "an inertia of another dimension": ("pairs inertia", lambda claim, witness: claim.update(dim=3)),
    "a saddle called global": ("pairs saddle", lambda claim, witness: claim.update(type="GlobalMinimum")),
    "a saddle called a minimum": ("sigmoid saddle", lambda claim, witness: claim.update(type="StrictMinimum")),
    "a saddle without a normal direction called a minimum": (
        "pairs saddle of full rank",
        lambda claim, witness: claim.update(type="StrictMinimum"),
    ),
    "a saddle without a normal direction called global": (
        "pairs saddle of full rank",
        lambda claim, witness: claim.update(type="GlobalMinimum"),
    ),
    "a row that is not convex, too light to move the point": (
        "batches",
        lambda claim, witness: (
            claim["problem"]["formulas"].append(["mul", "-1", ["sum", ["mul", "q", ["pow", "s", 2]]]]),
            rows(claim).append({"anchor": 0, "formula": 1, "weight": f"1/{10**60}", "c": [], "q": [["1", [3]]]}),
        ),
    ),
    "a field more in a claim": ("pairs", lambda claim, witness: claim.update(note="proved")),
    "a field more in a value": ("pairs", lambda claim, witness: claim["value"].update(note="proved")),
    "a norm left out": ("pairs", lambda claim, witness: witness["active"].pop()),
    "a ridge's norm that is active": ("ridges", lambda claim, witness: witness["active"].append(0)),
    "an orbit of zero rank on spheres": (
        "pairs",
        lambda claim, witness: (claim["embeddings"].update(rows=[]), witness.update(gauge=[], active=[])),
    ),
    "no better point": ("minima minimum", lambda claim, witness: witness.pop("upper")),
    "an excess raised": ("minima minimum", lambda claim, witness: claim.update(excess="6")),
    "an excess of nothing": ("minima minimum", lambda claim, witness: claim.update(excess="0")),
    "a better point in more dimensions": (
        "minima minimum",
        lambda claim, witness: witness["upper"]["rows"].append([0] * 6),
    ),
    "a better point of one sample more": ("minima minimum", lambda claim, witness: [row.append(0) for row in witness["upper"]["rows"]]),
    "a better point at a level of classes": ("minima minimum", lambda claim, witness: witness.update(level="samples")),
    "the spurious minimum called global": (
        "minima minimum",
        lambda claim, witness: (claim.update(type="GlobalMinimum"), claim.pop("excess"), witness.pop("upper")),
    ),
    "the spurious minimum in a dimension more": ("minima minimum", lambda claim, witness: claim.update(dim=3)),
    "a better point without need": (
        "pairs",
        lambda claim, witness: witness.update(upper=copy.deepcopy(claim["embeddings"])),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_not_verified(valid, name):
    of, edit = FORGERIES[name]
    answer = forged(valid[of], edit)
    assert answer.word != "VERIFIED", answer.claim


def test_spheres_and_balls_side_by_side():
    """On the ball a multiplier has to be positive, on the sphere beside it not."""
    on = {"weight": Sphere(), "feature": Ball()}
    problem = UnitProblem(named.cross_entropy((1, 1)), "1/2", on, dim=1)
    assert certify_point(problem, [[1.0, 1.0, -1.0, -1.0]]).kind == "global minimum"
    repelled = certify_point(problem, [[1.0, -1.0, -1.0, 1.0]])
    assert repelled.kind == "not critical" and "multiplier" in repelled.reason
    weight_repelled = certify_point(problem.replace(constraint={"weight": Sphere(), "feature": Sphere()}), [[1.0, -1.0, -1.0, 1.0]])
    assert weight_repelled.multipliers.min() < 0 and weight_repelled.trust == "ball"
    # three features of one class push the weight of another away, which lies at theirs
    crowded = certify_point(UnitProblem(named.cross_entropy((1, 3, 1)), "1/2", on, dim=1), [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0]])
    assert crowded.trust == "ball" and crowded.multipliers.min() < 0 and crowded.multipliers.argmin() == 4


def test_ridges_and_balls_side_by_side():
    """A norm under a ridge is not one inside a ball."""
    problem = UnitProblem(named.cross_entropy((1, 1)), "1/2", {"weight": Ball(), "feature": Ridge("1/10")}, dim=1)
    assert certify_point(problem, [[1.0, 0.93, -1.0, -0.93]]).kind == "global minimum"
