"""UnitLandscape: every local minimum of a loss on units or nodes, over embeddings of a stated dimension, is global (MATH 4.6, 9)."""

from __future__ import annotations

from math import prod
from typing import Any

from ..certificate import fields, integer, items, require
from ..claims import EXACT, INTERVALS, Claim, Data
from ..points.nodes import PointLevel
from ..units.words import unit_subject
from ..units.written import written_level
from .boxes import Boxes, whole_domain
from .claims import check_trees, read_orderings
from .node_reasons import node_test_of
from .node_rows import NodeRows, node_rows, parts_of
from .reasons import EVERY_MINIMUM
from .rows import MAX_ROOTS, enclosed

# of the reasons for classes those that suppose nothing of a row but that it is a log-sum-exp, or that see S alone
NODE_REASONS = (0, 1, 8, 2, 3, 5)


def check_node_landscape(claim: Data, witness: Any) -> None:
    """Every leaf of every tree is left out for a reason that serves the statement, and the trees cover the domain."""
    fields(claim, "type problem dim statement")
    fields(witness, "orderings trees")
    require(claim["statement"] == EVERY_MINIMUM, f"of nodes no other statement is decided than that {EVERY_MINIMUM}")
    level = landscape_level(claim)
    if is_roomy(level):
        for row in level.rows:
            parts_of(level, row)  # smooth and convex
        require(witness["orderings"] == witness["trees"] == [], "a landscape of no more nodes than dimensions has no boxes")
        return
    rows, domain = node_domain(level, read_orderings(witness["orderings"], len(level.norms)))
    check_trees(rows, domain, items(witness["trees"], "trees"), {number: node_test_of(number) for number in NODE_REASONS})


def landscape_level(claim: Data) -> PointLevel:
    """Nodes and rows of a claim."""
    level = written_level(claim["problem"], integer(claim["dim"], "dim", 1))
    require(all(norm.kind == "sphere" and not norm.nonnegative for norm in level.norms), "landscapes of nodes are decided on spheres alone")
    return level


def is_roomy(level: PointLevel) -> bool:
    """Whether there are at least as many dimensions as nodes: then every local minimum is global, as in `claims`."""
    return len(level.norms) <= (level.dim or 0)


def node_domain(level: PointLevel, pairs: list[tuple[int, int]]) -> tuple[NodeRows, Boxes]:
    """The rows, and all configurations at the rate of the problem."""
    rows, rate = node_rows(level, pairs)
    count = prod(min(2 * i + 1, 2 * rows.d) for i in range(rows.n))
    require(count <= MAX_ROOTS, f"{rows.n} nodes in {rows.d} dimensions have {count} faces; a landscape has at most {MAX_ROOTS}")
    return rows, whole_domain(rows.n, rows.d, enclosed(rate))


def in_words(claim: Data) -> str:
    """What a claim says of all critical points at once."""
    return f"{unit_subject(claim['problem'])}: in dimension {claim['dim']}: {claim['statement']}."


def numbers_of(claim: Data) -> tuple[str, ...]:
    """Boxes are intervals."""
    return (EXACT,) if is_roomy(landscape_level(claim)) else (INTERVALS,)


CLAIMS = {"UnitLandscape": Claim(check_node_landscape, in_words, numbers_of)}
