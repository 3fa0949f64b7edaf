"""Landscapes: how they are said, what they rest on, and the pairs of orderings."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.claims import _pair, numbers_of
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept


def test_words_say_the_statement_and_how_many_points_are_listed():
    assert "in dimension 2: every local minimum is global." in verify_data(kept("landscape")).claim
    listed = verify_data(kept("list-landscape-rank-2")).claim
    assert listed.endswith("interchangeable samples, one of the listed 2 points.")


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
