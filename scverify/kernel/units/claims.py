"""Claims about the minimum of a loss on units: UnitLowerBound, UnitUpperBound and UnitOptimum."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..certificate import at_most, fields, rational, require
from ..claims import Claim, Data
from ..words import counted, number, pinned
from .bounds import unit_lower_bound, unit_point, unit_upper_bound
from .nodes import StatedNodes, constrained_level, read_node_problem
from .problem import StatedUnits, read_unit_problem


def check_unit_bounds(claim: Data, witness: Any, sides: str) -> None:
    """The objective's minimum lies above `lower`, below `upper`."""
    fields(claim, f"type problem {sides}")
    fields(witness, sides)
    level = constrained_level(claim["problem"])
    claimed = {side: rational(claim[side], side) for side in sides.split()}
    if len(claimed) == 2:
        require(claimed["lower"] <= claimed["upper"], "the lower bound lies above the upper one")
    if "upper" in claimed:
        at_most(
            unit_upper_bound(level, unit_point(level, witness["upper"])), claimed["upper"], "the witness does not prove the upper bound"
        )
    if "lower" in claimed:
        at_most(claimed["lower"], unit_lower_bound(level, witness["lower"]).lower(), "the witness does not prove the lower bound")


def unit_bounds_said(claim: Data) -> str:
    """The claim in words, from its own fields."""
    said = []
    if "lower" in claim:
        said.append(f"every feasible configuration, of any dimension, has a loss of at least {number(claim['lower'])}")
    if "upper" in claim:
        said.append(f"some feasible one has a loss of at most {number(claim['upper'])}")
    return f"{unit_subject(claim['problem'])}: {', and '.join(said)}."


def unit_subject(data: Data) -> str:
    """The problem, whole: units or nodes, kinds and their constraints, rows, temperature and free scalars."""
    problem = read_node_problem(data) if "nodes" in data else read_unit_problem(data)
    norms = {
        "sphere": "of squared norm {bound}",
        "ball": "of squared norm at most {bound}",
        "ridge": "free, the loss including {weight}/2 times their squared norm",
        "fixed": "fixed",
    }
    kinds = "; ".join(
        f"{name} {norms[norm.kind].format(bound=norm.bound, weight=norm.weight)}{', H >= 0' if norm.nonnegative else ''}"
        for name, norm in zip(problem.kinds, problem.constraints, strict=True)
    )
    scale = "" if problem.scale == 1 else f", the sum of the rows multiplied by {problem.scale}"
    if problem.fixed is not None:
        scale += f"; {pinned(data['fixed'], 'similarities')} of fixed nodes"
    return f"Rows {_rows_and_nodes(data, problem)}; {kinds}; {_temperature_and_scalars(data, problem)}{scale}"


def _rows_and_nodes(data: Data, problem: StatedUnits | StatedNodes) -> str:
    """The rows, and what they stand on."""
    if isinstance(problem, StatedNodes):
        count = ", ".join(f"{problem.nodes.count(a)} {name}" for a, name in enumerate(problem.kinds))
        formulas, kinds = pinned(data["formulas"], "formulas"), pinned(data["nodes"], "kinds by node")
        return f"{pinned(data['rows'], 'rows')} of {formulas} on {len(problem.nodes)} nodes ({count}; {kinds})"
    copies = [f"copies of {name} per unit {counted([each.copies[a] for each in problem.types])}" for a, name in enumerate(problem.kinds)]
    units = f"{problem.units} units, by type {counted([each.multiplicity for each in problem.types])}, {', '.join(copies)}"
    return f"{pinned(data['rows'], 'rows')} on {units}"


def _temperature_and_scalars(data: Data, problem: StatedUnits | StatedNodes) -> str:
    """The temperature, and what each free scalar is of and where it may lie."""
    said = [f"tau between {data['tau']['least']} and {data['tau']['most']}" if isinstance(data["tau"], dict) else f"tau = {data['tau']}"]
    for name, kind, (least, most, weight) in problem.scalars:
        where = "free" if least is None else f"between {least} and {most}"
        ridge = f", the loss including {weight}/2 times its square" if weight else ""
        said.append(f"{name} of {'all entries' if kind is None else f'each {problem.kinds[kind]}'} {where}{ridge}")
    return ", ".join(said)


CLAIMS = {
    "UnitLowerBound": Claim(partial(check_unit_bounds, sides="lower"), unit_bounds_said),
    "UnitUpperBound": Claim(partial(check_unit_bounds, sides="upper"), unit_bounds_said),
    "UnitOptimum": Claim(partial(check_unit_bounds, sides="lower upper"), unit_bounds_said),
}
