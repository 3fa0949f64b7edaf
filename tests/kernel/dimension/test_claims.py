"""The claim of a lower bound in a stated dimension: both kinds are decided, and said with the dimension."""

from fractions import Fraction

import pytest

from scverify import Classes, Problem
from scverify.certify.claims import certificate
from scverify.kernel.verify import verify_data

SQUARE = Problem("supcon", Classes((3, 3, 3, 3)), dim=2, temperature="1/20")
LINE = Problem("supcon", Classes((3, 2, 2)), dim=1, temperature="1/2")


def word(problem, lower, **witness):
    claim = {"type": "DimensionLowerBound", "problem": problem.data, "lower": str(Fraction(lower))}
    return verify_data(certificate(claim, witness, 128))


@pytest.mark.parametrize(("lower", "found"), [("8.3177662409", "VERIFIED"), ("8.31776625", "REJECTED")])
def test_the_energy_of_a_square(lower, found):
    answer = word(SQUARE, lower, by="energy", groups=[[0, 1, 2, 3]], nodes=["0"], antipode=True)
    assert answer.word == found and "in dimension 2" in answer.claim


@pytest.mark.parametrize(("lower", "found"), [("5", "VERIFIED"), ("30", "REJECTED")])
def test_signs_on_a_line(lower, found):
    assert word(LINE, lower, by="signs", groups=[[0], [1, 2]]).word == found


def test_an_unknown_kind_is_rejected():
    assert word(LINE, "1", by="hope", groups=[[0], [1, 2]]).word == "REJECTED"
    assert word(SQUARE, "1", by="hope", groups=[[0, 1, 2, 3]], nodes=["0"], antipode=True).word == "REJECTED"
