"""The explicit rank-one system: its derivatives, its roots, merging classes, and when it does not apply."""

import numpy as np
import pytest
from flint import arb

from scverify.model.level import group_level
from scverify.model.problem import Problem
from scverify.search.merging import rank_one_candidate
from scverify.search.newton import float_equations
from scverify.search.objective import Objective
from scverify.search.rank_one import SystemArrays, exponentials, residual, system
from scverify.symbolic.losses import supcon
from tests.search.cases import OTHERS, SIX, refined


@pytest.mark.parametrize("problem", [*OTHERS[1:8], OTHERS[-1]], ids=str)
def test_the_equations_in_balls_are_those_in_floats(problem):
    reduced = system(group_level(problem))
    x = np.random.default_rng(1).uniform(-0.3, 0.3, 2 * reduced.size)
    balls = np.array([arb(float(value)) for value in x], dtype=object)
    found = residual(reduced, balls[: reduced.size], balls[reduced.size :])
    np.testing.assert_allclose([float(value) for value in found], float_equations(reduced.terms, x)[0], atol=1e-12)


def test_the_exponentials_in_balls_give_the_candidates_similarities():
    level = group_level(Problem(supcon, SIX[0][0], temperature="37/100"))
    candidate = rank_one_candidate(level)
    reduced = candidate.system
    roots = refined(reduced, candidate.roots, 100)
    e, _ = exponentials(SystemArrays.of(reduced, object), *roots)
    rows = Objective.floats(level).similarities(candidate.means, candidate.spread)
    for g in range(level.nodes):
        for h in range(level.nodes):
            if g != h or level.multiplicity[g] > 1:
                assert float(1 + e[g, h].log() / arb(float(reduced.kappa))) == pytest.approx(rows[g, h], abs=1e-13)
