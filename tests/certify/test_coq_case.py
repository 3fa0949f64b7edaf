"""Cases that have a theorem on classes in Coq are taken as they were asked, and their point is that of the certificate."""

from fractions import Fraction

import numpy as np
import pytest

from scverify.certify.coq_case import class_case, class_gram, on_classes
from scverify.certify.optimum import optimum
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss, supcon
from tests.certify.for_coq import certified


@pytest.mark.parametrize(
    "options",
    [
        {"constraint": Ridge(weight="1/10")},
        {"constraint": NonNegative(Sphere())},
        {"loss": load_loss("decoupled")},
        {"sizes": [3, 2, 1], "singletons": "ignore"},
    ],
)
def test_other_problems_have_no_theorem_on_classes(options):
    assert not on_classes(certified(**{"sizes": [3, 2], "tau": "1/2", **options}))
    assert on_classes(certified([3, 2], "1/2", constraint=Ball("3/2"), reduction="mean"))


@pytest.mark.parametrize("sizes", [(7, 3, 3, 2, 2), (2,) * 9])
def test_the_gram_matrix_of_the_point_is_that_of_the_optimum(sizes):
    found = optimum(Problem(supcon, Classes(sizes), temperature="1/2", constraint=Ball("3/2"), reduction="mean"))
    case = class_case(found.certificate)
    assert (case.sizes, case.tau, case.rho, case.divisor) == (list(sizes), Fraction(2, 9), Fraction(3, 2), sum(sizes))
    gram = np.array([[float(x) for x in row] for row in class_gram(found.certificate, len(sizes))])
    assert np.allclose(gram, found.gram / 2.25, atol=1e-9)
