import mpmath
import pytest
from hypothesis import given
from sympy import IndexedBase, KroneckerDelta, Rational, Sum, Symbol, diff, exp, log

from scverify.errors import InputError
from scverify.symbolic.calculus import gradient, hessian, hessian_product, variance_identity
from scverify.symbolic.losses import spectral, supcon, supcon_in
from scverify.symbolic.row import RowFormula, a, c, m, q, row_sum, s, tau
from tests.symbolic.instances import FORMULAS, entrywise_numbers, rows, written_out

B, B2 = Symbol("b", integer=True), Symbol("b2", integer=True)
V = IndexedBase("v", real=True)


def at_length(expression, symbols, entries):
    """``expression`` of symbolic length with its Sums written out and its free indices set to ``entries``."""
    s_row, c_row, q_row = symbols
    columns = [dict(zip((s[a], c[a], q[a]), column, strict=True)) for column in zip(s_row, c_row, q_row, strict=True)]
    plain = expression.replace(Sum, lambda body, limits: sum(body.xreplace(column) for column in columns))
    placed = plain.subs(entries)
    values = {base[i]: numbers[i] for base, numbers in ((s, s_row), (c, c_row), (q, q_row)) for i in range(len(s_row))}
    return placed.xreplace(values)


def test_gradient_of_supcon_is_probability_minus_target():
    probability = c[B] * exp(s[B] / tau) / row_sum(c[a] * exp(s[a] / tau))
    assert (gradient(supcon.formula, B) - (probability - q[B]) / tau).expand() == 0


def test_hessian_of_spectral_is_diagonal():
    assert hessian(spectral.formula, B, B2) == 2 * c[B] * KroneckerDelta(B, B2)


@pytest.mark.parametrize("name", FORMULAS)
def test_gradient_and_hessian_hold_no_trace_of_the_length(name):
    for expression in (gradient(FORMULAS[name], B), hessian(FORMULAS[name], B, B2)):
        outside = expression.replace(Sum, lambda body, limits: Symbol("total"))
        assert m not in outside.free_symbols
        assert a not in outside.free_symbols


@given(rows(lengths=(2, 4)))
def test_gradient_and_hessian_equal_scalar_differentiation(row):
    length = len(row.s)
    expression, *symbols = written_out(row.formula, length)
    slope, curvature = gradient(row.formula, B), hessian(row.formula, B, B2)
    differences = []
    for i in range(length):
        differences.append(at_length(slope, symbols, {B: i}) - diff(expression, symbols[0][i]))
        for j in range(length):
            expected = diff(expression, symbols[0][i], symbols[0][j])
            differences.append(at_length(curvature, symbols, {B: i, B2: j}) - expected)
    with mpmath.workdps(50):
        assert max(abs(x) for x in entrywise_numbers(differences, symbols, row)) < mpmath.mpf(10) ** -35


@pytest.mark.parametrize("name", ["supcon", "supcon_in", "spectral", "softplus"])
def test_hessian_product_is_the_hessian_times_the_direction(name):
    length = 3
    _, *symbols = written_out(FORMULAS[name], length)
    direction = [Symbol(f"v_{i}") for i in range(length)]
    product, curvature = hessian_product(FORMULAS[name], B, V), hessian(FORMULAS[name], B, B2)
    numbers = {symbol: Rational(i + 2, 3) for i, symbol in enumerate([*symbols[0], *symbols[1], *symbols[2], *direction])}

    def product_at(i):
        sums = product.replace(Sum, lambda body, limits: sum(body.xreplace({a: j}) for j in range(length)))
        placed = sums.xreplace({B: i}).xreplace({V[j]: direction[j] for j in range(length)})
        return at_length(placed, symbols, {})

    for i in range(length):
        expected = sum(at_length(curvature, symbols, {B: i, B2: j}) * direction[j] for j in range(length))
        assert abs((product_at(i) - expected).subs(numbers).subs(tau, Rational(2, 3)).evalf(40)) < 1e-35


@pytest.mark.parametrize(
    "formula",
    [
        supcon.formula,
        RowFormula("scaled", log(row_sum((c[a] + 3 * q[a]) * exp(-2 * s[a] / tau**2))) + 5 * row_sum(q[a] * s[a]) / tau),
        RowFormula("plain", log(row_sum(exp(s[a])))),
    ],
)
def test_the_hessian_of_a_log_sum_exp_row_is_a_variance(formula):
    identity = variance_identity(formula)
    assert identity.holds
    assert (identity.variance_residual, identity.spread_residual) == (0, 0)


def test_the_variance_identity_is_true_in_numbers():
    identity = variance_identity(supcon.formula)
    numbers = {tau: Rational(1, 3), m: 3}
    for i, (similarity, coefficient, direction) in enumerate([(1, 2, -1), (-1, 1, 2), (0, 3, 1)]):
        numbers |= {s[i]: Rational(similarity, 2), c[i]: coefficient, q[i]: 0, V[i]: direction}
    values = [side.subs(m, 3).doit().subs(numbers).evalf(30) for side in (identity.quadratic, identity.variance, identity.spread)]
    assert values[0] > 1
    assert max(abs(values[0] - values[1]), abs(values[0] - values[2])) < 1e-25


def test_a_wrong_variance_leaves_a_residual(monkeypatch):
    monkeypatch.setattr("scverify.symbolic.calculus.hessian_product", lambda formula, b, v: 2 * hessian_product(formula, b, v))
    identity = variance_identity(supcon.formula)
    assert not identity.holds
    assert identity.variance_residual != 0
    assert identity.spread_residual == 0


@pytest.mark.parametrize("formula", [supcon_in.formula, spectral.formula])
def test_rows_without_a_variance_are_refused(formula):
    with pytest.raises(InputError, match="log-sum-exp"):
        variance_identity(formula)


def test_the_running_index_is_no_free_index():
    with pytest.raises(InputError, match="other than the running one"):
        gradient(supcon.formula, a)
    with pytest.raises(InputError, match="two different"):
        hessian(supcon.formula, B, B)
