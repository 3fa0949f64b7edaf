"""The table of claims: how each type of claim is checked and how it is said. A family is loaded when one of its claims is met."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from .certificate import Rejected

Data = dict[str, Any]
BALLS, INTERVALS, EXACT = "ball arithmetic of {bits} bits", "intervals of float64 rounded outward", "exact arithmetic"


def in_balls(claim: Data) -> tuple[str, ...]:
    """The arithmetic of most claims."""
    return (BALLS,)


class Claim(NamedTuple):
    """One type of claim. check: of a claim and its witness, raises Rejected or Unresolved; said: in words; numbers: unless it says them."""

    check: Callable[[Data, Any], tuple[str, ...] | None]
    said: Callable[[Data], str]
    numbers: Callable[[Data], tuple[str, ...]] = in_balls


FAMILIES = {
    "optimum.claims": "LowerBound UpperBound Optimum",
    "optimum.uniqueness": "UniqueMinimizer",
    "points.claims": "CriticalOrbit Inertia StrictSaddle StrictMinimum SpuriousMinimum GlobalMinimum",
    "branches.claims": "StrictBranch SpuriousBranch SaddleBranch",
    "landscapes.claims": "Landscape",
    "inequalities.claims": "Inequality InequalityFails",
    "counterexample": "Counterexample",
}


def claim_of(kind: str) -> Claim:
    """The claims of this type; Rejected where there are none."""
    for module, kinds in FAMILIES.items():
        if kind in kinds.split():
            claim: Claim = import_module(f".{module}", __package__).CLAIMS[kind]
            return claim
    raise Rejected(f"unknown claim {kind!r}")
