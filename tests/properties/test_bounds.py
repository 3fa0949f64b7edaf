"""Certified bounds bracket every feasible point that is tried, the loss taken from the naive loop."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.optimum import optimum
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from scverify.symbolic.losses import supcon
from tests.oracles import naive
from tests.properties.problems import FEW, constraints, embeddings, problems, seeds

ROUNDING = 1e-11
supcon_problems = problems(losses=("supcon",), size=(2, 4), dims=(1, 5), on=constraints)


def feasible(problem, columns):
    """Columns of any kind moved into the set."""
    norm = norm_constraint(problem.constraint)
    columns = np.abs(columns) if isinstance(problem.constraint, NonNegative) else columns
    if isinstance(norm, Ridge):
        return columns
    lengths, rho = np.linalg.norm(columns, axis=0), float(norm.rho)
    return columns * (np.minimum(1, rho / lengths) if isinstance(norm, Ball) else rho / lengths)


def loss_at(problem, columns):
    """The objective from the naive loop, with the ridge term and the average."""
    norm = norm_constraint(problem.constraint)
    loss = naive.loss(columns, problem.classes.labels, float(problem.temperature))
    loss /= problem.anchors if problem.reduction == "mean" else 1
    return loss + (float(norm.weight) / 2 * (columns**2).sum() if isinstance(norm, Ridge) else 0.0)


def unbound(problem):
    """The problem in any dimension."""
    return Problem(supcon, problem.classes, None, problem.temperature, problem.constraint, problem.reduction, problem.singletons)


@given(supcon_problems, seeds, st.floats(0.01, 3))
def test_random_points_lie_above_the_lower_bound(problem, seed, scale):
    found = optimum(unbound(problem))
    for columns in embeddings(problem, seed, 4):
        value = loss_at(problem, feasible(problem, scale * columns))
        assert value >= float(found.lower) - ROUNDING * max(1, abs(value))


@given(supcon_problems, seeds)
def test_points_found_by_descent_lie_above_the_lower_bound(problem, seed):
    found, objective = optimum(unbound(problem)), Batch.of(problem)
    columns = feasible(problem, embeddings(problem, seed)[0])
    value, gradient = objective.value_and_gradient(columns)
    step = float(problem.temperature)
    for _ in range(60):
        moved = feasible(problem, columns - step * gradient)
        moved_value, moved_gradient = objective.value_and_gradient(moved)
        if moved_value < value:
            columns, value, gradient, step = moved, moved_value, moved_gradient, 1.5 * step
        else:
            step /= 4
    value = loss_at(problem, columns)
    assert value >= float(found.lower) - ROUNDING * max(1, abs(value))


@given(supcon_problems)
def test_the_loss_of_the_optimums_own_gram_matrix_lies_in_the_interval(problem):
    found = optimum(unbound(problem))
    assert found.lower <= found.upper
    assert verify_data(found.certificate).word == "VERIFIED"
    labels, norm = problem.classes.labels, norm_constraint(problem.constraint)
    value = naive.loss_of_gram(found.gram[np.ix_(labels, labels)], labels, float(problem.temperature))
    value /= problem.anchors if problem.reduction == "mean" else 1
    value += float(norm.weight) / 2 * np.diag(found.gram)[labels].sum() if isinstance(norm, Ridge) else 0
    rounding = ROUNDING * max(1, abs(value))
    assert float(found.lower) - rounding <= value <= float(found.upper) + rounding


@settings(max_examples=FEW)
@given(supcon_problems, st.integers(15, 45))
def test_more_digits_stay_inside_fewer(problem, digits):
    rough, fine = optimum(unbound(problem)), optimum(unbound(problem), digits=digits)
    assert max(rough.lower, fine.lower) <= min(rough.upper, fine.upper)
    assert fine.shortfall or fine.gap * 10**digits <= 1
