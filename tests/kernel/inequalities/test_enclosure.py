"""The kernel's intervals hold every value, are exact where they say so, and never recover from what is undefined."""

from fractions import Fraction

from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from scverify.kernel.inequalities.enclosure import UNDEFINED, ExactInterval

fractions = st.fractions(-4, 4, max_denominator=50)
pieces = st.tuples(fractions, fractions, st.fractions(0, 1, max_denominator=7))


def exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def interval(piece):
    """An interval and a rational in it."""
    low, high = min(piece[:2]), max(piece[:2])
    return ExactInterval.between(exact(low), exact(high)), exact(low + piece[2] * (high - low))


def holds(enclosure: ExactInterval, value: ExactInterval) -> bool:
    """Whether an interval with defined ends reaches around (nearly) all of a thin one."""
    return not enclosure.defined or bool(enclosure.lower <= value.upper and value.lower <= enclosure.upper)


@given(pieces, pieces, st.integers(-4, 5))
def test_arithmetic_holds_the_exact_value(first, second, n):
    (left, u), (right, v) = interval(first), interval(second)
    assert holds(left + right, ExactInterval.of(u + v))
    assert holds(left * right, ExactInterval.of(u * v))
    assert holds(left - right, ExactInterval.of(u - v))
    assert holds(abs(left), ExactInterval.of(abs(u)))
    assume(n >= 0 or u != 0)
    assert holds(left.power(n), ExactInterval.of(u**n))


@given(pieces)
def test_functions_hold_the_value_at_every_point(piece):
    box, u = interval(piece)
    for name in ("exp", "log", "sqrt"):
        at_point = getattr(ExactInterval.of(u), name)()
        if at_point.defined:
            assert holds(getattr(box, name)(), at_point)
        else:
            assert not getattr(box, name)().defined


def test_what_is_exact_stays_exact():
    assert ExactInterval.of(0).exp().exact == 1
    assert ExactInterval.of(1).log().exact == 0
    assert ExactInterval.of(fmpq(4, 9)).sqrt().exact == fmpq(2, 3)
    assert ExactInterval.of(fmpq(8, 27)).root(3).exact == fmpq(2, 3)
    assert ExactInterval.of(2).sqrt().exact is None
    assert ExactInterval.between(fmpq(0), fmpq(1)).lower == 0


def test_what_is_undefined_stays_undefined():
    thin, wide = ExactInterval.of(0), ExactInterval.between(fmpq(-1), fmpq(1))
    for value in (1 / thin, 1 / wide, wide.log(), wide.sqrt(), ExactInterval.of(-1).sqrt(), thin.log(), UNDEFINED):
        results = (value + 1, 0 * value, value * thin, abs(value), value.power(0), value.power(2), value.exp(), value.sign(), 1 / value)
        assert not any(result.defined or result.lower >= 0 or result.upper <= 0 for result in results)
        assert all(result.exact is None for result in results)
