"""Levels: the formula of MATH 3 by hand, and the loss of a collapsed point, which is the same at every level."""

import itertools
import random

import pytest
from flint import arb, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import value_and_gradient
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES, supcon


def of(sizes, name, groups=None, loss=supcon, **more):
    return level_of(read_problem(problem_data(Problem(loss, Classes(sizes), temperature="1/2", **more))), name, groups)


def test_the_classes_of_supcon_by_hand():
    """f(B) = sum_c n_c log((n_c - 1) + sum n_c' e^((B_cc' - B_cc)/tau)): a group of one, then a group of two."""
    level = of((4, 2, 2), "groups", [[0], [1, 2]])
    assert (level.name, level.multiplicity, level.mass, level.weight) == ("groups", [1, 2], [4, 2], [4, 4])
    assert level.c == [[0, 4, 3], [4, 2, 1]]
    assert level.q == [[0, 0, 1], [0, 0, 1]]
    assert level.exponential_part.kappa == 2
    assert level.exponential_part.slopes == [[0, 0, -2], [0, 0, -2]]


def test_the_samples_of_supcon_by_hand():
    level = of((3, 2), "samples")
    assert level.c == [[int(i != j and j < 5) for j in range(6)] for i in range(5)]
    assert level.q[0] == [0, fmpq(1, 2), fmpq(1, 2), 0, 0, 0] and level.q[4] == [0, 0, 0, 1, 0, 0]
    assert (level.weight, level.multiplicity, level.mass) == ([1] * 5, [1] * 5, [1] * 5)
    assert of((3, 2), "samples", reduction="mean").weight == [fmpq(1, 5)] * 5
    assert of((3, 1), "samples", singletons="ignore").weight == [1, 1, 1, 0]


def loss_of(level, rows):
    return sum(
        (
            w * value_and_gradient(level.formula, level.ball_row(g, row), arb)[0]
            for g, (w, row) in enumerate(zip(level.weight, rows, strict=True))
        ),
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


def test_no_samples_beyond_the_cap_are_expanded():
    with pytest.raises(Rejected, match="at most 3000 samples"):
        of((3_000, 2), "samples")
    assert of((3_000, 2), "groups", [[0], [1]]).nodes == 2
