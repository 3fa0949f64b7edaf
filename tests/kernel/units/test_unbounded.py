"""Rays of losses on units by hand, and forged ones."""

import pytest
from flint import fmpq

from scverify.certify.claims import certificate
from scverify.kernel.certificate import Rejected
from scverify.kernel.units.nodes import constrained_level
from scverify.kernel.units.unbounded import slope_along_units
from scverify.kernel.verify import verify_data
from scverify.model.constraints import NonNegative, Ridge
from scverify.model.fixed import Fixed
from scverify.model.named import clip, dhel, mse, siglip
from scverify.model.units import UnitProblem
from scverify.model.weights import cosface

LOGIT = ["exp", ["mul", ["pow", "tau", -1], "s"]]
# three pairs at the vertices of a simplex, each image at its text
RAY = {"means": {"bits": 0, "rows": [[], []]}, "spreads": [{"bits": 0, "rows": [[1], [1]]}]}


def level_of(loss, constraint):
    return constrained_level(UnitProblem(loss, 1, constraint).data)


def test_the_slope_of_a_simplex_of_pairs():
    """Each row log(sum over others) - s: -1/2 - 1 of them six, and a ridge w costs w/2 six times."""
    assert slope_along_units(level_of(dhel(3), Ridge(2)), RAY) == 6 * fmpq(-3, 2) + 6
    assert slope_along_units(level_of(clip(3), Ridge(2)), RAY) == 6  # all outcomes: the own one is largest
    assert slope_along_units(level_of(cosface((2, 2, 2)), Ridge(2)), RAY) == 3 + 6  # 3 weights, 6 features


def test_a_ray_of_another_length_and_another_temperature():
    """Halves in the last place are halves, and rows of s/tau fall as fast as 1/tau says."""
    longer = {"means": {"bits": 0, "rows": [[3, 4], [3, 4]]}, "spreads": [{"bits": 0, "rows": [[1], [2]]}]}
    shorter = {"means": {**longer["means"], "bits": 2}, "spreads": [{**longer["spreads"][0], "bits": 2}]}
    level, colder = (constrained_level(UnitProblem(dhel(3), tau, Ridge(2)).data) for tau in (1, "1/2"))
    assert slope_along_units(level, longer) == 16 * slope_along_units(level, shorter) != 0
    norms = 3 * (25 + 1) + 3 * (25 + 4)
    assert slope_along_units(colder, longer) - norms == 2 * (slope_along_units(level, longer) - norms) != 0


@pytest.mark.parametrize(("weight", "word"), [("29/10", "VERIFIED"), ("3", "REJECTED"), ("31/10", "REJECTED")])
def test_a_ray_is_decided_to_the_digit(weight, word):
    claim = {"type": "UnitUnbounded", "problem": UnitProblem(dhel(3), 1, Ridge(weight)).data}
    answer = verify_data(certificate(claim, RAY, 64))
    assert answer.word == word
    if word == "VERIFIED":
        assert "exact arithmetic" in answer.reason and "unbounded below" in answer.claim


@pytest.mark.parametrize(
    ("loss", "constraint", "reason"),
    [
        (dhel(3), "ball", "only a ridge"),
        (dhel(3), None, "only a ridge"),
        (dhel(3), {"first": Ridge(1), "second": Fixed(others=0)}, "only a ridge"),
        (dhel(3), {"first": Ridge(1), "second": "ball"}, "only a ridge"),
        (siglip(3, "free"), Ridge(1), "free scalars"),
        (siglip(3, -1), Ridge(1), "log-sum-exp"),
        (mse((2, 2)), Ridge(1), "log-sum-exp"),
        (dhel(3), NonNegative(Ridge(1)), "no column"),
    ],
)
def test_what_has_no_rays(loss, constraint, reason):
    ray = {**RAY, "spreads": [{"bits": 0, "rows": [[1], [1]]}]}
    slope_along_units(level_of(dhel(3), Ridge(1)), ray)
    with pytest.raises(Rejected, match=reason):
        slope_along_units(level_of(loss, constraint), ray)


def test_a_claim_and_a_ray_say_nothing_else():
    claim = {"type": "UnitUnbounded", "problem": UnitProblem(dhel(3), 1, Ridge(1)).data}
    assert verify_data(certificate(claim, RAY, 64)).word == "VERIFIED"
    assert verify_data(certificate({**claim, "note": "by 1 per step"}, RAY, 64)).word == "REJECTED"
    assert verify_data(certificate(claim, {**RAY, "note": ""}, 64)).word == "REJECTED"


def test_a_single_unit_has_no_spread():
    data = UnitProblem(dhel(3), 1, Ridge(1)).data
    with pytest.raises(Rejected):
        slope_along_units(constrained_level({**data, "units": [{"multiplicity": 1, "copies": [1, 1]}]}), RAY)


def margins(factor):
    """One anchor whose own outcome has a coefficient of its own: log(e^(s_2) + factor e^(s_1)) - s_1, along s_1 = t^2, s_2 = 0."""
    log_sum = ["log", ["add", ["sum", ["mul", "c", LOGIT]], ["mul", factor, ["sum", ["mul", "q", LOGIT]]]]]
    row = {"anchor": 0, "formula": 0, "weight": "1", "c": [["1", [2]]], "q": [["1", [1]]]}
    kinds = [{"name": "node", "constraint": {"kind": "ridge", "nonnegative": False, "weight": "1/100"}}]
    formulas = [["add", log_sum, ["mul", "-1", ["sum", ["mul", "q", ["pow", "tau", -1], "s"]]]]]
    return {"tau": "1", "scale": "1", "kinds": kinds, "nodes": [0, 0, 0], "formulas": formulas, "rows": [row]}


@pytest.mark.parametrize("exponent", ["-1", str(-(2**40)), str(-(2**1000))])
def test_an_outcome_with_however_small_a_coefficient_stops_the_fall(exponent):
    """A ball of 64 bits around e^(-2^1000) holds 0."""
    ray = {"means": {"bits": 0, "rows": [[1], [1], [0]]}, "spreads": [{"bits": 0, "rows": [[]]}] * 3}
    claim = {"type": "UnitUnbounded", "problem": margins(["exp", exponent])}
    assert verify_data(certificate(claim, ray, 64)).word != "VERIFIED"
