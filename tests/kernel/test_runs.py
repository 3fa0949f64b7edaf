"""Class sizes in runs: what they stand for, and what is refused before it fills the memory."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.limits import Exceeded, Limits, limited
from scverify.kernel.problem import MAX_COUNT
from scverify.kernel.runs import written_out


def test_runs_stand_for_their_sizes_in_order():
    assert written_out({"runs": [[5, 2], [3, 1], [5, 1]]}) == [5, 5, 3, 5]


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([[0, 1]], "a class size 0 lies outside"),
        ([[MAX_COUNT + 1, 1]], "a class size"),
        ([[3, 0]], "the length of a run 0 lies outside"),
        ([[3, True]], "the length of a run is not an integer"),
        ([[3]], "a run of sizes has 1 entries"),
        ([3], "a run of sizes is not an array"),
        ([[3, 6_000_000], [4, 6_000_000]], "the number of classes 12000000 lies outside"),
    ],
)
def test_other_runs_are_rejected(runs, reason):
    with pytest.raises(Rejected, match=reason):
        written_out({"runs": runs})


def test_runs_that_would_fill_the_memory_are_not_written_out():
    with limited(Limits(60.0, 1 << 20)), pytest.raises(Exceeded, match="a problem of 1000000 classes needs"):
        written_out({"runs": [[3, 1_000_000]]})
