"""Where minima cease to be: a fold, a saddle that takes over, the whole range; and what is said where nothing is proved."""

import os
from fractions import Fraction

import pytest

import scverify as sv
from scverify.certify import ending as ending_module
from scverify.certify import threshold as threshold_module
from scverify.certify.checkpoints import sealed
from scverify.certify.threshold import threshold
from scverify.errors import InputError
from scverify.kernel.certificate import Unresolved
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball
from scverify.results.threshold import Threshold
from tests.soundness.branches import cross, folded

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"


def problem(*sizes, **options):
    return sv.Problem(sv.supcon, sv.Classes(sizes), **options)


@pytest.fixture(scope="module")
def fold():
    return folded()[0]


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


# finest steps, parts of the way beyond a branch at which saddles are sought, and how narrow the bracket becomes
COARSE = ([("_COARSE", Fraction(1, 2**9)), ("_FINE", Fraction(1, 2**9)), ("_BEYOND", (Fraction(1, 2),))], 0.25243)


@pytest.mark.parametrize(("steps", "highest"), [COARSE, *[([], 0.25237)] * THOROUGH])
def test_saddles_take_over_and_the_gap_is_said_to_be_unproved(steps, highest, monkeypatch):
    """Sizes 2, 2 in the plane: the spurious minimum stays critical and becomes a saddle near 0.25235."""
    for name, value in steps:
        monkeypatch.setattr(ending_module, name, value)
    found = threshold(problem(2, 2, dim=2), tau=("2523/10000", "2525/10000"), points=[cross("2523/10000")])
    [first] = found.followed
    assert first.ending == "saddle"
    lower, upper = found.bracket
    assert 0.25234 < float(lower) < 0.252356 < float(upper) < highest
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

    monkeypatch.setattr(ending_module, "follow", refuse)
    found = threshold(problem(2, 2, dim=2), tau=("1/4", "13/50"), points=[cross("1/4")])
    assert (found.followed, found.refused) == ((), ("at tau = 1/4: too wide",))
    assert "could not be followed at tau = 1/4: too wide" in str(found)
    assert found.to_json()["refused"] == list(found.refused)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"kind": "maximum"}, "spurious minimum or strict minimum"),
        ({"tau": ("1/10", "1/20")}, "a lower and then a higher temperature"),
        ({"tau": ("0", "1/20")}, "tau"),
        ({}, "give dim"),
    ],
)
def test_wrong_input(options, reason):
    with pytest.raises(InputError, match=reason):
        sv.threshold(problem(4, 2), **options)


def all_minima(**options):
    """Two orbits: the global minima and the spurious ones, over a short range."""
    return threshold(problem(2, 2, dim=2), "strict minimum", ("1/5", "201/1000"), starts=150, **options)


@pytest.fixture(scope="module")
def straight():
    return all_minima()


def told(found):
    return found.certificates, found.ending, [(one.branch.lower, one.branch.upper, one.reason) for one in found.followed]


@pytest.mark.parametrize(
    ("name", "calls", "orbits"), [("critical_points", 0, 0), ("follow", 0, 0), ("follow", 1, 1), ("_ended", 0, 1), ("_ended", 1, 2)]
)
def test_an_interrupt_anywhere_keeps_what_was_proved_and_is_taken_up(name, calls, orbits, straight, monkeypatch):
    module = threshold_module if name == "critical_points" else ending_module
    real, left, kept = getattr(module, name), [calls], []

    def interrupted(*arguments, **options):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, interrupted)
        found = all_minima(keep=kept.append)
    assert found.interrupted
    assert len(found.followed) == orbits
    assert "interrupted" in str(found)
    again = all_minima(search=kept[-1])
    assert len(straight.followed) == 2
    assert told(again) == told(straight)
    assert not again.interrupted


def test_orbits_that_were_followed_are_not_followed_again(straight, monkeypatch):
    kept = []
    all_minima(keep=kept.append)

    def refuse(*arguments, **options):
        raise AssertionError("followed again")

    monkeypatch.setattr(ending_module, "follow", refuse)
    assert told(all_minima(search=kept[-1])) == told(straight)


def test_what_was_refused_and_a_fold_are_taken_up(fold, monkeypatch):
    from scverify.certify.threshold import _read, _written

    assert [_read(_written(one)) for one in fold.followed] == list(fold.followed)
    kept = []
    with monkeypatch.context() as patch:
        patch.setattr(ending_module, "follow", lambda *arguments, **options: (_ for _ in ()).throw(Unresolved("too wide")))
        refused = all_minima(keep=kept.append).refused
    assert len(refused) > 0
    assert all_minima(search=kept[-1]).refused == refused


def test_a_damaged_state_is_refused():
    kept = []
    all_minima(keep=kept.append)
    with pytest.raises(InputError, match="another problem"):
        all_minima(search=kept[-1], seed=1)
    state = {name: value for name, value in kept[-1].items() if name != "digest"} | {"outcomes": [{}]}
    with pytest.raises(InputError, match="cannot be read"):
        all_minima(search=sealed(state))
