"""The 2u equations of separable rows: their Jacobian, and their root against the general rank-one system."""

import numpy as np
import pytest

from scverify.kernel.optimum.terms import terms_of
from scverify.model.level import group_level
from scverify.search.merging import rank_one_candidate
from scverify.search.separable import FloatForm, rank_one_equations, root, start
from tests.certify.rank_one import problem

CASES = [((7, 3, 3, 2), "1/2", "supcon"), ((5, 4, 3, 2), "1/20", "supcon"), ((6, 6, 2, 2), "1", "decoupled")]


def coefficients(sizes, tau, loss):
    return FloatForm.of(terms_of(problem(sizes, tau, loss).stated, "sizes"))


@pytest.mark.parametrize(("sizes", "tau", "loss"), CASES)
def test_the_jacobian_is_that_of_differences(sizes, tau, loss):
    of = coefficients(sizes, tau, loss)
    x = start(of) + 0.1 * np.random.default_rng(0).normal(size=2 * len(of.m))
    steps = 1e-6 * np.eye(len(x))
    differences = np.array([(rank_one_equations(of, x + step)[0] - rank_one_equations(of, x - step)[0]) / 2e-6 for step in steps]).T
    np.testing.assert_allclose(rank_one_equations(of, x)[1], differences, atol=1e-6)


@pytest.mark.parametrize(("sizes", "tau", "loss"), CASES)
def test_the_root_is_that_of_the_general_system(sizes, tau, loss):
    of = coefficients(sizes, tau, loss)
    x, _ = root(of)
    log_v, log_z = rank_one_candidate(group_level(problem(sizes, tau, loss))).roots
    u = len(of.m)
    np.testing.assert_allclose(np.sort(np.log(of.n) + x[:u]), np.sort(log_v), atol=1e-7)
    np.testing.assert_allclose(np.sort(np.log(of.alpha) - x[u:]), np.sort(log_z), atol=1e-7)


def test_where_classes_have_no_root_there_is_none():
    of = coefficients((400, 3, 3), "1/2", "supcon")
    found = root(of)
    assert found is None or np.abs(rank_one_equations(of, found[0])[0]).max() < 1e-9
