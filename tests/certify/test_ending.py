"""How one branch ends, from a point of its own."""

from fractions import Fraction

from scverify.certify.ending import followed_branch
from scverify.kernel.verify import verify_data
from tests.soundness.branches import cross


def test_a_branch_reaches_the_end_of_the_range_upwards_and_is_left_unproved_where_a_step_fails():
    start, ticks = cross("1/5"), []
    found = followed_branch(start, [start], "StrictBranch", Fraction(201, 1000), lambda done, total: ticks.append((done, total)))
    assert (found.ending, found.reason, found.after, found.interrupted) == ("whole range", "", None, False)
    assert ticks[-1] == (1000, 1000) and ticks == sorted(ticks)
    kept = found.result()
    assert (kept.branch.lower, kept.branch.upper) == (Fraction(1, 5), Fraction(201, 1000))
    assert verify_data(kept.branch.certificate).word == "VERIFIED"
