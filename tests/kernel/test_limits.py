"""Limits: a cost that is known beforehand is refused before the work, and the time is over when it is over."""

import pytest

from scverify.kernel import limits
from scverify.kernel.limits import Exceeded, Limits, afford, limited
from scverify.kernel.verify import verify_data
from tests.kernel.kept import kept


def test_without_limits_everything_is_afforded():
    asked = {"what": "a century", "seconds": 3e9, "size": 1 << 60}
    with limited(Limits(seconds=10)), pytest.raises(Exceeded):
        afford(**asked)
    afford(**asked)
    with limited(None):
        afford(**asked)


def test_a_cost_beyond_a_limit_is_refused_in_words():
    with limited(Limits(seconds=10, bytes=1 << 30)):
        afford("little", seconds=1, size=1 << 20)
        with pytest.raises(Exceeded, match=r"a level needs at least 2.0 GiB of memory; the limit is 1 GiB"):
            afford("a level", size=1 << 31)
        with pytest.raises(Exceeded, match=r"a tree needs at least 100 s; the limit is 10 s"):
            afford("a tree", seconds=100)


def test_the_time_runs_out(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    with limited(Limits(seconds=10)):
        now[0] = 9.0
        afford("the rows")
        with pytest.raises(Exceeded, match="the rows needs at least 2 s"):
            afford("the rows", seconds=2)
        now[0] = 10.5
        with pytest.raises(Exceeded, match="the rows: the time is over; the limit is 10 s"):
            afford("the rows")
    afford("the rows")


def test_limits_inside_limits_end_with_their_block():
    with limited(Limits(bytes=100)):
        with limited(Limits(bytes=10)), pytest.raises(Exceeded):
            afford("", size=50)
        afford("", size=50)


NAMES = ("sphere", "sphere-unique", "spurious-point", "landscape", "list-landscape-rank-2", "branch-strict", "inequality-tree")


@pytest.mark.parametrize("name", NAMES)
def test_without_time_a_claim_is_undecided_and_still_said(name):
    answer = verify_data(kept(name), Limits(seconds=0))
    assert answer.word == "UNDECIDED" and "the limit is 0 s" in answer.reason and answer.claim
    assert verify_data(kept(name), Limits(seconds=1e6)).word == "VERIFIED"
