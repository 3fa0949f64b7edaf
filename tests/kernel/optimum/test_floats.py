"""Sums over pairs in float64: the error bounds hold against balls, for numbers of every size, and what has no bound is refused."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.kernel.optimum.floats import LEAST, MOST, UNIT, folded, log, pair_sums

EDGES = [2**0.5, np.nextafter(2**0.5, 2), np.nextafter(2**0.5, 1), 0.5**0.5, 1.0, np.nextafter(1, 0), np.nextafter(1, 2), 2.0, LEAST, MOST]


def error(exact, found):
    return abs(arb(found) - exact).upper()


@pytest.mark.parametrize("seed", range(3))
def test_logarithms_are_as_near_as_promised(seed):
    rng = np.random.default_rng(seed)
    near_one = 1 + rng.uniform(-1, 1, 500) * 10.0 ** -rng.uniform(0, 15, 500)
    x = np.concatenate([np.exp(rng.uniform(-200, 200, 500)), near_one, EDGES])
    with ctx.workprec(200):
        for value, found in zip(x.tolist(), log(x).tolist(), strict=True):
            assert error(arb(value).log(), found) <= (3 + 2 * abs(found)) * UNIT


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65])
@pytest.mark.parametrize("spread", [0.0, 1.0, 60.0])
def test_sums_are_as_near_as_promised_to_those_of_the_numbers_that_were_rounded(size, spread):
    rng = np.random.default_rng(size)
    with ctx.workprec(200):
        # exact numbers that differ from their floats by almost 2u
        y, w = ([arb(float(x)) * (1 + arb(2) ** -52.01) for x in np.exp(rng.normal(0, spread, size))] for _ in range(2))
        own = [x * int(rng.integers(0, 2)) for x in w]
        found = pair_sums(*([float(x.mid()) for x in values] for values in (y, w, own)))
        for g in range(size):
            weights = [own[g] if h == g else w[h] for h in range(size)]
            t = sum((b / (y[g] + a) for a, b in zip(y, weights, strict=True)), arb(0))
            logs = sum((b * (y[g] + a).log() for a, b in zip(y, weights, strict=True)), arb(0))
            assert error(t, found.quotients[g]) <= found.relative * t
            assert error(logs, found.logarithms[g]) <= found.absolute


def test_sums_in_halves_are_sums():
    table = np.arange(35.0).reshape(5, 7)
    assert folded(table.copy()).tolist() == table.sum(axis=1).tolist()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0, -0.0, -1.0, 5e-324, 2.0**-310, 2.0**310])
@pytest.mark.parametrize("place", [0, 1])
def test_numbers_beyond_the_bounds_are_refused(bad, place):
    given = [[1.0, 2.0], [1.0, 2.0], [0.0, 0.0]]
    assert pair_sums(*given) is not None
    given[place][1] = bad
    assert pair_sums(*given) is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0, 5e-324])
def test_an_own_weight_may_be_zero_but_nothing_else_beyond_the_bounds(bad):
    assert pair_sums([1.0, 2.0], [1.0, 2.0], [0.0, bad]) is None
