"""Problems on units and on nodes in words, which pin them (MATH 9)."""

from __future__ import annotations

from typing import Any

from ..certificate import digest
from ..plain import formula
from ..problem import read_problem
from ..words import SHOWN, counted, number, pinned, shown, subject, sum_of, tally
from .named import name_of_units, shifted
from .nodes import StatedNodes, read_node_problem
from .problem import StatedUnits, read_unit_problem

_NORMS = {
    "sphere": "of squared norm {bound}",
    "ball": "of squared norm at most {bound}",
    "ridge": "free, the loss including {weight}/2 times their squared norm",
    "fixed": "fixed",
}
_SEEN = {
    "self": "itself",
    "copies": "each other copy of it",
    "copy": "one other copy of it, the mean over these",
    "own": "each {kind} of its unit",
    "others": "each {kind} of other units",
    "chosen": "each {kind} of the chosen units",
}


def unit_subject(data: dict[str, Any]) -> str:
    """The problem, whole: rows, units or nodes, kinds and their constraints, temperature and free scalars; or loss, classes and norms."""
    if "sizes" in data:
        on_classes = read_problem(data)
        return subject(data, on_classes, f"tau = {on_classes.tau}")
    problem = read_node_problem(data) if "nodes" in data else read_unit_problem(data)
    kinds = "; ".join(
        f"{name} {_NORMS[norm.kind].format(bound=norm.bound, weight=norm.weight)}{', H >= 0' if norm.nonnegative else ''}"
        for name, norm in zip(problem.kinds, problem.constraints, strict=True)
    )
    scale = "" if problem.scale == 1 else f", the sum of the rows multiplied by {problem.scale}"
    if problem.fixed is not None:
        scale += f"; the fixed nodes have {pinned(data['fixed'], 'similarities')}"
    stated = _on_nodes(data, problem) if isinstance(problem, StatedNodes) else f"{_rows(data, problem)}, on {_units(problem)}"
    return f"{stated}; {kinds}; {_temperature_and_scalars(data, problem)}{scale}"


def matrices(data: dict[str, Any]) -> str:
    """The matrices among which a minimiser is one."""
    return f"Gram matrices of the {'samples, of any rank,' if 'sizes' in data else 'nodes, copies coinciding,'}"


def _rows(data: dict[str, Any], problem: StatedUnits) -> str:
    """The rows: those of a named loss, or what each anchor pays."""
    name = name_of_units(data, problem)
    if name is not None:
        return f"The loss {name}"
    rows = data["rows"]
    if len(rows) > SHOWN:
        return f"{len(rows)} rows (of {tally(rows)})"
    return f"Each {'; each '.join(_row(row, problem) for row in rows)}"


def _row(row: dict[str, Any], problem: StatedUnits) -> str:
    """What an anchor pays: the formula, its coefficients by what they are of, and its weight."""
    said = [f"{row['anchor']} pays {formula(row['formula'])}", *(_coefficients(name, row) for name in "cq")]
    said += [] if row["weight"] == "1" else [f"weight {formula(row['weight'])}"]
    said += [f"once for every choice of {row['choice']} of the other units"] if "choice" in row else []
    said += ["one row for all anchors together"] if "pooled" in row else []
    said += [shifted(row["shift"], problem)] if "shift" in row else []
    return ", ".join(said)


def _coefficients(name: str, row: dict[str, Any]) -> str:
    """A coefficient by what it is for; 0 elsewhere."""
    said = []
    for place, rule in row[name].items():
        by_kind = rule.items() if place in ("own", "others") else [("", rule)]
        seen = _SEEN["chosen" if place == "others" and "choice" in row else place]
        said += [f"{formula(value)} for {seen.format(kind=kind)}" for kind, value in by_kind if value != "0"]
    return f"{name} = {', '.join([*said, '0 for others'])}" if said else f"{name} = 0"


def _units(problem: StatedUnits) -> str:
    """How many units there are, by type, and of how many copies of each node each is."""
    many = [each.multiplicity for each in problem.types]
    several = f", {many[0]} of each of {len(many)} types" if len(set(many)) == 1 else f", by type {counted(many)}"
    several = several if len(many) > 1 else ""
    copies = []
    for a, name in enumerate(problem.kinds):
        counts = [each.copies[a] for each in problem.types]
        copies.append(f"{counts[0]} {name}" if len(set(counts)) == 1 else f"{name} by type {counted(counts)}")
    return f"{problem.units} units{several}, each of {', '.join(copies)}"


def _on_nodes(data: dict[str, Any], problem: StatedNodes) -> str:
    """Rows that are stated one by one, and the nodes of each kind."""
    rows, trees = data["rows"], data["formulas"]
    nodes = ", ".join(f"{problem.nodes.count(a)} {name}" for a, name in enumerate(problem.kinds))
    pay = f"Rows pay {formula(trees[0])}" if len(trees) == 1 else f"Rows pay one of {len(trees)} formulas ({_formulas(trees)})"
    if len(rows) > SHOWN:
        said = f"{pay}, {len(rows)} rows ({_sums(problem)}, SHA-256 {digest(rows)})"
    else:
        said = f"{pay}: {'; '.join(_node_row(row, len(trees)) for row in rows)}"
    return f"{said}, on {len(problem.nodes)} nodes ({nodes}; kinds {counted(problem.nodes)})"


def _sums(problem: StatedNodes) -> str:
    """What the weights and the coefficients of all rows add up to."""
    entries = {name: [x for row in problem.rows for x in getattr(row, name).values()] for name in "cq"}
    said = [f"{len(values)} coefficients {name} of sum {shown(sum_of(values))}" for name, values in entries.items()]
    return ", ".join([f"weights of sum {shown(sum_of([row.weight for row in problem.rows]))}", *said])


def _formulas(trees: list[Any]) -> str:
    return "; ".join(map(formula, trees)) if len(trees) <= SHOWN else f"of SHA-256 {digest(trees)}"


def _node_row(row: dict[str, Any], formulas: int) -> str:
    """The row of one node: its coefficients by the nodes they are for, its weight, and the number of its formula."""
    said = [
        f"{name} = {', '.join([*(f'{number(value)} for {{{counted(places)}}}' for value, places in row[name]), '0 for others'])}"
        for name in "cq"
    ]
    said += [] if row["weight"] == "1" else [f"weight {number(row['weight'])}"]
    said += [f"formula {row['formula'] + 1}"] if formulas > 1 else []
    return f"node {row['anchor']} with {', '.join(said)}"


def _temperature_and_scalars(data: dict[str, Any], problem: StatedUnits | StatedNodes) -> str:
    """The temperature, and what each free scalar is of and where it may lie."""
    said = [f"tau between {data['tau']['least']} and {data['tau']['most']}" if isinstance(data["tau"], dict) else f"tau = {data['tau']}"]
    for name, kind, (least, most, weight) in problem.scalars:
        where = "free" if least is None else f"between {least} and {most}"
        ridge = f", the loss including {weight}/2 times its square" if weight else ""
        said.append(f"the scalar {name} of {'all entries' if kind is None else f'each {problem.kinds[kind]}'} {where}{ridge}")
    return ", ".join(said)
