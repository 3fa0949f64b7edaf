"""Certificates about every minimiser on units, forged: one for each hypothesis, beside the controls that are verified."""

import copy
import json
from fractions import Fraction

import pytest

from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import two_tower

PROBLEMS = {
    "clip": UnitProblem(clip(5), "1/2"),
    "ball": UnitProblem(clip(3), 1, Ball()),
    "siglip": UnitProblem(siglip(5, -1), 1),
    "merged": UnitProblem(cross_entropy((20, 20, 4, 4)), 1, Ridge("201/100")),
    "apart": UnitProblem(cross_entropy((20, 20, 4, 4)), 1, Ridge("199/100")),
}
SEVERAL = UnitProblem(cross_entropy((4, 4, 4), "1/10"), "1/5")


@pytest.fixture(scope="module")
def valid():
    found = {name: unit_optimum(problem).minimizers.certificate for name, problem in PROBLEMS.items()}
    found["samples"] = optimum(Problem(two_tower(3), Classes((3, 3)))).certificates["minimizers.json"]
    return {**found, "several": unit_optimum(SEVERAL).several.certificate}


def forged(certificate, edit):
    edited = copy.deepcopy(certificate)
    edit(edited["claim"], edited["witness"])
    return verify_data({**edited, "digest": digest(edited["claim"])})


def ridge_for_sphere(claim, witness):
    for kind in claim["problem"]["kinds"]:
        kind["constraint"] = {"kind": "ridge", "weight": "1", "nonnegative": False}


def looser(claim, witness):
    """A worse point: the gap grows, and with it what may be said."""
    rows = witness["upper"]["means"]["rows"]
    rows[0][0] += 1 << (witness["upper"]["means"]["bits"] - 3)


def shifted_rows(claim, witness):
    """Other outcomes, with the digest of them in the claim: the lower bound falls, and the gap is no longer small."""
    row = witness["lower"]["rows"][0]["row"]
    places = sorted((a for a in range(len(row)) if row[a] > 0), key=lambda a: row[a])
    amount = row[places[-1]] // 4
    row[places[-1]] -= amount
    row[places[0]] += amount
    claim["outcomes"] = digest(witness["lower"]["rows"])


def unlike(claim, witness):
    """Outcomes so far from the truth that the gap says nothing of any entry, and a radius none the less."""
    for entry in witness["lower"]["rows"]:
        row = entry["row"]
        least, most = sorted((a for a in range(len(row)) if row[a] > 0), key=lambda a: row[a])
        share = (row[least] + row[most]) // 5
        row[least], row[most] = row[least] + row[most] - share, share
    witness["seen"], none = None, {"bits": 0, "rows": [[], []]}
    witness["dual"] = {"means": none, "spreads": [none]}
    claim.update(outcomes=digest(witness["lower"]["rows"]), rank=[0, 10], apart=[])


def a_term_of_no_weight(claim, witness):
    """A pair is seen by the other term as well, too lightly for the gap to tell, and that outcome is stated at will."""
    row = witness["lower"]["rows"][0]
    claim["problem"]["rows"][0]["c"]["own"] = {"text": f"1/{10**30}"}
    row["rows"][0][-1] = 1 << (row["bits"] - 2)
    claim.update(outcomes=digest(witness["lower"]["rows"]), radius="1/1000")


FORGERIES = {
    "outcomes that the gap does not reach": ("clip", unlike, "radius"),
    "outcomes of a term that is not the last": ("siglip", a_term_of_no_weight, "radius"),
    "a smaller rank": ("clip", lambda claim, witness: claim.update(rank=[3, 3]), "so small a rank"),
    "a larger rank": ("clip", lambda claim, witness: claim.update(rank=[5, 10]), "so large a rank"),
    "a larger rank of means": ("apart", lambda claim, witness: claim.update(rank=[4, 8]), "so large a rank"),
    "a rank beyond the nodes": ("clip", lambda claim, witness: claim.update(rank=[4, 11]), "a rank"),
    "a smaller radius": ("clip", lambda claim, witness: claim.update(radius=str(Fraction(claim["radius"]) / 2)), "radius"),
    "a negative radius": ("clip", lambda claim, witness: claim.update(radius="-1"), "radius"),
    "units apart that are merged": ("merged", lambda claim, witness: claim.update(apart=[0, 1]), "may coincide"),
    "units merged that are apart": ("apart", lambda claim, witness: claim.update(merged=[1]), "may differ"),
    "units merged that are apart in pairs": ("clip", lambda claim, witness: claim.update(merged=[0]), "may differ"),
    "a type of no units": ("clip", lambda claim, witness: claim.update(apart=[1]), "a type"),
    "other outcomes": ("clip", lambda claim, witness: claim.update(outcomes=digest("nothing")), "outcomes"),
    "outcomes of another point": ("merged", shifted_rows, ""),
    "a point with a wider gap": ("merged", looser, ""),
    "a frame of too many columns": (
        "merged",
        lambda claim, witness: (
            witness["dual"]["means"].update(rows=[[int(i == j) for j in range(4)] for i in range(4)], bits=0) or claim.update(rank=[0, 0])
        ),
        "",
    ),
    "a frame that repeats a column": (
        "clip",
        lambda claim, witness: (
            witness["dual"]["means"].update(rows=[[row[0]] * 3 for row in witness["dual"]["means"]["rows"]]) or claim.update(rank=[0, 3])
        ),
        "",
    ),
    "a block that no row sees": ("clip", lambda claim, witness: witness["seen"].update(anchor=0, kind=0), "not known"),
    "a node that anchors nothing": ("merged", lambda claim, witness: witness["seen"].update(anchor=0), "anchors no row"),
    "a direction that rows do not know": (
        "clip",
        lambda claim, witness: witness["seen"].update(frame={"bits": 0, "rows": [[1]]}) or claim.update(rank=[5, 10]),
        "so large a rank",
    ),
    "nothing seen": ("clip", lambda claim, witness: witness.update(seen=None), "so large a rank"),
    "rows of choices": (
        "clip",
        lambda claim, witness: [row.update(choice=4) for row in claim["problem"]["rows"]],
        "row of choices",
    ),
    "tangents": (
        "siglip",
        lambda claim, witness: (
            witness["lower"]["rows"].__setitem__(0, {"form": "tangent", "bits": 1, "row": [0, 0, 0, 2]}),
            claim.update(outcomes=digest(witness["lower"]["rows"])),
        ),
        "tangent",
    ),
    "a free temperature": ("clip", lambda claim, witness: claim["problem"].update(tau={"least": "1/2", "most": "1"}), "one temperature"),
    "a larger rank of samples": ("samples", lambda claim, witness: claim.update(rank=[3, 3]), "rank"),
    "a smaller rank of samples": ("samples", lambda claim, witness: claim.update(rank=[1, 1]), "small a rank"),
    "samples >= 0": ("samples", lambda claim, witness: claim["problem"]["constraint"].update(nonnegative=True), "signed"),
    "samples at another temperature": ("samples", lambda claim, witness: claim["problem"].update(tau="1/2"), ""),
    "another coefficient of a sample": ("samples", lambda claim, witness: claim["problem"]["coefficients"]["q"][0].__setitem__(3, "2"), ""),
    "a sample too many": ("samples", lambda claim, witness: claim["problem"].update(sizes=[3, 4]), ""),
    "a formula of samples that is not convex": (
        "samples",
        lambda claim, witness: claim["problem"].update(formula=["mul", "-1", claim["problem"]["formula"]]),
        "convex",
    ),
    "another ridge": ("merged", lambda claim, witness: claim["problem"]["kinds"][0]["constraint"].update(weight="1"), ""),
    "a ridge for a sphere": ("clip", ridge_for_sphere, ""),
    "minimisers farther apart": ("several", lambda claim, witness: claim.update(distance="1"), "too near"),
    "minimisers at no distance": ("several", lambda claim, witness: claim.update(distance="0"), "not positive"),
    "rows without a least value": ("several", lambda claim, witness: claim["problem"]["rows"][0]["q"].update(others={}), ""),
    "a ridge, which is no constant": ("several", ridge_for_sphere, "ridge"),
    "targets that the point does not meet": (
        "several",
        lambda claim, witness: claim["problem"]["rows"][0]["q"].update(own={"weight": "98/100"}, others={"weight": "1/100"}),
        "",
    ),
    "a pair that two rows see": (
        "several",
        lambda claim, witness: claim["problem"]["rows"].append(
            {
                **claim["problem"]["rows"][0],
                "anchor": "weight",
                "c": {"own": {"feature": "1/4"}, "others": {"feature": "1/4"}},
                "q": {"own": {"feature": "7/30"}, "others": {"feature": "1/120"}},
            }
        ),
        "seen twice",
    ),
    "a row that sees its anchor": ("several", lambda claim, witness: claim["problem"]["rows"][0]["c"].update(self="1"), ""),
    "targets that the point misses by a little": (
        "several",
        lambda claim, witness: claim["problem"]["rows"][0]["q"].update(own={"weight": "13/14"}, others={"weight": "1/28"}),
        "too near",
    ),
    "a row without a least value, by a little": (
        "several",
        lambda claim, witness: claim["problem"]["rows"][0]["q"].update(
            own={"weight": str(Fraction(claim["problem"]["rows"][0]["q"]["own"]["weight"]) + Fraction(1, 10**6))}
        ),
        "no least value",
    ),
    "a singular point": (
        "several",
        lambda claim, witness: witness["point"]["means"].update(rows=[[row[0]] for row in witness["point"]["means"]["rows"]]),
        "",
    ),
    "a frame of fewer directions": (
        "several",
        lambda claim, witness: witness["frames"]["means"].update(rows=[row[1:] for row in witness["frames"]["means"]["rows"]]),
        "",
    ),
}


def test_the_controls_are_verified_from_their_text(valid):
    for certificate in valid.values():
        answer = verify_data(json.loads(json.dumps(certificate)))
        assert answer.word == "VERIFIED", answer.reason
    assert "at every minimiser" not in answer.claim and "apart" in answer.claim


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_refused(valid, forgery):
    name, edit, reason = FORGERIES[forgery]
    answer = forged(valid[name], edit)
    assert answer.word in ("REJECTED", "UNDECIDED") and reason in answer.reason, answer
