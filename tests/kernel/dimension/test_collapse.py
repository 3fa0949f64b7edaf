"""The class problem: its numbers, that collapsing never raises the loss, and the hypotheses of that."""

from itertools import product

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify import Ball, Classes, NonNegative, Problem, Sphere
from scverify.kernel.certificate import Rejected
from scverify.kernel.dimension.collapse import class_problem
from scverify.kernel.problem import read_problem
from scverify.symbolic.losses import soft_supcon
from tests.kernel.dimension.test_signs import supcon_loss


def of(problem, groups):
    return class_problem(read_problem(problem.data), groups)


def test_the_numbers_of_supervised_contrast():
    classes = of(Problem("supcon", Classes((3, 2, 2)), dim=2, temperature="1/2", constraint=Sphere(3)), [[0], [1, 2]])
    assert (classes.dim, classes.rate, classes.multiplicity) == (2, 18, [1, 2])
    assert (classes.weight, classes.own, classes.at_own) == ([3, 2], [2, 1], [0, 0])
    assert classes.other == [[0, 2], [3, 2]]


@given(st.integers(0, 2**32 - 1))
def test_some_choice_of_representatives_is_no_worse(seed):
    """In one dimension, by all choices; the theorem holds in every dimension (N1)."""
    draws = np.random.default_rng(seed)
    sizes = draws.integers(2, 4, 3)
    labels = np.repeat(np.arange(3), sizes)
    h = draws.choice([-1.0, 1.0], len(labels))
    tau = float(draws.uniform(0.2, 2))
    by_class = [h[labels == c] for c in range(3)]
    chosen = [supcon_loss(np.array(signs)[labels], labels, tau) for signs in product(*by_class)]
    assert min(chosen) <= supcon_loss(h, labels, tau) + 1e-9


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (Problem("supcon", Classes((2, 2)), dim=1, constraint=Ball()), "on the sphere"),
        (Problem("supcon", Classes((2, 2)), dim=1, constraint=NonNegative(Sphere())), "on the sphere"),
        (Problem("supcon", Classes((2, 2))), "no dimension"),
        (Problem("spectral", Classes((3, 3)), dim=1), "R3|log-sum-exp"),
        (Problem(soft_supcon([["1", "1/2"], ["1/2", "1"]]), Classes((2, 2)), dim=1), "attracts"),
    ],
)
def test_other_problems_are_refused(problem, why):
    with pytest.raises(Rejected, match=why):
        of(problem, [[0, 1]])


def test_a_weight_is_one_class_and_not_its_group():
    assert of(Problem("supcon", Classes((2, 2)), dim=1, reduction="mean"), [[0, 1]]).weight == [fmpq(1, 2)]


def test_a_rate_that_falls_with_the_similarity_is_refused():
    data = Problem("supcon", Classes((2, 2)), dim=2).data
    data["coefficients"] |= {"positive_c": "0", "positive_q": "0"}
    data["formula"] = ["log", ["sum", ["mul", "c", ["exp", ["mul", "-1", "s"]]]]]
    with pytest.raises(Rejected, match="rate of the exponentials"):
        class_problem(read_problem(data), [[0, 1]])
