"""What rows of one anchor know together, and singular values of blocks against NumPy."""

import numpy as np
import pytest
from flint import arb, arb_mat, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.blocks import KnownBlock, has_singular_values, known_block, known_entries
from scverify.kernel.units.nearness import NearRow
from scverify.model.batches import mini_batches
from scverify.model.units import UnitProblem

LEVEL = UnitProblem(mini_batches([(0, 1), (1, 2), (0, 2), (3, 4)], pairs=5), 1).level
TABLE = np.random.default_rng(0).uniform(-1, 1, (10, 10))


def near(k):
    """The k-th row knows what its batch sees, up to a number of its own, in a band of 2^-20."""
    row = LEVEL.rows[k]
    values = [arb(TABLE[row.anchor, j] + k) if j < 10 and row.c[j] != 0 else None for j in range(11)]
    return NearRow(values, [arb(2) ** -20 if value is not None else arb("inf") for value in values], False, arb(0), 1)


def test_rows_of_one_anchor_are_put_beside_each_other():
    rows = [k for k, row in enumerate(LEVEL.rows) if row.anchor == 0]
    entries = known_entries(LEVEL, near, rows)
    assert set(entries) == {5, 6, 7}
    differences = [float(value.mid()) - TABLE[0, j] for j, (value, _) in entries.items()]
    assert np.ptp(differences) < 1e-12
    assert [float(entries[j][1].upper()) * 2**20 for j in (5, 6, 7)] == pytest.approx([1, 1, 3])


def test_rows_without_a_node_in_common_are_refused():
    first = next(k for k, row in enumerate(LEVEL.rows) if row.anchor == 0)
    other = next(k for k, row in enumerate(LEVEL.rows) if row.anchor == 3)
    with pytest.raises(Rejected, match="no node in common"):
        known_entries(LEVEL, near, [first, other])
    with pytest.raises(Rejected, match="two anchors"):
        known_block(LEVEL, near, [[first, other]], [5])


def test_a_block_and_its_error():
    rows = [[k for k, row in enumerate(LEVEL.rows) if row.anchor == i] for i in (0, 1, 2)]
    block = known_block(LEVEL, near, rows, [5, 6, 7])
    assert block.nodes == {0, 1, 2, 5, 6, 7} and not block.absolute
    assert float(block.error.upper()) == pytest.approx(2**-20 * np.sqrt(3 * 11))


@pytest.mark.parametrize("absolute", [True, False])
def test_singular_values_are_those_of_numpy_less_the_error(absolute):
    table = TABLE[:4, :3]
    seen = table if absolute else table - table.mean(axis=1, keepdims=True)
    sizes, right = np.linalg.svd(seen)[1:]
    block = KnownBlock({0}, [list(map(arb, row)) for row in table.tolist()], arb("0.01"), absolute)
    for count in (1, 2, 3) if absolute else (1, 2):
        frame = arb_mat(right[:count].T.tolist())
        for factor, holds in ((0.999, True), (1.001, False)):
            assert has_singular_values(block, frame, fmpq(*(factor * sizes[count - 1] - 0.01).as_integer_ratio())) is holds


def test_the_number_of_a_row_shows_nothing():
    shifted = TABLE[:4, :3] + 100
    frame = arb_mat(np.linalg.svd(shifted)[2][:1].T.tolist())
    for absolute in (True, False):
        block = KnownBlock({0}, [list(map(arb, row)) for row in shifted.tolist()], arb(0), absolute)
        assert has_singular_values(block, frame, fmpq(10)) is absolute
