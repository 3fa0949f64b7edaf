"""Losses on units in fewer dimensions than their optimum has: both ends certified, and no random configuration passes them."""

import numpy as np
import pytest

from scverify import Ball, InputError, UnitProblem, bounded_optimum, losses, verify


def clip_of(images, texts, tau):
    """The loss in both directions from its definition."""
    logits = images @ texts.T / tau
    return sum((np.log(np.exp(table).sum(axis=1)) - np.diag(table)).sum() for table in (logits, logits.T))


@pytest.fixture(scope="module")
def found():
    return bounded_optimum(UnitProblem(losses.clip(pairs=5), "1/2", dim=2), starts=4)


def test_both_ends_are_certified(found):
    assert all(verify(data) for data in found.certificates.values())
    assert found.lower == found.relaxed.lower < found.upper and found.tight is False
    assert set(found.certificates) >= {"lower.json", "point.json"}


def test_no_random_configuration_lies_below(found):
    draws, least = np.random.default_rng(0), np.inf
    for _ in range(300):
        images, texts = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in draws.normal(size=(2, 5, 2)))
        least = min(least, clip_of(images, texts, 0.5), clip_of(images, images, 0.5))
    pentagon = np.array([[np.cos(2 * np.pi * k / 5), np.sin(2 * np.pi * k / 5)] for k in range(5)])
    assert float(found.lower) < clip_of(pentagon, pentagon, 0.5) <= least
    assert abs(float(found.upper) - clip_of(pentagon, pentagon, 0.5)) < 1e-9
    assert found.vectors.shape == (10, 2) and abs(clip_of(found.vectors[::2], found.vectors[1::2], 0.5) - float(found.upper)) < 1e-9


def test_batches_in_a_ball():
    found = bounded_optimum(UnitProblem(losses.mini_batches([[0, 1, 2], [1, 2, 3]], 4), 1, Ball(), dim=2), starts=4)
    assert all(verify(data) for data in found.certificates.values()) and found.lower <= found.upper


def test_what_has_no_interval_is_refused():
    with pytest.raises(InputError, match="at most 192"):
        bounded_optimum(UnitProblem(losses.clip(pairs=100), 1, dim=2))
    with pytest.raises(InputError, match="dimension"):
        bounded_optimum(UnitProblem(losses.clip(pairs=3), 1))
