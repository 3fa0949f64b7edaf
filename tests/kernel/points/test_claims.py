"""Claims about a critical point: what each says, and the inertia that adds up over the normal directions."""

import pytest

from scverify.kernel.points.claims import POINT_CLAIMS
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept

SAID = {
    "criticalorbit": "one and only one orbit of critical points of rank 3",
    "spurious-inertia": "negative, zero, positive eigenvalues, zero along the orbit alone",
    "point-sphere-strict-saddle": "it is a strict saddle",
    "strictminimum": "it is a strict local minimum modulo rotations",
    "spurious-point": "exceeds that of another feasible point by at least",
    "point-sphere-global-minimum": "it is a global minimum over all dimensions",
    "point-zero": "H = 0 is a critical point (nothing is said of others near it)",
}


@pytest.mark.parametrize("name", SAID)
def test_a_claim_is_verified_and_said(name):
    answer = verify_data(kept(name))
    assert answer.word == "VERIFIED" and SAID[name] in answer.claim
    assert answer.type in POINT_CLAIMS


@pytest.mark.parametrize("change", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, -1), (0, 1, -1)])
def test_an_inertia_that_is_off_by_one(change):
    def edit(claim, _):
        claim["inertia"] = [x + y for x, y in zip(claim["inertia"], change, strict=True)]

    assert "the inertia is" in answer_to(kept("spurious-inertia"), edit).reason


@pytest.mark.parametrize(("inertia", "word"), [([2, 9, 13], "VERIFIED"), ([1, 9, 11], "REJECTED"), ([2, 6, 13], "REJECTED")])
def test_every_normal_direction_counts(inertia, word):
    """Two of them: the plane has (0, 3, 9), and S has (1, 2) beside the orbit's."""

    def edit(claim, _):
        claim["problem"]["dim"] += 2
        claim["inertia"] = inertia

    assert answer_to(kept("spurious-inertia"), edit).word == word


@pytest.mark.parametrize("end", ["lower", "upper"])
def test_a_value_outside_its_interval(end):
    other = {"lower": "upper", "upper": "lower"}[end]
    answer = answer_to(kept("criticalorbit"), lambda claim, _: claim["value"].update({end: {"lower": "18", "upper": "17"}[end]}))
    assert answer.word == "REJECTED" and f"its stated {end} end" in answer.reason and other not in answer.reason


def test_signs_of_the_multipliers_count_on_the_ball_alone():
    """The global minimum of sphere and ball has positive multipliers; the spurious one of the sphere has a negative one."""

    def to_the_ball(claim, _):
        claim["problem"]["constraint"]["kind"] = "ball"

    assert answer_to(kept("point-sphere-global-minimum"), to_the_ball).word == "VERIFIED"
    assert "is negative: no critical point of the ball" in answer_to(kept("spurious-point"), to_the_ball).reason


def test_a_global_minimum_needs_a_convex_row():
    def in_form(claim, _):
        rate = ["pow", "tau", -1]
        terms = [["log", ["sum", ["mul", name, ["exp", ["mul", rate, "s"]]]]] for name in "cq"]
        claim["problem"]["formula"] = ["add", terms[0], ["mul", "-1", terms[1]]]

    answer = answer_to(kept("point-sphere-global-minimum"), in_form)
    assert answer.word == "REJECTED"
