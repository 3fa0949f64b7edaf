"""Claims about a family of critical points: how its range is read and said, and what joins its tubes."""

import pytest
from flint import fmpq

from scverify.kernel.branches.claims import read_family
from scverify.kernel.certificate import Rejected
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept

SAID = {
    "branch-spurious": ("every tau in (0, 1/512]", "not global: its loss exceeds"),
    "branch-strict": ("every tau in [1/4, ", "each is a strict local minimum modulo rotations"),
    "branch-saddle": ("every tau in [3/10, 301/1000]", "each is a strict saddle"),
    "threshold-branch-000": ("a curve of critical points on which tau has its maximum", "there is no critical point for any tau in ("),
}


@pytest.mark.parametrize("name", SAID)
def test_a_claim_is_verified_and_said(name):
    answer = verify_data(kept(name))
    assert answer.word == "VERIFIED" and all(part in answer.claim for part in SAID[name])


@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [("1/2", "1/4", "not a range"), ("0", "0", "not a range"), ("-1/8", "1/4", "not a range"), ("0.1", "1", "not an exact rational")],
)
def test_a_range_of_no_sense(lower, upper, reason):
    claim = kept("branch-strict")["claim"]
    with pytest.raises(Rejected, match=reason):
        read_family({**claim, "tau": {"lower": lower, "upper": upper}})


def test_the_problem_of_a_family_states_no_temperature():
    claim = kept("branch-saddle")["claim"]
    problem, over = read_family(claim)
    assert (problem.tau, over.lower, over.upper) == (fmpq(301, 1000), fmpq(3, 10), fmpq(301, 1000))
    claim["problem"]["tau"] = "1"
    with pytest.raises(Rejected, match="a tau of its own"):
        read_family(claim)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda claim, witness: witness["tubes"].pop(), "do not reach the upper temperature"),
        (lambda claim, witness: witness["tubes"].pop(0), "do not start at the lower temperature"),
        (lambda claim, witness: witness["tubes"].pop(1), "a gap lies between two tubes"),
        (lambda claim, witness: claim.update(excess="0"), "the excess is not positive"),
        (lambda claim, witness: claim.update(excess="1000000"), "does not prove the excess"),
        (lambda claim, witness: witness["tubes"][0].update(better=1), "a better point 1 lies outside"),
        (lambda claim, witness: claim["problem"]["constraint"].update(nonnegative=True), "not supported"),
    ],
)
def test_tubes_that_do_not_follow_each_other(edit, reason):
    assert reason in answer_to(kept("branch-spurious"), edit).reason


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda fold: fold.update(beyond=fold["upper"]), "not in order"),
        (lambda fold: fold.update(lower=fold["upper"]), "not shown to reach the lower end"),
        (lambda fold: fold.update(beyond="1"), "does not reach beyond"),
    ],
)
def test_a_fold_that_is_not_there(edit, reason):
    answer = answer_to(kept("threshold-branch-000"), lambda claim, _: edit(claim["fold"]))
    assert answer.word == "REJECTED" and reason in answer.reason
