"""Roots of the rank-one system: derivatives, and any precision."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.model.classes import Classes
from scverify.model.level import group_level
from scverify.model.problem import Problem
from scverify.search.merging import rank_one_candidate
from scverify.search.newton import float_equations
from scverify.search.rank_one import RankOneRefused, residual, system
from scverify.symbolic.losses import supcon
from tests.search.cases import OTHERS, SIX, refined


@pytest.mark.parametrize("problem", [Problem(supcon, *SIX[0][:1], temperature="1/3"), *OTHERS[3:8]], ids=str)
def test_the_jacobian_agrees_with_finite_differences(problem):
    terms = system(group_level(problem)).terms
    generator, h = np.random.default_rng(0), 1e-6
    x, change = generator.uniform(-0.3, 0.3, (2, 2 * len(terms.m)))
    _, jacobian, _ = float_equations(terms, x)
    above, below = (float_equations(terms, x + sign * h * change)[0] for sign in (1, -1))
    np.testing.assert_allclose(jacobian @ change, (above - below) / (2 * h), atol=1e-7)


@pytest.mark.parametrize(
    ("problem", "bits"),
    [
        (Problem(supcon, SIX[0][0], temperature="37/100"), 600),
        (Problem(supcon, Classes((600, 600, 3, 3)), temperature="1/2"), 200),
        (Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/1000"), 200),
        (OTHERS[4], 200),
        (Problem(supcon, Classes.named("cifar100-lt"), temperature="1/10"), 200),
    ],
    ids=str,
)
def test_roots_are_refined_to_any_precision(problem, bits):
    level = group_level(problem)
    candidate = rank_one_candidate(level)
    reduced = candidate.system
    log_v, log_z = refined(reduced, candidate.roots, bits)
    for found, float_root in zip((log_v, log_z), candidate.roots, strict=True):
        assert all(value.rad() == 0 for value in found)
        np.testing.assert_allclose([float(value) for value in found], float_root, atol=1e-9)
    with ctx.workprec(bits + 100):
        assert max(abs(value).upper() for value in residual(reduced, log_v, log_z)) < arb(2) ** (3 - bits)


def test_roots_that_are_far_off_are_refused():
    level = group_level(Problem(supcon, SIX[0][0], temperature="37/100"))
    roots = rank_one_candidate(level).roots
    with pytest.raises(RankOneRefused, match="does not converge"):
        refined(system(level), (roots[0] + 40.0, roots[1] - 40.0), 200)
