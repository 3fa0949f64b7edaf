"""Certified critical points: a float point, refined, boxed by the kernel and typed by what the kernel can prove of it (MATH 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from scverify.certify.better import Better, compared_with
from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, below, matrix, places_for, text
from scverify.certify.precise import as_array, float_midpoints
from scverify.certify.stationary import stationary
from scverify.errors import InputError, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.krawczyk import Singular
from scverify.kernel.points.active import multiplier_signs
from scverify.kernel.points.inertia import normal_inertia, plane_inertia
from scverify.kernel.points.nodes import PointLevel
from scverify.kernel.points.orbit import Layout, Orbit, State, prove_orbit
from scverify.model.points import AnyProblem, formula_by_tree, point_level_of, points_claim
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint, Inertia
from scverify.symbolic.shape import is_known_convex

# each twice the one before; what is open after the last is said to be degenerate or undecided
BITS = (128, 256, 512, 1024)
# beyond the bits of the certificate's numbers, for what sums and inverses lose
GUARD = 64
# beyond it no critical point is near, and the one that Newton's iteration would reach is not the one that is meant
FEASIBLE = 0.01


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


def _embeddings(problem: AnyProblem, given: Any) -> NDArray[np.float64]:
    """The embeddings as an array; raises InputError where they are not of the problem's shape, not finite, or not near the constraint."""
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    level = point_level_of(problem)
    try:
        found = np.asarray(given, dtype=None if np.iscomplexobj(given) else np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"embeddings ({error})", "an array of real numbers (d, n)", "convert them with numpy.array") from error
    if problem.dim is None or found.shape != (problem.dim, len(level.norms)):
        raise InputError(
            f"embeddings of shape {found.shape}", f"({problem.dim}, {len(level.norms)}), one column per sample", "set dim, or transpose"
        )
    if found.dtype != np.float64 or not np.isfinite(found).all():
        raise InputError("embeddings with entries that are NaN, infinite or complex", "finite real numbers", "remove them")
    for i, (norm, length) in enumerate(zip(level.norms, np.linalg.norm(found, axis=0), strict=True)):
        rho = float(norm.bound) ** 0.5
        if norm.kind != "ridge" and (length > rho * (1 + FEASIBLE) or (norm.kind == "sphere" and length < rho * (1 - FEASIBLE))):
            raise InputError(f"embedding {i} of norm {length:.6g}", f"a norm near that of its {norm.kind}, {rho:.6g}", "scale the columns")
    return found


def certify_point(
    problem: AnyProblem, embeddings: NDArray[np.float64], hits: int = 1, better: Better | Optimum | CriticalPoint | None = None
) -> CriticalPoint:
    """Certify the critical point near embeddings (d, n), and its kind, for a problem with a dimension.

    better: an optimum or a certified point against which a strict minimum is shown to be spurious. A point that cannot be certified is
    "undecided", or "degenerate" where its orbit seems not isolated, with the reason. Raises InputError where the embeddings are not
    (dim, n), not finite, or not near the constraint.

    >>> problem = Problem("supcon", (2, 2), dim=2, temperature="1/2")
    >>> certify_point(problem, [[1.0, 1.0, -1.0, -1.0], [0.0, 0.0, 0.0, 0.0]]).kind
    'global minimum'
    """
    embeddings, compared = _embeddings(problem, embeddings), compared_with(better)
    level, stated = point_level_of(problem), points_claim(problem)
    facts, reason, singular = None, "", False
    for bits in BITS:
        try:
            with ctx.workprec(bits + GUARD):
                facts = _facts(level, stated, *stationary(level, embeddings, bits), bits)
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


def _facts(level: PointLevel, stated: Data, layout: Layout, at: State, bits: int) -> _Facts:
    embeddings = matrix(as_array(np.array(at.h, dtype=object).reshape(layout.r, layout.n)), bits)
    claim: Data = {**stated, "embeddings": embeddings, "radius": text(Fraction(1, 2 ** (bits // 2)))}
    witness: Data = {
        "multipliers": matrix(as_array(np.array(at.multipliers, dtype=object)[:, None]), bits),
        "active": layout.active,
        "gauge": layout.columns,
    }
    open_questions: list[str] = []

    def attempt(question: Callable[[Orbit], Any]) -> Any:
        try:
            return question(orbit)
        except Unresolved as unresolved:
            open_questions.append(str(unresolved))
            return None

    orbit = prove_orbit(level, claim, witness)
    signs, refusal = True, ""
    if any(norm.kind == "ball" for norm in level.norms):
        try:
            attempt(partial(multiplier_signs, level.norms))
            signs = not open_questions
        except Rejected as rejection:
            signs, refusal = False, str(rejection)
    plane, normal = attempt(plane_inertia), attempt(normal_inertia)
    return _Facts(orbit, claim, witness, bits + GUARD, plane, normal, signs, refusal, "; ".join(dict.fromkeys(open_questions)))


def _typed(problem: AnyProblem, facts: _Facts, hits: int, better: Better | None) -> CriticalPoint:
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
        embeddings=_float_embeddings(problem.dim or 0, facts.orbit),
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


def _kind(problem: AnyProblem, facts: _Facts, lower: Fraction, better: Better | None) -> tuple[str, str, Fraction | None]:
    """The strongest kind that the facts support, what is left open, and the excess of a spurious minimum."""
    normal_directions = (problem.dim or 0) - facts.orbit.layout.r
    if facts.refusal:
        return "not critical", facts.refusal, None
    if not facts.signs:
        return "undecided", facts.open, None
    if (facts.plane and facts.plane[0]) or (facts.normal and facts.normal[0] and normal_directions):
        return "strict saddle", "", None
    if facts.normal is not None and facts.normal[0] == 0 and all(map(is_known_convex, formula_by_tree(problem).values())):
        return "global minimum", "", None
    if facts.plane is None or (normal_directions and facts.normal is None):
        return "undecided", facts.open, None
    excess = None if better is None else lower - better.upper
    if excess is None or excess <= 0:
        return "strict minimum", "no feasible point is proved to be better", None
    if better is not None and (refusal := better.refusal(problem, lower)):
        return "strict minimum", f"the point to compare with is not one of this problem: {refusal}", None
    return "spurious minimum", "", excess


def _inertia(problem: AnyProblem, facts: _Facts) -> Inertia | None:
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


def _float_embeddings(dim: int, orbit: Orbit) -> NDArray[np.float64]:
    result = np.zeros((dim, orbit.layout.n))
    for row, entries in zip(result, orbit.state.h, strict=False):
        row[:] = [float(x.mid()) for x in entries]
    return result


def _uncertified(problem: AnyProblem, embeddings: NDArray[np.float64], hits: int, kind: str, reason: str) -> CriticalPoint:
    from scverify.search.batch import Batch

    value = Fraction(float(Batch.of(problem).value_and_gradient(embeddings)[0]))
    rank = int(np.linalg.matrix_rank(embeddings, tol=1e-6))
    return CriticalPoint(
        problem=problem,
        kind=kind,
        reason=reason,
        embeddings=embeddings,
        multipliers=np.zeros(embeddings.shape[1]),
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
