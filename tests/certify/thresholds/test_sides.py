"""0 and the simplex: both answers against closed forms and certified optima, and what is no such question."""

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify import Ball, Classes, InputError, Problem, Ridge, UnitProblem, losses, supcon, unit_optimum
from scverify.certify.thresholds.sides import falling_direction, simplex, zero


@given(st.lists(st.integers(2, 9), min_size=2, max_size=5), st.fractions("1/10", 3, max_denominator=50))
def test_zero_is_optimal_exactly_from_its_closed_form_on(sizes, tau):
    n = sum(sizes)
    weight = fmpq(2 * n, n - 1) / fmpq(tau.numerator, tau.denominator)
    problem = Problem(supcon, Classes(sizes), temperature=tau)
    assert zero(problem.replace(constraint=Ridge(str(weight))))[0]
    below, proof = zero(problem.replace(constraint=Ridge(str(weight * fmpq(999_999_999, 1_000_000_000)))))
    assert not below and proof["claim"]["type"] == "ZeroNotOptimal"


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_a_falling_direction_is_one(size, seed):
    draws = np.random.default_rng(seed)
    half = draws.integers(-2, 3, (size, size))
    matrix = half + half.T if seed % 2 else half @ half.T
    z = falling_direction([[fmpq(int(x)) for x in row] for row in matrix])
    if z is None:
        assert np.linalg.eigvalsh(matrix.astype(float)).min() > -1e-9
    else:
        assert sum(int(matrix[i, j]) * z[i] * z[j] for i in range(size) for j in range(size)) < 0


@pytest.mark.parametrize(("t", "optimal"), [("1/2", False), ("3/5", True)])
def test_the_simplex_of_siglip_against_a_certified_optimum(t, optimal):
    """N = 5, logits t s - t: the simplex is optimal from t = (4/5) log 2 = 0.5545 on."""
    problem = UnitProblem(losses.siglip(5, "-" + t), str(1 / fmpq(t)))
    assert simplex(problem)[0] is optimal
    scale = float(fmpq(t))
    value = 5 * np.log(2) + 20 * np.log1p(np.exp(scale * (-1 / 4) - scale))
    found = unit_optimum(problem)
    assert bool(value - float(found.upper) < 1e-12) is optimal


@pytest.mark.parametrize(
    "ask",
    [
        lambda: zero(Problem(supcon, Classes((2, 2)))),
        lambda: zero(Problem("spectral", Classes((2, 2)), constraint=Ridge(1))),
        lambda: simplex(Problem(supcon, Classes((3, 2)))),
        lambda: simplex(Problem(supcon, Classes((2, 2)), constraint=Ball())),
        lambda: simplex(UnitProblem(losses.cross_entropy((3, 2)))),
    ],
)
def test_other_questions_are_refused(ask):
    with pytest.raises(InputError):
        ask()
