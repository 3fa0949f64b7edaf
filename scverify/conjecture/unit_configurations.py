"""Random configurations of a loss on units, and what the compiled loss says there in balls: a check of lower bounds, and no proof."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx
from sympy import sympify

from scverify.conjecture.formulas import PRECISION, in_balls
from scverify.conjecture.terms import Assignment
from scverify.conjecture.theorem import Decision, Step
from scverify.model.level import ball
from scverify.model.units import Rules, UnitLoss
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import k, n_other, n_own

# of each problem, as in `configurations`
_DRAWS = 6


@dataclass(frozen=True)
class Node:
    """One copy of a kind's node in a unit that has a number of copies."""

    unit: int
    kind: str
    copy: int
    copies: int


@dataclass(frozen=True)
class UnitConfiguration:
    """An embedding in balls for every node of a loss on units, at a temperature."""

    loss: UnitLoss
    tau: Fraction
    embeddings: dict[Node, np.ndarray[Any, np.dtype[np.object_]]]

    def similarity(self, first: Node, second: Node) -> arb:
        """The inner product of two nodes."""
        total: arb = (self.embeddings[first] * self.embeddings[second]).sum()
        return total

    def of_kind(self, kind: str) -> list[Node]:
        """The nodes of a kind, unit by unit."""
        return [node for node in self.embeddings if node.kind == kind]

    @property
    def value(self) -> arb:
        """The loss, row by row as it is stated: nothing is merged."""
        total = arb(0)
        for row in self.loss.rows:
            formula = evaluators(row.formula)
            for anchor in self.of_kind(row.anchor):
                seen = list(self.embeddings)
                s = np.array([self.similarity(anchor, node) for node in seen], dtype=object)
                c, q = (np.array([self._coefficient(rules, anchor, node) for node in seen], dtype=object) for rules in (row.c, row.q))
                total += self._number(row.weight, anchor, anchor) * formula.value(s, c, q, ball(self.tau)).item()
        return total

    def _coefficient(self, rules: Rules, anchor: Node, node: Node) -> arb:
        if node == anchor:
            rule = rules.get("self")
        elif (node.unit, node.kind) == (anchor.unit, anchor.kind):
            rule = rules.get("copies")
        else:
            rule = rules.get("own" if node.unit == anchor.unit else "others", {}).get(node.kind)
        return arb(0) if rule is None else self._number(rule, anchor, node)

    def _number(self, rule: Any, anchor: Node, node: Node) -> arb:
        return in_balls(sympify(rule), Assignment({n_own: arb(anchor.copies), n_other: arb(node.copies), k: arb(self.loss.units)}))


def nodes_of(loss: UnitLoss) -> Iterator[Node]:
    """Every node, unit by unit."""
    unit = 0
    for multiplicity, copies in loss.types:
        for _ in range(multiplicity):
            for kind, count in zip(loss.kinds, copies, strict=True):
                yield from (Node(unit=unit, kind=kind, copy=copy, copies=count) for copy in range(count))
            unit += 1


def at_unit_configurations(
    says: str, losses: Sequence[tuple[UnitLoss, Fraction]], slack: Callable[[UnitConfiguration], arb], formula: str = ""
) -> Step:
    """The statement that the slack is >= 0 at unit vectors drawn at random, for each loss and temperature: taken back where it is not."""

    def decide() -> Decision:
        with ctx.workprec(PRECISION):
            found = [slack(at) for loss, tau in losses for at in _drawn(loss, tau, says)]
        if any(x < 0 for x in found):
            return Decision(False, "it fails at a random configuration")
        return Decision(True, f"{len(found)} random configurations agree with the compiled loss", points=len(found))

    return Step("fact", says, formula, decide)


def _drawn(loss: UnitLoss, tau: Fraction, seed: str) -> Iterator[UnitConfiguration]:
    numbers = random.Random(seed)
    for draw in range(_DRAWS):
        dim = 1 + draw % 3
        embeddings = {}
        for node in nodes_of(loss):
            row = [ball(Fraction(numbers.randrange(-20, 21), 20)) for _ in range(dim - 1)] + [ball(Fraction(numbers.choice((-1, 1)), 2))]
            norm = sum((x * x for x in row), arb(0)).sqrt()
            embeddings[node] = np.array([x / norm for x in row], dtype=object)
        yield UnitConfiguration(loss, tau, embeddings)
