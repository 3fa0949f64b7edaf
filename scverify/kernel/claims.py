"""The table of claims: how each type of claim is checked and how it is said. A family is loaded when one of its claims is met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .certificate import Rejected

Data = dict[str, Any]
BALLS, INTERVALS, EXACT = "ball arithmetic of {bits} bits", "intervals of float64 rounded outward", "exact arithmetic"


class Claim(NamedTuple):
    """One type of claim. check: of a claim and its witness, raises Rejected or Unresolved; said: in words; numbers: unless it says them."""

    check: Callable[[Data, Any], tuple[str, ...] | None]
    said: Callable[[Data], str]
    numbers: Callable[[Data], tuple[str, ...]] = lambda claim: (BALLS,)


def claim_of(kind: str) -> Claim:
    """The claims of this type; Rejected where there are none."""
    match kind:
        case "LowerBound" | "UpperBound" | "Optimum" | "UniqueMinimizer":
            from .optimum import claims as optimum

            return optimum.CLAIMS[kind]
        case "UnitLowerBound" | "UnitUpperBound" | "UnitOptimum":
            from .units import claims as units

            return units.CLAIMS[kind]
        case "CriticalOrbit" | "Inertia" | "StrictSaddle" | "StrictMinimum" | "SpuriousMinimum" | "GlobalMinimum":
            from .points import claims as points

            return points.CLAIMS[kind]
        case "StrictBranch" | "SpuriousBranch" | "SaddleBranch":
            from .branches import claims as branches

            return branches.CLAIMS[kind]
        case "Landscape":
            from .landscapes import claims as landscapes

            return landscapes.CLAIMS[kind]
        case "Inequality" | "InequalityFails":
            from .inequalities import claims as inequalities

            return inequalities.CLAIMS[kind]
        case "Counterexample":
            from . import counterexample

            return counterexample.CLAIMS[kind]
    raise Rejected(f"unknown claim {kind!r}")
