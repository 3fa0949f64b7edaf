"""What is certified of every minimiser at the level of samples: that level written as nodes, and what is asked of those (MATH 9)."""

from __future__ import annotations

from scverify.certify.claims import Data
from scverify.certify.unit_minimizers import unit_minimizers
from scverify.certify.unit_witness import Margin, unit_lower_witness
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.units.bounds import unit_lower_bound, unit_point, unit_upper_bound
from scverify.kernel.units.samples import level_of_classes
from scverify.results.units import UnitMinimizers

# a dual of more samples takes longer than the optimum
MOST_SAMPLES = 100


def sample_minimizers(problem: Data, upper: Data, bits: int) -> UnitMinimizers | None:
    """What is known of every minimiser of a problem on classes as a claim states it, near a point of its samples; None where nothing is."""
    try:
        level = level_of_classes(problem)
        if level.nodes > MOST_SAMPLES or not level.is_plain:
            return None
        witness = {"means": upper["means"], "spreads": [{"bits": 0, "rows": [[]]}] * level.nodes}
        point = unit_point(level, witness)
        lower = unit_lower_witness(level, point, bits, Margin(0.0, 0.0))
        gap = (unit_upper_bound(level, point) - unit_lower_bound(level, lower)).upper()
    except (Rejected, Unresolved):
        return None
    return unit_minimizers(level, problem, {"upper": witness, "lower": lower}, gap, bits)
