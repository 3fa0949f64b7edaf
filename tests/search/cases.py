"""Problems, points and measures that the tests of search share."""

import numpy as np
from flint import ctx

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.search.multipliers import multipliers
from scverify.search.newton import refine_roots, root_precision
from scverify.search.objective import Objective
from scverify.search.rank_one import SystemArrays
from scverify.symbolic.losses import decoupled, soft_supcon, supcon

SOFT = soft_supcon([["1/2", "1/8", "0"], ["1/8", "1/2", "0"], ["0", "0", "1"]])


SIX = [
    (Classes((7, 3, 3, 2, 2)), "37/100"),
    (Classes((5, 4, 3, 2)), "1/10"),
    (Classes((9, 2, 2)), "3/4"),
    (Classes((6, 6, 2, 2)), "1/2"),
    (Classes((30, 11, 4, 2)), "1/5"),
    (Classes.named("cifar10-lt"), "1/10"),
]


OTHERS = [
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/1000"),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature=10),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/2", constraint=Sphere("3/2")),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/2", constraint=Ball("1/2")),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/10", constraint=Ridge("1/10")),
    Problem(supcon, Classes((5, 4, 4, 2)), temperature="1/10", constraint=Ridge("1/10"), reduction="mean"),
    Problem(decoupled, Classes((5, 4, 3, 2)), temperature="1/10"),
    Problem(SOFT, Classes((3, 3, 2)), temperature="1/2"),
    Problem(supcon, Classes((5, 5, 5)), temperature="1/2"),
    Problem(supcon, Classes((5, 4)), temperature="1/2"),
    Problem(supcon, Classes((5, 4, 1)), temperature="1/2", singletons="ignore"),
]


def shortfall(candidate):
    return multipliers(candidate.level, Objective.floats(candidate.level), candidate.means, candidate.spread).shortfall


def refined(reduced, roots, bits):
    with ctx.workprec(root_precision(reduced, bits)):
        return refine_roots(reduced, SystemArrays.of(reduced, object), roots, bits)


CONSTRAINTS = (Sphere("3/2"), Ball(2), Ridge("1/3"))


def placed(sizes=(4, 2), dim=3, temperature="1/2", constraint=None, loss=supcon):
    return Problem(loss, Classes(sizes), dim, temperature, constraint, singletons="ignore")


def random_points(surface, n, count=4, seed=0):
    return surface.normalised(np.random.default_rng(seed).normal(size=(count, surface.height, n)))


def alone(points):
    return np.tile(np.arange(points.shape[2]), (len(points), 1))
