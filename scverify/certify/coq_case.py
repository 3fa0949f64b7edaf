"""What of a certificate has a theorem in proofs/coq: the case, and its point as a Gram matrix of all classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from scverify.certify.claims import Data
from scverify.certify.coq_integers import BallTable
from scverify.certify.rank_one import Entries
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss

_COVERED = ("formula", "coefficients", "sizes", "constraint")


@dataclass(frozen=True)
class CoqCase:
    """Class sizes, the temperature on the sphere of radius 1 (tau/rho^2), the radius rho, and what the sum over anchors is divided by."""

    sizes: list[int]
    tau: Fraction
    rho: Fraction
    divisor: int


def on_classes(certificate: Data) -> bool:
    """Whether the theorem on classes speaks of an optimum: supcon on a sphere or ball, classes of two samples or more, so certified."""
    given: Data = {**certificate["claim"]["problem"], "sizes": read_problem(certificate["claim"]["problem"]).sizes}
    rho = _radius(given)
    shape = Ball(rho) if given["constraint"]["kind"] == "ball" else Sphere(rho)
    covered = Problem(load_loss("supcon"), Classes([max(n, 2) for n in given["sizes"]]), temperature=given["tau"], constraint=shape)
    theorem = problem_data(covered)
    return certificate["witness"].get("level") != "samples" and all(given[name] == theorem[name] for name in _COVERED)


def class_case(certificate: Data) -> CoqCase:
    """The case that an optimum with the theorem on classes states."""
    stated = read_problem(certificate["claim"]["problem"])
    rho = _radius(certificate["claim"]["problem"])
    return CoqCase(stated.sizes, Fraction(certificate["claim"]["problem"]["tau"]) / rho**2, rho, stated.samples if stated.mean else 1)


def _radius(problem: Data) -> Fraction:
    return Fraction(problem["constraint"].get("rho", 1))


def class_gram(certificate: Data, k: int) -> BallTable:
    """The witness's point as a Gram matrix of all k classes, with a unit diagonal."""
    witness = certificate["witness"]
    if "form" in witness:
        entry = Entries(certificate["claim"]["problem"], witness["groups"], witness["centre"])
        return [[(entry(c, d) / entry(c, c)).mid() for d in range(k)] for c in range(k)]
    product = group_products(witness)
    squares = [product(c, c) for c in range(k)]
    return [[(arb(1) if c == d else product(c, d) / (squares[c] * squares[d]).sqrt()).mid() for d in range(k)] for c in range(k)]


def group_products(witness: Data) -> Callable[[int, int], arb]:
    """The inner product of the embeddings of two classes at the witness's point, before norms are made exact."""
    upper, groups = witness["upper"], witness["groups"]
    scale, spread_scale = arb(2) ** -upper["means"]["bits"], arb(2) ** -upper["spread"]["bits"]
    means = [[arb(x) * scale for x in row] for row in upper["means"]["rows"]]
    spread = [arb(row[0]) * spread_scale for row in upper["spread"]["rows"]]
    node = {c: g for g, group in enumerate(groups) for c in group}

    def product(c: int, d: int) -> arb:
        g, h = node[c], node[d]
        apart = arb(0) if g != h else spread[g] if c == d else -spread[g] / (len(groups[g]) - 1)
        value: arb = dot(means[g], means[h]) + apart
        return value

    return product


def dot(left: list[arb], right: list[arb]) -> arb:
    """The inner product of two rows of balls."""
    result: arb = sum((x * y for x, y in zip(left, right, strict=True)), arb(0))
    return result
