"""What a statement may ask of the critical points of a problem: truths in floats, and certified ones where floats do not say TRUE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.certify.better import Better
from scverify.certify.orbit import certify_point
from scverify.certify.points import feasible_point_of
from scverify.conjecture.enclosure import Enclosure
from scverify.conjecture.optimum_facts import optimum_facts
from scverify.conjecture.tally import TALLY, count_certificates
from scverify.conjecture.truth import Truth, all_of, as_truth, unknown
from scverify.errors import InputError, Undecided, must_be, must_be_callable
from scverify.kernel.certificate import digest
from scverify.model.constraints import NonNegative
from scverify.model.exact import whole
from scverify.model.points import AnyProblem, formula_by_tree, node_constraints, points_claim, written_nodes
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint
from scverify.results.units import UnitOptimum
from scverify.search.critical import Search, Stationary, critical_candidates
from scverify.symbolic.shape import is_known_convex

# three of each kind of start in turn (`search.starts`); a hunt looks at many problems and pays for each
STARTS = 24
# of values: a search ends where gradients are small, and values err by their squares
_SAME = 1e-7
# of entries: where a minimum is flat, points are only as near as the root of what the value resolves
_TOGETHER = 1e-5
# searches: the predicates of a statement ask about the same problem one after the other
_KEPT = 64


@dataclass(frozen=True, eq=False)
class PointFacts:
    """A critical point as truths: in floats as a search found it, or as certified."""

    problem: AnyProblem
    embeddings: NDArray[np.float64]
    rank: int
    value: Enclosure
    is_local_minimum: Truth
    is_global: Truth
    is_strict_saddle: Truth
    is_collapsed: Truth


Predicate = Callable[[PointFacts], Truth | bool]


def for_all_critical_points(problem: AnyProblem, predicate: Predicate, starts: int = STARTS, seed: int = 0) -> Truth:
    """Whether a predicate holds at every critical point.

    A search in floats from `starts` starts lists the points. TRUE is float evidence: a search may miss points. Where the predicate is not
    TRUE in floats the point is certified, and FALSE is the predicate's word on the certified point; where that is not decided, UNKNOWN.

    >>> for_all_critical_points(Problem("supcon", (2, 2), dim=2, temperature=1), lambda point: point.is_global, starts=6).value
    True
    """
    must_be_callable(predicate, "predicate")
    search = _found(problem, starts, seed)
    optimum = _optimum(problem)
    lowest = min([point.value for point in search.points] + ([] if optimum is None else [float(optimum.upper)]), default=0.0)
    answers = [(as_truth(predicate(_in_floats(problem, point, lowest))), point) for point in search.points]
    margin = min((truth.margin for truth, _ in answers), default=0.0)
    if not answers:
        return unknown(f"{search.starts_done} starts found no critical point")
    suspects = sorted((item for item in answers if item[0].value is not True), key=lambda item: item[0].margin)
    open_points: list[Truth] = []
    better = None if optimum is None else feasible_point_of(problem, optimum)
    for _, point in suspects:
        better = better or _lowest_certified(problem, search)
        checked = _certified_answer(problem, point, better, predicate)
        if checked.value is False:
            return Truth(False, checked.evidence, checked.trust, checked.certificates, min(margin, -1e-9))
        if checked.value is None:
            open_points.append(checked)
    if open_points:
        reasons = dict.fromkeys(line for truth in open_points for line in truth.evidence)
        return unknown(f"{len(open_points)} of {len(answers)} critical points: {'; '.join(reasons)}", "float", margin)
    return Truth(True, (f"{len(answers)} orbits of critical points from {search.starts_done} starts",), "float", (), margin)


def for_all_minima(problem: AnyProblem, predicate: Predicate, starts: int = STARTS, seed: int = 0) -> Truth:
    """Whether a predicate holds at every local minimum; see `for_all_critical_points`.

    >>> for_all_minima(Problem("supcon", (2, 2), dim=2, temperature=1), lambda point: point.is_global, starts=6).value
    True
    """
    must_be_callable(predicate, "predicate")
    return for_all_critical_points(problem, lambda point: ~point.is_local_minimum | predicate(point), starts, seed)


def for_all_spurious_minima(
    problem: AnyProblem, predicate: Callable[[CriticalPoint], Truth | bool], starts: int = STARTS, seed: int = 0
) -> Truth:
    """Whether a predicate holds at every strict local minimum that is not global; it is given the certified points (see `excess`).

    A search in floats lists the points, so that TRUE is float evidence; FALSE is the predicate's word on a certified point.

    >>> for_all_spurious_minima(Problem("supcon", (2, 2), dim=2, temperature=1), lambda point: excess(point) > 0, starts=6).value
    True
    """
    must_be_callable(predicate, "predicate")
    search, optimum = _found(problem, starts, seed), _optimum(problem)
    lowest = min((point.value for point in search.points), default=0.0) if optimum is None else float(optimum.upper)
    suspects = [point for point in search.points if point.inertia[0] == 0 and not _is_lowest(point, lowest)]
    better = (_lowest_certified(problem, search) if suspects else None) if optimum is None else feasible_point_of(problem, optimum)
    certified_points = [_certify(problem, point, better) for point in suspects]
    spurious = [point for point in certified_points if point.kind == "spurious minimum"]
    answer = all_of([as_truth(predicate(point)) for point in spurious])
    if answer.value is True and len(spurious) < len(suspects):
        return unknown(f"{len(suspects) - len(spurious)} critical points may be spurious minima too", "float", answer.margin)
    return answer if answer.value is not True else Truth(True, (f"{len(spurious)} spurious minima found",), "float", (), answer.margin)


def excess(point: CriticalPoint) -> Enclosure:
    """By how much a certified point's value exceeds the optimum of the relaxation.

    >>> problem = Problem("supcon", (2, 2), dim=2, temperature=1)
    >>> point = certify_point(problem, [[1.0, 1.0, -1.0, -1.0], [0.0, 0.0, 0.0, 0.0]])
    >>> (excess(point) < 1e-9).value
    True
    """
    must_be(point, CriticalPoint, "point", "a certified CriticalPoint")
    optimum = optimum_facts(point.problem).optimum
    certificates = (*point.certificates.values(), optimum.certificate)
    return Enclosure(
        point.lower - optimum.upper, point.upper - optimum.lower, f"excess at tau = {point.problem.temperature}", "ball", certificates
    )


def least_value(problem: AnyProblem, starts: int = STARTS, seed: int = 0) -> Enclosure:
    """The least loss that a search over embeddings finds: float evidence of the minimum in the problem's dimension, no bound of it.

    >>> found = least_value(Problem("supcon", (2, 2), dim=2, temperature="1/2"), starts=6)
    >>> round(float(found.lower), 6)
    0.143905
    """
    values = [point.value for point in _found(problem, starts, seed).points]
    if not values:
        raise Undecided(f"{starts} starts found no critical point of {problem}")
    least = Fraction(min(values))
    slack = Fraction(_SAME) * max(Fraction(1), abs(least))
    return Enclosure(least - slack, least + slack, f"least value found for d = {problem.dim}", "float")


def _found(problem: AnyProblem, starts: int, seed: int) -> Search:
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    whole(starts, "starts", 1), whole(seed, "seed", 0)
    search = _kept_search(problem, starts, seed)
    if (tally := TALLY.get()) is not None:
        tally.searches[digest({**points_claim(problem), "starts": starts, "seed": seed})] = len(search.points)
    return search


def equal_grams_at_the_lowest_value(problem: AnyProblem, starts: int = STARTS, seed: int = 0) -> Truth:
    """Whether the critical points of least value that a search finds have one Gram matrix; float evidence either way."""
    points = _found(problem, starts, seed).points
    if not points:
        return unknown(f"{starts} starts found no critical point")
    lowest = min(point.value for point in points)
    best = [point for point in points if _is_lowest(point, lowest)]
    said = f"{len(best)} Gram matrices among the lowest of {len(points)} orbits of critical points"
    return Truth(len(best) == 1, (said,), "float", (), 1.5 - len(best))


@lru_cache(_KEPT)
def _kept_search(problem: AnyProblem, starts: int, seed: int) -> Search:
    if any(isinstance(constraint, NonNegative) for constraint in node_constraints(problem)):
        raise InputError("H >= 0", "sphere, ball or ridge for critical points", "drop the sign constraint")
    search = critical_candidates(problem, starts, seed)
    if search.interrupted:
        raise KeyboardInterrupt
    return search


def _optimum(problem: AnyProblem) -> Optimum | UnitOptimum | None:
    """The certified optimum of the relaxation, where there is one and the problem's dimension is known to attain it."""
    if not all(map(is_known_convex, formula_by_tree(problem).values())):
        return None
    try:
        found: Optimum | UnitOptimum = optimum_facts(problem).optimum
    except (InputError, Undecided):
        return None
    if isinstance(problem, UnitProblem) or isinstance(found, UnitOptimum):
        # its rank is that of the point that attains the upper bound
        return found if problem.dim is None or (found.rank is not None and problem.dim >= found.rank) else None
    most = problem.classes.n if found.level == "samples" else problem.classes.k
    return found if problem.dim is None or problem.dim >= (most if found.rank is None else found.rank) else None


def _lowest_certified(problem: AnyProblem, search: Search) -> Better | None:
    """The lowest point of a search as a feasible point to compare with."""
    point = _certify(problem, search.points[0], None)
    return Better.of_embeddings(problem, point.embeddings) if point.trust == "ball" else None


def _certify(problem: AnyProblem, point: Stationary, better: Better | None) -> CriticalPoint:
    result = certify_point(problem, point.embeddings, point.hits, better)
    count_certificates(result.certificates.values())
    return result


def _certified_answer(problem: AnyProblem, point: Stationary, better: Better | None, predicate: Predicate) -> Truth:
    """The predicate's word on the certified point; TRUE where the point turns out not to be critical."""
    result = _certify(problem, point, better)
    if result.kind == "not critical":
        return Truth(True, (f"the point is not critical: {result.reason}",), "ball")
    answer = as_truth(predicate(_as_certified(result)))
    return unknown(f"{result.kind}: {result.reason}") if answer.value is None and result.reason else answer


def _is_lowest(point: Stationary, lowest: float) -> bool:
    return point.value <= lowest + _SAME * max(1.0, abs(lowest))


def _in_floats(problem: AnyProblem, point: Stationary, lowest: float) -> PointFacts:
    """Truths of trust float from the searcher's own guesses."""
    negative, height = point.inertia[0], point.value - lowest
    value = Enclosure(Fraction(point.value), Fraction(point.value), f"value {point.value:.8g}", "float")
    best = _is_lowest(point, lowest)
    return PointFacts(
        problem,
        point.embeddings,
        point.rank,
        value,
        Truth(negative == 0, (f"{negative} negative eigenvalues in floats",), "float", (), -float(negative) if negative else 1.0),
        Truth(best, (f"{height:.3g} above the lowest value",), "float", (), 1.0 if best else -height / max(1.0, abs(lowest))),
        Truth(negative > 0, (f"{negative} negative eigenvalues in floats",), "float", (), float(negative) if negative else -1.0),
        _collapsed_in_floats(problem, point.embeddings),
    )


_ANSWERS: dict[str, tuple[bool | None, bool | None, bool | None]] = {
    "global minimum": (True, True, False),
    "spurious minimum": (True, False, False),
    "strict minimum": (True, None, False),
    "strict saddle": (False, False, True),
}


def _as_certified(point: CriticalPoint) -> PointFacts:
    """Truths of trust ball from a certified kind; UNKNOWN where the kind does not decide."""
    said = f"{point.kind}, loss {float(point.lower):.8g}" + (f", excess {float(point.excess):.8g}" if point.excess is not None else "")
    certificates = () if point.certificate is None else (point.certificate,)

    def answer(value: bool | None) -> Truth:
        if value is None:
            return unknown(f"{said}: {point.reason or 'not decided by this kind'}", "ball")
        return Truth(value, (said,), "ball", certificates, 1.0 if value else -1.0)

    local, best, saddle = map(answer, _ANSWERS.get(point.kind, (None, None, None)))
    trust: Any = point.trust
    value = Enclosure(point.lower, point.upper, f"value {float(point.lower):.8g}", trust, certificates)
    return PointFacts(point.problem, point.embeddings, point.rank, value, local, best, saddle, _collapsed(point))


def _widest(problem: AnyProblem, columns: NDArray[Any]) -> Any:
    """The largest difference of an entry between two samples of a class, or copies of a node; 0 without entries. columns: (d, n)."""
    labels = [(node.unit, node.kind) for node in written_nodes(problem)] if isinstance(problem, UnitProblem) else problem.classes.labels
    pairs = [(i, j) for j in range(len(labels)) for i in range(j) if labels[i] == labels[j]]
    return max((abs(row[i] - row[j]) for row in columns for i, j in pairs), default=0)


def _collapsed_in_floats(problem: AnyProblem, embeddings: NDArray[np.float64]) -> Truth:
    spread = float(_widest(problem, embeddings))
    return Truth(spread <= _TOGETHER, (f"samples of a class up to {spread:.2g} apart in floats",), "float", (), _TOGETHER - spread)


def _collapsed(point: CriticalPoint) -> Truth:
    """FALSE where the stated embeddings of two samples of a class are further apart than their radius allows; else float evidence."""
    if point.certificate is None:
        return _collapsed_in_floats(point.problem, point.embeddings)
    claim = point.certificate["claim"]
    columns = np.array(claim["embeddings"]["rows"], dtype=object)
    # each entry of the true point is within the radius of the stated one
    spread = Fraction(int(_widest(point.problem, columns)), 2 ** claim["embeddings"]["bits"]) - 2 * Fraction(claim["radius"])
    if spread <= 0:
        return _collapsed_in_floats(point.problem, point.embeddings)
    return Truth(False, (f"two samples of a class are at least {float(spread):.4g} apart",), "ball", (point.certificate,), -float(spread))
