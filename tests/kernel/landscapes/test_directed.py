"""The rounding mode is upward within, and what it was before afterwards, whatever happens."""

import numpy as np
import pytest

from scverify.kernel.landscapes.directed import WrongRounding, upward


def rounds_to_nearest():
    tiny, one = np.array([2.0**-60]), np.array([1.0])
    return (one + tiny)[0] == 1.0


def test_the_mode_is_put_back_whatever_happens():
    assert rounds_to_nearest()
    with upward():
        assert not rounds_to_nearest()
    assert rounds_to_nearest()
    with pytest.raises(ZeroDivisionError), upward():
        raise ZeroDivisionError
    assert rounds_to_nearest()


def test_an_unknown_processor_rounds_in_no_known_way(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    with pytest.raises(WrongRounding, match="abacus"), upward():
        pass
