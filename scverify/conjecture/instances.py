"""Certified instances that compare an optimum with a value in closed form: it is the minimum, or it is not."""

from __future__ import annotations

from flint import arb, fmpq

from scverify.conjecture.theorem import Decision
from scverify.results.optimum import Optimum
from scverify.results.units import UnitOptimum

NEAR = arb("1e-9")


def attains(found: Optimum | UnitOptimum, value: arb, name: str) -> Decision:
    """Whether the certified bounds leave a value that is attained as the optimum: it is within 1e-9 of the lower bound, and not below."""
    lower, _ = _bounds(found)
    return _decision(found, value, bool(value - lower < NEAR and not value < lower), name)


def undercuts(found: Optimum | UnitOptimum, value: arb, name: str) -> Decision:
    """Whether the certified optimum lies below a value."""
    _, upper = _bounds(found)
    return _decision(found, value, bool(upper < value), name)


def _bounds(found: Optimum | UnitOptimum) -> tuple[arb, arb]:
    return arb(fmpq(found.lower.numerator, found.lower.denominator)), arb(fmpq(found.upper.numerator, found.upper.denominator))


def _decision(found: Optimum | UnitOptimum, value: arb, holds: bool, name: str) -> Decision:
    shown = f"[{float(found.lower):.10f}, {float(found.upper):.10f}], compared with {float(value):.10f}"
    certificates = {f"{name}-{part}".replace("/", "_"): data for part, data in found.certificates.items() if part == "optimum.json"}
    return Decision(holds, shown, certificates)
