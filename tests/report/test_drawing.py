"""What pictures of statements share: the loss at vectors is that of plain loops, and marks tell the two sides apart."""

from types import SimpleNamespace

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.report.drawing import blank_axes, claims_of, draw_two_sides, loss_at
from tests.oracles.written_out import supcon as plain


def test_the_loss_at_vectors_is_that_of_loops():
    x = np.random.default_rng(3).standard_normal((5, 3))
    problem = problem_data(Problem("supcon", Classes((3, 2)), dim=3, temperature="1/2"))
    assert loss_at(problem, x.T) == pytest.approx(plain(x, [0, 0, 0, 1, 1], [range(5)], 0.5), rel=1e-12)


def test_each_side_has_its_own_marks():
    figure, axes = blank_axes()
    draw_two_sides(axes, [1, 2, 3], [4, 5, 6], [True, False, True], ("yes", "no"))
    filled, hollow = axes.collections
    assert filled.get_offsets().tolist() == [[1, 4], [3, 6]] and hollow.get_offsets().tolist() == [[2, 5]]
    assert figure.axes == [axes] and [text.get_label() for text in (filled, hollow)] == ["yes", "no"]


def test_claims_are_found_by_their_type():
    proof = SimpleNamespace(certificates={"a": {"claim": {"type": "Optimum"}}, "b": {"claim": {"type": "Landscape"}}})
    assert claims_of(proof, "Landscape") == [{"type": "Landscape"}]
