"""How an interval below the rank is told: both ends, what proves the lower one, and that it is not tight."""

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
    assert (data["lower"], data["upper"], data["tight"], data["lower_by"]) == ("3.25", "3.50", False, "all signs")
    assert data["relaxed_rank"] == 2 and data["vectors"] == [["1.0"], ["-1.0"], ["1.0"]] and "point" not in data


def test_text(found):
    text = str(found)
    assert "not tight" in text and "proved, by all signs" in text and "in 2 dimensions" in text
    assert found.headline().endswith("not tight") and found.certificates == {"lower.json": {"claim": {}}}
    assert found.gap == Fraction(1, 4) and found.subject().question == "optimum"
