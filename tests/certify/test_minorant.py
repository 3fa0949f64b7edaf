"""The optimum of the in form: the interval of the out form, plain loops, forgeries, and what stays refused."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from scverify.certify.minorant import REASON, convex_twin
from scverify.certify.optimum import optimum
from scverify.errors import InputError
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import CoefficientRule, Loss, n_own, supcon, supcon_in


@settings(max_examples=4)
@given(sizes=st.lists(st.integers(2, 12), min_size=2, max_size=5), tau=st.sampled_from(["1/5", "1/2", "1"]), rho=st.sampled_from([1, 2]))
def test_it_has_the_interval_of_the_out_form_on_any_sphere(sizes, tau, rho):
    inner, outer = (optimum(Problem(loss, sizes, temperature=tau, constraint=Sphere(rho))) for loss in (supcon_in, supcon))
    assert (inner.lower, inner.upper) == (outer.lower, outer.upper)
    answer = verify_data(inner.certificates["optimum.json"])
    assert answer.word == "VERIFIED" and "supcon_in" in answer.claim
    assert list(inner.certificates) == ["optimum.json"] and inner.rank is None and inner.radius_reason == REASON


def test_many_classes_take_the_rank_one_form():
    found = optimum(Problem(supcon_in, tuple(range(2, 60)), temperature="1/5"))
    assert found.solver == "rank-one" and verify_data(found.certificates["optimum.json"]).word == "VERIFIED"


def loops(x, labels, tau):
    total = 0.0
    for i in range(len(x)):
        sims = {j: np.exp(x[i] @ x[j] / tau) for j in range(len(x)) if j != i}
        total -= np.log(np.mean([e for j, e in sims.items() if labels[j] == labels[i]]) / sum(sims.values()))
    return total


@settings(max_examples=4)
@given(sizes=st.lists(st.integers(2, 4), min_size=2, max_size=3), seed=st.integers(0, 2**32 - 1))
def test_no_configuration_lies_below_it(sizes, seed):
    found, generator = optimum(Problem(supcon_in, sizes, temperature="1/2")), np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    for spread in (0.0, 0.1, 1.0):
        values, vectors = np.linalg.eigh(found.gram)
        points = (vectors * np.sqrt(np.maximum(values, 0)))[labels]
        points = np.concatenate([points, spread * generator.standard_normal(points.shape)], axis=1)
        value = loops(points / np.linalg.norm(points, axis=1, keepdims=True), labels, 0.5)
        assert value >= float(found.lower) - 1e-9
        assert spread or value == pytest.approx(float(found.upper), rel=1e-6)


FORGERIES = {
    "a ball": lambda problem, witness: problem["constraint"].update(kind="ball"),
    "another radius": lambda problem, witness: problem["constraint"].update(rho="2"),
    "heavier positives": lambda problem, witness: problem["coefficients"].update(positive_q="1"),
    "a negative among the positives": lambda problem, witness: problem["coefficients"].update(negative_q="1/9"),
    "two rates": lambda problem, witness: problem.update(
        formula=["add", problem["formula"][1], ["mul", "-1", ["log", ["sum", ["mul", "q", ["exp", ["mul", "3", "s"]]]]]]]
    ),
    "a multiple of the positives' logarithm": lambda problem, witness: problem["formula"][2].__setitem__(1, "-2"),
    "the level of samples": lambda problem, witness: (witness.update(level="samples"), witness.pop("groups")),
}


@pytest.fixture(scope="module")
def valid():
    return optimum(Problem(supcon_in, (3, 3), temperature="1/2")).certificates["optimum.json"]


def test_the_control_is_verified(valid):
    assert verify_data(valid).word == "VERIFIED"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_refused(valid, forgery):
    edited = copy.deepcopy(valid)
    if edited["claim"]["problem"]["formula"][2][0] != "mul":
        edited["claim"]["problem"]["formula"][1:] = edited["claim"]["problem"]["formula"][:0:-1]
    FORGERIES[forgery](edited["claim"]["problem"], edited["witness"])
    assert verify_data({**edited, "digest": digest(edited["claim"])}).word in ("REJECTED", "UNDECIDED")


@pytest.mark.parametrize("constraint", [Ball(), Ridge("1/2")])
def test_off_the_sphere_it_is_refused(constraint):
    with pytest.raises(InputError, match="not known to be convex"):
        optimum(Problem(supcon_in, (3, 2), constraint=constraint))


def test_positives_that_do_not_sum_to_one_are_refused():
    rule = CoefficientRule(Integer(1), Integer(1), 2 / (n_own - 1), Integer(1), Integer(0))
    with pytest.raises(InputError, match="sum to 1"):
        optimum(Problem(Loss("mine", supcon_in.formula, rule), (3, 2)))
    assert convex_twin(Problem(supcon, (3, 2))) is None
