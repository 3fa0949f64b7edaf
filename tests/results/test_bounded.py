"""How an interval below the rank is told: both ends, what proves the lower one, and that it is not tight."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from scverify import Classes, Problem, optimum
from scverify.results.bounded import BoundedOptimum


@pytest.fixture(scope="module")
def found():
    problem = Problem("supcon", Classes((2, 2, 2)), dim=1, temperature=1)
    relaxed = optimum(problem.replace(dim=None))
    return BoundedOptimum(
        problem=problem,
        lower=Fraction("3.25"),
        upper=Fraction("3.5"),
        lower_by="all signs",
        relaxed=relaxed,
        vectors=np.array([[1.0], [-1.0], [1.0]]),
        point=None,
        proofs={"lower.json": {"claim": {}}},
        seconds=0.5,
    )


def test_json(found):
    data = found.to_json()
    assert (data["lower"], data["upper"], data["tight"], data["lower_by"]) == ("3.25", "3.5", False, "all signs")
    assert data["relaxed_rank"] == 2 and data["vectors"] == [["1.0"], ["-1.0"], ["1.0"]] and "point" not in data


def test_text(found):
    text = str(found)
    assert "not tight" in text and "proved, by all signs" in text and "in 2 dimensions" in text
    assert found.headline().endswith("not tight") and found.certificates == {"lower.json": {"claim": {}}}
    assert found.gap == Fraction(1, 4) and found.subject().question == "optimum"


def test_ends_that_lie_far_apart_are_each_rounded_outward(found):
    wide = replace(found, lower=Fraction(10, 3), upper=Fraction(40, 9))
    assert "between 3.33333333333 and 4.44444444445, not tight" in wide.headline()
    assert (wide.to_json()["lower"], wide.to_json()["upper"]) == ("3.33333333333", "4.44444444445")


def test_ends_that_nearly_meet_are_one_number(found):
    close = replace(found, lower=Fraction(10, 3), upper=Fraction(10, 3) + Fraction(1, 10**20))
    assert "3.33333333333333333334 ±" in close.headline()
    assert Fraction(close.to_json()["lower"]) <= close.lower < close.upper <= Fraction(close.to_json()["upper"])
