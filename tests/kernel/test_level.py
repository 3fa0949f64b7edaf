"""Levels: the formula of MATH 3 by hand, and the loss of a collapsed point, which is the same at every level."""

import itertools
import random

import pytest
from flint import arb

from scverify.kernel.level import level_of
from scverify.kernel.optimum.feasible import evaluated_row
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES, supcon


def of(sizes, name, groups=None, loss=supcon, **more):
    return level_of(read_problem(problem_data(Problem(loss, Classes(sizes), temperature="1/2", **more))), name, groups)


def loss_of(level, rows):
    return sum(
        (w * evaluated_row(level, g, row)[0] for g, (w, row) in enumerate(zip(level.weight, rows, strict=True))),
        arb(0),
    )


@pytest.mark.parametrize("name", ["supcon", "decoupled", "spectral"])
@pytest.mark.parametrize(("sizes", "groups"), [((3, 2, 2, 2), [[0], [1, 2, 3]]), ((2, 2, 4, 4), [[2, 3], [0, 1]])])
def test_a_collapsed_point_has_one_loss_at_every_level(name, sizes, groups):
    draws = random.Random(3)
    value = {pair: arb(draws.uniform(-1, 1)) for pair in itertools.combinations_with_replacement(range(len(groups)), 2)}
    within = [arb(draws.uniform(0.5, 1)) for _ in groups]
    group_of = {c: g for g, group in enumerate(groups) for c in group}

    def between(c, d):
        return within[group_of[c]] if c == d else value[tuple(sorted((group_of[c], group_of[d])))]

    labels = [c for c, size in enumerate(sizes) for _ in range(size)]
    coarse = of(sizes, "groups", groups, LOSSES[name], constraint=Ball("1/2"))
    fine = of(sizes, "samples", None, LOSSES[name], constraint=Ball("1/2"))
    rows = [[*(between(c, d) for d in labels), between(c, c)] for c in labels]
    grouped = [[*(value[tuple(sorted((g, h)))] for h in range(len(groups))), within[g]] for g in range(len(groups))]
    assert abs(loss_of(coarse, grouped) - loss_of(fine, rows)).upper() < 1e-9
