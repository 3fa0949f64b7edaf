"""Merging of equal classes under cross-entropy with ridges: the sign of tau^2 w_W w_H - m, and certified optima on both sides."""

import numpy as np
import pytest

from scverify import Ridge, UnitProblem, losses, unit_optimum
from scverify.kernel.certificate import Rejected
from scverify.kernel.thresholds.cross_entropy import check_logits_apart, check_logits_merged, margin

CLAIM = {"type": "", "samples": 4, "tau": "1/2", "ridge_of_weights": "3", "ridge_of_features": "6"}


def test_the_margin_is_exact():
    assert margin(CLAIM) == "1/2" or str(margin(CLAIM)) == "1/2"
    check_logits_merged(CLAIM, {})
    with pytest.raises(Rejected, match="coincide"):
        check_logits_apart(CLAIM, {})
    check_logits_apart(CLAIM | {"samples": 5}, {})
    with pytest.raises(Rejected, match="apart"):
        check_logits_merged(CLAIM | {"samples": 5}, {})


@pytest.mark.parametrize(("weight", "merged"), [("39/20", False), ("41/20", True)])
def test_certified_optima_say_the_same(weight, merged):
    """Two classes of 12 and two of 4 at tau = 1: the small ones coincide from a ridge of 2 on."""
    found = unit_optimum(UnitProblem(losses.cross_entropy((12, 12, 4, 4)), 1, Ridge(weight)))
    small = np.flatnonzero(np.array([copies[-1] for _, copies in found.problem.loss.types]) == 4)[0] * 2
    own, other = found.own[small, 0], found.others[small, small]
    assert bool(abs(own - other) < 1e-6) is merged
