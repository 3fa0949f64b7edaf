"""Chances are told apart by the widths of S, and a reason that is asked for alone is tried whatever its chance."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled_chances
from scverify.kernel.landscapes.boxes import taken
from scverify.kernel.landscapes.deciding import decider_of
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import of


def ends(middle, radius):
    return np.stack([radius - middle, middle + radius], axis=-1)


def test_a_matrix_is_blurred_by_its_widths_at_any_magnitude():
    middle = np.array([[2.0, -1.0], [-1.0, 3.0]])
    for scale in (1e-100, 1.0, 1e50):
        assert not compiled_chances.is_blurred(ends(middle * scale, abs(middle) * scale * 0.4), -1.0)
        assert compiled_chances.is_blurred(ends(middle * scale, abs(middle) * scale * 0.6), -1.0)
    assert compiled_chances.is_blurred(ends(middle, middle * np.nan), -1.0)


def test_signs_are_counted_as_eigenvalues_are():
    rng, room = np.random.default_rng(0), np.zeros((5, 5))
    for _ in range(40):
        a = rng.normal(size=(5, 5))
        a = a + a.T
        positive = int((np.linalg.eigvalsh(a) > 0).sum())
        assert compiled_chances.pivots(ends(a, 0 * a), 1.0, room, -1.0) == positive
        assert compiled_chances.pivots(ends(a, 0 * a), -1.0, room, -1.0) == 5 - positive
        assert compiled_chances.may_have_signs(ends(a, 0 * a), positive, room, -1.0)
        assert not compiled_chances.may_have_signs(ends(a, np.full((5, 5), 100.0)), 1, room, -1.0)


def test_a_reason_alone_is_tried_whatever_its_chance():
    problem, level, rows = of((2, 2), 3, "1/2")
    boxes, reasons, granted = domain_of(problem, level, problem.tau), STATEMENTS[EVERY_MINIMUM], {2: 0, 5: 0}
    stack = [boxes]
    while stack:
        batch = taken(stack, 4096)
        found = decider_of(rows).first(batch, reasons)
        for number in granted:
            alone = decider_of(rows).first(batch, (number,))
            assert (alone[found == number] == number).all()
            granted[number] += int(((found < 0) & (alone == number)).sum())
        open_ones = batch[found < 0]
        if len(open_ones):
            stack.append(open_ones.halves((open_ones.high - open_ones.low).argmax(axis=0)))
    # boxes that a search halved, where it saw no chance
    assert granted[5] > 0, granted
