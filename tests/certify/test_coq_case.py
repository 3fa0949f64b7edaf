"""Cases that have a theorem in Coq are taken as they were asked, and their point is that of the certificate; others are refused by name."""

from fractions import Fraction

import numpy as np
import pytest

from scverify.certify.coq_case import class_gram, supported_case
from scverify.certify.optimum import optimum
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss, supcon
from tests.certify.for_coq import certified


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
        supported_case(certified(**{"sizes": [3, 2], "tau": "1/2", **options}))


@pytest.mark.parametrize("sizes", [(7, 3, 3, 2, 2), (2,) * 9])
def test_the_gram_matrix_of_the_point_is_that_of_the_optimum(sizes):
    found = optimum(Problem(supcon, Classes(sizes), temperature="1/2", constraint=Ball("3/2"), reduction="mean"))
    case = supported_case(found.certificate)
    assert (case.sizes, case.tau, case.rho, case.divisor) == (list(sizes), Fraction(2, 9), Fraction(3, 2), sum(sizes))
    gram = np.array([[float(x) for x in row] for row in class_gram(found.certificate, len(sizes))])
    assert np.allclose(gram, found.gram / 2.25, atol=1e-9)
