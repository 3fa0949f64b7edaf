"""The level of samples, by hand."""

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from tests.kernel.test_level import of


def test_the_samples_of_supcon_by_hand():
    level = of((3, 2), "samples")
    assert level.c == [[int(i != j and j < 5) for j in range(6)] for i in range(5)]
    assert level.q[0] == [0, fmpq(1, 2), fmpq(1, 2), 0, 0, 0] and level.q[4] == [0, 0, 0, 1, 0, 0]
    assert (level.weight, level.multiplicity, level.mass) == ([1] * 5, [1] * 5, [1] * 5)
    assert of((3, 2), "samples", reduction="mean").weight == [fmpq(1, 5)] * 5
    assert of((3, 1), "samples", singletons="ignore").weight == [1, 1, 1, 0]


def test_no_samples_beyond_the_cap_are_expanded():
    with pytest.raises(Rejected, match="at most 3000 samples"):
        of((3_000, 2), "samples")
    assert of((3_000, 2), "groups", [[0], [1]]).nodes == 2
