"""Checkpoints: kept by a clock, sealed by a digest, refused where they are not what was kept."""

from types import SimpleNamespace

import numpy as np
import pytest

from scverify.certify import checkpoints
from scverify.certify.checkpoints import EVERY, Checkpoints, from_hexadecimal, hexadecimal, opened, sealed, seconds_left
from scverify.errors import InputError

FORM, CLAIM = "a form", {"of": "a problem"}


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(at=100.0)
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now.at)
    return now


def test_a_state_is_kept_when_it_is_due_and_not_before(clock):
    kept, told = [], []
    watch = Checkpoints(kept.append, lambda: {"at": clock.at}).watching(told.append)
    for passed in (0.0, EVERY / 2, EVERY, EVERY * 1.5, EVERY * 2):
        clock.at = 100.0 + passed
        watch(passed)
    assert kept == [{"at": 100.0 + EVERY}, {"at": 100.0 + 2 * EVERY}]
    assert told == [0.0, EVERY / 2, EVERY, EVERY * 1.5, EVERY * 2]


def test_nobody_keeps_nothing(clock):
    def no_state():
        raise AssertionError("the state is made for nobody")

    kept = Checkpoints(None, no_state)
    clock.at += 2 * EVERY
    kept.when_due()
    kept.now()


def test_what_was_sealed_is_opened():
    state = {"format": FORM, "claim": CLAIM, "work": [1, 2]}
    assert opened(sealed(state), FORM, CLAIM) == state


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ([1, 2], "it is not"),
        ({"format": "another"}, "it is not"),
        (sealed({"format": FORM, "claim": CLAIM}) | {"work": 1}, "not as it was written"),
        ({"format": FORM, "claim": CLAIM}, "not as it was written"),
        (sealed({"format": FORM, "claim": {"of": "another"}}), "another problem"),
    ],
)
def test_anything_else_is_refused(state, reason):
    with pytest.raises(InputError, match=reason):
        opened(state, FORM, CLAIM)


def test_floats_come_back_to_the_last_bit():
    h = np.array([[0.1, -0.0, 5e-324], [1 / 3, 1e308, -2.0]])
    assert from_hexadecimal(hexadecimal(h)).tobytes() == h.tobytes()
    for wrong in ([[1.0]], [["x"]], 3):
        with pytest.raises((TypeError, ValueError)):
            from_hexadecimal(wrong)


def test_the_check_gets_what_is_left_of_the_budget(clock):
    assert seconds_left(None, 200.0) is None
    assert seconds_left(150.0, 130.0).seconds == 30.0
    assert seconds_left(150.0, 90.0).seconds == 0.0
