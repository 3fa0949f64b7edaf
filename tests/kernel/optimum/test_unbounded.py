"""Rays along which a loss under a ridge falls without end, in exact numbers; each hypothesis forged beside its control."""

import copy

import pytest
from flint import fmpq

from scverify.certify.claims import certificate
from scverify.kernel.certificate import digest
from scverify.kernel.level import level_of
from scverify.kernel.optimum.unbounded import slope_along
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Ridge
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES

# the two classes at opposite points: in their own dimension, and in a stated one
PRIVATE = {"means": {"bits": 0, "rows": [[0]]}, "spread": {"bits": 0, "rows": [[1]]}}
STATED = {"means": {"bits": 0, "rows": [[1], [-1]]}, "spread": {"bits": 0, "rows": [[0], [0]]}}
FOUR_ZEROS = {"bits": 0, "rows": [[0]] * 4}


def control(weight="1/10", ray=PRIVATE, groups=((0, 1),), loss="decoupled", constraint=None, **more):
    problem = Problem(LOSSES[loss], Classes((2, 2)), temperature="1", constraint=constraint or Ridge(weight), **more)
    witness = {"level": "groups", "groups": [list(group) for group in groups], "ray": ray}
    return copy.deepcopy(certificate({"type": "Unbounded", "problem": problem_data(problem)}, witness, 64))


@pytest.mark.parametrize("weight", ["1/10", "39/10", "4", "41/10", "10"])
@pytest.mark.parametrize(("ray", "groups"), [(PRIVATE, ((0, 1),)), (STATED, ((0,), (1,)))])
def test_decoupled_rows_of_two_pairs_fall_where_the_weight_is_below_four(weight, ray, groups):
    """By hand: four rows fall by 2 t^2 each, the ridge adds 2 weight t^2. At 4 the slope is 0, and nothing is proved."""
    data = control(weight, ray, groups)
    level = level_of(read_problem(data["claim"]["problem"]), "groups", data["witness"]["groups"])
    assert slope_along(level, ray) == -8 + 2 * fmpq(*map(int, (weight + "/1").split("/")[:2]))
    answer = verify_data(data)
    assert answer.word == ("VERIFIED" if slope_along(level, ray) < 0 else "REJECTED")
    assert bool(answer) == (answer.reason == "checked in exact arithmetic")
    assert answer.claim.endswith("the loss is unbounded below: along some ray of embeddings of some dimension it falls below every number.")


def test_a_ray_of_samples_and_one_of_a_stated_dimension():
    data = control(dim=1)
    data["witness"] = {
        "level": "samples",
        "ray": {"means": {"bits": 3, "rows": [[5], [5], [-5], [-5]]}, "spread": FOUR_ZEROS},
    }
    answer = verify_data(data)
    assert answer.word == "VERIFIED" and "ray of embeddings in dimension 1" in answer.claim


def rays(**changed):
    return {"ray": {**PRIVATE, **changed}}


@pytest.mark.parametrize(
    ("claim", "witness", "reason"),
    [
        ({"constraint": {"kind": "ball", "rho": "1", "nonnegative": False}}, {}, "only a ridge has rays"),
        ({"constraint": {"kind": "sphere", "rho": "1", "nonnegative": False}}, {}, "only a ridge has rays"),
        ({"constraint": {"kind": "ridge", "weight": "0", "nonnegative": False}}, {}, "ridge weight is not positive"),
        ({"constraint": {"kind": "ridge", "weight": "4", "nonnegative": False}}, {}, "not shown to fall"),
        ({"constraint": {"kind": "ridge", "weight": "3", "nonnegative": True}}, {}, "not shown to fall"),
        ({"tau": "100"}, {}, "not shown to fall"),
        ({"dim": 0}, {}, "outside"),
        ({}, rays(spread={"bits": 0, "rows": [[-1]]}), "a spread is negative"),
        ({}, rays(spread={"bits": 0, "rows": [[0]]}), "not shown to fall"),
        ({}, {"ray": {**STATED, "means": {"bits": 0, "rows": [[1], [1]]}}, "groups": [[0], [1]]}, "not shown to fall"),
        ({}, {"ray": STATED}, "means has 2 entries"),
        ({}, {"ray": {**STATED, "spread": {"bits": 0, "rows": [[1], [0]]}}, "groups": [[0], [1]]}, "a single class has a spread"),
        ({"dim": 1}, {"ray": {**PRIVATE, "means": {"bits": 0, "rows": [[1]]}}}, "uses 2 dimensions"),
        ({}, {"groups": [[0]]}, "not a partition"),
        ({"lower": "0"}, {}, "unknown: lower"),
    ],
)
def test_each_hypothesis_is_checked(claim, witness, reason):
    data = control()
    assert verify_data(data).word == "VERIFIED"
    (data["claim"] if "lower" in claim else data["claim"]["problem"]).update(claim)
    data["witness"].update(witness)
    answer = verify_data({**data, "digest": digest(data["claim"])})
    assert answer.word == "REJECTED" and reason in answer.reason


def test_rows_that_see_their_positives_do_not_fall():
    assert verify_data(control(loss="supcon")).reason == "the loss is not shown to fall along the ray"
    data = control(loss="spectral")
    data["witness"] = {"level": "samples", "ray": {**STATED, "means": {"bits": 0, "rows": [[1], [1], [-1], [-1]]}, "spread": FOUR_ZEROS}}
    assert verify_data(data).reason == "a ray needs rows that are a log-sum-exp plus an affine remainder"


def test_with_signs_the_ray_stays_in_the_orthant():
    """Orthogonal frames: four rows fall by t^2 each, so they fall where the weight is below two."""
    for weight, word in (("19/10", "VERIFIED"), ("2", "REJECTED")):
        assert verify_data(control(constraint=NonNegative(Ridge(weight)))).word == word
    data = control(ray=STATED, groups=((0,), (1,)), constraint=NonNegative(Ridge("1/10")))
    assert verify_data(data).reason == "the point has a negative coordinate"
