"""The class problem as a loss on nodes: the same value at collapsed configurations, for every kind of coefficients."""

import numpy as np
import pytest

import scverify as sv
from scverify.model.collapsed import collapsed_problem
from scverify.search.batch import Batch


@pytest.mark.parametrize("loss", ["supcon", "decoupled", "bcl", "supcon_weighted"])
@pytest.mark.parametrize("sizes", [(3, 2), (4, 2, 2)])
def test_its_value_is_that_of_collapsed_classes(loss, sizes):
    problem = sv.Problem(loss, sizes, dim=2, temperature="1/2")
    h = np.random.default_rng(2).standard_normal((2, len(sizes)))
    h /= np.linalg.norm(h, axis=0)
    collapsed = h[:, np.repeat(np.arange(len(sizes)), sizes)]
    whole = float(Batch.of(problem).value_and_gradient(collapsed)[0])
    by_class = float(Batch.of(collapsed_problem(problem)).value_and_gradient(h)[0])
    assert by_class == pytest.approx(whole, rel=1e-12)


def test_its_optimum_is_that_of_the_problem():
    problem = sv.Problem("supcon", (3, 2, 2), temperature="1/2")
    found, wanted = sv.unit_optimum(collapsed_problem(problem)), sv.optimum(problem)
    assert abs(found.upper - wanted.upper) < 1e-9


def test_coefficients_of_samples_have_no_collapsed_problem():
    from scverify.symbolic.losses import two_tower

    with pytest.raises(sv.InputError, match="samples"):
        collapsed_problem(sv.Problem(two_tower(2), (2, 2)))
