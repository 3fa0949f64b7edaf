"""Where the search for critical points begins."""

from dataclasses import replace

import numpy as np
import pytest

from scverify.model.points import labels_of
from scverify.search.orbits import Relabellings
from scverify.search.starts import Starts
from scverify.search.surface import Surface
from tests.search.cases import CONSTRAINTS, placed


def starts_of(given, surface):
    return Starts(Relabellings.of(given), labels_of(given), surface, 7)


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
def test_starts_are_points_of_the_surface_and_depend_on_seed_and_number_alone(constraint):
    given = placed((4, 2, 2), 3, constraint=constraint)
    surface = Surface.of(given, 3)
    starts = starts_of(given, surface)
    saddle = np.ones((3, 8))
    for number in range(32):
        start = starts.start(number, [saddle])
        assert np.array_equal(start.point, starts_of(given, surface).start(number, [saddle]).point)
        assert np.isfinite(start.point).all() and start.point.shape == (surface.height, 8)
        assert np.array_equal(start.point, start.point[:, start.together])
        if surface.radius is not None:
            np.testing.assert_allclose(np.linalg.norm(start.point, axis=0), surface.radius)
    assert not np.array_equal(starts.start(0, []).point, replace(starts, seed=8).start(0, []).point)


def test_samples_that_start_together_are_of_one_class_or_of_classes_that_may_be_exchanged():
    given = placed((4, 2, 2), 3)
    starts, labels = starts_of(given, Surface.of(given, 3)), given.classes.labels
    sizes = np.array(given.classes.sizes)[labels]
    together = [starts.start(number, []).together for number in range(64)]
    for companions in together:
        assert np.array_equal(sizes, sizes[companions])
        assert np.array_equal(companions[companions], companions)
    assert any(np.any(labels != labels[companions]) for companions in together)
