"""Losses with a constant factor f > 0: where no ridge is added, f L has the minimisers of L, and f times its minimum (MATH 4.1)."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from ..balls import checked_positive
from ..certificate import at_most, fields, rational, require
from ..claims import BALLS, Data
from ..formula import VECTORS, Tree, evaluate_constant, mentions
from ..problem import read_problem
from .claims import check_bounds


def check_scaled(claim: Data, witness: Any, claimed: dict[str, fmpq]) -> tuple[str, ...]:
    """The minimum lies above `lower`, below `upper`: the witness proves bounds of the loss without its factor."""
    fields(witness, "form lower upper witness")
    problem, size = factor_taken_out(claim["problem"])
    inner = {"type": "Optimum", "problem": problem, "lower": witness["lower"], "upper": witness["upper"]}
    numbers = check_bounds(inner, witness["witness"], "lower upper") or ()
    if "upper" in claimed:
        at_most(size * rational(witness["upper"], "upper"), claimed["upper"], "the witness does not prove the upper bound")
    if "lower" in claimed:
        at_most(claimed["lower"], (size * rational(witness["lower"], "lower")).lower(), "the witness does not prove the lower bound")
    return (*numbers, BALLS)


def factor_taken_out(data: Data) -> tuple[Data, arb]:
    """The problem of the loss without its factor, and the factor, which is positive."""
    problem = read_problem(data)
    require(problem.constraint.kind != "ridge", "a ridge is added to the loss, and not multiplied with it")
    factor, place = constant_factor(problem.formula)
    size = checked_positive(evaluate_constant(factor, arb(problem.tau), arb), "the factor of the loss")
    return {**data, "formula": data["formula"][place]}, size


def constant_factor(formula: Tree) -> tuple[Tree, int]:
    """The product of what does not see the row in a formula that is a product, and the place of the one factor that does."""
    require(isinstance(formula, tuple) and formula[0] == "mul", "the formula is not a product")
    varying = [place for place, x in enumerate(formula) if place and mentions(x, *VECTORS)]
    require(len(varying) == 1 < len(formula) - 1, "the formula is not a row times a constant")
    return ("mul", *formula[1 : varying[0]], *formula[varying[0] + 1 :]), varying[0]
