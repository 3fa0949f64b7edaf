"""The loss on units in floats: gradient and Hessian product against differences."""

import numpy as np
import pytest

from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.units import UnitProblem
from scverify.search.units import UnitObjective

PROBLEMS = [
    UnitProblem(clip(4), 1),
    UnitProblem(siglip(3, -1), "1/2", Ball()),
    UnitProblem(cross_entropy((5, 3, 3, 1)), 1, Ridge("1/3")),
    UnitProblem(cross_entropy((5, 3, 3), bias="ridge:1/4"), 2, {"weight": Ridge("1/3"), "feature": Ball()}),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_derivatives_agree_with_differences(problem):
    objective = UnitObjective(problem, float(problem.temperature))
    free = objective.free(objective.u + objective.kinds)
    generator = np.random.default_rng(0)
    z, u = (0.4 * generator.standard_normal((objective.u + objective.n, objective.u + objective.kinds)) for _ in range(2))
    z, u = z * free, u * free
    h = 1e-6
    (high, up), (low, down) = (objective.value_and_gradient(z + t * u) for t in (h, -h))
    _, gradient = objective.value_and_gradient(z)
    assert (high - low) / (2 * h) == pytest.approx((gradient * u).sum(), rel=1e-6)
    _, slopes = objective.slopes(z)
    assert free * (up - down) / (2 * h) == pytest.approx(free * objective.hessian_product(z, u, slopes), abs=1e-6)
