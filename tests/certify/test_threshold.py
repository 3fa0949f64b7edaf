"""Where minima cease to be: a fold, a saddle that takes over, the whole range; and what is said where nothing is proved."""

from fractions import Fraction

import pytest

import scverify as sv
from scverify.certify import threshold as threshold_module
from scverify.certify.threshold import threshold
from scverify.errors import InputError
from scverify.kernel.certificate import Unresolved
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball
from scverify.results.threshold import Threshold
from tests.soundness.branches import cross


def problem(*sizes, **options):
    return sv.Problem(sv.supcon, sv.Classes(sizes), **options)


@pytest.fixture(scope="module")
def fold():
    return threshold(problem(3, 2, dim=2), tau=("11/100", "28/250"), starts=100)


def test_a_fold_is_bracketed_and_proved(fold):
    assert fold.ending == "fold"
    lower, upper = fold.bracket
    assert lower <= fold.followed[0].branch.fold.lower <= upper
    assert 0.11030 < float(lower) < 0.1103080302 < float(upper) < 0.11040
    answer = verify_data(fold.followed[0].branch.certificate)
    assert answer.word == "VERIFIED"
    assert "tau has its maximum" in answer.claim


def test_the_account_rounds_outward(fold):
    told = fold.to_json()
    assert told["ending"] == "fold"
    assert Fraction(told["bracket"]["lower"]) == fold.bracket[0]
    assert told["orbits"][0]["fold"]["beyond"] == str(fold.followed[0].branch.fold.beyond)
    assert "turns back" in str(fold)
    assert list(fold.certificates) == ["branch-000.json"]


def test_saddles_take_over_and_the_gap_is_said_to_be_unproved():
    """Sizes 2, 2 in the plane: the spurious minimum stays critical and becomes a saddle near 0.2525."""
    found = threshold(problem(2, 2, dim=2), tau=("1/4", "2525/10000"), points=[cross("1/4")])
    [first] = found.followed
    assert first.ending == "saddle"
    lower, upper = found.bracket
    assert 0.25235 < float(lower) < float(upper) < 0.25237
    assert "nothing is proved" in first.reason
    assert [verify_data(data).word for data in found.certificates.values()] == ["VERIFIED", "VERIFIED"]
    assert found.certificates["branch-000-after.json"]["claim"]["type"] == "SaddleBranch"


def test_the_whole_range_and_from_above():
    found = threshold(problem(2, 2, dim=2), tau=("1/5", "21/100"), starts=150)
    assert (found.ending, found.bracket) == ("whole range", None)
    assert found.to_json()["orbits"][0]["proved"] == {"lower": "1/5", "upper": "21/100"}


def test_nothing_found_is_no_proof():
    found = threshold(problem(2, 2, dim=3, constraint=Ball()), tau=("1/2", "1"), starts=8)
    assert isinstance(found, Threshold)
    assert (found.ending, found.bracket, found.certificates) == ("unproved", None, {})
    assert "proves nothing" in str(found)
    assert found.to_json()["trust"] == "none"


def test_an_orbit_that_cannot_be_followed_is_told(monkeypatch):
    def refuse(*arguments, **options):
        raise Unresolved("too wide")

    monkeypatch.setattr(threshold_module, "follow", refuse)
    found = threshold(problem(2, 2, dim=2), tau=("1/4", "13/50"), points=[cross("1/4")])
    assert (found.followed, found.refused) == ((), ("at tau = 1/4: too wide",))
    assert "could not be followed at tau = 1/4: too wide" in str(found)
    assert found.to_json()["refused"] == list(found.refused)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"kind": "maximum"}, "'spurious minimum' or 'strict minimum'"),
        ({"tau": ("1/10", "1/20")}, "a lower and then a higher temperature"),
        ({"tau": ("0", "1/20")}, "tau"),
        ({}, "give dim"),
    ],
)
def test_wrong_input(options, reason):
    with pytest.raises(InputError, match=reason):
        sv.threshold(problem(4, 2), **options)
