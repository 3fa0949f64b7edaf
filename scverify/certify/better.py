"""The feasible point that a strict minimum is compared with: of a lower loss, it shows that the minimum is spurious (MATH 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.claims import Data
from scverify.certify.dyadics import above, fraction, matrix, places_for
from scverify.certify.precise import as_array
from scverify.errors import InputError, must_be
from scverify.kernel.certificate import Rejected, Unresolved, rational
from scverify.kernel.points.claims import better_value
from scverify.model.points import AnyProblem, point_level_of, points_claim, written_nodes
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint
from scverify.results.units import UnitOptimum

# of the numbers of a witness, and beyond them for what its sums lose
BITS, GUARD = 128, 64
# what a factor of a Gram matrix may leave out beside its largest eigenvalue: rounding
FLAT = 1e-9


@dataclass(frozen=True)
class Better:
    """A feasible point that a strict minimum is compared with: an upper bound of its loss, and the witness for it."""

    upper: Fraction
    witness: Data

    @classmethod
    def of_optimum(cls, optimum: Data) -> Better:
        """The feasible point of an Optimum certificate."""
        halves = {name: half for name, half in optimum["witness"].items() if name != "lower"}
        return cls(fraction(rational(optimum["claim"]["upper"], "upper")), halves)

    @classmethod
    def of_embeddings(cls, problem: AnyProblem, embeddings: NDArray[np.float64]) -> Better:
        """Embeddings (d, n) of a problem, made exactly feasible."""
        with ctx.workprec(BITS + GUARD):
            if isinstance(problem, Problem):
                spread = {"bits": 0, "rows": [[0]] * embeddings.shape[1]}
                witness: Data = {"level": "samples", "upper": {"means": matrix(as_array(embeddings.T), BITS), "spread": spread}}
            else:
                witness = {"upper": matrix(as_array(embeddings), BITS)}
            bound = better_value(point_level_of(problem), points_claim(problem), witness)
            return cls(above(bound, places_for(bound.rad()) + 6), witness)

    @classmethod
    def of_unit_optimum(cls, problem: UnitProblem, optimum: UnitOptimum) -> Better | None:
        """The feasible point of an optimum on the nodes of a problem; None where it has more dimensions."""
        nodes, kinds = written_nodes(problem), len(problem.loss.kinds)
        places = [node.type if optimum.own.shape[1] == 1 else node.type * kinds + node.kind for node in nodes]
        same = np.array([node.unit for node in nodes])
        inside = optimum.own[np.ix_(places, [place % optimum.own.shape[1] for place in places])]
        gram = np.where(same[:, None] == same, inside, optimum.others[np.ix_(places, places)])
        values, vectors = np.linalg.eigh((gram + gram.T) / 2)
        dim = min(problem.dim or 0, len(nodes))
        if values[: len(nodes) - dim].max(initial=0.0) > FLAT * values[-1]:
            return None
        kept = slice(len(nodes) - dim, None)
        return cls.of_embeddings(problem, (vectors[:, kept] * np.sqrt(np.maximum(values[kept], 0.0))).T)

    def refusal(self, problem: AnyProblem, value: Fraction) -> str:
        """Why it is not a feasible point of a problem, its dimension included, of a loss below a value; empty where it is one."""
        try:
            bound = better_value(point_level_of(problem), points_claim(problem), self.witness)
        except (Rejected, Unresolved) as refusal:
            return str(refusal)
        return "" if bound < arb(fmpq(value.numerator, value.denominator)) else "its loss there is not lower"


def compared_with(better: Better | Optimum | CriticalPoint | None) -> Better | None:
    """What a strict minimum is compared with. Raises InputError where it is nothing of the kind, or a point that is not certified."""
    if better is None or isinstance(better, Better):
        return better
    must_be(better, (Optimum, CriticalPoint), "better", "an Optimum or a CriticalPoint")
    if isinstance(better, Optimum):
        return Better.of_optimum(better.certificate)
    if better.trust != "ball":
        raise InputError(f"better, a point of kind {better.kind!r}", "a certified CriticalPoint or an Optimum", "certify it first")
    return Better.of_embeddings(better.problem, better.embeddings)
