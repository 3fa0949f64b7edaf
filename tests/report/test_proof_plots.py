"""Pictures of proofs: angles at the optimum, and the geometry of a certified point."""

import pytest

from scverify.conjecture.proof import Proof
from scverify.conjecture.theorem import Theorem
from scverify.report.proof_plots import RATIO, TEMPERATURE, angles, geometry_figure, pictures

THEOREM = Theorem(id="T10", title="", latex="", source="", hypotheses=(), assumed=(), could_go_wrong=(), steps=lambda loss: ())


def test_angles_are_those_of_the_optimum_and_balanced_ones_of_the_simplex():
    assert angles(1, TEMPERATURE) == pytest.approx([109.47122063449] * 3)
    majority, minority, across = angles(RATIO, TEMPERATURE)
    assert minority < across < majority


def test_pictures_of_t10_are_embedded():
    [picture] = pictures([Proof(THEOREM, (), 0.0)])["T10"]
    assert picture.count("<svg") == 1 and "imbalance ratio R</text>" in picture and len(picture) < 100_000


def test_geometry_of_a_point_in_any_dimension():
    for rows in ([[4, -4, 0, 0], [0, 0, 4, -4]], [[4, 0, 0, 0], [0, 4, 0, 0], [0, 0, 4, 0], [0, 0, 0, 4]]):
        claim = {"embeddings": {"bits": 2, "rows": rows}, "problem": {"sizes": [2, 2], "tau": "1/2"}}
        figure = geometry_figure({"claim": claim})
        [image] = [axes.images[0] for axes in figure.axes if axes.images and "Gram" in axes.get_title()]
        assert image.get_array().shape == (4, 4) and image.get_array()[0, 0] == 1
        assert any(hasattr(axes, "get_zlim") for axes in figure.axes) == (len(rows) <= 3)
