"""Value, gradient and Hessian product in the embeddings, against the loss written out and numerical differentiation in 50 digits."""

import mpmath
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.level import sample_level
from scverify.search.batch import Batch
from scverify.search.objective import Objective
from scverify.symbolic.compiled import mpmath_evaluators
from scverify.symbolic.entrywise import Entrywise
from tests.properties.problems import FEW, assert_close, embeddings, problems, seeds


def ridge_of(problem):
    norm = norm_constraint(problem.constraint)
    return float(norm.weight) if isinstance(norm, Ridge) else 0.0


def through_level(problem, point, change):
    """Value, gradient and Hessian product through the level's objective, all (d, n)."""
    objective, nothing = Objective.floats(sample_level(problem)), np.zeros(problem.classes.n)
    value, slopes = objective.value_and_gradient(objective.similarities(point.T, nothing))
    product, _ = objective.factor_product(point.T, nothing, change.T, nothing, slopes)
    return value, objective.pull_back(slopes, point.T)[0].T, product.T


def through_batch(problem, point, change):
    """The same through the objective in the embeddings."""
    objective = Batch.of(problem)
    return *objective.value_and_gradient(point), objective.hessian_product(point, change)


def to_mpf(value):
    return mpmath.mpf(int(value.numerator)) / int(value.denominator)


def exact_value(problem, level, point):
    """The loss at an array of mpf (d, n), row by row from the formula; the ridge term aside."""
    gram, route, value = point.T @ point, mpmath_evaluators(problem.loss.formula), mpmath.mpf(0)
    for i, weight in enumerate(level.weight):
        if weight:
            c, q = (list(map(to_mpf, (*row[:i], row[-1], *row[i + 1 : -1]))) for row in (level.c[i], level.q[i]))
            value += to_mpf(weight) * route.value(list(gram[i]), c, q, to_mpf(problem.temperature))
    return value


@settings(max_examples=FEW)
@given(problems(size=(1, 3), classes=(2, 2), dims=(1, 2)), seeds)
def test_against_the_loss_written_out_entry_by_entry(problem, seed):
    point, change = embeddings(problem, seed, 2)
    written, ridge = Entrywise(problem, arithmetic="mpmath"), ridge_of(problem)
    with mpmath.workdps(50):
        exact = np.vectorize(mpmath.mpf, otypes=[object])(point)
        value = written.value(exact) + ridge / 2 * (point**2).sum()
        gradient = written.gradient(exact) + ridge * point
        product = (written.hessian(exact) @ change.ravel()).reshape(point.shape) + ridge * change
    for route in (through_level, through_batch):
        for found, wanted in zip(route(problem, point, change), (value, gradient, product), strict=True):
            assert_close(found, wanted)


@given(problems(classes=(2, 4), size=(1, 5)), seeds)
def test_against_numerical_differentiation_in_fifty_digits(problem, seed):
    point, change, other = embeddings(problem, seed, 3)
    level, ridge = sample_level(problem), ridge_of(problem)
    with mpmath.workdps(50):
        exact, along, across = (np.vectorize(mpmath.mpf, otypes=[object])(x) for x in (point, change, other))
        value = exact_value(problem, level, exact)
        slope = mpmath.diff(lambda t: exact_value(problem, level, exact + t * across), 0)
        bend = mpmath.diff(lambda t, u: exact_value(problem, level, exact + t * along + u * across), (0, 0), (1, 1))
    wanted = (
        float(value) + ridge / 2 * (point**2).sum(),
        float(slope) + ridge * (point * other).sum(),
        float(bend) + ridge * (change * other).sum(),
    )
    for route in (through_level, through_batch):
        found_value, gradient, product = route(problem, point, change)
        size = max(1.0, np.abs(gradient).max(), np.abs(product).max())
        assert_close(found_value, wanted[0])
        assert_close((gradient * other).sum() / size, wanted[1] / size)
        assert_close((product * other).sum() / size, wanted[2] / size)


@given(problems(), seeds, st.sampled_from([through_level, through_batch]))
def test_the_hessian_is_symmetric(problem, seed, route):
    point, change, other = embeddings(problem, seed, 3)
    left, right = (route(problem, point, change)[2] * other).sum(), (route(problem, point, other)[2] * change).sum()
    assert_close(left, right, 1e-10)
