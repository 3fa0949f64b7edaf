"""Landscapes: how they are said, what they rest on, and the pairs of orderings."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.claims import _pair, numbers_of
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept


def test_words_say_the_statement_and_how_many_points_are_listed():
    assert "in dimension 2: every local minimum is global." in verify_data(kept("landscape")).claim
    listed = verify_data(kept("list-landscape-rank-2")).claim
    assert "interchangeable samples, one of the listed 2 points (18 numbers, sum -5455129" in listed


def test_words_say_the_range_of_temperatures():
    said = answer_to(kept("landscape"), lambda claim, _: claim.update(tau_upper="3/4")).claim
    assert "and for every greater tau up to 3/4" in said


def test_boxes_are_intervals_and_listed_points_balls():
    assert len(numbers_of(kept("landscape")["claim"])) == 1 and len(numbers_of(kept("list-landscape-rank-2")["claim"])) == 2


def test_a_list_has_points_and_no_range():
    answer = answer_to(kept("list-landscape-rank-2"), lambda claim, _: claim.update(tau_upper="1"))
    assert answer.reason == "unknown: tau_upper"
    assert answer_to(kept("list-landscape-rank-2"), lambda claim, _: claim.pop("points")).reason == "missing: points"


def test_a_pair_of_samples():
    assert _pair([0, 3], 4) == (0, 3)
    for data in ([3, 0], [1, 1], [0, 4], [0], [0, True], "01"):
        with pytest.raises(Rejected):
            _pair(data, 4)


@pytest.mark.parametrize(("sizes", "dim"), [([2, 2], 4), ([2, 2], 7), ([6, 6], 12), ([30, 20], 60)])
def test_no_more_samples_than_dimensions_need_no_box(sizes, dim):
    def edit(claim, witness):
        claim["problem"].update(sizes=sizes, dim=dim)
        witness.update(orderings=[], trees=[])

    answer = answer_to(kept("landscape"), edit)
    assert (answer.word, answer.reason) == ("VERIFIED", "checked in exact arithmetic")


WITHOUT_OUTCOMES = {"kind": "rule", "weight": "1", "positive_c": "0", "positive_q": "1", "negative_c": "0", "negative_q": "0"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dim": 3}, "expected"),
        ({"constraint": {"kind": "ridge", "weight": "1", "nonnegative": False}}, "spheres and balls alone"),
        ({"constraint": {"kind": "sphere", "rho": "1", "nonnegative": True}}, "spheres and balls alone"),
        ({"formula": ["sum", ["mul", "c", ["pow", "s", 2]]]}, "log-sum-exp"),
        (
            {"coefficients": {"kind": "rule", "weight": "1", "positive_c": "0", "positive_q": "1", "negative_c": "0", "negative_q": "0"}},
            "log 0",
        ),
    ],
)
def test_without_boxes_every_hypothesis_still_counts(change, reason):
    def edit(claim, witness):
        claim["problem"].update({"dim": 4, **change})
        witness.update(orderings=[], trees=[])

    answer = answer_to(kept("landscape"), edit)
    assert answer.word == "REJECTED" and reason in answer.reason


def test_a_list_of_points_always_needs_its_boxes():
    def edit(claim, witness):
        claim["problem"].update(dim=4)
        claim.update(points=[])
        witness.update(orderings=[], trees=[], points=[])

    assert answer_to(kept("list-landscape-rank-2"), edit).word == "REJECTED"
