"""Critical points: an interrupt at any stage keeps what was found, and a search that was kept goes on as if it had not ended."""

import pytest

import scverify as sv
from scverify.certify import checkpoints, points
from scverify.certify.points import critical_points
from scverify.errors import InputError
from scverify.model.constraints import Ball
from scverify.search import critical

STARTS = 24


@pytest.fixture(autouse=True)
def _small_rounds(monkeypatch):
    monkeypatch.setattr(critical, "_ROUND", 4)
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)


def problem(**options):
    return sv.Problem(sv.supcon, sv.Classes((2, 2)), dim=2, temperature="1/5", **options)


def after(calls, function):
    """The function, and an interrupt instead of every call after so many."""
    left = [calls]

    def called(*arguments, **options):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return function(*arguments, **options)

    return called


STAGES = [
    (critical._Search, "round", 2, Ball()),
    (critical._Search, "round", 8, Ball()),
    (points, "_optimum", 0, Ball()),
    (points, "_optimum", 0, None),
    (points, "certify_point", 2, None),
]


@pytest.mark.parametrize(("home", "name", "calls", "constraint"), STAGES)
def test_an_interrupt_at_any_stage_keeps_what_was_found_and_is_taken_up(home, name, calls, constraint, monkeypatch):
    asked = problem() if constraint is None else problem(constraint=constraint)
    straight, kept = critical_points(asked, STARTS), []
    with monkeypatch.context() as patch:
        patch.setattr(home, name, after(calls, getattr(home, name)))
        stopped = critical_points(asked, STARTS, keep=kept.append)
    assert stopped.interrupted
    assert len(stopped) > 0
    assert stopped.starts == min(STARTS, 4 * calls) if name == "round" else stopped.starts == STARTS
    finished = critical_points(asked, STARTS, search=kept[-1])
    assert not finished.interrupted
    assert finished.certificates == straight.certificates
    assert [(point.kind, point.hits) for point in finished] == [(point.kind, point.hits) for point in straight]


@pytest.mark.parametrize("rounds", range(1, 7))
def test_a_search_that_was_killed_after_any_round_goes_on_as_a_straight_one(rounds):
    """`keep` is all that a killed process leaves."""
    kept = []
    straight = critical_points(problem(), STARTS, keep=kept.append)
    assert len(kept) == STARTS // 4 + len(straight) and kept[-1] == kept[STARTS // 4 - 1]
    again = critical_points(problem(), STARTS, search=kept[rounds - 1])
    assert again.certificates == straight.certificates
    assert [(point.lower, point.upper, point.hits) for point in again] == [(point.lower, point.upper, point.hits) for point in straight]


def test_a_finished_search_is_not_searched_again(monkeypatch):
    kept = []
    straight = critical_points(problem(), STARTS, keep=kept.append)
    monkeypatch.setattr(critical._Search, "round", after(0, None))
    assert critical_points(problem(), STARTS, search=kept[-1]).certificates == straight.certificates


@pytest.mark.parametrize("options", [{"starts": STARTS + 1}, {"seed": 1}])
def test_what_another_call_kept_is_refused(options):
    kept = []
    critical_points(problem(), STARTS, keep=kept.append)
    with pytest.raises(InputError, match="another problem"):
        critical_points(problem(), **{"starts": STARTS, **options}, search=kept[-1])


@pytest.mark.parametrize("damage", [{"rounds": [1]}, {"rounds": {"points": {"starts": 4, "points": [{}]}}}, {"rounds": {"points": 3}}])
def test_a_damaged_search_is_refused(damage):
    kept = []
    critical_points(problem(), STARTS, keep=kept.append)
    state = {name: value for name, value in kept[-1].items() if name != "digest"}
    with pytest.raises(InputError, match="cannot be read"):
        critical_points(problem(), STARTS, search=checkpoints.sealed(state | damage))
    with pytest.raises(InputError, match="not as it was written"):
        critical_points(problem(), STARTS, search=kept[-1] | damage)
