from concurrent.futures import ThreadPoolExecutor

import flint
import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from sympy import diff, exp, log

from scverify.symbolic.compiled import evaluators, mpmath_evaluators
from scverify.symbolic.losses import supcon
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau
from tests.oracles import naive
from tests.symbolic.instances import FORMULAS, Row, entrywise_numbers, make_row, rows, written_out

LOGARITHMIC = ("supcon", "supcon_in", "decoupled", "softplus", "n_pair", "ratio", "counted", "doubled")
as_balls = np.frompyfunc(arb, 1, 1)


def assert_close(found, expected, scale=1.0):
    """Equal up to rounding of the largest expected number, or of the numbers of size ``scale`` that cancelled on the way."""
    wanted = np.array([float(x) for x in np.ravel(expected)])
    assert np.max(np.abs(np.ravel(found) - wanted)) <= 1e-11 * max(scale, np.max(np.abs(wanted)))


def ball_of(number):
    """The exact ball of an mpf, at a precision that holds it."""
    sign, mantissa, exponent, _ = number._mpf_
    return (-1 if sign else 1) * arb(int(mantissa)) * arb(2) ** int(exponent)


@given(rows())
def test_value_gradient_and_hessian_product_against_numerical_differentiation(row):
    exact, found = mpmath_evaluators(row.formula), evaluators(row.formula)
    with mpmath.workdps(50):
        similarities, *rest = row.in_mpmath()

        def moved(entry, along_entry, along_v):
            shifted = [x + along_v * mpmath.mpf(float(y)) for x, y in zip(similarities, row.v, strict=True)]
            shifted[entry] += along_entry
            return exact.value(shifted, *rest)

        length = range(len(similarities))
        slopes = [mpmath.diff(lambda x, b=b: moved(b, x, 0), 0) for b in length]
        bends = [mpmath.diff(lambda x, y, b=b: moved(b, x, y), (0, 0), (1, 1)) for b in length]
        value, slope = found.value_and_gradient(*row.arguments)
        assert_close(value, [exact.value(similarities, *rest)])
        assert_close(slope, slopes)
        assert_close(found.hessian_product(*row.arguments, row.v), bends)
        assert max(abs(x - y) for x, y in zip(exact.gradient(similarities, *rest), slopes, strict=True)) < 1e-20


@given(rows(lengths=(2, 4)))
def test_gradient_and_hessian_product_against_entrywise_differentiation(row):
    expression, *symbols = written_out(row.formula, len(row.s))
    slopes = [diff(expression, entry) for entry in symbols[0]]
    bends = [sum(float(y) * diff(slope, entry) for y, entry in zip(row.v, symbols[0], strict=True)) for slope in slopes]
    with mpmath.workdps(40):
        assert_close(evaluators(row.formula).value_and_gradient(*row.arguments)[1], entrywise_numbers(slopes, symbols, row))
        assert_close(evaluators(row.formula).hessian_product(*row.arguments, row.v), entrywise_numbers(bends, symbols, row))


@given(rows())
def test_value_alone_is_the_value_with_the_gradient(row):
    found = evaluators(row.formula)
    assert found.value(*row.arguments) == found.value_and_gradient(*row.arguments)[0]


@given(rows(), st.sampled_from([53, 200]))
def test_balls_contain_the_true_numbers(row, precision):
    exact, found = mpmath_evaluators(row.formula), evaluators(row.formula)
    arrays = [as_balls(array) for array in (row.s, row.c, row.q)]
    with mpmath.workdps(80):
        value, slopes = exact.value(*row.in_mpmath()), exact.gradient(*row.in_mpmath())
        bends = [mpmath.diff(lambda x, b=b: exact.gradient(*row.in_mpmath(x))[b], 0) for b in range(len(row.s))]
    with flint.ctx.workprec(precision):
        ball, slope_balls = found.value_and_gradient(*arrays, arb(row.tau))
        bend_balls = found.hessian_product(*arrays, arb(row.tau), as_balls(row.v))
    with flint.ctx.workprec(300):
        assert np.ravel(ball)[0].contains(ball_of(value))
        assert all(x.contains(ball_of(y)) for x, y in zip(slope_balls, slopes, strict=True))
        assert all(x.overlaps(ball_of(y)) for x, y in zip(bend_balls, bends, strict=True))
        assert max(float(x.rad()) for x in (*slope_balls, *bend_balls)) < 2.0 ** (30 - precision)


@given(rows(names=LOGARITHMIC), st.integers(0, 2**32 - 1))
def test_wide_balls_contain_every_row_inside(row, seed):
    widened = [arb(x, 0.01) for x in row.s]
    ball, slopes = evaluators(row.formula).value_and_gradient(np.array(widened), as_balls(row.c), as_balls(row.q), arb(row.tau))
    inside = Row(row.name, row.s + np.random.default_rng(seed).uniform(-0.01, 0.01, len(row.s)), row.c, row.q, row.tau, row.v)
    exact = mpmath_evaluators(row.formula)
    with mpmath.workdps(80), flint.ctx.workprec(300):
        assert np.ravel(ball)[0].contains(ball_of(exact.value(*inside.in_mpmath())))
        assert all(x.contains(ball_of(y)) for x, y in zip(slopes, exact.gradient(*inside.in_mpmath()), strict=True))


@pytest.mark.parametrize("name", LOGARITHMIC)
@pytest.mark.parametrize("seed", range(4))
def test_a_temperature_of_one_in_two_thousand(name, seed):
    row = make_row(name, 6, 1 / 2000, seed)
    exact, found = mpmath_evaluators(row.formula), evaluators(row.formula)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, slope = found.value_and_gradient(*row.arguments)
        bend = found.hessian_product(*row.arguments, row.v)
    with mpmath.workdps(60):
        slopes = exact.gradient(*row.in_mpmath())
        bends = [mpmath.diff(lambda x, b=b: exact.gradient(*row.in_mpmath(x))[b], 0) for b in range(6)]
        assert_close(value, [exact.value(*row.in_mpmath())])
        assert_close(slope, slopes, scale=2000)
        assert_close(bend, bends, scale=2000**2)
    arrays, temperature = [as_balls(array) for array in row.arguments[:3]], arb(row.tau)
    ball, slope_balls = found.value_and_gradient(*arrays, temperature)
    with flint.ctx.workprec(200):
        bend_balls = found.hessian_product(*arrays, temperature, as_balls(row.v))
    assert_close(float(ball), value)
    assert_close([float(x) for x in slope_balls], slopes, scale=2000)
    assert_close([float(x) for x in bend_balls], bends)


def test_a_row_of_softplus_keeps_its_relative_accuracy():
    value = evaluators(FORMULAS["softplus"]).value(np.array([-1.0, -0.75]), np.ones(2), np.zeros(2), 1 / 50)
    assert float(value) == pytest.approx(np.exp(-37.5), rel=1e-5)


@pytest.mark.parametrize("shape", [(5,), (1, 5), (4, 5), (2, 4, 5)])
@pytest.mark.parametrize("coefficients", ["shared", "row", "full"])
@pytest.mark.parametrize("name", FORMULAS)
def test_rows_lie_along_the_last_axis(shape, coefficients, name):
    random = np.random.default_rng(3)
    similarities, direction = random.uniform(-1, 1, shape), random.normal(size=shape)
    size = {"shared": (5,), "row": (1,) * (len(shape) - 1) + (5,), "full": shape}[coefficients]
    c_rows, q_rows = random.integers(0, 2, size).astype(float), random.uniform(0.1, 1, size)
    c_rows[..., 0] = 1
    found = evaluators(FORMULAS[name])
    value, slope = found.value_and_gradient(similarities, c_rows, q_rows, 0.5)
    bend = found.hessian_product(similarities, c_rows, q_rows, 0.5, direction)
    assert (value.shape, slope.shape, bend.shape) == (shape[:-1], shape, shape)
    for place in np.ndindex(shape[:-1]):
        one = similarities[place], np.broadcast_to(c_rows, shape)[place], np.broadcast_to(q_rows, shape)[place], 0.5
        assert value[place] == pytest.approx(float(found.value(*one)), rel=1e-13)
        assert slope[place] == pytest.approx(found.value_and_gradient(*one)[1], rel=1e-12, abs=1e-14)
        assert bend[place] == pytest.approx(found.hessian_product(*one, direction[place]), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("name", FORMULAS)
def test_calls_change_no_input_and_share_no_memory(name):
    random = np.random.default_rng(4)
    inputs = [random.uniform(0.5, 1, (3, 4)) for _ in range(4)]
    kept = [array.copy() for array in inputs]
    found = evaluators(FORMULAS[name])
    first = [*found.value_and_gradient(*inputs[:3], 0.5), found.hessian_product(*inputs[:3], 0.5, inputs[3])]
    copies = [array.copy() for array in first]
    found.value_and_gradient(inputs[0][:2], *(array[:2] for array in inputs[1:3]), 0.25)
    again = [*found.value_and_gradient(*inputs[:3], 0.5), found.hessian_product(*inputs[:3], 0.5, inputs[3])]
    assert all(np.array_equal(x, y) for x, y in zip(inputs, kept, strict=True))
    assert all(np.array_equal(x, y) for x, y in zip(first, copies, strict=True))
    assert all(np.array_equal(x, y) for x, y in zip(first, again, strict=True))
    assert not any(np.shares_memory(x, y) for x in first for y in (*again, *inputs))


def test_threads_do_not_disturb_each_other():
    random = np.random.default_rng(5)
    blocks = [random.uniform(-1, 1, (40, 300)) for _ in range(24)]
    c_row, q_row = random.uniform(1, 2, 300), random.uniform(0, 1, 300)
    found = evaluators(FORMULAS["softplus"])

    def bend(block):
        return found.hessian_product(block, c_row, q_row, 0.3, block)

    expected = [bend(block) for block in blocks]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(bend, blocks))
    assert all(np.array_equal(x, y) for x, y in zip(results, expected, strict=True))


def test_supcon_over_all_samples_is_the_naive_loop():
    random = np.random.default_rng(6)
    labels = np.array([0, 0, 0, 1, 1, 2, 2])
    embeddings = random.normal(size=(3, 7))
    gram, same = embeddings.T @ embeddings, (labels[:, None] == labels) & ~np.eye(7, dtype=bool)
    value, slope = evaluators(supcon.formula).value_and_gradient(gram, 1 - np.eye(7), same / same.sum(axis=1, keepdims=True), 0.3)
    assert value.sum() == pytest.approx(naive.loss(embeddings, labels, 0.3), rel=1e-13)
    assert slope == pytest.approx(naive.gradient_of_gram(gram, labels, 0.3), abs=1e-12)
    assert embeddings @ (slope + slope.T) == pytest.approx(naive.gradient(embeddings, labels, 0.3), abs=1e-12)


def test_a_formula_is_compiled_once():
    assert evaluators(FORMULAS["ratio"]) is evaluators(FORMULAS["ratio"])
    assert mpmath_evaluators(FORMULAS["ratio"]) is mpmath_evaluators(FORMULAS["ratio"])


def test_lists_and_integers_are_accepted():
    value, slope = evaluators(FORMULAS["spectral"]).value_and_gradient([[1, 2]], [1, 3], [1, 0], 1)
    assert value == pytest.approx([11])
    assert slope == pytest.approx(np.array([[0, 12]]))
    assert evaluators(supcon.formula).value([[1, 0]], [1, 1], [1, 0], 1) == pytest.approx([np.log1p(np.exp(-1))])
    assert evaluators(FORMULAS["mixed"]).value_and_gradient([[2, 0]], [1, 1], [1, 2], 1)[1].dtype == np.float64


def test_a_row_without_coefficients():
    value, slope = evaluators(FORMULAS["n_pair"]).value_and_gradient(np.ones((2, 3)), np.zeros(3), np.zeros(3), 0.01)
    assert np.array_equal(value, [0, 0])
    assert np.array_equal(slope, np.zeros((2, 3)))


def test_a_total_near_one_with_a_number_in_front():
    formula = RowFormula("halves", log(row_sum(2 * c[a] * exp(s[a] / tau))))
    assert evaluators(formula).value(np.array([0.0, -3.0]), np.array([0.5, 0.5]), np.zeros(2), 1) == pytest.approx(np.log1p(np.exp(-3)))


def test_a_constant_gradient_fills_the_rows_and_may_be_changed():
    formula = RowFormula("linear", row_sum(q[a] * s[a]))
    slope = evaluators(formula).value_and_gradient(np.ones((2, 3)), np.ones(3), np.arange(3.0), 1)[1]
    slope[0] += 1
    assert np.array_equal(slope, [[1, 2, 3], [0, 1, 2]])
    bend = evaluators(formula).hessian_product(np.ones((2, 3)), np.ones(3), np.ones(3), 1, np.ones((2, 3)))
    assert np.array_equal(bend, np.zeros((2, 3)))


def test_a_derivative_that_is_a_table_is_not_the_caller_s():
    formula = RowFormula("linear", row_sum(q[a] * s[a]))
    rows, table = np.ones((2, 3)), np.arange(6.0).reshape(2, 3)
    _, slopes = evaluators(formula).value_and_gradient(rows, table, table, 1)
    np.testing.assert_array_equal(slopes, table)
    slopes += 1
    np.testing.assert_array_equal(table, np.arange(6.0).reshape(2, 3))
