"""Certified critical points: a float point, refined, boxed by the kernel and typed by what the kernel can prove of it (MATH 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, below, fraction, matrix, places_for, text
from scverify.certify.polish import System, Unknowns, polished
from scverify.certify.precise import as_array, float_midpoints
from scverify.errors import InputError, must_be
from scverify.kernel.certificate import Rejected, Unresolved, rational
from scverify.kernel.krawczyk import Singular
from scverify.kernel.level import Level, level_of
from scverify.kernel.optimum.feasible import feasible_point, upper_bound
from scverify.kernel.points.active import multiplier_signs
from scverify.kernel.points.orbit import Orbit, prove_orbit
from scverify.kernel.points.types import normal_inertia, plane_inertia
from scverify.kernel.problem import read_problem
from scverify.model.constraints import Ball, Sphere
from scverify.model.data import problem_data
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint, Inertia
from scverify.symbolic.shape import is_known_convex

# each twice the one before; what is open after the last is said to be degenerate or undecided
BITS = (128, 256, 512, 1024)
# beyond the bits of the certificate's numbers, for what sums and inverses lose
GUARD = 64


@dataclass(frozen=True)
class _Facts:
    """What the kernel granted at one precision; None where it could not decide. signs: a ball's multipliers are proved positive."""

    orbit: Orbit
    claim: Data
    witness: Data
    precision: int
    plane: tuple[int, int] | None
    normal: tuple[int, int] | None
    signs: bool
    refusal: str
    open: str


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
    def of_point(cls, point: CriticalPoint) -> Better:
        """A critical point itself, made exactly feasible."""
        count = point.problem.classes.n
        with ctx.workprec(BITS[0] + GUARD):
            means = matrix(as_array(point.embeddings.T), BITS[0])
            witness = {"level": "samples", "upper": {"means": means, "spread": {"bits": 0, "rows": [[0]] * count}}}
            level = level_of(read_problem(problem_data(point.problem)), "samples", None)
            bound = upper_bound(level, feasible_point(level, witness["upper"]))
            return cls(above(bound, places_for(bound.rad()) + 6), witness)

    def refusal(self, problem: Problem, value: Fraction) -> str:
        """Why it is not a feasible point of a problem, its dimension included, of a loss below a value; empty where it is one."""
        try:
            level = level_of(read_problem(problem_data(problem)), self.witness["level"], self.witness.get("groups"))
            bound = upper_bound(level, feasible_point(level, self.witness["upper"]))
        except (Rejected, Unresolved) as refusal:
            return str(refusal)
        return "" if bound < arb(fmpq(value.numerator, value.denominator)) else "its loss there is not lower"


# beyond it no critical point is near, and the one that Newton's iteration would reach is not the one that is meant
FEASIBLE = 0.01


def _embeddings(problem: Problem, given: Any) -> NDArray[np.float64]:
    """The embeddings as an array; raises InputError where they are not of the problem's shape, not finite, or not near the constraint."""
    must_be(problem, Problem, "problem", "a Problem")
    try:
        found = np.asarray(given, dtype=None if np.iscomplexobj(given) else np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"embeddings ({error})", "an array of real numbers (d, n)", "convert them with numpy.array") from error
    if problem.dim is None or found.shape != (problem.dim, problem.classes.n):
        raise InputError(
            f"embeddings of shape {found.shape}", f"({problem.dim}, {problem.classes.n}), one column per sample", "set dim, or transpose"
        )
    if found.dtype != np.float64 or not np.isfinite(found).all():
        raise InputError("embeddings with entries that are NaN, infinite or complex", "finite real numbers", "remove them")
    norms, constraint = np.linalg.norm(found, axis=0), problem.constraint
    if isinstance(constraint, Sphere | Ball):
        rho = float(constraint.rho)
        if norms.max() > rho * (1 + FEASIBLE) or (isinstance(constraint, Sphere) and norms.min() < rho * (1 - FEASIBLE)):
            raise InputError(
                f"embeddings of norms {norms.min():.6g} to {norms.max():.6g}", f"norms near those of {constraint}", "scale the columns"
            )
    return found


def _compared(better: Better | Optimum | CriticalPoint | None) -> Better | None:
    """What a strict minimum is compared with. Raises InputError where it is nothing of the kind, or a point that is not certified."""
    if better is None or isinstance(better, Better):
        return better
    must_be(better, (Optimum, CriticalPoint), "better", "an Optimum or a CriticalPoint")
    if isinstance(better, Optimum):
        return Better.of_optimum(better.certificate)
    if better.trust != "ball":
        raise InputError(f"better, a point of kind {better.kind!r}", "a certified CriticalPoint or an Optimum", "certify it first")
    return Better.of_point(better)


def certify_point(
    problem: Problem, embeddings: NDArray[np.float64], hits: int = 1, better: Better | Optimum | CriticalPoint | None = None
) -> CriticalPoint:
    """Certify the critical point near embeddings (d, n), and its kind, for a problem with a dimension.

    better: an optimum or a certified point against which a strict minimum is shown to be spurious. A point that cannot be certified is
    "undecided", or "degenerate" where its orbit seems not isolated, with the reason. Raises InputError where the embeddings are not
    (dim, n), not finite, or not near the constraint.

    >>> problem = Problem("supcon", (2, 2), dim=2, temperature="1/2")
    >>> certify_point(problem, [[1.0, 1.0, -1.0, -1.0], [0.0, 0.0, 0.0, 0.0]]).kind
    'global minimum'
    """
    embeddings, compared = _embeddings(problem, embeddings), _compared(better)
    level, stated = sample_level(problem), problem_data(problem)
    kernel_level = level_of(read_problem(stated), "samples", None)
    facts, reason, singular = None, "", False
    for bits in BITS:
        try:
            with ctx.workprec(bits + GUARD):
                system, at = polished(level, np.ascontiguousarray(embeddings.T), np.zeros(level.nodes), bits)
                facts = _facts(kernel_level, stated, system, at, bits)
        except Unresolved as unresolved:
            reason, singular = str(unresolved), isinstance(unresolved, Singular)
            continue
        except Rejected as rejection:
            reason, singular = str(rejection), False
            break
        if not facts.open or facts.refusal:
            break
    if facts is None:
        return _uncertified(problem, embeddings, hits, "degenerate" if singular else "undecided", reason)
    return _typed(problem, facts, hits, compared)


def _facts(kernel_level: Level, stated: Data, system: System, at: Unknowns, bits: int) -> _Facts:
    claim: Data = {"problem": stated, "embeddings": matrix(at.means.T, bits), "radius": text(Fraction(1, 2 ** (bits // 2)))}
    witness: Data = {
        "multipliers": matrix(at.multipliers[:, None], bits),
        "active": [int(i) for i in np.flatnonzero(system.norms)],
        "gauge": list(system.pivots),
    }
    open_questions: list[str] = []

    def attempt(question: Callable[[Orbit], Any]) -> Any:
        try:
            return question(orbit)
        except Unresolved as unresolved:
            open_questions.append(str(unresolved))
            return None

    orbit = prove_orbit(kernel_level, claim, witness)
    signs, refusal = True, ""
    if kernel_level.constraint.kind == "ball":
        try:
            attempt(multiplier_signs)
            signs = not open_questions
        except Rejected as rejection:
            signs, refusal = False, str(rejection)
    plane, normal = attempt(plane_inertia), attempt(normal_inertia)
    return _Facts(orbit, claim, witness, bits + GUARD, plane, normal, signs, refusal, "; ".join(dict.fromkeys(open_questions)))


def _typed(problem: Problem, facts: _Facts, hits: int, better: Better | None) -> CriticalPoint:
    with ctx.workprec(facts.precision):
        value = facts.orbit.value
        places = places_for((value.upper() - value.lower()).upper())
        lower, upper = below(value, places), above(value, places)
        claim = {**facts.claim, "value": {"lower": text(lower), "upper": text(upper)}}
        kind, reason, excess = _kind(problem, facts, lower, better)
    inertia = _inertia(problem, facts)
    certificates = {}
    if facts.signs and (name := CLAIMS.get(kind)):
        extra: Data = {} if excess is None else {"excess": text(excess)}
        halves = {} if excess is None or better is None else better.witness
        certificates["point.json"] = certificate({"type": name, **claim, **extra}, {**facts.witness, **halves}, facts.precision)
    if inertia is not None and facts.signs:
        certificates["inertia.json"] = certificate({"type": "Inertia", **claim, "inertia": list(inertia)}, facts.witness, facts.precision)
    return CriticalPoint(
        problem=problem,
        kind=kind,
        reason=reason,
        embeddings=_float_embeddings(problem, facts.orbit),
        multipliers=float_midpoints(np.array(facts.orbit.state.multipliers, dtype=object)),
        lower=lower,
        upper=upper,
        rank=facts.orbit.layout.r,
        inertia=inertia,
        orbit_dimension=_orbit_dimension(problem.dim or 0, facts.orbit.layout.r),
        excess=excess,
        hits=hits,
        trust="ball",
        proofs=certificates,
    )


CLAIMS = {
    "global minimum": "GlobalMinimum",
    "spurious minimum": "SpuriousMinimum",
    "strict minimum": "StrictMinimum",
    "strict saddle": "StrictSaddle",
    "undecided": "CriticalOrbit",
}


def _kind(problem: Problem, facts: _Facts, lower: Fraction, better: Better | None) -> tuple[str, str, Fraction | None]:
    """The strongest kind that the facts support, what is left open, and the excess of a spurious minimum."""
    normal_directions = (problem.dim or 0) - facts.orbit.layout.r
    if facts.refusal:
        return "not critical", facts.refusal, None
    if not facts.signs:
        return "undecided", facts.open, None
    if (facts.plane and facts.plane[0]) or (facts.normal and facts.normal[0] and normal_directions):
        return "strict saddle", "", None
    if facts.normal is not None and facts.normal[0] == 0 and is_known_convex(problem.loss.formula):
        return "global minimum", "", None
    if facts.plane is None or (normal_directions and facts.normal is None):
        return "undecided", facts.open, None
    excess = None if better is None else lower - better.upper
    if excess is None or excess <= 0:
        return "strict minimum", "no feasible point is proved to be better", None
    if better is not None and (refusal := better.refusal(problem, lower)):
        return "strict minimum", f"the point to compare with is not one of this problem: {refusal}", None
    return "spurious minimum", "", excess


def _inertia(problem: Problem, facts: _Facts) -> Inertia | None:
    r = facts.orbit.layout.r
    normal_directions = (problem.dim or 0) - r
    if facts.plane is None or (normal_directions and facts.normal is None):
        return None
    below_zero, above_zero = facts.normal or (0, 0)
    negative = facts.plane[0] + normal_directions * below_zero
    positive = facts.plane[1] + normal_directions * above_zero
    return negative, _orbit_dimension(problem.dim or 0, r), positive


def _orbit_dimension(d: int, r: int) -> int:
    """Dimension of the O(d)-orbit of a point of rank r: d r - r (r + 1)/2."""
    return d * r - r * (r + 1) // 2


def _float_embeddings(problem: Problem, orbit: Orbit) -> NDArray[np.float64]:
    result = np.zeros((problem.dim or 0, problem.classes.n))
    for row, entries in zip(result, orbit.state.h, strict=False):
        row[:] = [float(x.mid()) for x in entries]
    return result


def _uncertified(problem: Problem, embeddings: NDArray[np.float64], hits: int, kind: str, reason: str) -> CriticalPoint:
    from scverify.search.objective import Objective

    objective = Objective.floats(sample_level(problem))
    value = Fraction(float(objective.value(objective.similarities(embeddings.T, np.zeros(problem.classes.n)))))
    rank = int(np.linalg.matrix_rank(embeddings, tol=1e-6))
    return CriticalPoint(
        problem=problem,
        kind=kind,
        reason=reason,
        embeddings=embeddings,
        multipliers=np.zeros(problem.classes.n),
        lower=value,
        upper=value,
        rank=rank,
        inertia=None,
        orbit_dimension=_orbit_dimension(problem.dim or 0, rank),
        excess=None,
        hits=hits,
        trust="float",
        proofs={},
    )
