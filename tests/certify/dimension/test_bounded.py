"""Intervals below the rank: both ends certified, better lower bounds where they help, and what has no such interval."""

import numpy as np
import pytest

from scverify import Ball, BelowRank, Classes, InputError, NonNegative, Problem, Ridge, Sphere, bounded_optimum, optimum
from scverify.kernel.verify import verify_data

KINDS = {"lower.json": {"LowerBound", "DimensionLowerBound"}, "upper.json": {"UpperBound"}}


def checked(found):
    for name, kinds in KINDS.items():
        assert found.certificates[name]["claim"]["type"] in kinds
    assert all(verify_data(data).word == "VERIFIED" for data in found.certificates.values())
    assert found.lower <= found.upper and found.tight is False
    return found


def test_four_classes_in_the_plane_at_low_temperature():
    found = checked(bounded_optimum(Problem("supcon", Classes.balanced(4, 2), dim=2, temperature="1/20"), starts=4))
    assert found.lower_by == "energy of pairs"
    assert found.gap < found.upper * 1e-6 < (found.upper - found.relaxed.upper)
    assert found.point.kind == "strict minimum"


def test_one_dimension_is_settled_by_signs():
    found = checked(bounded_optimum(Problem("supcon", Classes((3, 2, 2)), dim=1, temperature="1/2"), starts=8))
    assert found.lower_by == "all signs" and found.gap < 1e-20


@pytest.mark.parametrize("constraint", [Sphere(2), Ball(), Ridge("1/10")])
def test_the_relaxation_bounds_every_constraint(constraint):
    problem = Problem("supcon", Classes((9, 8, 7, 6)), dim=2, temperature=1, constraint=constraint)
    found = checked(bounded_optimum(problem, starts=2))
    assert found.lower_by == "relaxation" and found.lower == found.relaxed.lower
    assert found.vectors.shape == (4, 2)


def test_another_search_cannot_pass_the_bounds():
    """Random configurations of samples in the plane, their loss from the definition."""
    found = bounded_optimum(Problem("supcon", Classes((3, 3, 2)), dim=1, temperature="1/2"), starts=4)
    labels = np.repeat(np.arange(3), (3, 3, 2))
    draws = np.random.default_rng(0)
    for _ in range(200):
        h = draws.choice([-1.0, 1.0], 8)
        similarities = np.exp(np.outer(h, h) / 0.5) * (1 - np.eye(8))
        value = 0.0
        for i in range(8):
            positives = [j for j in range(8) if labels[j] == labels[i] and j != i]
            value += np.mean([np.log(similarities[i].sum()) - h[i] * h[j] / 0.5 for j in positives])
        assert value >= float(found.lower) - 1e-9


@pytest.mark.parametrize("inner", [Sphere(), Ball()], ids=["sphere", "ball"])
@pytest.mark.parametrize(("sizes", "dim"), [((3, 3, 3), 2), ((5, 2), 1)], ids=str)
def test_signs_have_an_interval_that_random_embeddings_do_not_pass(sizes, dim, inner):
    found = checked(bounded_optimum(Problem("supcon", sizes, dim=dim, temperature="1/2", constraint=NonNegative(inner))))
    assert found.vectors.min() >= 0 and found.vectors.shape == (len(sizes), dim)
    assert float(found.lower) - 1e-9 <= float(found.upper) <= least_of_random_classes(sizes, dim, isinstance(inner, Ball)) + 1e-9


def least_of_random_classes(sizes, dim, ball):
    """The least loss of collapsed classes at random non-negative vectors, from the definition."""
    draws, least, counts = np.random.default_rng(0), np.inf, np.array(sizes)
    for _ in range(2000):
        vectors = draws.random((len(sizes), dim)) * draws.integers(0, 2, (len(sizes), dim))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if (lengths == 0).any():
            continue
        vectors = vectors / lengths * (draws.integers(0, 2, (len(sizes), 1)) if ball else 1)
        similarities = vectors @ vectors.T / 0.5
        others = counts[None, :] - np.eye(len(sizes))
        rows = np.log((others * np.exp(similarities)).sum(axis=1)) - np.diag(similarities)
        least = min(least, float(counts @ rows))
    return least


def test_the_optimum_points_to_it():
    problem = Problem("supcon", Classes((2, 2, 2)), dim=1)
    with pytest.raises(BelowRank, match="bounded_optimum"):
        optimum(problem)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: bounded_optimum(Problem("supcon", Classes((2, 2)))),
        lambda: bounded_optimum(Problem("supcon_in", Classes((2, 2)), dim=1, constraint=Ridge(1))),
        lambda: bounded_optimum(Problem("supcon", Classes.balanced(3001, 2), dim=1)),
        lambda: bounded_optimum(Problem("supcon", Classes((2, 2)), dim=1), starts=0),
        lambda: bounded_optimum(Problem("supcon", Classes((2, 2)), dim=1), seed=-1),
        lambda: bounded_optimum("supcon"),
    ],
)
def test_what_has_no_interval_is_refused(ask):
    with pytest.raises(InputError):
        ask()
