"""Row formulas as NumPy source."""

import numpy as np
import pytest
from sympy import sqrt

from scverify.symbolic.compiled import row_total
from scverify.symbolic.losses import supcon
from scverify.symbolic.numpy_program import NumpyProgram
from scverify.symbolic.printers import to_numpy_source
from scverify.symbolic.row import a, c, q, row_sum, s, tau


def test_numpy_source_reduces_over_the_row_and_calls_exp_once():
    source = to_numpy_source("value", [supcon.formula.expression])
    assert source.startswith("def value(s, c, q, tau, unit, v=None):\n")
    assert source.count("row_total") == 2
    assert source.count("scaled_exponentials") == 1
    assert "np.exp" not in source


def test_numpy_source_refuses_what_is_no_row_language():
    with pytest.raises(TypeError, match="no NumPy source"):
        to_numpy_source("value", [row_sum(s[a]).func(s[a], (a, 0, 3)) + tau.as_dummy()])


def test_equal_subexpressions_are_computed_once_and_what_no_result_needs_is_left_out():
    ratio = row_sum(q[a] * s[a]) / row_sum(c[a])
    source = to_numpy_source("both", [ratio + ratio**2, ratio * tau])
    assert source.count("row_total") == 2
    both = NumpyProgram()
    both.source("first", ("s", "c", "q", "tau", "unit"), [ratio])
    assert "row_total(q" not in both.source("second", ("s", "c", "q", "tau", "unit"), [row_sum(c[a])])


def test_fractions_are_divided_in_the_arithmetic_of_the_call():
    source = to_numpy_source("third", [row_sum(q[a] * s[a]) / 3])
    assert "(unit * 1 / 3)" in source


def test_a_printed_function_computes_its_formula():
    names = {"np": np, "row_total": row_total}
    exec(to_numpy_source("value", [row_sum(c[a] * s[a] ** 2) / row_sum(q[a]) - sqrt(row_sum(s[a]))]), names)
    rows, c_row, q_row = np.array([[1.0, 2, 3]]), np.array([1.0, 0, 2]), np.array([1.0, 1, 2])
    assert names["value"](rows, c_row, q_row, 1.0, 1.0).item() == pytest.approx(19 / 4 - np.sqrt(6))
