"""Diagonal entries of feasible points, and rows bounded below by their Gibbs form."""

import pytest
from flint import arb, ctx

from scverify.kernel.certificate import Rejected
from scverify.kernel.optimum.bounds import diagonal_bounds, lower_bound, negative_part
from tests.kernel.kept import kept, level_in


@pytest.mark.parametrize(("name", "bound"), [("sphere", 1), ("ball", 1)])
def test_the_diagonal_is_bounded_by_the_constraint(name, bound):
    level = level_in(kept(name), "groups", kept(name)["witness"]["groups"])
    assert diagonal_bounds(level, None) == [arb(bound)] * level.nodes
    with pytest.raises(Rejected, match="a trace bound is for a ridge"):
        diagonal_bounds(level, {})


def test_a_lower_bound_of_a_form_that_there_is_not():
    data = kept("sphere")
    level, witness = level_in(data, data["witness"]["level"], data["witness"].get("groups")), data["witness"]["lower"]
    with ctx.workprec(data["precision"]):
        assert lower_bound(level, witness).is_finite()
        for form in ("chord", "", None, 1):
            with pytest.raises(Rejected, match="neither gibbs nor tangent"):
                lower_bound(level, {**witness, "form": form})


@pytest.mark.parametrize(("ball", "below"), [(arb(3), 0), (arb(-3), 3), (arb(1, 2), 1), (arb(-1, 2), 3), (arb(0), 0), (arb(5, 1), 0)])
def test_negative_parts(ball, below):
    # the ends of a ball are rounded outward by a little
    assert below <= float(negative_part(ball)) <= below * (1 + 1e-8) and negative_part(ball).is_exact()
