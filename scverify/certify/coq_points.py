"""The feasible point of a certified optimum as a Gram matrix of all nodes, in balls: a hint, from which a certificate for Coq is made."""

from __future__ import annotations

from flint import arb

from scverify.certify.claims import Data
from scverify.certify.coq_case import class_gram, dot, group_products
from scverify.certify.coq_integers import BallTable
from scverify.errors import InputError
from scverify.kernel.units.nodes import stated_level


def node_gram(certificate: Data, places: list[tuple[int, int]]) -> BallTable:
    """The Gram matrix of nodes that are copies of these places: node of the level, and unit of its type; or class."""
    claim, witness = certificate["claim"], certificate["witness"]
    if claim["type"] not in ("Optimum", "UnitOptimum"):
        raise InputError(f"a certificate of type {claim['type']}", "an optimum", "export an optimum.json")
    if claim["type"] == "Optimum":
        if witness.get("level") == "samples":
            means = _balls(witness["upper"]["means"])
            return [[dot(x, y) for y in means] for x in means]
        if "form" in witness:
            cosines = class_gram(certificate, 1 + max(label for label, _ in places))
            return [[cosines[c][d] for d, _ in places] for c, _ in places]
        product = group_products(witness)
        return [[product(c, d).mid() for d, _ in places] for c, _ in places]
    level = stated_level(claim["problem"])
    means = _balls(witness["upper"]["means"])
    spreads = [_balls(entry) for entry in witness["upper"]["spreads"]]

    def entry(i: int, unit: int, j: int, other: int) -> arb:
        t, a, b, m = i // level.kinds, i % level.kinds, j % level.kinds, level.multiplicity[i]
        value = dot(means[i], means[j])
        if t == j // level.kinds and m > 1:
            spread = dot(spreads[t][a], spreads[t][b])
            value += spread if unit == other else -spread / (m - 1)
        return value.mid()

    return [[entry(i, u, j, v) for j, v in places] for i, u in places]


def _balls(data: Data) -> BallTable:
    scale = arb(2) ** -data["bits"]
    return [[arb(x) * scale for x in row] for row in data["rows"]]
