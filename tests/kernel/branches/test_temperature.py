"""Rows over a range of temperatures: against the row formula at single temperatures, and in the limit."""

import random

import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.branches.temperature import Temperatures, quotient_form, row_model, row_slopes, row_value, shares_of, small_shares
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.dual import row_hessian
from scverify.kernel.formula import Row, parse, value_and_gradient

PULL = ["mul", "-1", ["sum", ["mul", "q", ["pow", "tau", -1], "s"]]]
SUPCON = ["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", ["pow", "tau", -1], "s"]]]]], PULL]
DOUBLED = ["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", "2", ["pow", "tau", -1], "s"]]]]], PULL]
ROOTED = ["log", ["sum", ["mul", "c", ["exp", ["mul", ["sqrt", "2"], ["pow", "tau", -1], "s"]]]]]
SPECTRAL = ["add", ["sum", ["mul", "c", ["pow", "s", 2]]], ["mul", "-2", ["sum", ["mul", "q", "s"]]]]
SQUARED = ["add", ["sum", ["mul", "c", "tau", ["pow", "s", 2]]], ["mul", "-2", ["sum", ["mul", "q", "s"]]]]
C, Q = [fmpq(0), fmpq(1), fmpq(2), fmpq(1, 3)], [fmpq(0), fmpq(1, 2), fmpq(1, 2), fmpq(0)]


def near(left, right, tolerance=1e-12):
    return abs(float(left.mid()) - float(right.mid())) < tolerance and (left - right).contains(0)


def test_parts_of_a_wide_range_hold_those_of_its_temperatures_and_are_narrower_than_the_quotient():
    model, s = row_model(parse(SUPCON)), [arb(0), arb("0.5", "0.1"), arb("0.2", "0.1"), arb("-0.5")]
    over = Temperatures.between(fmpq(1, 2), fmpq(5, 8))
    shares = shares_of(model, Row(s, C, Q, None), over, 1, {2: arb("-0.5", "0.4")})
    for tied in (arb("-0.9"), arb("-0.1")):
        inside = shares_of(model, Row(s, C, Q, None), Temperatures.between(fmpq(9, 16), fmpq(9, 16)), 1, {2: tied})
        assert all(wide.contains(x / inside.total) for wide, x in zip(shares.parts, inside.weight, strict=True))
    assert shares.parts[0] == 0
    assert shares.parts[2].rad() < (shares.weight[2] / shares.total).rad()


def test_a_row_that_is_moved_has_its_slopes_at_the_new_places():
    model, s, at = row_model(parse(SUPCON)), [arb(x) for x in ("0.1", "0.5", "0.2", "-0.5")], Temperatures.between(fmpq(1, 2), fmpq(1, 2))
    to = [1, 3, 0, 2]
    back = [to.index(j) for j in range(4)]
    there = [[x[j] for j in back] for x in (s, C, Q)]
    moved = row_slopes(model, Row(s, C, Q, None), at, 1, {2: arb("-0.6")}).moved(to)
    direct = row_slopes(model, Row(*there, None), at, 3, {0: arb("-0.6")})
    assert list(moved.by_tie) == [0]
    for left, right in (
        (moved.gradient, direct.gradient),
        (moved.by_temperature, direct.by_temperature),
        (moved.by_tie[0], direct.by_tie[0]),
    ):
        assert all(near(x, y) for x, y in zip(left, right, strict=True))
    for left, right in ((moved.by_similarity, direct.by_similarity), (moved.curvature, direct.curvature)):
        assert all(near(x, y) for rows in zip(left, right, strict=True) for x, y in zip(*rows, strict=True))


def test_only_functions_of_the_quotient_are_read_as_such():
    assert quotient_form(parse(SUPCON)) is not None
    assert row_model(parse(SUPCON)).rate == 1
    assert row_model(parse(DOUBLED)).rate == 2
    assert row_model(parse(ROOTED)).rate is None
    for other in (SPECTRAL, SQUARED, ["sum", ["mul", "c", ["pow", "tau", -1], ["pow", "tau", -1], "s"]], ["sum", ["mul", "c", "tau", "s"]]):
        assert quotient_form(parse(other)) is None
        assert row_model(parse(other)).rate is None
        with pytest.raises(Rejected, match="not a log-sum-exp"):
            assert row_model(parse(other)).softmax_rate


@pytest.mark.parametrize("rate", ["-2", "0"])
def test_a_row_whose_rate_is_not_positive_is_refused(rate):
    """Times a rate below 0, exponentials of what lies below the reference grow without bound as tau falls to 0."""
    with pytest.raises(Rejected, match="rate"):
        row_model(parse(["log", ["sum", ["mul", "c", ["exp", ["mul", rate, ["pow", "tau", -1], "s"]]]]]))


@pytest.mark.parametrize("formula", [SUPCON, DOUBLED, SPECTRAL, SQUARED], ids=["supcon", "doubled", "spectral", "squared"])
@pytest.mark.parametrize("ties", [False, True])
def test_a_row_at_one_temperature_is_the_formula(formula, ties):
    tree, draws = parse(formula), random.Random(3)
    model = row_model(tree)
    s, tau = [arb(draws.uniform(-1, 1)) for _ in C], fmpq(3, 7)
    balls = Row(s, [arb(x) for x in C], [arb(x) for x in Q], arb(tau))
    value, gradient = value_and_gradient(tree, balls, arb)
    hessian = row_hessian(tree, balls, arb)
    scale = arb(tau) if model.scaled else arb(1)
    tied = {2: (s[2] - s[1]) / arb(tau)} if ties and model.scaled else {}
    at = Temperatures.between(tau, tau)
    row = Row(s, C, Q, None)
    slopes = row_slopes(model, row, at, 1 if tied else None, tied)
    assert near(row_value(model, row, at, 1 if tied else None, tied), scale * value)
    assert all(near(x, scale * y) for x, y in zip(slopes.gradient, gradient, strict=True))
    n = range(len(C))
    assert all(near(slopes.curvature[i][j], scale * scale * hessian[i][j]) for i in n for j in n)
    for j in n:
        along = [slopes.by_similarity[i][j] for i in n]
        if j in tied:
            assert all(x == 0 for x in along)
            along = [x / arb(tau) for x in slopes.by_tie[j]]
        if not (tied and j == 1):  # the reference moves what is tied to it
            assert all(near(x, scale * hessian[i][j]) for i, x in enumerate(along))
    drift = 1e-9
    later = Temperatures(arb(tau) + drift, arb(tau) + drift)
    moved = row_slopes(model, row, later, 1 if tied else None, tied).gradient
    assert all(
        abs(float(((x - y) / drift - z).mid())) < 1e-6 for x, y, z in zip(moved, slopes.gradient, slopes.by_temperature, strict=True)
    )


def test_a_range_holds_what_its_temperatures_give():
    model, row = row_model(parse(SUPCON)), Row([arb(0), arb("0.9"), arb("0.4"), arb("-0.3")], C, Q, None)
    over = Temperatures.between(fmpq(0), fmpq(1, 20))
    wide, value = row_slopes(model, row, over, None, {}), row_value(model, row, over, None, {})
    for tau in (fmpq(1, 20), fmpq(1, 33), fmpq(1, 500), fmpq(0)):
        thin = row_slopes(model, row, Temperatures.between(tau, tau), None, {})
        for name in ("gradient", "by_temperature"):
            assert all(x.overlaps(y) for x, y in zip(getattr(wide, name), getattr(thin, name), strict=True))
        assert value.overlaps(row_value(model, row, Temperatures.between(tau, tau), None, {}))
        n = range(len(C))
        assert all(wide.by_similarity[i][j].overlaps(thin.by_similarity[i][j]) for i in n for j in n)
    assert all(x.is_finite() for x in wide.gradient)
    shares = shares_of(model, row, over, None, {})
    assert shares.reference == 1
    assert set(small_shares(model, row, over, 1, {})) == {2, 3}


@pytest.mark.parametrize("power", range(4))
@pytest.mark.parametrize(("lower", "upper"), [(fmpq(1, 50), fmpq(1, 10)), (fmpq(0), fmpq(1, 10)), (fmpq(1), fmpq(2))])
def test_a_decay_is_enclosed(power, lower, upper):
    over = Temperatures.between(lower, upper)
    gap = arb("0.5", "0.1")
    enclosure = over.decay(gap, power)
    draws = random.Random(power)
    with ctx.workprec(200):
        for _ in range(200):
            tau, d = draws.uniform(max(1e-3, float(lower)), float(upper)), draws.uniform(0.4001, 0.5999)
            assert enclosure.contains((-arb(d) / arb(tau)).exp() / arb(tau) ** power)
    assert Temperatures.between(fmpq(0), fmpq(0)).decay(gap, power) == 0


def test_what_does_not_vanish_has_no_limit():
    over = Temperatures.between(fmpq(0), fmpq(1, 10))
    for gap, power in ((arb(0), 0), (arb("0.1", "0.2"), 0), (arb("0.25"), 3)):
        with pytest.raises(Unresolved, match="not shown to vanish"):
            over.decay(gap, power)
    with pytest.raises(Rejected, match="have a limit"):
        row_slopes(row_model(parse(SPECTRAL)), Row([arb(0)] * 4, C, Q, None), over, None, {})


def test_a_reference_without_an_exponential_is_refused():
    model, row = row_model(parse(SUPCON)), Row([arb(0), arb("0.9"), arb("0.4"), arb("-0.3")], C, Q, None)
    for reference, c in ((0, C), (None, [fmpq(0)] * 4)):
        with pytest.raises(Rejected, match="has no exponential"):
            shares_of(model, row._replace(c=c), Temperatures.between(fmpq(1), fmpq(1)), reference, {})
