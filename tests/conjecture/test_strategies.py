from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scverify as sv
from scverify.conjecture.strategies import as_domain, classes, constraints, dims, finite, rationals, simplicity, some


@given(st.integers(2, 4), st.integers(0, 2), st.integers(1, 4), st.integers(0, 4))
def test_class_sizes_are_listed_smallest_first_and_completely(k, more_classes, low, more_samples):
    domain = classes(k=(k, k + more_classes), size=(low, low + more_samples))
    ranges = range(k, k + more_classes + 1), range(low, low + more_samples + 1)
    every = [sizes[::-1] for count in ranges[0] for sizes in combinations_with_replacement(ranges[1], count)]
    assert [listed.sizes for listed in domain.listed] == sorted(every, key=lambda sizes: (sum(sizes), len(sizes), sizes))
    assert domain.complete


def test_of_a_large_domain_the_smallest_are_listed():
    domain = classes(k=(3, 40), size=(2, 10**6))
    assert len(domain.listed) == 4000 and not domain.complete
    assert domain.listed[0].sizes == (2, 2, 2)
    assert [listed.n for listed in domain.listed] == sorted(listed.n for listed in domain.listed)


@given(st.fractions(Fraction(1, 50), 5, max_denominator=50), st.fractions(Fraction(1, 50), 5, max_denominator=50))
def test_rationals_are_listed_simplest_first_within_their_ends(first, second):
    low, high = sorted((first, second))
    listed = rationals(low, high).listed
    assert {low, high} <= set(listed) and min(listed) == low and max(listed) == high
    assert list(listed) == sorted(listed, key=simplicity)


def test_what_is_drawn_lies_in_the_domain():
    @given(rationals("1/20", 2).strategy, classes(k=3, size=(2, 900)).strategy)
    def holds(temperature, sizes):
        assert Fraction(1, 20) <= temperature <= 2
        assert sizes.k == 3 and max(sizes.sizes) <= 900

    holds()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: classes(k=1),
        lambda: classes(size=0),
        lambda: rationals(2, 1),
        lambda: rationals(0, 1),
        lambda: rationals("a", 1),
        lambda: dims(2, 1),
        lambda: finite([]),
    ],
)
def test_an_empty_or_wrong_domain_is_refused(wrong):
    with pytest.raises(sv.InputError):
        wrong()


def test_domains_that_a_user_may_give():
    assert as_domain([1, 2], str).listed == ("1", "2") and as_domain([1, 2]).complete
    assert as_domain(7).listed == (7,)
    drawn = as_domain(st.integers())
    assert (drawn.listed, drawn.complete) == ((), False)
    assert some([1, 2]).listed == (1, 2) and not some([1, 2]).complete
    assert constraints().listed == (sv.Sphere(), sv.Ball(), sv.Ridge("1/10"))
    assert list(dims(-1, 1)(sv.Classes((2, 2)))) == [1, 2, 3]
