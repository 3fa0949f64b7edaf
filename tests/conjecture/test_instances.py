"""Values in closed form beside certified optima: attained, undercut, and neither by a little."""

from flint import arb

from scverify.certify.claims import confirmed
from scverify.certify.units import unit_optimum
from scverify.conjecture.instances import attains, undercuts
from scverify.model.named import clip
from scverify.model.units import UnitProblem

FOUND = unit_optimum(UnitProblem(clip(4), 1))
VALUE = 8 * (1 + 3 * (-arb(4) / 3).exp()).log()


def test_the_simplex_of_four_pairs_attains_the_optimum():
    decision = attains(FOUND, VALUE, "pairs/4")
    assert decision.holds
    assert {name: confirmed(data) for name, data in decision.certificates.items()} == {"pairs_4-optimum.json": "VERIFIED"}
    assert not undercuts(FOUND, VALUE, "pairs").holds


def test_a_value_off_by_more_than_the_bounds_is_no_optimum():
    assert not attains(FOUND, VALUE + arb("2e-9"), "pairs").holds
    assert not attains(FOUND, VALUE - arb("2e-9"), "pairs").holds, "below the lower bound nothing is attained"
    assert undercuts(FOUND, VALUE + arb("2e-9"), "pairs").holds
