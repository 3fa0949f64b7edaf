"""Certified optima as instances: tight, unique, and beside values in closed form."""

from dataclasses import replace
from fractions import Fraction

from flint import arb

from scverify.certify.claims import confirmed
from scverify.certify.units import unit_optimum
from scverify.conjecture import instances
from scverify.conjecture.instances import attains, undercuts
from scverify.model.classes import Classes
from scverify.model.named import clip
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import supcon

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


def test_an_instance_with_a_wide_gap_or_full_rank_does_not_hold():
    found = instances.certified_optimum(supcon, (2, 2), Fraction(1, 2))
    assert instances._instance(found, "tight", "x").holds
    assert instances._instance(found, "unique", "x").holds
    assert not instances._instance(replace(found, upper=found.upper + 1), "tight", "x").holds
    assert not instances._instance(replace(found, rank=found.problem.classes.k), "tight", "x").holds
    assert not instances._instance(replace(found, radius=None), "unique", "x").holds


def test_the_quick_instances_are_some_of_the_thorough_ones():
    assert set(instances.temperatures(False)) < set(instances.temperatures(True))
    assert instances.profiles(False).items() < instances.profiles(True).items()
    assert instances.profiles(False)["balanced"] == Classes([5] * 10)
