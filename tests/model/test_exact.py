"""Exact numbers from what a user writes."""

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from scverify.errors import InexactInput, InputError
from scverify.model.exact import exact_rational, listed, moderate, positive, whole


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("37/100", Fraction(37, 100)),
        (" 1/20 ", Fraction(1, 20)),
        ("0.05", Fraction(1, 20)),
        (".5", Fraction(1, 2)),
        ("2.", Fraction(2)),
        ("-3/6", Fraction(-1, 2)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E2", Fraction(250)),
        (3, Fraction(3)),
        (Fraction(7, 3), Fraction(7, 3)),
        (sympy.Rational(7, 3), Fraction(7, 3)),
        (0.1, Fraction(3602879701896397, 36028797018963968)),
        (np.float32(0.5), Fraction(1, 2)),
        (np.int64(5), Fraction(5)),
        (Decimal("0.07"), Fraction(7, 100)),
    ],
)
def test_what_is_written_is_what_is_meant(written, meant):
    found = exact_rational(written)
    assert found == meant and type(found) is Fraction


@given(st.fractions(), st.floats(allow_nan=False, allow_infinity=False))
def test_rationals_and_floats_come_back_unrounded(fraction, number):
    assert exact_rational(str(fraction)) == fraction
    assert exact_rational(number) == Fraction(number)


@pytest.mark.parametrize("written", ["1/0", "0/00", "nan", "inf", "", "1/2/3", "half", "1,5", "1 / 2", "1e99999", "0x10", "1_000"])
def test_text_that_is_no_number_is_refused(written):
    with pytest.raises(InputError, match="write tau as an exact finite number"):
        exact_rational(written, "tau")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("nan"), Decimal("1e99999"), True, None, 1j, [1], b"1"])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(InputError, match="allowed: a rational"):
        exact_rational(value)


def test_a_float_that_is_no_short_decimal_says_what_it_is_and_what_to_write():
    with pytest.warns(InexactInput, match=r'tau 0\.1 is taken at .*3602879701896397/36028797018963968; .* write "1/10"'):
        exact_rational(0.1, "tau")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert exact_rational(0.5) == Fraction(1, 2)


def test_positive_numbers_have_a_range_that_can_be_computed_with():
    assert positive("1/1000000", "tau") == Fraction(1, 10**6)
    assert positive(10**6, "tau") == 10**6
    for value, message in ((0, "tau > 0"), ("-1/2", "tau > 0"), ("1/1000001", "10\\^-6"), (10**6 + 1, "10\\^6")):
        with pytest.raises(InputError, match=message):
            positive(value, "tau")


def test_whole_numbers():
    assert whole(np.int32(3), "k", 2) == 3
    for value in (1, 2.0, "3", True, 10**9 + 1):
        with pytest.raises(InputError, match="a whole number of at least 2"):
            whole(value, "k", 2)


@pytest.mark.parametrize("value", ["1e7", -(10**7), "-1e999", float("inf")])
def test_what_no_search_can_hold_is_not_moderate(value):
    assert moderate("-1e6", "bias") == -(10**6)
    with pytest.raises(InputError, match="bias"):
        moderate(value, "bias")


@pytest.mark.parametrize("value", [None, 3, "ab", b"ab", np.array("x")])
def test_what_has_no_entries_is_no_list(value):
    assert listed((x for x in "ab"), "labels", "a list", "list them") == ["a", "b"]
    with pytest.raises(InputError, match="labels"):
        listed(value, "labels", "a list", "list them")
