"""What a statement may ask of the optimum of a problem: its value, rank and Gram matrix, as enclosures with certificates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from flint import ctx

from scverify.certify.claims import Data
from scverify.certify.dyadics import above, below
from scverify.certify.optimum import optimum
from scverify.certify.rank_one import Entries
from scverify.certify.units import unit_optimum
from scverify.conjecture.enclosure import Enclosure
from scverify.conjecture.tally import count_certificates
from scverify.errors import Undecided, must_be
from scverify.model.points import AnyProblem
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.optimum import Optimum
from scverify.results.units import UnitOptimum

# how many optima are kept for statements that ask of the same problem
_KEPT = 64
# entries of a matrix that a certificate names by a formula: far finer than any radius
_ENTRY_BITS, _ENTRY_PLACES = 512, 120


@dataclass(frozen=True)
class OptimumFacts:
    """The certified optimum of the relaxation as enclosures (trust "ball")."""

    optimum: Optimum

    @property
    def value(self) -> Enclosure:
        """The minimum of the loss, attained in every dimension of at least the rank of its minimiser."""
        return Enclosure(self.optimum.lower, self.optimum.upper, "optimum", "ball", (self.optimum.certificate,))

    @property
    def rank(self) -> Enclosure:
        """The rank of every minimiser. Raises Undecided where it is not proved."""
        if self.optimum.rank is None:
            raise Undecided(f"rank of the optimum: {self.optimum.rank_reason}")
        rank = Fraction(self.optimum.rank)
        proof = self.optimum.certificates["minimizers.json"] if self.optimum.radius is None else self._unique
        return Enclosure(rank, rank, "rank of the optimum", "ball", (proof,))

    def similarity(self, i: int, j: int) -> Enclosure:
        """Entry (i, j) of the class Gram matrix of every minimiser. Raises Undecided where no radius is proved, IndexError beyond k."""
        claim = self._unique["claim"]
        radius = Fraction(claim["radius"])
        if "centre" in claim:
            with ctx.workprec(_ENTRY_BITS):
                entry = self._entries(*self._classes(i, j))
            low, high = below(entry, _ENTRY_PLACES), above(entry, _ENTRY_PLACES)
            return Enclosure(low - radius, high + radius, f"B[{i},{j}]", "ball", (self._unique,))
        g, h = (next(node for node, members in enumerate(claim["groups"]) if c in members) for c in self._classes(i, j))
        stated = Fraction(claim["gram"]["rows"][g][-1 if i == j else h], 2 ** claim["gram"]["bits"])
        return Enclosure(stated - radius, stated + radius, f"B[{i},{j}]", "ball", (self._unique,))

    @cached_property
    def _entries(self) -> Entries:
        claim = self._unique["claim"]
        with ctx.workprec(_ENTRY_BITS):
            return Entries(claim["problem"], claim["groups"], claim["centre"])

    def similarities(self) -> list[Enclosure]:
        """The similarities of all pairs i < j of classes."""
        k = self.optimum.problem.classes.k
        return [self.similarity(i, j) for i in range(k) for j in range(i + 1, k)]

    def _classes(self, *given: int) -> tuple[int, ...]:
        k = self.optimum.problem.classes.k
        if not all(0 <= c < k for c in given):
            raise IndexError(f"classes {given}, allowed: 0..{k - 1}")
        return given

    @property
    def _unique(self) -> Data:
        if self.optimum.radius is None:
            raise Undecided(f"Gram matrix of the optimum: {self.optimum.radius_reason}")
        return self.optimum.certificates["uniqueness.json"]


@dataclass(frozen=True)
class UnitOptimumFacts:
    """The certified optimum of a loss on units as enclosures (trust "ball")."""

    optimum: UnitOptimum

    @property
    def value(self) -> Enclosure:
        """The minimum of the loss over configurations of any dimension."""
        return Enclosure(self.optimum.lower, self.optimum.upper, "optimum", "ball", (self.optimum.certificate,))

    @property
    def rank(self) -> Enclosure:
        """The rank of every minimiser. Raises Undecided where it is not proved."""
        known = self.optimum.minimizers
        if known is None:
            raise Undecided("rank of the optimum: nothing is proved of every minimiser")
        least, most = map(Fraction, known.rank)
        return Enclosure(least, most, "rank of the optimum", "ball", (known.certificate,))


def optimum_facts(problem: AnyProblem) -> OptimumFacts | UnitOptimumFacts:
    """The certified optimum of a problem, its dimension left aside. Raises InputError and Undecided as `optimum` does.

    OptimumFacts of a Problem, UnitOptimumFacts (its value and its rank) of a UnitProblem.

    >>> bool(optimum_facts(Problem("supcon", (4, 2), temperature=1)).similarity(0, 1) < 0)
    True
    """
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    if isinstance(problem, UnitProblem):
        return UnitOptimumFacts(counted_unit_optimum(problem))
    return OptimumFacts(counted_optimum(problem.replace(dim=None)))


def counted_optimum(problem: Problem) -> Optimum:
    """The certified optimum of a problem, made once and counted."""
    found = _kept_optimum(problem)
    count_certificates(found.certificates.values())
    return found


def counted_unit_optimum(problem: UnitProblem) -> UnitOptimum:
    """The certified optimum of a loss on units over all dimensions, made once and counted."""
    found = _kept_unit_optimum(problem.replace(dim=None))
    count_certificates(found.certificates.values())
    return found


@lru_cache(_KEPT)
def _kept_unit_optimum(problem: UnitProblem) -> UnitOptimum:
    return unit_optimum(problem)


@lru_cache(_KEPT)
def _kept_optimum(problem: Problem) -> Optimum:
    return optimum(problem)
