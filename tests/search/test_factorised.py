"""The factorised search: its chart, and that it answers for every formula and constraint."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level, smallest_level
from scverify.model.problem import Problem
from scverify.search.factorised import factorised_candidate
from scverify.search.merging import rank_one_candidate
from scverify.symbolic.losses import cross_entropy_of_labels, spectral, supcon, two_tower
from tests.oracles.tables import disjoint_batches
from tests.search.cases import shortfall
from tests.search.levels import class_level

SMALL = Classes((5, 4, 3, 2))
BATCHES = disjoint_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)])


@pytest.mark.parametrize("constraint", [Sphere(), Ball("3/4"), Ridge("1/10")], ids=str)
@pytest.mark.parametrize(
    ("classes", "tau"), [(SMALL, "1/10"), (Classes((7, 3, 3, 2, 2)), "37/100"), (Classes((600, 600, 3, 3)), "1/2")], ids=str
)
def test_it_finds_what_the_rank_one_system_finds(classes, tau, constraint):
    level = group_level(Problem(supcon, classes, temperature=tau, constraint=constraint))
    found, expected = factorised_candidate(level), rank_one_candidate(level)
    assert found.value == pytest.approx(expected.value, rel=1e-13)
    assert found.means.shape == expected.means.shape
    assert shortfall(found) < 1e-10


def test_tiny_losses_are_resolved():
    level = class_level(Problem(supcon, Classes((2, 2, 2)), temperature="1/100"))
    found = factorised_candidate(level)
    assert shortfall(found) < 1e-10
    gram = found.means @ found.means.T
    np.testing.assert_allclose(gram, 1.5 * np.eye(3) - 0.5, atol=1e-10)


def test_rows_whose_constants_drown_the_rest_are_resolved():
    level = group_level(Problem(supcon, Classes((539, 2, 2)), temperature="55/1000"))
    assert shortfall(factorised_candidate(level)) < 1e-9


@pytest.mark.parametrize("constraint", [NonNegative(), NonNegative(Ball("1/2"))], ids=str)
def test_non_negative_embeddings_give_the_orthogonal_frame(constraint):
    found = factorised_candidate(group_level(Problem(supcon, SMALL, temperature="1/10", constraint=constraint)))
    assert not found.means.any()
    np.testing.assert_allclose(found.spread, float(constraint.inner.rho) ** 2, rtol=1e-15)
    assert shortfall(found) < 1e-12


def test_a_heavy_ridge_gives_zero_and_a_light_one_does_not():
    heavy = factorised_candidate(group_level(Problem(supcon, SMALL, temperature="1/10", constraint=Ridge(100))))
    assert heavy.means.size == 0 and heavy.spread.max() < 1e-20
    light = factorised_candidate(group_level(Problem(supcon, SMALL, temperature="1/10", constraint=NonNegative(Ridge("1/10")))))
    assert light.spread.min() > 0.1 and shortfall(light) < 1e-12


@pytest.mark.parametrize(
    "problem",
    [
        Problem(spectral, Classes((4, 3, 2)), constraint=Sphere()),
        Problem(spectral, Classes((4, 3, 2)), constraint=Ball()),
        Problem(spectral, Classes((4, 3, 2)), constraint=Ridge(1)),
        Problem(spectral, Classes((4, 3, 2)), constraint=NonNegative()),
        Problem(BATCHES, Classes((4, 4)), temperature="1/2"),
        Problem(two_tower(4), Classes((2, 2, 2, 2)), temperature="1/2"),
        Problem(cross_entropy_of_labels((0, 0, 1, 1, 2), 3), Classes((4, 4)), constraint=Ball()),
    ],
    ids=str,
)
def test_it_answers_at_sample_level_for_any_formula(problem):
    level = smallest_level(problem)
    assert level.name == "samples"
    assert shortfall(factorised_candidate(level)) < 1e-8


def test_the_spectral_loss_reaches_its_minimum():
    """On the sphere every pair can have its own best similarity: q/c for positives, 0 for negatives, so L = -sum of q^2/c."""
    found = factorised_candidate(smallest_level(Problem(spectral, Classes((4, 3, 2)))))
    expected = -sum(n * (n - 1) * (1 / (n - 1)) ** 2 for n in (4, 3, 2))
    assert found.value == pytest.approx(expected, rel=1e-12)


def test_the_same_input_gives_the_same_answer():
    level = group_level(Problem(supcon, SMALL, temperature="1/10"))
    first, second = factorised_candidate(level), factorised_candidate(level)
    np.testing.assert_array_equal(first.means, second.means)
    assert first.status == second.status
