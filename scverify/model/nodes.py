"""Losses whose nodes and rows are stated one by one (MATH 9): mini-batches, kernel matrices, mixtures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from scverify.symbolic.row import RowFormula

NodeCoefficients = Mapping[int, Fraction]


@dataclass(frozen=True)
class NodeRow:
    """A row: its anchor node, its formula, its weight, and its coefficients by node, absent where 0."""

    anchor: int
    formula: RowFormula
    weight: Fraction
    c: NodeCoefficients
    q: NodeCoefficients


@dataclass(frozen=True, repr=False)
class NodeLoss:
    """A loss on nodes: the kind of each node, by its place in kinds, and any rows. anchors: by which reduction "mean" divides."""

    name: str
    kinds: tuple[str, ...]
    nodes: tuple[int, ...]
    rows: tuple[NodeRow, ...]
    anchors: int

    def __repr__(self) -> str:
        return f"<NodeLoss: {self.name}, {self.extent}>"

    @property
    def scalars(self) -> tuple[()]:
        """Its rows have no free scalars."""
        return ()

    @property
    def extent(self) -> str:
        """How many nodes there are of each kind, in words."""
        return ", ".join(f"{count} × {kind}" for kind, count in self.counts.items())

    @property
    def counts(self) -> dict[str, int]:
        """How many nodes there are of each kind."""
        return {kind: self.nodes.count(place) for place, kind in enumerate(self.kinds)}

    @property
    def node_names(self) -> list[str]:
        """What each node of the level is called."""
        numbers = [self.nodes[:i].count(place) for i, place in enumerate(self.nodes)]
        return [f"{self.kinds[place]} {number}" for place, number in zip(self.nodes, numbers, strict=True)]

    @cached_property
    def formulas(self) -> tuple[RowFormula, ...]:
        """The formulas of the rows, each once."""
        return tuple(dict.fromkeys(row.formula for row in self.rows))

    @cached_property
    def data(self) -> dict[str, Any]:
        """Nodes and rows as a claim states them."""
        return {
            "nodes": list(self.nodes),
            "formulas": [formula.tree for formula in self.formulas],
            "rows": [
                {
                    "anchor": row.anchor,
                    "formula": self.formulas.index(row.formula),
                    "weight": str(row.weight),
                    "c": _grouped(row.c),
                    "q": _grouped(row.q),
                }
                for row in self.rows
            ],
        }

    def to_json(self) -> dict[str, Any]:
        """How many nodes there are of each kind."""
        return {"nodes": self.counts}


def _grouped(entries: NodeCoefficients) -> list[list[Any]]:
    """Coefficients as [value, nodes] for each value."""
    values: dict[Fraction, list[int]] = {}
    for node, value in sorted(entries.items()):
        if value:
            values.setdefault(Fraction(value), []).append(node)
    return [[str(value), places] for value, places in values.items()]
