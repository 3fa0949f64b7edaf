"""Every critical point of a small instance: a complete list, proved rank by rank (MATH 4.6).

A critical point of rank r lies in r dimensions. For each r from the dimension of the problem down to 2, boxes show that all points of
full rank in r dimensions are listed. In one dimension every pattern of signs is critical: there H S = 0 whatever H.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from scverify.certify.alike import Floats, copies_of, euler, padded, same, sign_patterns
from scverify.certify.better import Better
from scverify.certify.checkpoints import Checkpoints, Keep, damaged, from_hexadecimal, hexadecimal, opened, sealed, seconds_left
from scverify.certify.claims import Data, certificate
from scverify.certify.orbit import certify_point
from scverify.certify.subdivision import Extent, Subdivision, effort
from scverify.errors import InputError, may_be_callable, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.landscapes.boxes import embedded
from scverify.kernel.landscapes.contraction import contracted
from scverify.kernel.landscapes.copies import Permutation, symmetries
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.lists import NARROWING
from scverify.kernel.landscapes.reasons import EVERY_POINT, LISTED, STATEMENTS
from scverify.kernel.landscapes.rows import BoxRows, domain_of, rows_of
from scverify.kernel.landscapes.spectra import is_of_low_rank
from scverify.kernel.level import level_of
from scverify.kernel.limits import Limits
from scverify.kernel.points.nodes import point_level
from scverify.kernel.points.orbit import prove_orbit
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import verify_data
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.results.landscape import Listing
from scverify.results.points import CriticalPoint, point_file

FORMAT = "scverify-list-search-2"
ALL_POINTS = "every critical point is listed"
# where the kernel starts; it doubles them itself while its balls are too wide
BITS = 192
# of neighbourhoods, the widest first: the wider one is, the sooner the boxes near its point are settled
RADII = ("1/1024", "1/65536", "1/4194304")
# narrower than the least of RADII: an isolated point would have its neighbourhood
HOPELESS = 1e-7


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

    One certificate states all ranks together. search: of an earlier Listing, to be taken up; keep(search) is called now and then, and
    before the kernel checks the whole. Raises InputError for a `search` that is damaged, and where the kernel knows no landscape of the
    problem.

    >>> len(all_critical_points(Problem("supcon", (2, 2), dim=2, temperature=1)).points)
    7
    """
    must_be(problem, Problem, "problem", "a Problem")
    may_be_callable(progress, "progress")
    jobs, budget = effort(jobs, budget)
    started = time.perf_counter()
    until = time.monotonic() + (budget if budget is not None else float("inf"))
    group = _group(problem)
    work = _Work.of(problem, search)
    kept = Checkpoints(keep, work.state)
    certificate: Data | None = None
    reason, points = "interrupted", list[CriticalPoint]()
    try:
        reason = _list_ranks(work, jobs, until, group, kept, progress)
        if not reason:
            certificate, reason = _checked(work, seconds_left(budget, until))
        points = _certified(problem, work.embeddings + sign_patterns(problem.classes.n, group))
    except KeyboardInterrupt:
        certificate, reason = None, "interrupted"
    kept.now()
    copies = tuple(copies_of(point.embeddings, group, point.rank, problem.dim or 0) for point in points)
    complete = certificate is not None and all(point.inertia is not None for point in points)
    return Listing(
        problem=problem,
        claim=ALL_POINTS,
        verdict="PROVED" if certificate else "UNDECIDED",
        trust="interval" if certificate else "float",
        reason=reason,
        boxes=work.boxes,
        points=tuple(points),
        copies=copies,
        euler=euler(points, copies) if complete and problem.dim == 2 else None,
        interrupted=reason == "interrupted",
        seconds=time.perf_counter() - started,
        certificate=certificate,
        inertias=_inertias(points) if certificate else {},
        search=None if certificate else work.state(),
    )


def _list_ranks(
    work: _Work,
    jobs: int,
    until: float,
    group: list[Permutation],
    kept: Checkpoints,
    progress: Callable[[Extent], None] | None,
) -> str:
    """Lists the points of every rank that is not listed yet; why one is not, empty where all are."""
    try:
        for rank in work.open_ranks():
            in_rank = work.problem.replace(dim=rank)
            subdivision = work.subdivision = _begun(in_rank, work.trees)
            _grow(subdivision, jobs, until, kept.watching(progress))
            if not subdivision.complete:
                raise _Open(f"out of budget at rank {rank}, {100 * subdivision.progress.settled:.3g} % settled")
            kept.now()
            work.finish(_listed(in_rank, subdivision, group))
    except _Open as refusal:
        return str(refusal)
    kept.now()
    return ""


def _checked(work: _Work, limits: Limits | None) -> tuple[Data | None, str]:
    """The certificate of all ranks together, if the kernel verifies it within the limits; else why it does not."""
    claim = {"type": "CompleteList", "problem": work.claim["problem"], "ranks": [rank.claimed for rank in work.ranks]}
    finished = certificate(claim, {"ranks": [rank.witness for rank in work.ranks]}, BITS)
    answer = verify_data(finished, limits)
    return (finished, "") if answer.word == "VERIFIED" else (None, f"the kernel did not accept the list: {answer.reason}")


def _inertias(points: list[CriticalPoint]) -> dict[str, Data]:
    """The certificates of the points' inertias by the names of their files."""
    proved = ((number, point.certificates.get("inertia.json")) for number, point in enumerate(points))
    return {point_file(number, "-inertia"): data for number, data in proved if data is not None}


@dataclass(frozen=True)
class _Rank:
    """The points of one rank: floats (rank, n), what the claim says of them, and the witness that there are no others."""

    points: list[Floats]
    claimed: list[Data]
    witness: Data


@dataclass
class _Work:
    """What is done of a list: the ranks from the highest, and the boxes of the rank that is next."""

    problem: Problem
    claim: Data
    ranks: list[_Rank] = field(default_factory=list)
    trees: Any = None
    subdivision: Subdivision | None = None

    @classmethod
    def of(cls, problem: Problem, search: Data | None) -> _Work:
        """Nothing, or what an earlier search kept; InputError where that is damaged."""
        claim = {"type": "CompleteList", "problem": problem_data(problem)}
        if search is None:
            return cls(problem, claim)
        found = opened(search, FORMAT, claim)
        try:
            ranks = [_Rank([from_hexadecimal(h) for h in rank["points"]], rank["claimed"], rank["witness"]) for rank in found["ranks"]]
            return cls(problem, claim, ranks, found["trees"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(f"it cannot be read ({type(error).__name__})") from error

    def open_ranks(self) -> Iterator[int]:
        """Each rank that is not listed yet, from the highest to 2."""
        while (rank := (self.problem.dim or 0) - len(self.ranks)) > 1:
            yield rank

    def finish(self, rank: _Rank) -> None:
        """The rank is listed."""
        self.ranks.append(rank)
        self.subdivision = self.trees = None

    def state(self) -> Data:
        """What is needed to take it up."""
        ranks = [{"points": [hexadecimal(h) for h in rank.points], "claimed": rank.claimed, "witness": rank.witness} for rank in self.ranks]
        trees = self.trees if self.subdivision is None else self.subdivision.packed()
        return sealed({"format": FORMAT, "claim": self.claim, "ranks": ranks, "trees": trees})

    @property
    def embeddings(self) -> list[Floats]:
        """The points of all ranks."""
        return [h for rank in self.ranks for h in rank.points]

    @property
    def boxes(self) -> int:
        """How many boxes were met."""
        finished = sum(tree["boxes"] for rank in self.ranks for tree in rank.witness["trees"])
        return int(finished) + (0 if self.subdivision is None else self.subdivision.boxes)


def _certified(problem: Problem, embeddings: list[Floats]) -> list[CriticalPoint]:
    """The points in the dimension of the problem, lowest first; minima are compared with the lowest."""
    found = [certify_point(problem, padded(h, problem.dim or 0)) for h in embeddings]
    lowest = Better.of_embeddings(problem, min(found, key=lambda point: point.lower).embeddings)
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


def _listed(problem: Problem, subdivision: Subdivision, group: list[Permutation]) -> _Rank:
    """The points that the specks hold, one of each kind."""
    specks: list[Floats] = []
    for boxes in subdivision.leaves_with(LISTED):
        narrow, _ = contracted(subdivision.rows, boxes, NARROWING)
        narrow = narrow[~is_of_low_rank(Enclosures(subdivision.rows, narrow))]
        for h in np.moveaxis(embedded(narrow, subdivision.rows.d).middle(), 2, 0):
            if not any(same(h, other, group) for other in specks):
                specks.append(h)
    found = [_neighbourhood(problem, h) for h in specks]
    pairs = [list(pair) for pair in combinations(range(problem.classes.n), 2)]
    witness = {"orderings": pairs, "trees": subdivision.packed(), "points": [proof for _, proof in found]}
    return _Rank(points=specks, claimed=[claimed for claimed, _ in found], witness=witness)


def _neighbourhood(problem: Problem, h: Floats) -> tuple[Data, Data]:
    """A listed point and its proof, with the widest radius that the kernel grants."""
    point = certify_point(problem, np.ascontiguousarray(h))
    if point.certificate is None:
        raise _Open(f"a critical point near a speck is not certified: {point.reason}")
    level = point_level(level_of(read_problem(problem_data(problem)), "samples", None))
    proof = {name: point.certificate["witness"][name] for name in ("multipliers", "active", "gauge")}
    for radius in RADII:
        claimed = {"embeddings": point.certificate["claim"]["embeddings"], "radius": radius}
        try:
            prove_orbit(level, claimed, proof)
        except Unresolved:
            continue
        return claimed, proof
    raise _Open("the neighbourhood of a critical point is too small")
