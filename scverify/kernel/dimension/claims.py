"""DimensionLowerBound: every feasible H of the stated dimension has a loss of at least a number, better than the relaxation's (MATH 11)."""

from __future__ import annotations

from typing import Any

from ..certificate import at_most, fields, rational, require
from ..claims import Claim, Data
from ..optimum.claims import dimension
from ..problem import read_problem
from ..words import about, number
from .collapse import class_problem
from .energy import check_energy
from .signs import least_of_signs


def check_dimension_bound(claim: Data, witness: Any) -> None:
    """By the energy of pairs of equal classes, or in one dimension by all signs."""
    fields(claim, "type problem lower")
    fields(witness, "by groups", "nodes antipode")
    lower = rational(claim["lower"], "lower")
    classes = class_problem(read_problem(claim["problem"]), witness["groups"])
    if witness["by"] == "signs":
        fields(witness, "by groups")
        at_most(lower, least_of_signs(classes).lower(), "some configuration of signs has a lower loss")
        return
    require(witness["by"] == "energy", "the bound is neither by energy nor by signs")
    fields(witness, "by groups nodes antipode")
    check_energy(classes, witness["nodes"], witness["antipode"], lower)


def _said(claim: Data) -> str:
    where = dimension(read_problem(claim["problem"]))
    return about(claim, f"every feasible H{where} has a loss of at least {number(claim['lower'])}")


CLAIMS = {"DimensionLowerBound": Claim(check_dimension_bound, _said)}
