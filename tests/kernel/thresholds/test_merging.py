"""Claims about merging: the two conditions against floats, the theorems against each other, and what is rejected or left open."""

import math

import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.thresholds.merging import (
    TwoSizes,
    below_zero,
    check_apart,
    check_limit,
    check_merged,
    conditions,
    limit_margin,
    margin_of_one,
    read_step,
)

STEP = {"large": 2, "small": 2, "major": "395", "minor": "3", "tau": "1/2"}


def claim(kind, **changes):
    return {"type": kind, **STEP, **changes}


def test_the_conditions_are_their_formulas():
    step, c = TwoSizes(3, 2, fmpq(20), fmpq(5, 2), fmpq(1, 3)), -0.4
    a = (3 * c * c - 1) / 2
    e11, e12 = math.exp(3 * (a - 1)), math.exp(3 * (c - 1))
    z1, z2 = 19 + 2 * 20 * e11 + 2 * 2.5 * e12, 4 + 3 * 20 * e12
    residual, ratio = conditions(step, arb(c))
    assert float(residual) == pytest.approx(2 * 20 * 3 * 0.4 * e11 * z2 - 2 * 2.5 * e12 * (z1 + z2))
    assert float(ratio) == pytest.approx((z1 + z2) ** 2 / (4 * z1 * z2) * e12**2 / e11)


def test_one_large_class_flips_where_its_margin_changes_sign():
    step = read_step(claim("Merged", large=1))
    e = math.exp(-4)
    z_minor, z_major = 5 + 395 * e, 394 + 6 * e
    assert float(margin_of_one(step)) == pytest.approx(395 * e * (z_minor + z_major) - 12 * z_major)


def test_the_margin_of_the_limit_is_its_formula():
    x, kappa = 3.0, 4
    p, q = 1 + 3 * math.exp(-4 * x / 3), 4 * math.exp(-x)
    assert float(limit_margin(kappa, fmpq(1, 3))) == pytest.approx((p + q) ** 2 / (4 * p * q) * math.exp(-2 * x / 3) - 1)


@pytest.mark.parametrize(("tau", "merged"), [("41/200", True), ("21/100", False)])
def test_the_limit_for_three_classes_flips_at_its_root(tau, merged):
    data = {"type": "", "classes": 3, "tau": tau}
    with ctx.workprec(128):
        check_limit(data, {}, merged=merged)
        with pytest.raises(Rejected):
            check_limit(data, {}, merged=not merged)


def test_two_classes_merge_for_large_ratios_at_every_temperature():
    for tau in ("1/50", "1", "100"):
        check_limit({"type": "", "classes": 2, "tau": tau}, {}, merged=True)
    with pytest.raises(Rejected, match="two small classes"):
        check_limit({"type": "", "classes": 2, "tau": "1"}, {}, merged=False)


def test_a_wide_interval_leaves_merging_open():
    with pytest.raises(Unresolved):
        check_merged(claim("Merged"), {"lower": "-99/100", "upper": "-1/100"})
    with pytest.raises(Unresolved):
        check_apart(claim("Apart", major="100"), {"cuts": []})


def test_signs_are_decided_or_not():
    below_zero(arb(-1), "never")
    with pytest.raises(Rejected, match="why"):
        below_zero(arb(0), "why")
    with pytest.raises(Unresolved, match="why"):
        below_zero(arb(0, 1), "why")


@pytest.mark.parametrize(("lower", "upper"), [("-3/2", "-1/4"), ("-1", "-1/4"), ("-1/2", "0"), ("-1/4", "-1/2")])
def test_an_interval_outside_is_rejected(lower, upper):
    with pytest.raises(Rejected, match=r"does not lie in \(-1, 0\)"):
        check_merged(claim("Merged"), {"lower": lower, "upper": upper})


def test_cuts_increase_and_are_not_too_many(monkeypatch):
    with pytest.raises(Rejected, match="do not increase"):
        check_apart(claim("Apart", major="100"), {"cuts": ["-3/2"]})
    monkeypatch.setattr("scverify.kernel.thresholds.merging._MOST_CUTS", 1)
    with pytest.raises(Rejected, match="too many cuts"):
        check_apart(claim("Apart", major="100"), {"cuts": ["-1/2", "-1/4"]})
