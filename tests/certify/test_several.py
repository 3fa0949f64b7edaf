"""Many minimisers: label smoothing on the sphere beyond the simplex, and nothing before it."""

import pytest

from scverify.certify.several import several_minimizers
from scverify.certify.units import unit_optimum
from scverify.kernel.verify import verify_data
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem


@pytest.mark.parametrize(("sizes", "tau"), [((4, 4, 4), "2/5"), ((5, 4, 2), "1/5")])
def test_smoothed_targets_that_are_met_leave_many_minimisers(sizes, tau):
    """The simplex meets the targets of k = 3 and smoothing 1/10 from 1/tau = 2.2215 on (MATH N9)."""
    found = unit_optimum(UnitProblem(cross_entropy(sizes, "1/10"), tau))
    assert found.several.distance > 0 and found.minimizers is None and "apart" in str(found)
    assert verify_data(found.several.certificate).word == "VERIFIED"
    assert set(found.certificates) == {"optimum.json", "several.json"}


def test_where_the_simplex_is_the_only_minimiser_none_are_shown():
    assert unit_optimum(UnitProblem(cross_entropy((4, 4, 4), "1/10"), "1/2")).several is None
    assert several_minimizers(UnitProblem(clip(3), 1)) is None
