"""Descents below the rank: whatever ends them, the same call goes on where they were and answers as if nothing had."""

import pytest

from scverify import InputError, Problem, bounded_optimum, losses
from scverify.certify import checkpoints
from scverify.certify.dimension import descents, nodes
from scverify.model.units import UnitProblem
from scverify.search import factorised

STARTS = 4


@pytest.fixture(autouse=True)
def _after_each(monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)


@pytest.fixture(scope="module")
def straight():
    """The answer, and what was kept after each descent."""
    kept = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "EVERY", 0.0)
        return asked(keep=kept.append), kept


def asked(**more):
    return bounded_optimum(Problem("supcon", (3, 2, 2), dim=1, temperature="1/2"), **{"starts": STARTS, **more})


def counting(monkeypatch):
    calls = []
    search = factorised._minimise
    monkeypatch.setattr(factorised, "_minimise", lambda *arguments: calls.append(1) or search(*arguments))
    return calls


@pytest.mark.parametrize("done", range(1, STARTS + 1))
def test_what_was_killed_goes_on_and_ends_as_a_straight_run(straight, monkeypatch, done):
    found, kept = straight
    calls = counting(monkeypatch)
    again = asked(search=kept[done - 1])
    assert len(kept) == STARTS and len(calls) == STARTS - done
    assert again.certificates == found.certificates and (again.lower, again.upper) == (found.lower, found.upper)


def test_an_interrupt_keeps_what_is_done(straight, monkeypatch):
    kept = []
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "EVERY", 1e9)
        search, calls = factorised._minimise, iter([False, False, True])

        def minimise(*arguments):
            if next(calls):
                raise KeyboardInterrupt
            return search(*arguments)

        patch.setattr(factorised, "_minimise", minimise)
        with pytest.raises(KeyboardInterrupt):
            asked(keep=kept.append)
    assert [state["done"] for state in kept] == [2] and kept[0] == straight[1][1]


@pytest.mark.parametrize("change", [{"starts": 5}, {"seed": 1}])
def test_what_another_call_kept_is_refused(straight, change):
    with pytest.raises(InputError, match="another problem"):
        asked(search=straight[1][0], **change)


@pytest.mark.parametrize(
    "damage", [{"best": 1}, {"best": {}}, {"done": "soon"}, {"best": {"value": "x", "means": [], "spread": []}}], ids=str
)
def test_a_damaged_state_is_refused(straight, damage):
    state = {name: value for name, value in straight[1][0].items() if name != "digest"}
    with pytest.raises(InputError, match="cannot be read"):
        asked(search=checkpoints.sealed(state | damage))
    with pytest.raises(InputError, match="not as it was written"):
        asked(search=straight[1][0] | {"done": 3})
    assert state["format"] == descents.FORMAT


def test_on_units_an_interrupt_ends_the_call_and_is_taken_up(monkeypatch):
    problem, kept = UnitProblem(losses.clip(pairs=5), "1/2", dim=2), []
    with monkeypatch.context() as patch:
        patch.setattr("scverify.certify.points._certify", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bounded_optimum(problem, starts=4, keep=kept.append)
    monkeypatch.setattr("scverify.search.critical._Search.round", None)  # not searched again
    assert nodes.bounded_on_units(problem, 4, 0, kept[-1], None).upper >= 0
