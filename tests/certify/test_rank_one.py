"""Certificates of the rank-one form agree with those of the general form, stay small, and reach the digits that are asked."""

import os
from fractions import Fraction

import numpy as np
import pytest

import scverify as sv
from scverify.certify.optimum import optimum
from scverify.certify.rank_one import Entries
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from tests.certify.rank_one import made, problem


def instances(count, seed):
    """Sizes, temperature, radius and reduction, drawn by chance."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        sizes = tuple(int(n) for n in rng.integers(2, 12, size=rng.integers(2, 7)))
        yield (
            sizes,
            str(Fraction(int(rng.integers(1, 20)), int(rng.integers(5, 20)))),
            int(rng.integers(1, 3)),
            str(rng.choice(["sum", "mean"])),
        )


# 25 instances in the usual run, 200 in the thorough one
SEEDS = range(8 if os.environ.get("SCVERIFY_PROFILE") == "thorough" else 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_general_form_says_the_same(seed):
    """25 instances each: the intervals meet, the matrices differ by less than both radii, and the ranks are one."""
    compared = 0
    for sizes, tau, rho, reduction in instances(25, seed):
        short = made(sizes, tau, rho=rho, reduction=reduction)
        if short is None:
            continue
        compared += 1
        whole = optimum(problem(sizes, tau, constraint=sv.Sphere(rho), reduction=reduction))
        assert all(verify_data(data).word == "VERIFIED" for data in short.certificates.values())
        assert short.lower <= whole.upper and whole.lower <= short.upper
        if short.radius is not None and whole.radius is not None:
            entry = Entries(*(short.certificates["uniqueness.json"]["claim"][name] for name in ("problem", "groups", "centre")))
            k = len(sizes)
            gram = np.array([[float(entry(c, d).mid()) for d in range(k)] for c in range(k)])
            assert np.linalg.norm(gram - whole.gram) <= float(short.radius) + float(whole.radius) + 1e-12
        assert short.rank is None or whole.rank is None or short.rank == whole.rank
    assert compared > 15


@pytest.mark.parametrize("digits", [20, 60])
def test_as_many_digits_as_asked(digits):
    short, whole = made((7, 3, 3, 2), "1/2", digits), optimum(problem((7, 3, 3, 2)), digits=digits)
    assert short.upper - short.lower < Fraction(1, 10**digits)
    assert short.lower <= whole.upper and whole.lower <= short.upper


def test_a_problem_of_many_groups_has_a_small_certificate_with_radius_and_rank():
    found = optimum(Problem(sv.supcon, Classes(range(2, 102)), temperature="1/50"))
    assert found.rank == 99 and found.radius < Fraction(1, 10**9) and found.gap < found.lower / 10**12
    assert sum(len(canonical(data)) for data in found.certificates.values()) < 12_000
    assert found.similarities.shape == (100, 101) and found.gram.shape == (100, 100)
    assert "float64 with errors bounded beforehand" in str(found)


def test_multipliers_and_matrix_are_those_of_the_general_form():
    short, whole = made((7, 3, 3, 2), "1/2"), optimum(problem((7, 3, 3, 2)))
    np.testing.assert_allclose(short.similarities[:, -1], 1)
    np.testing.assert_allclose(short.similarities[0, 1], whole.gram[0, 1], atol=1e-12)
    np.testing.assert_allclose(short.similarities[1, 1], whole.gram[1, 2], atol=1e-12)
    by_class = [short.multipliers[node] for node in (0, 1, 1, 2)]
    np.testing.assert_allclose(by_class, whole.multipliers, rtol=1e-10)


def test_nothing_as_large_as_all_pairs_of_classes_is_made():
    sizes = [size for size in range(2, 42) for _ in range(2000)]
    found = optimum(Problem(sv.supcon, Classes(sizes), temperature="1/10"))
    assert found.rank == len(sizes) - 1 and found.similarities.shape == (40, 41)
    told = found.to_json()
    assert "gram" not in told and len(told["groups"]) == 40 and len(told["similarities"]) == 40
    assert sum(len(canonical(data)) for data in found.certificates.values()) < 8_000


def test_too_few_dimensions_are_refused():
    with pytest.raises(sv.InputError, match="dim >= 39"):
        optimum(Problem(sv.supcon, Classes(range(2, 42)), dim=38, temperature="1/2"))


def test_where_the_form_does_not_apply_the_general_form_answers():
    found = optimum(Problem(sv.supcon, Classes(range(2, 36)), temperature="1/2", constraint=sv.Ball()))
    assert found.certificate["version"] == 1 and verify_data(found.certificate).word == "VERIFIED"
