"""Certificates for Coq of losses on nodes: log-sum-exp and sigmoid rows on spheres, balls and under ridges (proofs/coq/Nodes.v)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt, lcm

from flint import arb, ctx, fmpq

from scverify.certify.claims import Data
from scverify.certify.coq_integers import (
    BITS,
    GUARD,
    MOST_BITS,
    RELATIVE_GAP,
    BallTable,
    IntegerTable,
    decimal_places,
    fixed_point,
    inner_product,
    pivoted_cholesky,
)
from scverify.certify.coq_points import node_gram
from scverify.certify.coq_terms import WrittenLoss, loss_in_terms
from scverify.errors import Undecided
from scverify.kernel.claims import claim_of
from scverify.kernel.problem import StatedConstraint

KINDS = {"sphere": 0, "ball": 1, "ridge": 2}
MARGIN = 36  # bits below which probabilities are mixed with those of no slope: a ridge's S then has a margin for rounding
_Numbers = tuple[list[list[int]], list[int], list[IntegerTable], list[list[int]], int]


@dataclass(frozen=True)
class NodeCertificate:
    """The record `node_certificate` of proofs/coq/Nodes.v, field by field, beside the problem that a certificate states."""

    nodes: int
    unit: int
    norms: list[list[int]]
    weights: list[int]
    outcomes: list[IntegerTable]
    affine: list[list[int]]
    constant: int
    lower_num: int
    lower_den: int
    upper_num: int
    upper_den: int
    scale: int
    halvings: int
    half_terms: int
    p: IntegerTable
    log_p: IntegerTable
    factor: IntegerTable
    points: IntegerTable
    lows: list[int]
    highs: list[int]
    exponentials: IntegerTable
    logs: list[int]
    problem: Data = field(metadata={"beside": True})

    @property
    def claim(self) -> str:
        """What the theorem says, in words."""
        lower, upper = (str(Fraction(x, y)) for x, y in ((self.lower_num, self.lower_den), (self.upper_num, self.upper_den)))
        kind = "UnitOptimum" if "kinds" in self.problem else "Optimum"
        said = claim_of(kind).said({"type": kind, "problem": self.problem, "lower": lower, "upper": upper})
        return f"{said} Written out on {self.nodes} nodes; the upper bound is attained in dimension {len(self.points[0])}."


def node_certificate(certificate: Data) -> NodeCertificate:
    """A certified optimum, which the kernel accepts, as data for Coq: its own bounds, with more fractional bits where it is near 0.

    Raises InputError for a loss that has no theorem in Coq or is too large; Undecided where the most bits are too few.
    """
    problem = {name: value for name, value in certificate["claim"]["problem"].items() if name != "dim"}
    loss, bits = loss_in_terms(problem), BITS
    while True:
        with ctx.workprec(bits + GUARD):
            made = _Maker(loss, node_gram(certificate, loss.places), bits).made(problem)
        lower, upper = Fraction(made.lower_num, made.lower_den), Fraction(made.upper_num, made.upper_den)
        if upper - lower <= RELATIVE_GAP * abs(upper) or bits >= MOST_BITS:
            return made
        bits *= 2


def states(certificate: NodeCertificate) -> bool:
    """Whether the integers of the certificate are those of its problem: norms, terms, affine part and constant, over one denominator."""
    unit, (norms, weights, outcomes, affine, constant) = _integers_of(loss_in_terms(certificate.problem))
    expected = (len(norms), unit, norms, weights, outcomes, affine, constant)
    held = certificate
    return expected == (held.nodes, held.unit, held.norms, held.weights, held.outcomes, held.affine, held.constant)


def _integers_of(loss: WrittenLoss) -> tuple[int, _Numbers]:
    """The least common denominator of all numbers of the problem, and the numbers times it."""
    bounds = [norm.bound if norm.kind != "ridge" else fmpq(0) for norm in loss.norms]
    numbers = [loss.constant, *bounds, *loss.affine.values()]
    numbers += [x for term in loss.terms for x in (term.weight, *(y for o in term.outcomes for y in (o.amount, o.slope, o.shift)))]
    unit = lcm(*(int(x.q) for x in numbers))

    def whole(x: fmpq) -> int:
        return int(x.p) * (unit // int(x.q))

    outcomes = [[[o.row, o.column, whole(o.amount), whole(o.slope), whole(o.shift)] for o in term.outcomes] for term in loss.terms]
    affine = [[i, j, whole(x)] for (i, j), x in sorted(loss.affine.items())]
    norms = [[KINDS[norm.kind], whole(bound)] for norm, bound in zip(loss.norms, bounds, strict=True)]
    return unit, (norms, [whole(term.weight) for term in loss.terms], outcomes, affine, whole(loss.constant))


class _Maker:
    """The tables of one loss, each made so that Coq's own integer arithmetic, mirrored here, accepts it."""

    def __init__(self, loss: WrittenLoss, gram: BallTable, bits: int) -> None:
        """gram: of all nodes, near a minimiser."""
        self.loss, self.n = loss, len(loss.norms)
        self.unit, (self.norms, self.weights, self.outcomes, self.affine, self.constant) = _integers_of(loss)
        self.gram = _with_norms(gram, loss.norms)
        exponents = [[self._exponent(o) for o in term] for term in self.outcomes]
        largest = max((abs(float(x)) for row in exponents for x in row), default=0.0)
        self.at = fixed_point(bits, int(max(largest, float(bits))) + 1)
        self.p = [self.at.probabilities(self._mixed(row, t)) for t, row in enumerate(exponents)]
        self.slopes = self._slopes()
        self.factor = self.at.integers(pivoted_cholesky(self._dual(), bits - 4))
        self._place()

    def _exponent(self, outcome: list[int]) -> arb:
        i, j, _, slope, shift = outcome
        value: arb = (slope * self.gram[i][j] + shift) / self.unit
        return value

    def _mixed(self, exponents: list[arb], t: int) -> list[arb]:
        """The term's probabilities at the point, under a ridge mixed with a little of those that have no slope."""
        largest = max(exponents, key=float)
        parts = [arb(o[2]) * (x - largest).exp() for o, x in zip(self.outcomes[t], exponents, strict=True)]
        total, still = sum(parts, arb(0)), self.loss.terms[t].still
        p = [x / total for x in parts]
        if still is None or all(norm.kind != "ridge" for norm in self.loss.norms):
            return p
        share = arb(2) ** (MARGIN - self.at.bits)
        return [(1 - share) * x + share * arb(y) for x, y in zip(p, still, strict=True)]

    def _slopes(self) -> list[list[int]]:
        """`slopes` of proofs/coq/Nodes.v, over unit^2 scale."""
        found = [[0] * self.n for _ in range(self.n)]
        for weight, row, p in zip(self.weights, self.outcomes, self.p, strict=True):
            for (i, j, _, slope, _), x in zip(row, p, strict=True):
                found[i][j] += weight * x * slope
        for i, j, x in self.affine:
            found[i][j] += self.unit * self.at.scale * x
        return found

    def _dual(self) -> BallTable:
        """Twice the symmetric part of the slopes; on spheres and balls with the multipliers, under ridges less a margin for rounding."""
        whole = self.unit**2 * self.at.scale
        dual = [[arb(fmpq(self.slopes[i][j] + self.slopes[j][i], whole)) for j in range(self.n)] for i in range(self.n)]
        for i, norm in enumerate(self.loss.norms):
            if norm.kind == "ridge":
                dual[i][i] -= arb(norm.weight) * arb(2) ** (MARGIN - 2 - self.at.bits)
            elif self.gram[i][i] > 0:
                others = sum((dual[i][j] * self.gram[i][j] for j in range(self.n) if j != i), arb(0))
                dual[i][i] = -others / self.gram[i][i]
        return [[x.mid() for x in row] for row in dual]

    def _place(self) -> None:
        """Vectors of the nodes, and bounds of what gives them their norms."""
        rows = pivoted_cholesky(self.gram, self.at.bits - 4)
        inward = 1 - arb(2) ** (20 - self.at.bits)  # a point of the ball stays in it when it is rounded
        rows = [[x * inward for x in row] if norm.kind == "ball" else row for row, norm in zip(rows, self.loss.norms, strict=True)]
        self.points = self.at.integers(rows)
        scale = self.at.scale
        self.lows, self.highs = [scale] * self.n, [scale] * self.n
        for i, (kind, bound) in enumerate(self.norms):
            if kind == 0:
                square = inner_product(self.points[i], self.points[i]) * self.unit
                if square == 0:
                    raise Undecided("a node on a sphere lies at 0")
                self.lows[i] = isqrt(bound * scale**4 // square)
                self.highs[i] = self.lows[i] + 1

    def _times_above(self, x: int, i: int, j: int) -> int:
        """`times_above` of proofs/coq/Nodes.v, over scale^4."""
        g = inner_product(self.points[i], self.points[j])
        factors = self.highs if (g >= 0) == (x >= 0) else self.lows
        return x * factors[i] * factors[j] * g

    def made(self, problem: Data) -> NodeCertificate:
        """All of it; raises Undecided where a ridge's node is not paid for, or the bounds cross."""
        log_p = [
            [self.at.log_above(x * self.unit, o[2]) for x, o in zip(p, row, strict=True)]
            for p, row in zip(self.p, self.outcomes, strict=True)
        ]
        fourth = self.at.scale**4
        exponentials = [
            [self.at.exp_above(self._times_above(slope, i, j) + shift * fourth, self.unit * fourth) for i, j, _, slope, shift in row]
            for row in self.outcomes
        ]
        sums = [sum(o[2] * x for o, x in zip(row, found, strict=True)) for row, found in zip(self.outcomes, exponentials, strict=True)]
        logs = [self.at.log_above(x, self.unit) for x in sums]
        lower, upper = self._lower(log_p), self._upper(logs)
        if lower > upper:
            raise Undecided("the bounds cross: a fault of the exporter")
        places = 10 ** decimal_places(upper - lower)
        return NodeCertificate(
            nodes=self.n,
            unit=self.unit,
            norms=self.norms,
            weights=self.weights,
            outcomes=self.outcomes,
            affine=self.affine,
            constant=self.constant,
            lower_num=lower.numerator * places // lower.denominator,
            lower_den=places,
            upper_num=-(-upper.numerator * places // upper.denominator),
            upper_den=places,
            scale=self.at.scale,
            halvings=self.at.halvings,
            half_terms=self.at.half_terms,
            p=self.p,
            log_p=log_p,
            factor=self.factor,
            points=self.points,
            lows=self.lows,
            highs=self.highs,
            exponentials=exponentials,
            logs=logs,
            problem=problem,
        )

    def _lower(self, log_p: IntegerTable) -> Fraction:
        """The lower bound that `lower_ok` grants."""
        unit, scale = self.unit, self.at.scale
        at_zero = self.constant * unit * scale**2 + sum(
            weight * sum(x * (o[4] * scale - unit * bound) for x, o, bound in zip(p, row, bounds, strict=True))
            for weight, p, row, bounds in zip(self.weights, self.p, self.outcomes, log_p, strict=True)
        )
        paid = 0
        for i, (kind, bound) in enumerate(self.norms):
            slack = self._slack(i)
            if kind == 2 and slack < 0:
                raise Undecided("a ridge does not pay for the rounding of a node")
            paid += (slack if kind == 0 else min(0, slack)) * bound
        return Fraction(2 * unit * at_zero + paid, 2 * unit**3 * scale**2)

    def _slack(self, i: int) -> int:
        """`slack` of proofs/coq/Nodes.v, over unit^2 scale^2."""
        slack = 0
        for j in range(self.n):
            error = self.at.scale * (self.slopes[i][j] + self.slopes[j][i]) - self.unit**2 * inner_product(self.factor[i], self.factor[j])
            slack += error if i == j else -abs(error)
        return slack

    def _upper(self, logs: list[int]) -> Fraction:
        """The upper bound that `upper_ok` grants."""
        scale = self.at.scale
        total = self.constant * scale**4 + scale**3 * inner_product(self.weights, logs)
        total += sum(self._times_above(x, i, j) for i, j, x in self.affine)
        return Fraction(total, self.unit * scale**4)


def _with_norms(gram: BallTable, norms: list[StatedConstraint]) -> BallTable:
    """The Gram matrix with the norms of spheres, and on balls none above the radius."""
    factors = []
    for i, norm in enumerate(norms):
        square = gram[i][i]
        outside = norm.kind == "sphere" or (norm.kind == "ball" and not square < norm.bound)
        factors.append((arb(norm.bound) / square).sqrt() if outside and square > 0 else arb(1))
    return [[(factors[i] * x * factors[j]).mid() for j, x in enumerate(row)] for i, row in enumerate(gram)]
