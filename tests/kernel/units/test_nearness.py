"""How near outcomes are by a divergence: the bounds against outcomes on a grid."""

import math
from fractions import Fraction

from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.units.nearness import _relative, entry_counts, near_row
from scverify.model.constraints import Ridge
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem

SHARES = st.fractions("1/1000", "999/1000", max_denominator=1000)


@given(p=SHARES, other=SHARES)
def test_outcomes_of_a_small_divergence_are_near(p, other):
    x, y = float(p), float(other)
    divergence = x * math.log(x / y) + (1 - x) * math.log((1 - x) / (1 - y))
    bound = _relative(fmpq(p.numerator, p.denominator), arb(divergence) + arb("1e-12"))
    if bound is not None:
        assert abs(math.log(x / y)) <= float(bound) * (1 + 1e-9)


def test_a_row_tells_its_entries_up_to_the_gap():
    level = UnitProblem(clip(3), "1/2").level
    entry = {"form": "gibbs", "bits": 2, "row": [0, 2, 0, 2]}
    near = near_row(level, level.rows[0], entry, arb("1e-12"))
    # kappa = 2: an outcome of 1/4 for each other text, 1/2 for the own one
    assert near.values[0] is None and abs(near.values[3] - near.values[1] - arb(2).log() / 2) < 1e-12
    assert not near.absolute and 0 < near.errors[1] < 1e-5
    assert near_row(level, level.rows[0], entry, arb("1e-20")).errors[1] < near.errors[1] / 1000


def test_nodes_behind_each_entry():
    level = UnitProblem(cross_entropy((5, 5, 2)), 1, Ridge(Fraction(1, 2))).level
    assert entry_counts(level, 1) == [1, 1, 1, 1, 1, 1] and entry_counts(level, 3) == [2, 2, 0, 0, 1, 1]
