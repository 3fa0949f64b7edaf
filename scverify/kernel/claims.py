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
    # of its certificates: 2 for what a reader of version 1 does not know, witnesses that have a form
    version: Callable[[Data, Any], int] = lambda claim, witness: 1 + (isinstance(witness, dict) and "form" in witness)


def claim_of(kind: str) -> Claim:
    """The claims of this type; Rejected where there are none."""
    match kind:
        case "LowerBound" | "UpperBound" | "Optimum":
            from .optimum.claims import CLAIMS
        case "UniqueMinimizer":
            from .optimum.uniqueness import CLAIMS
        case "Unbounded":
            from .optimum.unbounded import CLAIMS
        case "UnitLowerBound" | "UnitUpperBound" | "UnitOptimum" | "UnitUnbounded":
            from .units.table import CLAIMS
        case "UnitBestScalar" | "UnitMinimizers" | "SeveralUnitMinimizers":
            from .units.table import CLAIMS
        case "CriticalOrbit" | "Inertia" | "StrictSaddle" | "StrictMinimum" | "SpuriousMinimum" | "GlobalMinimum":
            from .points.claims import CLAIMS
        case "StrictBranch" | "SpuriousBranch" | "SaddleBranch":
            from .branches.claims import CLAIMS
        case "Landscape":
            from .landscapes.claims import CLAIMS
        case "UnitLandscape":
            from .landscapes.node_claims import CLAIMS
        case "CompleteList":
            from .landscapes.complete import CLAIMS
        case "Inequality" | "InequalityFails":
            from .inequalities.claims import CLAIMS
        case "DimensionLowerBound":
            from .dimension.claims import CLAIMS
        case "Merged" | "Apart" | "EventuallyMerged" | "NeverMerged":
            from .thresholds.merging import CLAIMS
        case "LogitsMerged" | "LogitsApart":
            from .thresholds.cross_entropy import CLAIMS
        case "ZeroOptimal" | "ZeroNotOptimal":
            from .thresholds.zero import CLAIMS
        case "SimplexOptimal" | "SimplexNotOptimal":
            from .thresholds.simplex import CLAIMS
        case "Counterexample":
            from .counterexample import CLAIMS
        case _:
            raise Rejected(f"unknown claim {kind!r}")
    return CLAIMS[kind]
