"""The least loss in fewer dimensions than the relaxation needs: an interval, not tight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scverify.model.points import AnyProblem
from scverify.results.base import Data, Result, Subject, known, problem_entries, subject_of
from scverify.results.decimals import enclosure, rounded_down, rounded_up, scientific_above, settled, shortened
from scverify.results.layout import Account
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint
from scverify.results.units import UnitOptimum

# class vectors in JSON; the certificate has them all
_MOST_VECTORS = 100
# an end by itself is shown with so many significant digits
_DIGITS = 12
# ends that agree in fewer digits are said as two numbers
_CLOSE = 4


@dataclass(frozen=True, repr=False)
class BoundedOptimum(Result):
    """lower <= the least loss in the problem's dimension <= upper, exact rationals, each with a certificate of its own.

    lower_by: "relaxation" (it holds in every dimension), "energy of pairs" or "all signs". relaxed: the optimum where the dimension is
    free. vectors (k, r): of the classes at the best point (of the samples where classes do not collapse, of the nodes of a loss on
    units), in floats. point: the critical point that it is, certified where there are few samples. tight: nothing says that the two ends
    meet. trust: "ball".
    """

    problem: AnyProblem
    lower: Fraction
    upper: Fraction
    lower_by: str
    relaxed: Optimum | UnitOptimum
    vectors: NDArray[np.float64]
    point: CriticalPoint | None
    proofs: dict[str, Data] = field(repr=False)
    seconds: float
    tight: bool = False
    trust: str = "ball"

    @property
    def gap(self) -> Fraction:
        """upper - lower, exact."""
        return self.upper - self.lower

    @property
    def certificates(self) -> dict[str, Data]:
        """A LowerBound or DimensionLowerBound, an UpperBound, and those of the critical point."""
        return self.proofs

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("optimum", self.problem)

    def headline(self) -> str:
        """The problem and the interval."""
        return f"{self.problem}: {self._value()}, not tight"

    def account(self) -> Account:
        """Both ends, what they rest on, and the point behind the upper one."""
        note = "The relaxation needs more dimensions than these: below its rank it bounds from below, and the best point known from above."
        return Account(heading=f"Bounded optimum: {self.problem}", facts=list(self._facts()), notes=[note])

    def _ends(self) -> tuple[str, str]:
        """Both ends, rounded outward. Far apart, each is a number of its own, and more of it is known than of what lies between."""
        if self.gap * 10**_DIGITS > abs(self.upper):
            return rounded_down(self.lower), rounded_up(self.upper)
        return enclosure(self.lower, self.upper)

    def _value(self) -> str:
        low, high = self._ends()
        return f"between {low} and {high}" if self.gap * 10**_CLOSE > abs(self.upper) else settled(self.lower, self.upper)

    def _facts(self) -> Iterator[tuple[str, str]]:
        low, high = self._ends()
        yield "value", f"{self._value()}, not tight"
        yield "lower", f"{shortened(low)} (proved, by {self.lower_by})"
        yield "upper", f"{shortened(high)} (proved, at the best point of a search)"
        relative = f", {scientific_above(self.gap / self.lower)} of the value" if self.lower > 0 else ""
        yield "gap", f"at most {scientific_above(self.gap)}{relative}"
        needed = "more dimensions" if self.relaxed.rank is None else f"{self.relaxed.rank} dimensions"
        yield "relaxed", f"{settled(self.relaxed.lower, self.relaxed.upper)}, in {needed}"
        if self.point is not None:
            yield "point", f"{self.point.kind}{f' ({self.point.reason})' if self.point.reason else ''}"
        yield "trust", f"{self.trust}: both ends hold by ball arithmetic; no rounding and no solver is trusted"
        yield "time", f"{self.seconds:.2f} s"

    def to_json(self) -> Data:
        """The ends as decimals, rounded outward."""
        low, high = self._ends()
        few = len(self.vectors) <= _MOST_VECTORS
        return problem_entries(self.problem) | known(
            lower=low,
            upper=high,
            gap=scientific_above(Fraction(high) - Fraction(low)),
            tight=self.tight,
            lower_by=self.lower_by,
            relaxed_rank=self.relaxed.rank,
            point=None if self.point is None else self.point.kind,
            vectors=[[repr(x) for x in row] for row in self.vectors.tolist()] if few else None,
            trust=self.trust,
            seconds=self.seconds,
        )
