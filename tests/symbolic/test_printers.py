import json

import mpmath
import numpy as np
import pytest
from hypothesis import given
from sympy import Rational, exp, log

from scverify.errors import InputError
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import spectral, supcon, supcon_in
from scverify.symbolic.printers import to_cvxpy, to_kernel, to_mpmath
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s
from tests.symbolic.instances import CONVEX, FORMULAS, rows

SUPCON_TREE = [
    "add",
    ["log", ["sum", ["mul", "c", ["exp", ["mul", ["pow", "tau", -1], "s"]]]]],
    ["mul", "-1", ["sum", ["mul", "q", ["pow", "tau", -1], "s"]]],
]
DIFFERENCE = RowFormula("difference", log(row_sum(c[a] * exp(s[a])) - row_sum(q[a] * exp(s[a]))))


def evaluate(tree, entry, numbers):
    """A naive reader of the kernel's trees; ``entry`` is None outside a sum."""
    match tree:
        case "s" | "c" | "q":
            return numbers[tree][entry]
        case "tau":
            return numbers["tau"]
        case str():
            above, _, below = tree.partition("/")
            return mpmath.mpf(int(above)) / int(below or 1)
        case ["sum", body]:
            assert entry is None, "sums do not nest"
            return mpmath.fsum(evaluate(body, i, numbers) for i in range(len(numbers["s"])))
        case ["add", first, second, *others]:
            return mpmath.fsum(evaluate(term, entry, numbers) for term in (first, second, *others))
        case ["mul", first, second, *others]:
            return mpmath.fprod(evaluate(factor, entry, numbers) for factor in (first, second, *others))
        case ["pow", base, int() as exponent]:
            return evaluate(base, entry, numbers) ** exponent
        case [("exp" | "log" | "sqrt") as name, argument]:
            return getattr(mpmath, name)(evaluate(argument, entry, numbers))
    raise AssertionError(f"not in the grammar: {tree}")


def test_kernel_tree_of_supcon():
    assert to_kernel(supcon.formula.expression) == SUPCON_TREE


@given(rows())
def test_kernel_trees_mean_the_formula(row):
    tree = json.loads(json.dumps(to_kernel(row.formula.expression)))
    with mpmath.workdps(40):
        numbers = dict(zip(("s", "c", "q", "tau"), row.in_mpmath(), strict=True))
        expected = to_mpmath(row.formula.expression)(*row.in_mpmath())
        assert mpmath.almosteq(evaluate(tree, None, numbers), expected, mpmath.mpf(10) ** -30, mpmath.mpf(10) ** -30)


def test_equal_formulas_have_equal_trees_whatever_the_order():
    one = row_sum(q[a] * s[a]) * 3 + log(row_sum(c[a] * exp(s[a])))
    other = log(row_sum(exp(s[a]) * c[a])) + 3 * row_sum(s[a] * q[a])
    assert to_kernel(one) == to_kernel(other)


def test_a_cube_root_has_no_kernel_tree():
    with pytest.raises(InputError, match="integer powers, sqrt"):
        to_kernel(row_sum(s[a]) ** Rational(1, 3))


def test_mpmath_keeps_what_a_float_loses():
    with mpmath.workdps(60):
        value = to_mpmath(supcon.formula.expression)([mpmath.mpf(1), mpmath.mpf(-1)], [1, 1], [1, 0], mpmath.mpf(1) / 40)
        assert mpmath.almosteq(value, mpmath.exp(-80), rel_eps=mpmath.mpf(10) ** -20)


@given(rows(names=CONVEX))
def test_cvxpy_has_the_same_value(row):
    import cvxpy

    similarities = cvxpy.Variable(len(row.s))
    similarities.value = row.s
    with np.errstate(divide="raise"):
        expression = to_cvxpy(row.formula, similarities, row.c, row.q, row.tau)
    assert expression.is_dcp()
    assert expression.is_convex()
    assert expression.value == pytest.approx(evaluators(row.formula).value(*row.arguments), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("formula", [supcon_in.formula, FORMULAS["ratio"], RowFormula("concave", -spectral.formula.expression), DIFFERENCE])
def test_cvxpy_refuses_rows_that_are_not_convex(formula):
    import cvxpy

    with pytest.raises(InputError, match="convex"):
        to_cvxpy(formula, cvxpy.Variable(3), np.ones(3), np.ones(3), 0.5)


def test_cvxpy_takes_a_concave_logarithm_with_a_minus_sign():
    import cvxpy

    similarities = cvxpy.Variable(2)
    similarities.value = np.array([0.5, 1.5])
    formula = RowFormula("barrier", -log(row_sum(c[a] * s[a])) + row_sum(q[a]) ** 2)
    assert to_cvxpy(formula, similarities, [1.0, 2.0], [1.0, 3.0], 1.0).value == pytest.approx(-np.log(3.5) + 16)
