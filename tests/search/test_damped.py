"""Damped Newton reaches a root from afar, and says None where there is none or the Jacobian is singular."""

import numpy as np

from scverify.search.damped import CONVERGED, damped_newton


def arctangents(x):
    return np.arctan(x - 1), np.diag(1 / (1 + (x - 1) ** 2))


def test_a_root_is_reached_where_whole_steps_would_diverge():
    found, jacobian = damped_newton(arctangents, np.array([4.0, -2.0]), 60)
    assert np.abs(found - 1).max() < CONVERGED and np.allclose(jacobian, np.eye(2))


def test_none_where_there_is_no_root_or_no_step():
    assert damped_newton(lambda x: (x**2 + 1, np.diag(2 * x)), np.array([0.3]), 60) is None
    assert damped_newton(lambda x: (x + 1, np.zeros((1, 1))), np.array([0.0]), 60) is None
    assert damped_newton(arctangents, np.array([8.0]), 1) is None
