"""Intervals against balls of 200 bits and exact rationals, entry by entry: every exact result lies inside."""

import os

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.landscapes import intervals
from scverify.kernel.landscapes.intervals import Intervals

POINTS = 1_000_000 if os.environ.get("SCVERIFY_PROFILE") == "thorough" else 60_000
LARGE = fmpq(10) ** 304
EDGES = [0.0, -0.0, 1.0, -1.0, 2.0**-1074, 2.0**-1022, 1e-300, 1e300, 1 + 2.0**-52, 1 - 2.0**-53, 0.1, np.pi]


def numbers(seed, count=POINTS):
    """Of every magnitude from 1e-150 to 1e150, and near 1, of both signs."""
    rng = np.random.default_rng(seed)
    magnitude = np.where(rng.random(count) < 0.5, 10.0 ** rng.uniform(-150, 150, count), rng.uniform(0, 3, count))
    return magnitude * rng.choice([-1.0, 1.0], count)


def pairs():
    first, second = numbers(1, POINTS // 5), numbers(2, POINTS // 5)
    edges = [(x, y) for x in EDGES for y in EDGES]
    return np.append(first, [x for x, _ in edges]), np.append(second, [y for _, y in edges])


def exact(x):
    return fmpq(*float(x).as_integer_ratio())


def assert_encloses(found, values):
    """found encloses each of the values, numbers or balls."""
    for low, high, value in zip(found.low.tolist(), found.high.tolist(), values, strict=True):
        if abs(value) > LARGE:  # an end may have overflowed: then it is no number, or infinite
            assert not (np.isfinite(low) and exact(low) > value) and not (np.isfinite(high) and exact(high) < value)
            continue
        below, above = exact(low), exact(high)
        assert (below <= value <= above) if isinstance(value, fmpq) else (arb(below) <= value and value <= arb(above)), (low, value, high)


@pytest.mark.parametrize("operation", ["add", "sub", "mul"])
def test_sum_difference_and_product_enclose_the_exact_ones(operation):
    x, y = pairs()
    name = f"__{operation}__"
    values = [getattr(exact(a), name)(exact(b)) for a, b in zip(x, y, strict=True)]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        assert_encloses(getattr(Intervals.exact(x), name)(Intervals.exact(y)), values)
        assert_encloses(getattr(Intervals.exact(x), name)(y), values)


def test_the_quotient_encloses_the_exact_one_and_needs_a_positive_divisor():
    x, y = pairs()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        found = Intervals.exact(x) / Intervals.exact(y)
        positive = (y > 0) & np.isfinite(found.low) & np.isfinite(found.high)
    assert positive.sum() > len(y) // 3
    assert_encloses(found[positive], [exact(a) / exact(b) for a, b in zip(x[positive], y[positive], strict=True)])
    assert np.isnan(found.low[y <= 0]).all() and np.isnan(found.high[y <= 0]).all()


def test_square_and_square_root_enclose_the_exact_ones():
    x = numbers(3, POINTS // 5)
    assert_encloses(Intervals.exact(x).square(), [exact(a) ** 2 for a in x])
    found = Intervals.exact(np.abs(x)).sqrt()
    assert (found.low >= 0).all()
    for low, high, a in zip(found.low, found.high, np.abs(x), strict=True):
        assert exact(low) ** 2 <= exact(a) <= exact(high) ** 2


def test_a_product_with_a_difference_encloses_the_exact_one():
    rng = np.random.default_rng(4)
    a, x, y = rng.uniform(-2, 2, (3, POINTS // 5))
    y = np.where(rng.random(len(x)) < 0.5, x * (1 + rng.uniform(-1e-15, 1e-15, len(x))), y)
    values = [exact(p) * (exact(q) - exact(r)) for p, q, r in zip(a, x, y, strict=True)]
    assert_encloses(Intervals.exact(a).times_difference(x, y), values)


def test_the_exponential_encloses_that_of_balls():
    x = np.random.default_rng(5).uniform(-700, 700, POINTS)
    x = np.append(np.where(np.abs(x) < 360, x / 360, x), [0.0, 1e-320, -1e-320, 700.0, -700.0, np.log(2) / 2, -np.log(2) / 2])
    assert np.isinf(Intervals.exact([701.0]).exp().high) and Intervals.exact([-701.0]).exp().low == 0
    with ctx.workprec(200):
        assert_encloses(Intervals.exact(x).exp(), [arb(a).exp() for a in x.tolist()])


def test_the_exponential_is_as_narrow_as_its_bound_says():
    x = np.random.default_rng(6).uniform(-600, 690, 10_000)
    found = Intervals.exact(x).exp()
    assert (found.high / found.low - 1 < 2.0**-44).all()


def test_constants_of_the_exponential():
    assert exact(intervals.LN2_HIGH).q <= 2**33
    with ctx.workprec(300):
        assert abs(arb(2).log() - arb(intervals.LN2_HIGH) - arb(intervals.LN2_LOW)) < arb(2) ** -85


def test_operations_on_intervals_enclose_those_on_their_points():
    rng = np.random.default_rng(8)
    ends = np.sort(rng.uniform(-3, 3, (2, 2, 4000)), axis=1)
    (a, b), inside = (Intervals(*pair) for pair in ends), rng.random((2, 4000))
    x, y = (low + (high - low) * t for (low, high), t in zip(ends, inside, strict=True))
    divisor = Intervals(np.abs(y) * 0.5 + 0.1, np.abs(y) + 0.2)
    for found, value in (
        (a + b, x + y),
        (a - b, x - y),
        (a * b, x * y),
        (a.square(), x * x),
        (a.exp(), np.exp(x)),
        (a / divisor, x / (np.abs(y) + 0.15)),
        (a.hull(b), y),
    ):
        assert (found.low <= value + 1e-13).all() and (value - 1e-13 <= found.high).all()
    assert (a.magnitude() >= np.abs(x)).all()
    centre = a.middle()
    assert ((centre - a.radius(centre) <= a.low) & (a.high <= centre + a.radius(centre))).all()


def test_an_end_that_is_no_number_decides_nothing():
    bad = Intervals.exact([np.nan, np.nan])
    with np.errstate(invalid="ignore"):
        for result in (bad + 1.0, bad * 0.0, bad.exp(), bad.square(), bad.meet(Intervals.exact(1.0)), bad.clipped(0.0, 1.0)):
            assert not (result.low > -1e300).any() and not (result.high < 1e300).any()
            assert not result.has_no_zero().any()
