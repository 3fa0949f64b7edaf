"""What is exported for the second judge: the problem as it was asked, its bounds, and nothing that has no theorem."""

import re
from fractions import Fraction

import pytest

from scverify.certify.coq import coq_certificate
from scverify.certify.coq_integers import BITS
from scverify.certify.optimum import optimum
from scverify.model.classes import Classes
from scverify.model.constraints import Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.certify.for_coq import certified


@pytest.fixture(scope="module")
def small():
    return coq_certificate(certified([7, 3, 3, 2, 2], "37/100"))


def test_radius_and_mean_are_told_as_they_were_asked():
    problem = Problem(supcon, Classes([5, 3, 2]), temperature="1/2", constraint=Sphere("3/2"), reduction="mean")
    found = optimum(problem)
    exported = coq_certificate(found.certificate)
    assert "tau = 1/2, sphere or ball of radius 3/2" in exported.claim and "sum divided by 10 over anchors" in exported.claim
    lower, upper = (Fraction(text) for text in re.findall(r"L\(H\) [<>]= (\S+)", exported.claim))
    assert max(lower, found.lower) <= min(upper, found.upper)


def test_bits_are_those_of_the_tables(small):
    assert small.scale == 1 << BITS and all(sum(row) == small.scale for row in small.p)
