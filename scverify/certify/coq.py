"""Certificates for a second judge: an optimum (supcon, sphere or ball) as integers that the Coq library in proofs/coq checks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from flint import arb, ctx, fmpq

from scverify.certify.claims import Data
from scverify.certify.coq_case import CoqCase, class_case, class_gram, dot
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
from scverify.errors import Undecided


@dataclass(frozen=True)
class CoqCertificate:
    """The record `certificate` of proofs/coq/Checker.v, field by field; tables are integers over `scale`."""

    sizes: list[int]
    tau_num: int
    tau_den: int
    rho_num: int
    rho_den: int
    divisor: int
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
    means: IntegerTable
    roots: list[int]
    exponentials: IntegerTable
    logs: list[int]

    @property
    def claim(self) -> str:
        """What the theorem says, in words."""
        lower, upper = (Fraction(x, y) / self.divisor for x, y in ((self.lower_num, self.lower_den), (self.upper_num, self.upper_den)))
        rho, reduction = Fraction(self.rho_num, self.rho_den), "sum" if self.divisor == 1 else f"sum divided by {self.divisor}"
        return (
            f"supcon, {reduction} over anchors, class sizes {','.join(map(str, self.sizes))}, "
            f"tau = {Fraction(self.tau_num, self.tau_den) * rho**2}, sphere or ball of radius {rho}: "
            f"every L(H) >= {lower} in every dimension, and some L(H) <= {upper} in dimension {len(self.means[0])}"
        )


def coq_certificate(certificate: Data) -> CoqCertificate:
    """The certified optimum, which the theorem on classes covers, as data for Coq: its own bounds, with more bits where it is near 0.

    Raises Undecided where the most bits are too few.
    """
    case, bits = class_case(certificate), BITS
    while True:
        with ctx.workprec(bits + GUARD):
            made = _Maker(case, class_gram(certificate, len(case.sizes)), bits).made()
        lower, upper = Fraction(made.lower_num, made.lower_den), Fraction(made.upper_num, made.upper_den)
        if upper - lower <= RELATIVE_GAP * upper or bits >= MOST_BITS:
            return made
        bits *= 2


class _Maker:
    """The tables of one case, each made so that Coq's own integer arithmetic, mirrored here, accepts it."""

    def __init__(self, case: CoqCase, gram: BallTable, bits: int) -> None:
        self.case, self.k = case, len(case.sizes)
        sizes, tau = self.sizes, self.tau = case.sizes, case.tau
        self.at = fixed_point(bits, int(max(2 / tau, Fraction(bits), Fraction(sum(sizes).bit_length()))))
        self.scale = self.at.scale
        t = arb(fmpq(tau.numerator, tau.denominator))
        own = range(self.k)
        weights = [[self._coefficient(c, d) * ((gram[c][d] - 1) / t).exp() for d in own] for c in own]
        self.normaliser = [sum(row, arb(0)) for row in weights]
        self.p = [self.at.probabilities([w / z for w in row]) for row, z in zip(weights, self.normaliser, strict=True)]
        dual = [[(sizes[c] * arb(self.p[c][d]) + sizes[d] * arb(self.p[d][c])) / self.scale for d in own] for c in own]
        for c in own:
            dual[c][c] = arb(0)  # the multiplier is free; complementarity, (dual * gram)_cc = 0, settles it
            dual[c][c] = -dot(dual[c], gram[c])
        self.factor = self.at.integers(pivoted_cholesky(dual, 2 * bits // 3))
        self.means = self.at.integers(pivoted_cholesky(gram, 2 * bits // 3))

    def made(self) -> CoqCertificate:
        """All of it; raises Undecided where the bounds cross or a logarithm is out of reach."""
        own = range(self.k)
        log_p = [[self.at.log_above(self.p[c][d], self._coefficient(c, d)) for d in own] for c in own]
        roots = [isqrt(inner_product(row, row)) for row in self.means]
        exponentials = [[0 if c == d else self._exponential_above(c, d, roots) for d in own] for c in own]
        logs = [self.at.log_above(self._normaliser_above(c, exponentials[c]), 1) for c in own]
        lower = self._lower(log_p)
        upper = Fraction(sum(n * u for n, u in zip(self.sizes, logs, strict=True)), self.scale)
        if lower > upper:
            raise Undecided("the bounds cross: a fault of the exporter")
        places = 10 ** decimal_places(upper - lower)
        return CoqCertificate(
            sizes=self.sizes,
            tau_num=self.tau.numerator,
            tau_den=self.tau.denominator,
            rho_num=self.case.rho.numerator,
            rho_den=self.case.rho.denominator,
            divisor=self.case.divisor,
            lower_num=lower.numerator * places // lower.denominator,
            lower_den=places,
            upper_num=-(-upper.numerator * places // upper.denominator),
            upper_den=places,
            scale=self.scale,
            halvings=self.at.halvings,
            half_terms=self.at.half_terms,
            p=self.p,
            log_p=log_p,
            factor=self.factor,
            means=self.means,
            roots=roots,
            exponentials=exponentials,
            logs=logs,
        )

    def _coefficient(self, c: int, d: int) -> int:
        return self.sizes[c] - 1 if c == d else self.sizes[d]

    def _exponential_above(self, c: int, d: int, roots: list[int]) -> int:
        inner = inner_product(self.means[c], self.means[d])
        norms = roots[c] * roots[d] if inner >= 0 else (roots[c] + 1) * (roots[d] + 1)
        return self.at.exp_above(self.tau.denominator * (inner - norms), self.tau.numerator * norms)

    def _normaliser_above(self, c: int, exponentials: list[int]) -> int:
        """An integer above scale * Z_c; the own entry of `exponentials` is 0."""
        return (self.sizes[c] - 1) * self.scale + inner_product(self.sizes, exponentials)

    def _lower(self, log_p: IntegerTable) -> Fraction:
        """The lower bound that `lower_ok` grants."""
        own, n, p = range(self.k), self.sizes, self.p
        price = 0
        for c in own:
            for d in own:
                error = self.scale * (n[c] * p[c][d] + n[d] * p[d][c]) - inner_product(self.factor[c], self.factor[d])
                price += -error if c == d else abs(error)
        entropy = sum(n[c] * inner_product(p[c], log_p[c]) for c in own)
        square, a, b = self.scale * self.scale, self.tau.numerator, self.tau.denominator
        return Fraction(-b * price - 2 * b * square * sum(n) - 2 * a * entropy, 2 * a * square)
