"""A wrong rounding mode, or one that is not known, decides nothing."""

import contextlib

import numpy as np
import pytest

from scverify.kernel.landscapes.directed import WrongRounding
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import of, random_boxes

pytest.importorskip("numba")
deciding = pytest.importorskip("scverify.kernel.landscapes.compiled_deciding")


@pytest.fixture
def some():
    problem, level, rows = of((2, 2), 3, "1/2")
    return rows, random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(4), 50, 0.1)


def decided_by(rows, boxes):
    return deciding.decider_of(rows)(boxes, STATEMENTS[EVERY_MINIMUM])


def test_a_wrong_rounding_mode_decides_nothing(some, monkeypatch):
    monkeypatch.setattr(deciding, "upward", contextlib.nullcontext)
    with pytest.raises(WrongRounding, match="does not round upward"):
        decided_by(*some)


def test_an_unknown_processor_decides_nothing(some, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    with pytest.raises(WrongRounding, match="abacus"):
        decided_by(*some)
