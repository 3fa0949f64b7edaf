"""Feasible points that a strict minimum is compared with: of an optimum, of embeddings, and such that serve another problem."""

import pytest

from scverify.certify.better import Better
from scverify.certify.orbit import certify_point
from scverify.certify.points import critical_points
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.certify.certified import assert_verified, certified
from tests.certify.test_orbit import COLD, spurious


def test_a_better_point_of_more_dimensions_or_of_another_problem_is_none():
    problem = Problem(supcon, Classes((2, 2, 2, 2)), dim=2, temperature="1/2")
    lowest = critical_points(problem, starts=12).points[0]
    for other in (Problem(supcon, problem.classes, temperature="1/2"), Problem(supcon, problem.classes, temperature="1/20")):
        point = certify_point(problem, lowest.embeddings, better=Better.of_optimum(certified(other).certificate))
        assert (point.kind, point.excess) == ("strict minimum", None)
        assert "not one of this problem: the point uses 3 dimensions, the claim has 2" in point.reason
        assert_verified(point.certificates)
    lower = Problem(supcon, problem.classes, dim=2, temperature="1/20")
    flat = Better.of_embeddings(lower, critical_points(lower, starts=12).points[0].embeddings)
    assert "is not lower" in certify_point(problem, lowest.embeddings, better=flat).reason


def test_a_minimum_is_compared_with_an_optimum_or_a_certified_point():
    optimum = certified(COLD)
    compared = [certify_point(COLD, spurious(), better=better) for better in (optimum, Better.of_optimum(optimum.certificate))]
    assert [point.kind for point in compared] == ["spurious minimum"] * 2
    with pytest.raises(InputError, match="better"):
        certify_point(COLD, spurious(), better=optimum.certificate)
