"""The rank of every minimiser at the level of samples: simplexes of pairs, and classifiers under a ridge on both."""

from fractions import Fraction

import pytest

from scverify.certify.optimum import optimum
from scverify.certify.sample_minimizers import MOST_SAMPLES, sample_minimizers
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss, SampleTable, cross_entropy_of_labels, spectral, supcon_row, two_tower

ONE = Fraction(1)


@pytest.mark.parametrize(
    ("problem", "rank"),
    [
        (Problem(two_tower(5), Classes((5, 5)), temperature="1/10"), 4),
        (Problem(two_tower(4), Classes((4, 4)), constraint=Ball()), 3),
        (Problem(cross_entropy_of_labels([0, 0, 1, 1, 2], 3), Classes((4, 4))), 2),
        # n_c = 1 has a root below the ridges, 4 has one above (N5): the classes of one sample are merged
        (Problem(cross_entropy_of_labels([0] * 4 + [1] * 4 + [2, 3], 4), Classes((10, 4)), constraint=Ridge("11/10")), 2),
        (Problem(cross_entropy_of_labels([0] * 4 + [1] * 4 + [2, 3], 4), Classes((10, 4)), constraint=Ridge("9/10")), 3),
    ],
)
def test_the_rank_of_every_minimiser(problem, rank):
    found = optimum(problem)
    assert found.rank == rank and found.level == "samples" and found.radius is None
    assert verify_data(found.certificates["minimizers.json"]).word == "VERIFIED"


def test_targets_by_sample_that_collapse_classes():
    n = 5
    c = tuple(tuple(Fraction(int(i != j)) for j in range(n)) for i in range(n))
    q = tuple(tuple(Fraction(int(i != j and (i < 3) == (j < 3)), 2 if i < 3 else 1) for j in range(n)) for i in range(n))
    assert optimum(Problem(Loss("by_sample", supcon_row, SampleTable((ONE,) * n, c, q)), Classes((3, 2)))).rank == 1


def test_a_row_that_is_no_log_sum_exp_tells_no_rank():
    n = 4
    c = tuple(tuple(Fraction(int(i != j)) for j in range(n)) for i in range(n))
    q = tuple(tuple(Fraction(int(i != j and i // 2 == j // 2)) for j in range(n)) for i in range(n))
    found = optimum(Problem(Loss("squares", spectral.formula, SampleTable((ONE,) * n, c, q)), Classes((2, 2))))
    assert found.rank is None and "log-sum-exps" in found.rank_reason and "minimizers.json" not in found.certificates


def test_more_samples_are_not_asked():
    many = Problem(two_tower(MOST_SAMPLES), Classes((MOST_SAMPLES, MOST_SAMPLES)))
    assert sample_minimizers(problem_data(many), {}, 64) is None
