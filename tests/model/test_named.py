"""Named losses on units: their nodes, and their rows against plain definitions."""

import numpy as np
import pytest
from scipy.optimize import minimize

from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.model.named import clip, cross_entropy, mnrl, siglip
from scverify.model.units import UnitProblem
from tests.oracles import written_out


def test_pairs_are_units_of_two_nodes():
    for make in (clip, mnrl, siglip):
        loss = make(6)
        assert loss.units == 6 and len(loss.kinds) == 2
    assert clip(6).anchors == 12 and mnrl(6).anchors == 6
    assert str(UnitProblem(clip(6), "1/2")) == "clip, 6 pairs of image and text, tau = 1/2, sphere"


def test_classes_of_equal_size_are_one_type():
    assert cross_entropy((5, 3, 5, 2)).types == ((2, (1, 5)), (1, (1, 3)), (1, (1, 2)))


def test_smoothed_targets_sum_to_one():
    level = UnitProblem(cross_entropy((4, 2, 2), "1/10"), 1).level
    assert all(sum(row.q) == 1 for row in level.rows)


@pytest.mark.parametrize("sizes", [[], [3], [2, "x"], [2, -1]])
def test_sizes_that_are_none_are_refused(sizes):
    with pytest.raises(InputError):
        cross_entropy(sizes)


@pytest.mark.parametrize(("pairs", "hard", "repeats"), [(3, 0, 1), (3, 2, 1), (2, 1, 3)])
def test_plain_loops_of_queries_documents_and_hard_negatives(pairs, hard, repeats):
    """Duplicates are equal vectors; explicit ones, minimised by SciPy and at the point that is found, give the certified value."""
    found = unit_optimum(UnitProblem(mnrl(pairs, hard, repeats), "1/2"))

    def loops(units):
        queries, documents = ([unit[k] for unit in units for _ in range(repeats)] for k in (0, 1))
        negatives = [negative for unit in units for negative in unit[2:] for _ in range(repeats)]
        return written_out.mnrl(queries, documents, negatives, 0.5)

    point = [[*vectors[:2], *(vectors[2] for _ in range(hard))] for _, vectors in written_out.configuration(found)]
    assert loops(point) == pytest.approx(float(found.upper), rel=1e-9)

    def loss(x):
        vectors = x.reshape(pairs, 2 + hard, 4)
        return loops(vectors / np.linalg.norm(vectors, axis=2, keepdims=True))

    starts = np.random.default_rng(0).standard_normal((2, pairs * (2 + hard) * 4))
    assert min(minimize(loss, start).fun for start in starts) == pytest.approx(float(found.lower), rel=1e-6)
