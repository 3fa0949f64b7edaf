"""Losses on units under ridges that have no minimum, and beside them those whose minimum is at 0."""

import pytest

from scverify.certify.unit_unbounded import unit_unbounded
from scverify.certify.units import unit_optimum
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip, dhel, nscl
from scverify.model.units import UnitProblem
from scverify.results.unbounded import UnboundedBelow


@pytest.mark.parametrize(
    ("loss", "weight"), [(nscl((5, 5, 3)), "1/10"), (nscl((4, 4)), "39/10"), (dhel(5), "1/1000000"), (dhel(5), "12/5")]
)
def test_a_ridge_that_is_too_weak(loss, weight):
    with pytest.raises(UnboundedBelow) as answer:
        unit_optimum(UnitProblem(loss, 1, Ridge(weight)))
    assert verify_data(answer.value.result.certificate).word == "VERIFIED"
    assert answer.value.result.slope < 0 and answer.value.result.to_json()["unbounded"] is True


@pytest.mark.parametrize(("loss", "weight"), [(nscl((4, 4)), "41/10"), (dhel(5), "13/5")])
def test_a_ridge_that_is_strong_enough_puts_the_minimum_at_zero(loss, weight):
    """Balanced nscl and dhel fall along a simplex by k/(k - 1) per row or not at all: 2 n 2/2 and N 5/4 beside w/2 (MATH N6)."""
    found = unit_optimum(UnitProblem(loss, 1, Ridge(weight)))
    assert found.gap < 1e-30
    assert verify_data(found.certificate).word == "VERIFIED"


def test_losses_that_have_a_minimum_have_no_ray():
    assert unit_unbounded(UnitProblem(clip(3), 1, Ridge(1))) is None
    assert unit_unbounded(UnitProblem(dhel(3), 1, Ball())) is None


def test_a_ray_is_not_sought_in_a_stated_dimension():
    assert unit_unbounded(UnitProblem(dhel(3), 1, Ridge(1))) is not None
    assert unit_unbounded(UnitProblem(dhel(3), 1, Ridge(1), dim=1)) is None
