"""Every critical point of a small instance: a complete list, proved rank by rank (MATH 4.6).

A critical point of rank r lies in r dimensions. For each r from the dimension of the problem down to 2, boxes show that all points of
full rank in r dimensions are listed. In one dimension every pattern of signs is critical: there H S = 0 whatever H.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.certify.checkpoints import Checkpoints, Keep, damaged, floats, hexadecimal, opened, sealed, seconds_left
from scverify.certify.claims import Data, certificate
from scverify.certify.orbit import Better, certify_point
from scverify.certify.subdivision import Extent, Subdivision, effort
from scverify.errors import InputError, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.landscapes.boxes import embedded
from scverify.kernel.landscapes.contraction import contracted
from scverify.kernel.landscapes.copies import Permutation, symmetries
from scverify.kernel.landscapes.discards import Enclosures, is_of_low_rank
from scverify.kernel.landscapes.lists import NARROWING
from scverify.kernel.landscapes.reasons import EVERY_POINT, LISTED, STATEMENTS
from scverify.kernel.landscapes.rows import BoxRows, domain_of, rows_of
from scverify.kernel.level import level_of
from scverify.kernel.limits import Limits
from scverify.kernel.points.orbit import prove_orbit
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import verify_data
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.results.landscape import Listing
from scverify.results.points import CriticalPoint, point_file

FORMAT = "scverify-list-search"
ALL_POINTS = "every critical point is listed"
BITS = 192
RADII = ("1/1024", "1/65536", "1/4194304")
SAME = 1e-6
HOPELESS = 1e-7
Floats = NDArray[np.float64]


def all_critical_points(
    problem: Problem,
    *,
    jobs: int | None = None,
    budget: float | None = None,
    progress: Callable[[Extent], None] | None = None,
    search: Data | None = None,
    keep: Keep | None = None,
) -> Listing:
    """Prove a complete list of the critical points of a small instance on the unit sphere, or say why it is undecided.

    search: of an earlier Listing, to be taken up; keep(search) is called now and then, and before the kernel checks a rank. Raises
    InputError for a `search` that is damaged, and where the kernel knows no landscape of the problem.
    """
    must_be(problem, Problem, "problem", "a Problem")
    jobs, budget = effort(jobs, budget)
    started = time.perf_counter()
    until = time.monotonic() + (budget if budget is not None else float("inf"))
    reason, interrupted = "", False
    group = _group(problem)
    work = _Work.of(problem, search)
    kept = Checkpoints(keep, work.state)
    try:
        for rank in range((problem.dim or 0) - len(work.ranks), 1, -1):
            in_rank = problem.replace(dim=rank)
            subdivision = work.subdivision = _begun(in_rank, work.trees)
            _grow(subdivision, jobs, until, kept.watching(progress))
            if not subdivision.complete:
                raise _Open(f"out of budget at rank {rank}, {100 * subdivision.progress.settled:.3g} % settled")
            kept.now()
            work.finish(*_listed(in_rank, subdivision, group, seconds_left(budget, until)))
    except KeyboardInterrupt:
        reason, interrupted = "interrupted", True
    except _Open as refusal:
        reason = str(refusal)
    kept.now()
    certificates = {f"landscape-rank-{(problem.dim or 0) - place}.json": proof for place, (_, proof) in enumerate(work.ranks)}
    embeddings = [h for found, _ in work.ranks for h in found] + _sign_patterns(problem.classes.n, group)
    points = _certified(problem, embeddings)
    reason = reason or _degenerate(points)
    copies = tuple(_copies(point.embeddings, group, point.rank, problem.dim or 0) for point in points)
    return Listing(
        problem=problem,
        claim=ALL_POINTS,
        verdict="UNDECIDED" if reason else "PROVED",
        trust="float" if reason else "interval",
        reason=reason,
        boxes=work.boxes,
        points=tuple(points),
        copies=copies,
        euler=_euler(points, copies) if not reason and problem.dim == 2 else None,
        interrupted=interrupted,
        seconds=time.perf_counter() - started,
        proofs=certificates | _inertias(points),
        search=work.state() if reason else None,
    )


def _degenerate(points: list[CriticalPoint]) -> str:
    """Why a list of points is not one of isolated points; empty where each has a proved inertia."""
    return "the inertia of a listed point is not proved: it may be degenerate" if any(p.inertia is None for p in points) else ""


def _inertias(points: list[CriticalPoint]) -> dict[str, Data]:
    """The certificates of the points' inertias by the names of their files."""
    proved = ((number, point.certificates.get("inertia.json")) for number, point in enumerate(points))
    return {point_file(number, "-inertia"): data for number, data in proved if data is not None}


@dataclass
class _Work:
    """What is done of a list: for each rank, from the highest, its points and certificate; and the boxes of the rank that is next."""

    claim: Data
    ranks: list[tuple[list[Floats], Data]] = field(default_factory=list)
    trees: Any = None
    subdivision: Subdivision | None = None

    @classmethod
    def of(cls, problem: Problem, search: Data | None) -> _Work:
        """Nothing, or what an earlier search kept; InputError where that is damaged."""
        claim = {"type": "Landscape", "problem": problem_data(problem), "statement": EVERY_POINT}
        if search is None:
            return cls(claim)
        found = opened(search, FORMAT, claim)
        try:
            ranks = [([floats(h) for h in rank["points"]], rank["certificate"]) for rank in found["ranks"]]
            return cls(claim, ranks, found["trees"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(f"it cannot be read ({type(error).__name__})") from error

    def finish(self, points: list[Floats], proof: Data) -> None:
        """The rank is listed."""
        self.ranks.append((points, proof))
        self.subdivision = self.trees = None

    def state(self) -> Data:
        """What is needed to take it up."""
        ranks = [{"points": [hexadecimal(h) for h in found], "certificate": proof} for found, proof in self.ranks]
        trees = self.trees if self.subdivision is None else self.subdivision.packed()
        return sealed({"format": FORMAT, "claim": self.claim, "ranks": ranks, "trees": trees})

    @property
    def boxes(self) -> int:
        """How many boxes were met."""
        finished = sum(tree["boxes"] for _, proof in self.ranks for tree in proof["witness"]["trees"])
        return int(finished) + (0 if self.subdivision is None else self.subdivision.boxes)


def _certified(problem: Problem, embeddings: list[Floats]) -> list[CriticalPoint]:
    """The points in the dimension of the problem, lowest first; minima are compared with the lowest."""
    found = [certify_point(problem, _padded(h, problem.dim or 0)) for h in embeddings]
    lowest = Better.of_point(min(found, key=lambda point: point.lower))
    compared = [certify_point(problem, point.embeddings, better=lowest) if point.kind == "strict minimum" else point for point in found]
    return sorted(compared, key=lambda point: point.lower)


class _Open(Exception):
    """Why the list is not proved to be complete."""


def _group(problem: Problem) -> list[Permutation]:
    try:
        return symmetries(level_of(read_problem(problem_data(problem)), "samples", None))
    except Rejected as refusal:
        raise InputError(f"landscape of {problem}: {refusal}", "small instances on the sphere", "change the problem") from refusal


def _rows(problem: Problem) -> BoxRows:
    stated = read_problem(problem_data(problem))
    level = level_of(stated, "samples", None)
    return rows_of(stated, level, list(combinations(range(level.nodes), 2)))


def _begun(problem: Problem, trees: Any) -> Subdivision:
    """A new subdivision, or the one that an earlier search kept as trees."""
    stated = read_problem(problem_data(problem))
    try:
        if stated.constraint.bound != 1:
            raise Rejected("lists are decided on the unit sphere")
        subdivision = Subdivision(_rows(problem), domain_of(stated, level_of(stated, "samples", None), stated.tau), STATEMENTS[EVERY_POINT])
    except Rejected as refusal:
        raise InputError(f"landscape of {problem}: {refusal}", "small instances on the unit sphere", "change the problem") from refusal
    if trees is not None:
        subdivision.take_up(trees)
    return subdivision


def _grow(subdivision: Subdivision, jobs: int, until: float, watch: Callable[[Extent], None]) -> None:
    """Settles boxes until all are, or the time is up."""
    for narrow in subdivision.grow(jobs, until, watch):
        if float((narrow.high[:-1] - narrow.low[:-1]).max()) < HOPELESS:
            raise _Open(f"a box of width {HOPELESS:.0e} resists: a critical point there may be degenerate or not isolated")


def _listed(problem: Problem, subdivision: Subdivision, group: list[Permutation], limits: Limits | None) -> tuple[list[Floats], Data]:
    """The points that the specks hold, one of each kind, and the certificate that no other has full rank."""
    specks: list[Floats] = []
    for boxes in subdivision.leaves_with(LISTED):
        narrow, _ = contracted(subdivision.rows, boxes, NARROWING)
        narrow = narrow[~is_of_low_rank(Enclosures(subdivision.rows, narrow))]
        for h in np.moveaxis(embedded(narrow, subdivision.rows.d).middle(), 2, 0):
            if not any(_same(h, other, group) for other in specks):
                specks.append(h)
    points, proofs = [], []
    for h in specks:
        claimed, proof = _neighbourhood(problem, h)
        points.append(claimed)
        proofs.append(proof)
    claim: Data = {"type": "Landscape", "problem": problem_data(problem), "statement": EVERY_POINT, "points": points}
    pairs = [list(pair) for pair in combinations(range(problem.classes.n), 2)]
    finished = certificate(claim, {"orderings": pairs, "trees": subdivision.packed(), "points": proofs}, BITS)
    answer = verify_data(finished, limits)
    if answer.word != "VERIFIED":
        raise _Open(f"the kernel did not accept the list: {answer.reason}")
    return specks, finished


def _same(h: Floats, other: Floats, group: list[Permutation]) -> bool:
    gram, known = h.T @ h, other.T @ other
    return any(np.abs(gram[np.ix_(p, p)] - known).max() < SAME for p in group)


def _neighbourhood(problem: Problem, h: Floats) -> tuple[Data, Data]:
    """A listed point and its proof, with the widest radius that the kernel grants."""
    point = certify_point(problem, np.ascontiguousarray(h))
    if point.certificate is None:
        raise _Open(f"a critical point near a speck is not certified: {point.reason}")
    level = level_of(read_problem(problem_data(problem)), "samples", None)
    proof = {name: point.certificate["witness"][name] for name in ("multipliers", "active", "gauge")}
    for radius in RADII:
        claimed = {"embeddings": point.certificate["claim"]["embeddings"], "radius": radius}
        try:
            prove_orbit(level, claimed, proof)
        except Unresolved:
            continue
        return claimed, proof
    raise _Open("the neighbourhood of a critical point is too small")


def _sign_patterns(n: int, group: list[Permutation]) -> list[Floats]:
    """All points of rank one, one of each kind."""
    found: list[Floats] = []
    for signs in product((1.0, -1.0), repeat=n - 1):
        h = np.array([[1.0, *signs]])
        if not any(_same(h, other, group) for other in found):
            found.append(h)
    return found


def _padded(h: Floats, dim: int) -> Floats:
    return np.vstack([h, np.zeros((dim - len(h), h.shape[1]))])


def _copies(h: Floats, group: list[Permutation], rank: int, dim: int) -> int:
    """How many different Gram matrices the interchanges make, twice where, in two dimensions, the mirror image is not a rotation."""
    gram = h.T @ h
    different: list[Floats] = []
    for p in group:
        moved = gram[np.ix_(p, p)]
        if not any(np.abs(moved - other).max() < SAME for other in different):
            different.append(moved)
    return len(different) * (2 if dim == rank == 2 else 1)


def _euler(points: list[CriticalPoint], copies: tuple[int, ...]) -> int:
    return sum((-1) ** point.inertia[0] * count for point, count in zip(points, copies, strict=True) if point.inertia is not None)
