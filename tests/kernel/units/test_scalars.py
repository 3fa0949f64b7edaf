"""Free scalars as certificates state them: domains, the least over a domain, temperatures, and which rows know s/tau alone."""

import pytest
from flint import arb, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import parse
from scverify.kernel.units.scalars import LevelScalar, ScalarDomain, degree, read_scalars, read_temperature


def scalar(least=None, most=None, weight=0):
    return LevelScalar(name="b", type=None, count=3, domain=ScalarDomain(least, most, fmpq(weight)))


def test_the_least_over_a_domain():
    assert scalar().least(fmpq(0)) == 0
    assert scalar(fmpq(-2), fmpq(5)).least(fmpq(3)) == -6 and scalar(fmpq(-2), fmpq(5)).least(fmpq(-3)) == -15
    assert scalar(weight=2).least(fmpq(6)) == -3  # 6 b + 3 b^2
    around = scalar(weight=2).least(arb(0, 1))
    assert around.is_finite() and around.lower() > -1
    pinned = LevelScalar(name="b", type=None, count=3, domain=ScalarDomain(fmpq(2), fmpq(2), fmpq(2)))
    assert pinned.least(fmpq(1)) == 2 + 12


@pytest.mark.parametrize("slope", [fmpq(1, 10**40), arb(0)])
def test_a_slope_in_a_free_scalar_is_exactly_zero(slope):
    with pytest.raises(Rejected):
        scalar().least(slope)


def test_the_value_nearest_to_zero():
    ends = [(None, None, 0), (fmpq(2), fmpq(3), 2), (fmpq(-3), fmpq(-2), -2), (fmpq(-1), fmpq(1), 0)]
    assert all(ScalarDomain(low, high, fmpq(0)).nearest_to_zero() == value for low, high, value in ends)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "b", "domain": {"least": "1", "most": "1"}},
        {"name": "b", "domain": {"least": "2", "most": "1"}},
        {"name": "b", "domain": {"least": "0"}},
        {"name": "b", "domain": {"least": "0", "most": "1", "ridge": "1"}},
        {"name": "b", "domain": {"ridge": "0"}},
        {"name": "b", "domain": {}, "of": "sound"},
        {"name": "two words", "domain": {}},
    ],
)
def test_what_is_not_a_scalar_is_rejected(entry):
    read_scalars([{"name": "b", "domain": {}, "of": "text"}, {"name": "c", "domain": {"least": "0", "most": "1"}}], ["text"])
    with pytest.raises(Rejected):
        read_scalars([entry], ["text"])


def test_names_are_not_repeated():
    with pytest.raises(Rejected):
        read_scalars([{"name": "b", "domain": {}}] * 2, ["text"])


def test_the_interval_of_a_temperature():
    assert read_temperature("2") == (fmpq(1, 2), fmpq(1, 2)) and read_temperature({"least": "1/2", "most": "4"}) == (fmpq(1, 4), 2)
    for wrong in ("0", {"least": "1", "most": "1"}, {"least": "0", "most": "1"}, {"least": "2", "most": "1"}):
        with pytest.raises(Rejected):
            read_temperature(wrong)


LOGIT = ["mul", ["pow", "tau", -1], "s"]


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        (["log", ["sum", ["mul", "c", ["exp", LOGIT]]]], 0),
        (["sum", ["mul", "c", ["log", ["add", "1", ["exp", ["add", LOGIT, "-3"]]]]]], 0),
        (["sum", ["mul", "c", "s"]], 1),
        (["mul", ["pow", "tau", -2], ["sum", ["mul", "c", "s", "s"]]], 0),
        (["log", ["sum", ["mul", "c", ["exp", "s"]]]], None),
        (["add", ["sum", ["mul", "c", LOGIT]], ["sum", ["mul", "q", "s"]]], None),
    ],
)
def test_the_degree_in_similarities_and_temperature(tree, found):
    assert degree(parse(tree)) == found
