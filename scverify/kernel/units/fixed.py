"""Fixed nodes: their block of the Gram matrix is stated in exact numbers, and semidefinite (MATH 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq

from ..balls import gram_rows
from ..certificate import Dyadic, fields, items, rational, require
from ..limits import afford
from ..semidefinite import ExactMatrix, positive_semidefinite

# elimination takes as many exact operations as the cube of this
MOST_FIXED = 300


@dataclass(frozen=True)
class FixedBlock:
    """Similarities of fixed nodes: own by (node, node of the same unit), others by (node, node of another unit)."""

    nodes: list[int]
    own: dict[tuple[int, int], fmpq]
    others: dict[tuple[int, int], fmpq]

    def of_unit(self, unit: range) -> list[int]:
        """The fixed nodes of a unit."""
        return [i for i in self.nodes if i in unit]


def read_fixed(data: Any, fixed: list[bool], multiplicity: list[int], copies: list[int], kinds: int) -> FixedBlock | None:
    """The block that a problem states: `own`, for each fixed node those of its unit, and `others`, for each all fixed nodes."""
    nodes = [i for i, its in enumerate(fixed) if its]
    require((data is not None) == bool(nodes), "a block is stated for fixed nodes, and for no others")
    if data is None:
        return None
    fields(data, "own others")
    require(len(nodes) <= MOST_FIXED, f"there are more than {MOST_FIXED} fixed nodes")
    require(all(copies[i] == 1 for i in nodes), "a fixed node has copies")
    units = [[j for j in nodes if j // kinds == i // kinds] for i in nodes]
    own: dict[tuple[int, int], fmpq] = {}
    others: dict[tuple[int, int], fmpq] = {}
    for i, row, unit in zip(nodes, items(data["own"], "own", len(nodes)), units, strict=True):
        own |= {(i, j): rational(x, "a fixed similarity") for j, x in zip(unit, items(row, "a row of own", len(unit)), strict=True)}
    for i, row in zip(nodes, items(data["others"], "others", len(nodes)), strict=True):
        others |= {(i, j): rational(x, "a fixed similarity") for j, x in zip(nodes, items(row, "a row of others", len(nodes)), strict=True)}
    require(all(x == table[j, i] for table in (own, others) for (i, j), x in table.items()), "the fixed block is not symmetric")
    alone = [i // kinds for i in nodes if multiplicity[i] == 1]
    require(all(x == 0 or i // kinds != j // kinds or i // kinds not in alone for (i, j), x in others.items()), "there is no other unit")
    block = FixedBlock(nodes, own, others)
    # a matrix that swaps of units leave alone splits into means and spreads, and is semidefinite where both parts are
    require(positive_semidefinite(fixed_means(block, multiplicity, kinds)), "the fixed block is not positive semidefinite")
    for first in sorted({i - i % kinds for i in nodes if multiplicity[i] > 1}):
        part = fixed_spreads(block, range(first, first + kinds), multiplicity[first])
        require(positive_semidefinite(part), "the fixed block is not positive semidefinite")
    return block


def fixed_means(block: FixedBlock, multiplicity: list[int], kinds: int) -> ExactMatrix:
    """W W' of fixed nodes, as in `bounds`: (A + (m - 1) B)/m within a type, C between types."""

    def entry(i: int, j: int) -> fmpq:
        between, m = block.others[i, j], multiplicity[i]
        return between if i // kinds != j // kinds else (block.own[i, j] + (m - 1) * between) / m

    return [[entry(i, j) for j in block.nodes] for i in block.nodes]


def fixed_spreads(block: FixedBlock, unit: range, m: int) -> ExactMatrix:
    """K K' of the fixed nodes of a type, as in `bounds`: (A - B)(m - 1)/m."""
    nodes = block.of_unit(unit)
    return [[(block.own[i, j] - block.others[i, j]) * (m - 1) / m for j in nodes] for i in nodes]


def gram_over(fixed: ExactMatrix, places: list[int], factor: Dyadic, inverse: fmpq) -> list[list[arb]]:
    """The Gram matrix of vectors by their coefficients: the first columns on the fixed nodes, the others on orthonormal vectors.

    So fixed nodes have exactly the products that are stated, times the inverse temperature.
    """
    if not places:
        return gram_rows(factor.balls())
    width, size = factor.numerators.ncols(), len(places)
    require(width >= size, "a point has no coefficients on the fixed nodes")
    for column, i in enumerate(places):
        require(all(factor.entry(i, j) == (j == column) for j in range(width)), "a fixed node is moved")
    afford("the products with fixed nodes")
    metric = arb_mat(width, width, [arb(fixed[i][j] * inverse if max(i, j) < size else i == j) for i in range(width) for j in range(width)])
    vectors = factor.balls()
    table: list[list[arb]] = (vectors * metric * vectors.transpose()).tolist()
    return table
