"""Rows from templates against rows that SymPy derives at the numbers, and that they need no SymPy."""

import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.formula import parse
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.parametric import expression_at
from scverify.symbolic.row import RowFormula
from scverify.symbolic.templates import TEMPLATES, cosface_row, logistic_row, multi_similarity_row

NUMBERS = st.fractions(-3, 3, max_denominator=7)
RATES = st.sampled_from([Fraction(2), Fraction(1, 2), Fraction(1), Fraction(7, 3)])
ROWS = st.one_of(
    NUMBERS.map(logistic_row),
    st.builds(multi_similarity_row, RATES, RATES, NUMBERS),
    st.fractions(0, 2, max_denominator=7).map(cosface_row),
)


def unordered(tree):
    """The tree with the terms of sums and products in one order."""
    if not isinstance(tree, list):
        return str(tree)
    parts = [unordered(part) for part in tree[1:]]
    return f"({tree[0]} {' '.join(sorted(parts) if tree[0] in ('add', 'mul') else parts)})"


@given(row=ROWS, seed=st.integers(0, 2**32 - 1))
def test_a_template_is_what_sympy_derives(row, seed):
    derived = RowFormula(row.name, row.expression)
    assert unordered(row.tree) == unordered(derived.tree) and parse(row.tree)
    generator = np.random.default_rng(seed)
    s, v = generator.uniform(-1, 1, (2, 4))
    c, q = generator.integers(1, 3, (2, 4)).astype(float)
    ours, theirs = evaluators(row), evaluators(derived)
    value, slopes = ours.value_and_gradient(s, c, q, 0.7)
    for found, wanted in (
        (ours.value(s, c, q, 0.7), theirs.value(s, c, q, 0.7)),
        (value, theirs.value(s, c, q, 0.7)),
        (slopes, theirs.value_and_gradient(s, c, q, 0.7)[1]),
        (ours.hessian_product(s, c, q, 0.7, v), theirs.hessian_product(s, c, q, 0.7, v)),
    ):
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_a_row_is_one_object_and_survives_a_pickle():
    row = logistic_row(Fraction(1, 3))
    assert row is logistic_row(Fraction(1, 3)) and row != logistic_row(Fraction(-1, 3))
    assert pickle.loads(pickle.dumps(row)).tree == row.tree
    assert all(expression_at(name, dict.fromkeys(names, Fraction(2))) is not None for name, names in TEMPLATES.items())


@pytest.mark.parametrize("call", ["siglip(3)", "cosface((3, 2))"])
def test_an_optimum_needs_no_sympy(call):
    code = (
        "import sys; from scverify.model.named import *; from scverify.certify.units import unit_optimum; "
        f"from scverify.model.units import UnitProblem; unit_optimum(UnitProblem({call}, 1)); assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
