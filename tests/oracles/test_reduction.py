"""Samples, classes, groups: the same loss at collapsed points, and the reasons why a reduction is refused."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.search.objective import Objective
from scverify.symbolic.losses import (
    ClassTable,
    CoefficientRule,
    Loss,
    decoupled,
    n_other,
    n_own,
    n_samples,
    soft_supcon,
    spectral,
    supcon,
    supcon_in,
    supcon_row,
    supcon_rule,
    two_tower,
)
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s
from tests.oracles.reduction import ReductionRefused, class_level, group_level, interchangeable, reduce, sample_level
from tests.oracles.tables import disjoint_batches

SQUARED = Loss("squared", RowFormula("squared", row_sum(c[a] ** 2 * s[a] ** 2) - row_sum(q[a] * s[a])), supcon_rule)
BY_COUNTS = Loss(
    "by counts", supcon_row, CoefficientRule(n_own / n_samples, sympy.Integer(2), 1 / (n_own - 1), 1 + n_own / n_samples, sympy.Integer(0))
)
BY_OTHERS = Loss(
    "by others",
    supcon_row,
    CoefficientRule(sympy.Integer(1), sympy.Integer(1), 1 / (n_own - 1), 1 + n_own / n_other, 1 / (n_samples + n_own * n_other)),
)


def table(*rows):
    return tuple(tuple(map(Fraction, row)) for row in rows)


def with_table(weight, c_rows, q_rows):
    return Loss("table", supcon_row, ClassTable(tuple(map(Fraction, weight)), table(*c_rows), table(*q_rows)))


CASES = [
    Problem(supcon, Classes((4, 2, 2, 3, 2)), temperature="1/3"),
    Problem(supcon, Classes((3, 1, 2, 1)), temperature="1/3", singletons="ignore"),
    Problem(supcon, Classes((3, 3, 3)), temperature="1/7", reduction="mean"),
    Problem(supcon, Classes((3, 2, 1, 1)), singletons="ignore", reduction="mean", constraint=Ball("3/2")),
    Problem(decoupled, Classes((3, 2, 2)), constraint=Ridge("1/5")),
    Problem(spectral, Classes((3, 2, 2)), constraint=Sphere("1/3")),
    Problem(BY_COUNTS, Classes((4, 4, 2))),
    Problem(BY_OTHERS, Classes((5, 4, 4, 2))),
    Problem(BY_OTHERS, Classes((4, 1, 3, 1)), singletons="ignore"),
    Problem(soft_supcon([["1/3", "1/9", 0], ["1/9", 1, 0], [0, 0, 1]]), Classes((4, 2, 2))),
    Problem(with_table((1, 1, 2), ((1, 2, 1), (2, 1, 1), (1, 1, 1)), ((1, 0, 0), (0, 1, 0), (0, 0, 1))), Classes((2, 2, 2))),
]


def exact_value(level, rows):
    """The loss of a level at rows of rationals, in balls of 53 bits."""
    objective = Objective.balls(level)
    return objective.value(np.array([[arb(x.numerator) / x.denominator for x in row] for row in rows], dtype=object))


def rational_gram(k, seed):
    """A symmetric k x k matrix of rationals with a diagonal that may differ from class to class."""
    draws = np.random.default_rng(seed).integers(-12, 13, (k, k))
    return [[Fraction(int(draws[i, j] + draws[j, i]), 24) for j in range(k)] for i in range(k)]


def rows_of(gram, nodes):
    """X (u, u+1) of nodes that each stand for one class of the Gram matrix."""
    return [[*(gram[i][j] if i != j else Fraction(0) for j in nodes), gram[i][i]] for i in nodes]


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_samples_and_classes_agree_at_collapsed_points(problem):
    gram = rational_gram(problem.classes.k, 0)
    labels = problem.classes.labels.tolist()
    at_samples = [
        [*(gram[labels[i]][labels[j]] if i != j else Fraction(0) for j in range(len(labels))), gram[y][y]] for i, y in enumerate(labels)
    ]
    assert exact_value(sample_level(problem), at_samples).overlaps(
        exact_value(class_level(problem), rows_of(gram, range(problem.classes.k)))
    )


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_classes_and_groups_agree_where_groups_are_constant(problem):
    groups, classes = group_level(problem), class_level(problem)
    between, own = rational_gram(groups.nodes, 1), rational_gram(groups.nodes, 2)
    of = [next(g for g, group in enumerate(groups.members) if c in group) for c in range(problem.classes.k)]
    gram = [[own[g][g] if i == j else between[g][h] for j, h in enumerate(of)] for i, g in enumerate(of)]
    at_groups = [
        [*(between[g][h] if g != h or len(groups.members[g]) > 1 else Fraction(0) for h in range(groups.nodes)), own[g][g]]
        for g in range(groups.nodes)
    ]
    assert exact_value(groups, at_groups).overlaps(exact_value(classes, rows_of(gram, range(problem.classes.k))))


def test_class_coefficients_of_supcon_by_hand():
    level = class_level(Problem(supcon, Classes((4, 2)), temperature="1/2"))
    assert level.weight == (4, 2)
    assert level.c == ((0, 2, 3), (4, 0, 1))
    assert level.q == ((0, 0, 1), (0, 0, 1))
    assert level.mass == (4, 2)


def test_group_coefficients_of_supcon_by_hand():
    level = group_level(Problem(supcon, Classes((4, 2, 2, 2))))
    assert level.members == ((0,), (1, 2, 3)) and level.multiplicity == (1, 3)
    assert level.weight == (4, 6)
    assert level.c == ((0, 6, 3), (4, 4, 1))


def test_coefficients_are_exact():
    level = sample_level(Problem(supcon, Classes((4, 3)), reduction="mean"))
    assert level.q[0] == (0, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), 0, 0, 0, 0)
    assert level.weight[0] == Fraction(1, 7)
    assert level.tables[0].array(float, np.float64).shape == (7, 8)


def test_a_singleton_is_a_negative_and_no_anchor():
    problem = Problem(supcon, Classes((3, 1)), singletons="ignore")
    assert class_level(problem).weight == (3, 0)
    assert class_level(problem).c[0] == (0, 1, 2)
    assert sample_level(problem).weight == (1, 1, 1, 0)
    averaged = Problem(supcon, Classes((3, 1)), singletons="ignore", reduction="mean")
    assert sample_level(averaged).weight == (*[Fraction(1, 3)] * 3, 0)


def test_interchangeable_classes_of_a_table():
    ones, one_hot = ((1, 1, 1, 1),) * 4, ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))

    def groups(weight=(1, 1, 1, 1), c_rows=ones, q_rows=one_hot, sizes=(2, 2, 2, 2)):
        return interchangeable(Problem(with_table(weight, c_rows, q_rows), Classes(sizes)))

    assert groups() == [(0, 1, 2, 3)]
    assert groups(sizes=(2, 3, 2, 3)) == [(0, 2), (1, 3)]
    assert groups(weight=(1, 2, 1, 1)) == [(0, 2, 3), (1,)]
    assert groups(c_rows=((1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 2, 1))) == [(0, 1), (2, 3)]
    # a coefficient that looks one way only: swapping 0 and 1 would turn it round
    assert groups(c_rows=((1, 2, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1))) == [(0,), (1,), (2, 3)]
    assert groups(q_rows=((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 3, 0), (0, 0, 0, 1))) == [(0, 1, 3), (2,)]


REFUSED = [
    (Problem(two_tower(2), Classes((2, 2))), "R1 fails: the coefficients depend on samples"),
    (Problem(disjoint_batches((0, 0, 1, 1), [(0, 1), (2, 3)]), Classes((2, 2))), "R1 fails: the coefficients depend on samples"),
    (Problem(SQUARED, Classes((2, 2))), "R1 fails: the row formula is not additive"),
    (Problem(supcon_in, Classes((2, 2))), "R2 fails: the row formula supcon_in is not known to be convex"),
    # sum c s^2 - 2 sum q s with (n_c - 1) c = 2 and (n_c - 1) q = 1 falls up to s = 1/2 only
    (Problem(spectral, Classes((3, 2))), "R3 fails for class 0"),
    (Problem(soft_supcon([["1/3", 0], [0, 1]]), Classes((3, 2))), "R3 fails for class 0"),
    (Problem(spectral, Classes((2, 2)), constraint=Ridge(1)), "R3 fails for class 0"),
]


@pytest.mark.parametrize(("problem", "reason"), REFUSED, ids=lambda x: str(x)[:40])
def test_refusals_say_which_hypothesis_fails_and_the_samples_remain(problem, reason):
    for reduction in (class_level, group_level):
        with pytest.raises(ReductionRefused, match=reason):
            reduction(problem)
    level = reduce(problem)
    assert level.name == "samples" and level.nodes == problem.classes.n
    assert reason in level.reasons[0]


@pytest.mark.parametrize(
    "problem",
    [
        Problem(soft_supcon([["1/2", 0], [0, 1]]), Classes((3, 2))),
        Problem(spectral, Classes((2, 2))),
        Problem(spectral, Classes((3, 2)), constraint=Sphere("1/2")),
        Problem(decoupled, Classes((3, 2))),
    ],
    ids=str,
)
def test_hypotheses_that_hold_just_so(problem):
    level = reduce(problem)
    assert level.name == "groups" and level.reasons == ()


def test_a_row_of_weight_zero_needs_no_attraction():
    silent = with_table((0, 1), ((1, 1), (1, 1)), ((0, 0), (0, 1)))
    assert reduce(Problem(silent, Classes((2, 2)))).name == "groups"
    heard = with_table((1, 1), ((1, 1), (1, 1)), ((0, 0), (0, 1)))
    assert "R3 fails for class 0" in reduce(Problem(heard, Classes((2, 2)))).reasons[0]


def test_the_own_entry_of_a_sample_table_moves_to_the_last_column():
    level = sample_level(Problem(disjoint_batches((0, 0, 1, 1), [(0, 1)]), Classes((2, 2))))
    # sample 2 stands in no batch: its row sees itself alone, with weight 0
    assert level.weight == (1, 1, 0, 0)
    assert level.c[2] == (0, 0, 0, 0, 1)
    assert level.c[0] == (0, 1, 0, 0, 0)
