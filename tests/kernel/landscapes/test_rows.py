"""The rows of an instance: which problems have a landscape, and the rates over a range of temperatures."""

import os
from contextlib import nullcontext
from dataclasses import replace
from math import prod

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.boxes import embedded, faces_of
from scverify.kernel.landscapes.rows import MAX_ROOTS, domain_of, rows_of
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES, supcon
from tests.kernel.landscapes.instances import of

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem(supcon, Classes((2, 2)), dim=3, constraint=Ball()), "sphere"),
        (Problem(supcon, Classes((2, 2)), dim=1), "dimension"),
        (Problem(supcon, Classes((2, 2))), "dimension"),
        (Problem(supcon, Classes((6, 6)), dim=3), "samples"),
        (Problem(LOSSES["spectral"], Classes((2, 2)), dim=3), "log-sum-exp"),
    ],
)
def test_what_the_kernel_knows_no_landscape_of(problem, reason):
    stated = read_problem(problem_data(problem))
    with pytest.raises(Rejected, match=reason):
        rows_of(stated, level_of(stated, "samples", None), [])


def test_a_larger_sphere_is_a_larger_rate():
    problem, level, _ = of((2, 2), 3, "1/2", constraint=Sphere("3/2"))
    domain = domain_of(problem, level, problem.tau)
    assert (domain.low[-1] == 4.5).all() and (domain.high[-1] == 4.5).all()
    thirds, level, _ = of((2, 2), 3, "3/10")
    domain = domain_of(thirds, level, fmpq(7, 10))
    assert (domain.low[-1] < 10 / 7).all() or fmpq(*float(domain.low[-1, 0]).as_integer_ratio()) <= fmpq(10, 7)
    assert fmpq(*float(domain.high[-1, 0]).as_integer_ratio()) >= fmpq(10, 3)
    assert embedded(domain, 3).shape == (3, 4, len(domain))


@pytest.mark.parametrize(
    ("sizes", "d", "count", "built"),
    [((5, 5), 2, 196_608, THOROUGH), ((5, 4), 3, 699_840, THOROUGH), ((4, 4), 4, 430_080, THOROUGH), ((4, 3), 6, 124_740, True)],
)
def test_as_many_samples_as_are_said_fit(sizes, d, count, built):
    assert prod(len(faces_of(i, d)) for i in range(sum(sizes))) == count <= MAX_ROOTS
    if built:
        stated = read_problem(problem_data(Problem(supcon, Classes(sizes), dim=d)))
        assert len(domain_of(stated, level_of(stated, "samples", None), stated.tau)) == count


def test_one_sample_more_is_refused_with_the_count():
    stated = read_problem(problem_data(Problem(supcon, Classes((5, 5)), dim=3)))
    with pytest.raises(Rejected, match="10 samples in 3 dimensions have 4199040 faces"):
        domain_of(stated, level_of(stated, "samples", None), stated.tau)


def test_a_rate_that_float64_does_not_hold_in_products_is_refused():
    problem, level, _ = of((2, 2), 3, "1/2")
    for least, refused in ((1 << 511, False), (1 << 512, True)):
        with pytest.raises(Rejected, match="rate is beyond") if refused else nullcontext():
            domain_of(replace(problem, tau=fmpq(1, least)), level, problem.tau)
