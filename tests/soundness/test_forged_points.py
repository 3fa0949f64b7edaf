"""One corrupted certificate for each hypothesis about critical points, beside the uncorrupted control."""

import copy

import pytest

from scverify.certify.better import Better
from scverify.certify.claims import certificate
from scverify.certify.optimum import optimum
from scverify.certify.orbit import certify_point
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data, verify_text
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.critical import critical_candidates
from scverify.symbolic.losses import supcon


@pytest.fixture(scope="module")
def certificates():
    """The spurious minimum of sizes 4,2 in dimension 3 at tau = 1/20."""
    problem = Problem(supcon, Classes((4, 2)), dim=3, temperature="1/20")
    found = critical_candidates(problem, starts=100, seed=0).points
    start = min(found, key=lambda point: abs(point.value - 17.63305276))
    point = certify_point(problem, start.embeddings, better=Better.of_optimum(optimum(problem).certificate))
    assert point.kind == "spurious minimum"
    return point.certificates


def forged(certificate, edit):
    copied = copy.deepcopy(certificate)
    edit(copied["claim"], copied["witness"])
    copied["digest"] = digest(copied["claim"])
    return verify_data(copied)


def test_the_controls_are_verified(certificates):
    assert [verify_data(c).word for c in certificates.values()] == ["VERIFIED", "VERIFIED"]


FORGERIES = {
    "a row of the embeddings left out": lambda claim, witness: (claim["embeddings"]["rows"].pop(), witness["gauge"].pop()),
    "a row of zeros more": lambda claim, witness: claim["embeddings"]["rows"].append([0] * 6),
    "another gauge column": lambda claim, witness: witness.update(gauge=[witness["gauge"][1], witness["gauge"][0], witness["gauge"][2]]),
    "a gauge column named twice": lambda claim, witness: witness.update(gauge=[witness["gauge"][0]] * 3),
    "a box too small": lambda claim, witness: claim.update(radius=f"1/{10**60}"),
    "a box far too large": lambda claim, witness: claim.update(radius="1"),
    "no box": lambda claim, witness: claim.update(radius="0"),
    "a multiplier edited": lambda claim, witness: witness["multipliers"]["rows"][0].__setitem__(
        0, witness["multipliers"]["rows"][0][0] * 2
    ),
    "an inactive norm on the sphere": lambda claim, witness: witness["active"].pop(),
    "the value shifted": lambda claim, witness: claim.update(value={"lower": "17", "upper": "88/5"}),
    "the excess raised": lambda claim, witness: claim.update(excess="14"),
    "an excess of nothing": lambda claim, witness: claim.update(excess="0"),
    "the orbit of another temperature": lambda claim, witness: claim["problem"].update(tau="1/19"),
    "other sizes": lambda claim, witness: claim["problem"].update(sizes=[3, 3]),
    "a sphere of another radius": lambda claim, witness: claim["problem"]["constraint"].update(rho="11/10"),
    "the ball's claim": lambda claim, witness: claim["problem"]["constraint"].update(kind="ball"),
    "a dimension below the rank": lambda claim, witness: claim["problem"].update(dim=2),
    "no dimension": lambda claim, witness: claim["problem"].pop("dim"),
    "a saddle claimed": lambda claim, witness: (
        claim.update(type="StrictSaddle"),
        claim.pop("excess"),
        [witness.pop(k) for k in ("level", "groups", "upper")],
    ),
    "a global minimum claimed": lambda claim, witness: (
        claim.update(type="GlobalMinimum"),
        claim.pop("excess"),
        [witness.pop(k) for k in ("level", "groups", "upper")],
    ),
    "no better point": lambda claim, witness: witness.pop("upper"),
}


@pytest.mark.parametrize("edit", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_spurious_minimum_is_not_verified(certificates, edit):
    assert forged(certificates["point.json"], edit).word != "VERIFIED"


@pytest.mark.parametrize("inertia", [[1, 3, 8], [0, 2, 10], [0, 4, 8], [9, 3, 0], [0, 3], [0, 3, 9, 0]])
def test_a_forged_inertia_is_rejected(certificates, inertia):
    assert forged(certificates["inertia.json"], lambda claim, witness: claim.update(inertia=inertia)).word == "REJECTED"


def test_in_a_higher_dimension_the_spurious_minimum_is_a_saddle(certificates):
    answer = forged(certificates["point.json"], lambda claim, witness: claim["problem"].update(dim=4))
    assert answer.word == "REJECTED"
    assert "normal direction" in answer.reason


RULE = {
    "kind": "rule",
    "weight": "1",
    "positive_c": "1",
    "positive_q": ["pow", ["add", "-1", "n_own"], -1],
    "negative_c": "1",
    "negative_q": "0",
}
SUPCON = [
    "add",
    ["log", ["sum", ["mul", "c", ["exp", ["mul", ["pow", "tau", -1], "s"]]]]],
    ["mul", "-1", ["sum", ["mul", "q", ["pow", "tau", -1], "s"]]],
]


def statement(constraint, dim, **changes):
    problem = {"formula": SUPCON, "coefficients": RULE, "sizes": [2, 2], "tau": "1/2", "constraint": {**constraint, "nonnegative": False}}
    return {**problem, "singletons": "error", "reduction": "sum", "dim": dim, **changes}


def orbit(problem, rows, radius, multipliers, active, gauge):
    """A CriticalOrbit certificate by hand, its value enclosed generously."""
    claim = {"type": "CriticalOrbit", "problem": problem, "embeddings": {"bits": 0, "rows": rows}, "radius": radius}
    claim["value"] = {"lower": "-100", "upper": "100"}
    return certificate(claim, {"multipliers": {"bits": 40, "rows": multipliers}, "active": active, "gauge": gauge}, 128)


def two_critical_points_of_the_ball(radius):
    """L = 2 f(G_12), f'(x) proportional to 197/200 - x: (1, 1) is critical with both norms active, (1, 197/200) without multipliers."""
    row = ["sum", ["mul", "c", ["add", ["mul", "-2/15", ["pow", "s", 2]], ["mul", "197/750", "s"]]]]
    problem = statement({"kind": "ball", "rho": "1"}, 1, formula=row, sizes=[2], tau="1")
    multiplier = int(2**40 / 250)
    return orbit(problem, [[1, 1]], radius, [[multiplier], [multiplier]], [0, 1], [0])


def test_uniqueness_on_the_ball_is_not_of_one_active_set_only():
    assert verify_data(two_critical_points_of_the_ball("1/1000")).word == "VERIFIED"
    assert verify_data(two_critical_points_of_the_ball("1/50")).word != "VERIFIED"


def test_nothing_is_said_of_others_near_the_origin():
    problem = statement({"kind": "ridge", "weight": "1/10"}, 2)
    answer = verify_data(orbit(problem, [], "1000", [[0]] * 4, [], []))
    assert answer.word == "VERIFIED"
    assert "one and only one" not in answer.claim
    assert "H = 0 is a critical point" in answer.claim


def test_a_tower_of_powers_is_refused_at_once():
    tower = "3"
    for _ in range(12):
        tower = ["pow", tower, 16]
    problem = statement({"kind": "sphere", "rho": "1"}, 2, coefficients={**RULE, "weight": tower})
    answer = verify_data(orbit(problem, [[1, 1, 1, 1]], "1/1000", [[0]] * 4, [0, 1, 2, 3], [0]))
    assert answer.word == "REJECTED"
    assert "too many digits" in answer.reason


@pytest.mark.parametrize("depth", [200, 900, 950, 990, 5000])
def test_a_claim_nested_too_deeply_is_rejected(depth):
    text = '{"format":"scverify-certificate","version":1,"precision":64,"digest":"","witness":{},"claim":{"type":"Optimum","x":'
    assert verify_text(text + "[" * depth + "]" * depth + "}}").word == "REJECTED"
