"""Certificates of minimisers apart by turning a side, forged: one for each hypothesis, beside the controls that are verified."""

import json

import pytest

from scverify.certify.units import unit_optimum
from scverify.model.batches import mini_batches
from scverify.model.units import UnitProblem
from tests.soundness.test_forged_minimizers import forged, looser, ridge_for_sphere

PROBLEMS = {
    "disjoint": UnitProblem(mini_batches([(0, 1), (2, 3)], pairs=4), 1),
    "shared": UnitProblem(mini_batches([(0, 1, 2, 3), (3, 4, 5, 6)], pairs=7), 1),
}


@pytest.fixture(scope="module")
def valid():
    found = {name: unit_optimum(problem) for name, problem in PROBLEMS.items()}
    fano = unit_optimum(UnitProblem(mini_batches([(0, 1, 2), (2, 3, 0)], pairs=4), 1)).minimizers.certificate
    return {**{name: each.several.certificate for name, each in found.items()}, "rank": fano}


def farther(claim, witness):
    claim["distance"] = "4"


def ball_for_sphere(claim, witness):
    for kind in claim["problem"]["kinds"]:
        kind["constraint"]["kind"] = "ball"


def sees_across(claim, witness):
    """The first row sees a node of the other side."""
    claim["problem"]["rows"][0]["c"][0][1].append(7)


def seen_across(claim, witness):
    """The last row, of the other side, sees a node of the first."""
    claim["problem"]["rows"][-1]["c"][0][1].append(0)


def target_across(claim, witness):
    claim["problem"]["rows"][0]["q"].append(["1/10", [7]])


def unknown_row(claim, witness):
    """What such a formula sees is not known: a square of all similarities, whatever the coefficients."""
    claim["problem"]["formulas"][0] = ["sum", ["pow", "s", 2]]


def not_named(claim, witness):
    """A shared node is put on a side: rows of the other side see it."""
    witness["first"].append(witness["shared"].pop())


def of_the_other_side(claim, witness):
    witness["blocks"][0] = witness["blocks"][1]


def higher(claim, witness):
    for block in witness["blocks"]:
        block["least"] = "2"
    claim["distance"] = "5"


def narrower(claim, witness):
    """A frame of fewer directions shows a larger singular value of another place."""
    for block in witness["blocks"]:
        block["frame"]["rows"] = [row[:1] for row in block["frame"]["rows"]]


def repeated(claim, witness):
    """One direction twice."""
    for block in witness["blocks"]:
        block["frame"]["rows"] = [[row[0]] * len(row) for row in block["frame"]["rows"]]


def all_ones(claim, witness):
    """A direction in which the number of a row hides."""
    for block in witness["blocks"]:
        block["frame"]["rows"] = [[1 << block["frame"]["bits"], *row[1:]] for row in block["frame"]["rows"]]


def anchor_twice(claim, witness):
    for block in witness["blocks"]:
        block["rows"] = [*block["rows"], block["rows"][0]]


def rows_of_two_anchors(claim, witness):
    for block in witness["blocks"]:
        block["rows"] = [[*block["rows"][0], *block["rows"][1]], *block["rows"][2:]]


def no_rows(claim, witness):
    for block in witness["blocks"]:
        block["rows"] = []


def unknown_columns(claim, witness):
    """A node of its side of which no row of the block knows."""
    side = {*witness["first"], *witness["shared"]}
    block = witness["blocks"][0]
    block["columns"][0] = next(j for j in sorted(side) if j not in block["columns"])


def four_of_each(claim, witness):
    """All nodes as one unit, of which there are four that do not see each other: every bound is four times what it was."""
    problem = claim["problem"]
    names = [f"node{i}" for i in range(len(problem["nodes"]))]
    constraints = [problem["kinds"][kind]["constraint"] for kind in problem.pop("nodes")]
    problem["kinds"] = [{"name": name, "constraint": norm} for name, norm in zip(names, constraints, strict=True)]
    problem["units"] = [{"multiplicity": 4, "copies": [1] * len(names)}]
    formulas = problem.pop("formulas")
    for row, outcomes in zip(problem["rows"], witness["lower"]["rows"], strict=True):
        row.update(anchor=names[row["anchor"]], formula=formulas[row["formula"]])
        for name in "cq":
            row[name] = {"own": {names[j]: value for value, places in row[name] for j in places}}
        outcomes["row"] = [0] * len(names) + outcomes["row"][:-1]
    factor, bits = witness["lower"]["factor"], witness["lower"]["factor"]["bits"]
    # the dual of four units is S (x) I = S/4 (x) J + S (x) (I - J/4), J all ones: means and spreads
    witness["lower"] |= {"factor": {**factor, "bits": bits + 1}, "spreads": [factor]}
    witness["upper"]["spreads"] = witness["upper"]["spreads"][:1]
    witness["upper"]["spreads"][0]["rows"] = [[] for _ in names]


def rank_of(edit):
    def change(claim, witness):
        claim["rank"] = [claim["rank"][0] + 1, claim["rank"][1]]
        edit(witness["seen"])

    return change


FORGERIES = {
    "sides farther apart": ("disjoint", farther, "too short"),
    "no distance": ("disjoint", lambda claim, witness: claim.update(distance="0"), "not positive"),
    "a ridge, along which nothing bounds the norms": ("disjoint", ridge_for_sphere, "ridge"),
    "a ball, in which a side may be 0": ("disjoint", ball_for_sphere, "sphere"),
    "an outcome of the other side": ("disjoint", sees_across, "sees the other"),
    "an outcome of the first side": ("disjoint", seen_across, "sees the other"),
    "a target of the other side": ("disjoint", target_across, "sees the other"),
    "a row of a formula that sees everything": ("disjoint", unknown_row, ""),
    "a free temperature": (
        "disjoint",
        lambda claim, witness: claim["problem"].update(tau={"least": "1/2", "most": "1"}),
        "one temperature",
    ),
    "a side without nodes": ("disjoint", lambda claim, witness: witness.update(first=[]), "no nodes"),
    "a side of all nodes": ("disjoint", lambda claim, witness: witness.update(first=list(range(8))), "no nodes"),
    "part of a side": ("disjoint", lambda claim, witness: witness["first"].pop(), "sees the other"),
    "a node of a side twice": ("disjoint", lambda claim, witness: witness["first"].append(witness["first"][0]), "twice"),
    "sides that share nodes, farther apart": ("shared", farther, "too short"),
    "a shared node that is not named": ("shared", not_named, "sees the other"),
    "a shared node of a side": ("shared", lambda claim, witness: witness["first"].append(witness["shared"][0]), "shared"),
    "a block of the other side": ("shared", of_the_other_side, "not of its side"),
    "a worse point": ("shared", looser, ""),
    "larger singular values": ("shared", higher, "singular values"),
    "fewer directions": ("shared", narrower, ""),
    "one direction twice": ("shared", repeated, ""),
    "a direction in which a row's number hides": ("shared", all_ones, ""),
    "an anchor twice": ("shared", anchor_twice, "twice"),
    "rows of two anchors": ("shared", rows_of_two_anchors, "two anchors"),
    "a block without rows": ("shared", no_rows, "no rows"),
    "a column that is not known": ("shared", unknown_columns, "not known"),
    "a column twice": ("shared", lambda claim, witness: witness["blocks"][0].update(columns=[3] * 4), "twice"),
    "units that stand for several": ("shared", four_of_each, "stand for several"),
    "no singular value": ("shared", lambda claim, witness: witness["blocks"][0].update(least="0"), "not positive"),
    "a least rank that is too large": ("rank", rank_of(lambda seen: None), "so large a rank"),
    "a direction of a rank twice": (
        "rank",
        rank_of(lambda seen: seen["frame"].update(rows=[[*row, row[0]] for row in seen["frame"]["rows"]])),
        "so large a rank",
    ),
    "a rank in the direction of a row's number": (
        "rank",
        rank_of(lambda seen: seen["frame"].update(rows=[[*row, 1 << seen["frame"]["bits"]] for row in seen["frame"]["rows"]])),
        "so large a rank",
    ),
}


def test_the_controls_are_verified_from_their_text(valid):
    for certificate in valid.values():
        answer = forged(json.loads(json.dumps(certificate)), lambda claim, witness: None)
        assert answer.word == "VERIFIED", answer.reason


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_refused(valid, forgery):
    name, edit, reason = FORGERIES[forgery]
    answer = forged(valid[name], edit)
    assert answer.word in ("REJECTED", "UNDECIDED") and reason in answer.reason, answer
