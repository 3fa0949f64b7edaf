"""What of a certificate has a theorem in proofs/coq: the case, and its point as a Gram matrix of all classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from scverify.certify.claims import Data
from scverify.certify.rank_one import Entries
from scverify.errors import InputError
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss

BallTable = list[list[arb]]
_SHOWN: dict[str, Callable[[Any], str]] = {
    "formula": lambda formula: "another row formula",
    "coefficients": lambda coefficients: "other coefficients",
    "sizes": lambda sizes: f"sizes {','.join(map(str, sizes))}",
    "constraint": lambda constraint: "constraint " + ", ".join(f"{name} {value}" for name, value in constraint.items()),
}


@dataclass(frozen=True)
class CoqCase:
    """Class sizes, the temperature on the sphere of radius 1 (tau/rho^2), the radius rho, and what the sum over anchors is divided by."""

    sizes: list[int]
    tau: Fraction
    rho: Fraction
    divisor: int


def supported_case(certificate: Data) -> CoqCase:
    """The case that a claim with a theorem states; raises InputError that names what has none."""
    claim = certificate["claim"]
    wanted = "an Optimum of supcon on a sphere or ball, every class of two samples or more, certified on classes"
    remedy = "only these have a theorem in proofs/coq: certify one of them"
    if claim["type"] != "Optimum":
        raise InputError(f"a certificate of type {claim['type']}", wanted, "export an optimum.json")
    given: Data = {**claim["problem"], "sizes": read_problem(claim["problem"]).sizes}
    sizes, constraint = list(given["sizes"]), given["constraint"]
    rho = Fraction(constraint.get("rho", 1))
    shape = Ball(rho) if constraint["kind"] == "ball" else Sphere(rho)
    covered = Problem(load_loss("supcon"), Classes([max(n, 2) for n in sizes]), temperature=given["tau"], constraint=shape)
    theorem = problem_data(covered)
    if other := [show(given[name]) for name, show in _SHOWN.items() if given[name] != theorem[name]]:
        raise InputError(f"an optimum with {', '.join(other)}", wanted, remedy)
    if certificate["witness"].get("level") == "samples":
        raise InputError("an optimum certified sample by sample", wanted, remedy)
    return CoqCase(sizes, Fraction(given["tau"]) / rho**2, rho, sum(sizes) if given["reduction"] == "mean" else 1)


def class_gram(certificate: Data, k: int) -> BallTable:
    """The witness's point as a Gram matrix of all k classes, with a unit diagonal."""
    witness = certificate["witness"]
    if "form" in witness:
        entry = Entries(certificate["claim"]["problem"], witness["groups"], witness["centre"])
        return [[(entry(c, d) / entry(c, c)).mid() for d in range(k)] for c in range(k)]
    upper = witness["upper"]
    scale, spread_scale = arb(2) ** -upper["means"]["bits"], arb(2) ** -upper["spread"]["bits"]
    means = [[arb(x) * scale for x in row] for row in upper["means"]["rows"]]
    spread = [arb(row[0]) * spread_scale for row in upper["spread"]["rows"]]
    groups = witness["groups"]
    node = {c: g for g, group in enumerate(groups) for c in group}
    square = [dot(w, w) + t for w, t in zip(means, spread, strict=True)]

    def cosine(c: int, d: int) -> arb:
        g, h = node[c], node[d]
        if c == d:
            return arb(1)
        apart = -spread[g] / (len(groups[g]) - 1) if g == h else arb(0)
        value: arb = (dot(means[g], means[h]) + apart) / (square[g] * square[h]).sqrt()
        return value

    return [[cosine(c, d).mid() for d in range(k)] for c in range(k)]


def dot(left: list[arb], right: list[arb]) -> arb:
    """The inner product of two rows of balls."""
    result: arb = sum((x * y for x, y in zip(left, right, strict=True)), arb(0))
    return result
