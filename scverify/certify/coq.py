"""Certificates for a second judge: an optimum (supcon, sphere or ball) as integers that the Coq library in proofs/coq checks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial, isqrt

from flint import arb, ctx, fmpq

from scverify.certify.claims import Data
from scverify.certify.coq_case import BallTable, CoqCase, class_gram, dot, supported_case
from scverify.certify.dyadics import scaled
from scverify.errors import NotVerified, Undecided
from scverify.kernel.verify import verify_data

BITS = 88  # about 26 digits: the relative gap below with room, in integers that Coq multiplies fast
MOST_BITS = 4 * BITS  # doubled twice, for optima near 0
RELATIVE_GAP = Fraction(1, 10**12)  # what the documentation promises of an exported optimum
GUARD = 64  # bits of balls beyond those of the tables
REDUCED_BITS = 6  # arguments are halved below 2^-6, where the series is short
DOUBLINGS = 12  # bits that the squarings after the series lose
IntegerTable = list[list[int]]


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
    """The certified optimum as data for Coq: its own bounds, with more fractional bits where the optimum is near 0.

    Raises InputError for anything but an Optimum of supcon on a sphere or ball with classes of two or more samples; NotVerified where
    the kernel does not accept the certificate; Undecided where the most bits are too few.
    """
    answer = verify_data(certificate)
    if answer.word != "VERIFIED":
        raise NotVerified(f"the certificate is not exported: the kernel says {answer}")
    case = supported_case(certificate)
    bits = BITS
    while True:
        with ctx.workprec(bits + GUARD):
            made = _Maker(case, class_gram(certificate, len(case.sizes)), bits).made()
        lower, upper = Fraction(made.lower_num, made.lower_den), Fraction(made.upper_num, made.upper_den)
        if upper - lower <= RELATIVE_GAP * upper or bits >= MOST_BITS:
            return made
        bits *= 2


def pivoted_cholesky(matrix: BallTable, bits: int) -> BallTable:
    """The columns C, as rows of k entries, with matrix = C C^T up to about 2^-bits of its largest entry (balls, midpoints only)."""
    k = len(matrix)
    rest = [row[:] for row in matrix]
    least = max(abs(float(rest[c][c])) for c in range(k)) * arb(2) ** -bits
    rows: BallTable = [[] for _ in range(k)]
    for _ in range(k):
        pivot = max(range(k), key=lambda c: float(rest[c][c]))
        if not rest[pivot][pivot] > least:
            break
        root = rest[pivot][pivot].sqrt()
        column = [(rest[c][pivot] / root).mid() for c in range(k)]
        for c in range(k):
            rows[c].append(column[c])
            rest[c] = [(x - column[c] * y).mid() for x, y in zip(rest[c], column, strict=True)]
    return rows if rows[0] else [[arb(0)] for _ in range(k)]


class _Maker:
    """The tables of one case, each made so that Coq's own integer arithmetic, mirrored here, accepts it."""

    def __init__(self, case: CoqCase, gram: BallTable, bits: int) -> None:
        self.case, self.bits, self.k = case, bits, len(case.sizes)
        sizes, tau = self.sizes, self.tau = case.sizes, case.tau
        self.scale = 1 << bits
        t = arb(fmpq(tau.numerator, tau.denominator))
        own = range(self.k)
        weights = [[self._coefficient(c, d) * ((gram[c][d] - 1) / t).exp() for d in own] for c in own]
        self.normaliser = [sum(row, arb(0)) for row in weights]
        self.p = [self._rounded([w / z for w in row]) for row, z in zip(weights, self.normaliser, strict=True)]
        dual = [[(sizes[c] * arb(self.p[c][d]) + sizes[d] * arb(self.p[d][c])) / self.scale for d in own] for c in own]
        for c in own:
            dual[c][c] = arb(0)  # the multiplier is free; complementarity, (dual * gram)_cc = 0, settles it
            dual[c][c] = -dot(dual[c], gram[c])
        self.factor = self._integers(pivoted_cholesky(dual, 2 * bits // 3))
        self.means = self._integers(pivoted_cholesky(gram, 2 * bits // 3))
        largest = max(2 / tau, Fraction(bits), Fraction(sum(sizes).bit_length()))
        self.halvings = (int(largest) + 1).bit_length() + REDUCED_BITS
        self.half_terms = half_terms(bits)

    def made(self) -> CoqCertificate:
        """All of it; raises Undecided where the bounds cross or a logarithm is out of reach."""
        own = range(self.k)
        log_p = [[self._log_above(self.p[c][d], self._coefficient(c, d)) for d in own] for c in own]
        roots = [isqrt(_inner(row, row)) for row in self.means]
        exponentials = [[0 if c == d else self._exponential_above(c, d, roots) for d in own] for c in own]
        logs = [self._log_above(self._normaliser_above(c, exponentials[c]), 1) for c in own]
        lower = self._lower(log_p)
        upper = Fraction(sum(n * u for n, u in zip(self.sizes, logs, strict=True)), self.scale)
        if lower > upper:
            raise Undecided("the bounds cross: a fault of the exporter")
        places = 10 ** _places(upper - lower)
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
            halvings=self.halvings,
            half_terms=self.half_terms,
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

    def _integers(self, rows: BallTable) -> IntegerTable:
        return [[scaled(x, self.bits) for x in row] for row in rows]

    def _rounded(self, row: list[arb]) -> list[int]:
        """Integers >= 0 that sum to the scale; the largest takes up the rounding."""
        entries = [max(0, scaled(x, self.bits)) for x in row]
        entries[entries.index(max(entries))] += self.scale - sum(entries)
        return entries

    def _exp_below(self, num: int, den: int) -> int:
        """`exp_below` of proofs/coq/Exponential.v, step for step."""
        x = num * self.scale // (den << self.halvings)
        if 2 * abs(x) > self.scale:
            return 0
        terms = 2 * self.half_terms + 1
        value = self.scale
        for i in range(terms, 0, -1):
            value = self.scale + x * value // (i * self.scale)
        value = max(0, value - 2)
        for _ in range(self.halvings):
            value = value * value // self.scale
        return value

    def _log_above(self, value: int, coefficient: int) -> int:
        """An integer u, nearly the least, with value <= coefficient * exp_below(u / scale)."""
        if value == 0:
            return 0
        least = scaled((arb(value) / (coefficient * self.scale)).log(), self.bits)
        slack = 1 << (self.halvings + 3)
        while value > coefficient * self._exp_below(least + slack, self.scale):
            slack *= 2
            if slack > self.scale << 20:
                raise Undecided(f"no upper bound of a logarithm with {self.bits} bits")
        return least + slack

    def _exponential_above(self, c: int, d: int, roots: list[int]) -> int:
        inner = _inner(self.means[c], self.means[d])
        norms = roots[c] * roots[d] if inner >= 0 else (roots[c] + 1) * (roots[d] + 1)
        below = self._exp_below(self.tau.denominator * (norms - inner), self.tau.numerator * norms)
        if below <= 0:
            raise Undecided(f"no upper bound of an exponential with {self.bits} bits")
        return -(-self.scale * self.scale // below)

    def _normaliser_above(self, c: int, exponentials: list[int]) -> int:
        """An integer above scale * Z_c; the own entry of `exponentials` is 0."""
        return (self.sizes[c] - 1) * self.scale + _inner(self.sizes, exponentials)

    def _lower(self, log_p: IntegerTable) -> Fraction:
        """The lower bound that `lower_ok` grants."""
        own, n, p = range(self.k), self.sizes, self.p
        price = 0
        for c in own:
            for d in own:
                error = self.scale * (n[c] * p[c][d] + n[d] * p[d][c]) - _inner(self.factor[c], self.factor[d])
                price += -error if c == d else abs(error)
        entropy = sum(n[c] * _inner(p[c], log_p[c]) for c in own)
        square, a, b = self.scale * self.scale, self.tau.numerator, self.tau.denominator
        return Fraction(-b * price - 2 * b * square * sum(n) - 2 * a * entropy, 2 * a * square)


def half_terms(bits: int) -> int:
    """Half the number of Taylor terms that leave an error below 2^-(bits + DOUBLINGS) at arguments below 2^-REDUCED_BITS."""
    half = 1
    while (factorial(2 * half + 2) << REDUCED_BITS * (2 * half + 2)).bit_length() <= bits + DOUBLINGS:
        half += 1
    return half


def _inner(left: list[int], right: list[int]) -> int:
    return sum(x * y for x, y in zip(left, right, strict=True))


def _places(width: Fraction) -> int:
    """Decimal places with which rounding adds less than a hundredth to an interval of this width."""
    return max(3, len(str(int(1 / width))) + 2) if width > 0 else 40
