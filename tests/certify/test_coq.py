"""What is exported for the second judge: the problem as it was asked, its bounds, and nothing that has no theorem."""

import re
from fractions import Fraction

import pytest

from scverify.certify.coq import BITS, coq_certificate
from scverify.certify.optimum import optimum
from scverify.errors import InputError, NotVerified
from scverify.kernel.certificate import digest
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss, supcon
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


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"constraint": Ridge(weight="1/10")}, "constraint kind ridge"),
        ({"constraint": NonNegative(Sphere())}, "nonnegative True"),
        ({"loss": load_loss("decoupled")}, "other coefficients"),
        ({"sizes": [3, 2, 1], "singletons": "ignore"}, "sizes 3,2,1"),
    ],
)
def test_other_problems_are_refused_by_name(options, named):
    with pytest.raises(InputError, match=named):
        coq_certificate(certified(**{"sizes": [3, 2], "tau": "1/2", **options}))


def test_bits_are_those_of_the_tables(small):
    assert small.scale == 1 << BITS and all(sum(row) == small.scale for row in small.p)


def test_what_the_kernel_does_not_accept_is_not_exported():
    good = certified([3, 2], "1/2")
    claim = good["claim"] | {"upper": good["claim"]["lower"]}
    with pytest.raises(NotVerified, match="the kernel says"):
        coq_certificate(good | {"claim": claim, "digest": digest(claim)})
