"""Bounds of compiled code against exact fractions and balls, and the code that LLVM makes of it."""

import os
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.landscapes.deciding import decider_of
from scverify.kernel.landscapes.directed import upward
from scverify.kernel.landscapes.intervals import COEFFICIENTS
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import of

numba = pytest.importorskip("numba")
compiled = pytest.importorskip("scverify.kernel.landscapes.compiled")
compiled_deciding = pytest.importorskip("scverify.kernel.landscapes.compiled_deciding")
POINTS = 1_000_000 if os.environ.get("SCVERIFY_PROFILE") == "thorough" else 10_000
EDGES = [0.0, -0.0, 1.0, -1.0, 2.0**-1074, -(2.0**-1074), 2.0**-1022, 1e-300, 1e300, -1e300, 1 + 2.0**-52, 1 - 2.0**-53, 0.1, np.pi]
MOST = Fraction(np.finfo(float).max)


def operands():
    """Adversarial pairs a, b > 0: of every magnitude, near 1, equal, beneath the normal numbers, near overflow."""
    rng = np.random.default_rng(1)
    a = rng.choice([-1.0, 1.0], POINTS) * np.where(
        rng.random(POINTS) < 0.5, 10.0 ** rng.uniform(-320, 300, POINTS), rng.uniform(0, 3, POINTS)
    )
    b = np.where(rng.random(POINTS) < 0.5, 10.0 ** rng.uniform(-320, 300, POINTS), 1 + rng.integers(-9, 9, POINTS) * 2.0**-52)
    b = np.where(rng.random(POINTS) < 0.1, np.abs(a), b)
    edges = [(x, abs(y)) for x in EDGES for y in EDGES]
    a, b = np.append(a, [x for x, _ in edges]), np.append(b, [y for _, y in edges])
    return a[b > 0], b[b > 0]


def probed(a, b, minus=-1.0):
    result = np.zeros((15, len(a)))
    with upward():
        compiled.probe(a, b, (COEFFICIENTS, compiled_deciding.POWERS), result, minus)
    return result


def test_operations_bound_the_exact_results_from_above():
    a, b = operands()
    found = probed(a, b)
    for k in range(len(a)):
        x, y = Fraction(a[k]), Fraction(b[k])
        exact = [x + y, x * y, x / y, None, -x * y, x * y, -x * y, x * y, -x * x, x * x, None, None, None, x / y]
        for row, value in enumerate(exact):
            if value is not None:
                bound = found[row, k]
                assert bound == np.inf or (bound == -np.inf and value < -MOST) or Fraction(bound) >= value, (row, a[k], b[k])
        assert Fraction(found[3, k]) ** 2 >= y >= (Fraction(found[10, k]) ** 2 if found[10, k] > 0 else 0)


def test_operations_are_exact_to_the_last_bit_where_nothing_overflows():
    a, b = operands()
    inside = (np.abs(a) > 1e-140) & (np.abs(a) < 1e140) & (b > 1e-140) & (b < 1e140)
    a, b = a[inside][:1500], b[inside][:1500]
    found = probed(a, b)
    for k in range(len(a)):
        assert compiled_deciding._rounds_upward(Fraction(a[k]), Fraction(b[k]), found[:, k].tolist())


def test_the_exponential_encloses_that_of_balls_and_is_narrow():
    x = np.random.default_rng(2).uniform(-700, 700, POINTS)
    x = np.append(
        np.where(np.abs(x) < 350, x / 350, x), [0.0, 1e-320, -1e-320, -699.99, -701.0, -1e308, -np.inf, np.log(2) / 2, -np.log(2) / 2]
    )
    low, high = -probed(x, np.ones_like(x))[11], probed(x, np.ones_like(x))[12]
    with ctx.workprec(200):
        for k, value in enumerate(x.tolist()):
            exact = arb(value).exp()
            assert arb(fmpq(*low[k].as_integer_ratio())) <= exact and exact <= arb(fmpq(*high[k].as_integer_ratio())), value
    deep = x < -700
    assert (low[deep] == 0).all() and (high[~deep] / low[~deep] - 1 < 2.0**-44).all()


def test_code_of_other_sources_on_the_disk_is_not_taken_for_that_of_these():
    assert compiled.digest_of_sources() == compiled.digest_of_sources() > 0
    x, result = np.ones(1), np.zeros((15, 1))
    for sources in (1, 2):
        probe = compiled.probe_of(sources)
        assert probe(x, x, (COEFFICIENTS, compiled_deciding.POWERS), result, -1.0) == sources
    probe = compiled.probe(x, x, (COEFFICIENTS, compiled_deciding.POWERS), result, -1.0)
    assert probe == compiled.digest_of_sources()


@pytest.mark.skipif(os.environ.get("SCVERIFY_PROFILE") != "thorough", reason="compiles afresh: set SCVERIFY_PROFILE=thorough")
def test_the_generated_code_negates_folds_and_contracts_nothing():
    problem, level, rows = of((2, 2), 2, "1/2")
    decider_of(rows).first(domain_of(problem, level, problem.tau), STATEMENTS[EVERY_MINIMUM])
    fresh = numba.njit(error_model="numpy")(compiled.decide.py_func)  # code from the disk cannot be read
    fresh.compile(compiled.decide.signatures[0])
    [code] = fresh.inspect_llvm().values()
    assert code.count(" fmul ") > 100
    for instruction in (" fneg ", " fsub ", "llvm.fma", "llvm.fmuladd", " fast ", " contract ", " reassoc ", " nnan ", " nsz ", " arcp "):
        assert instruction not in code, instruction
    [machine] = fresh.inspect_asm().values()
    assert "vfmadd" not in machine and "vfnmadd" not in machine and "fmadd" not in machine
