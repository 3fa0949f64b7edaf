"""Families of spurious minima stated by their geometry: the points in letters, from which a frame and its limit at tau = 0 follow (MATH 8).

The user writes each point by its coordinates along the axes, such as "x a 0" and "x -a 0". Symmetries are the moves of axes that map the
letters to themselves; letters that fall with tau are small; entries that stay of one size in a row as tau falls are tied; each sample or
pair of samples turns in each plane.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import combinations, permutations, product

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray
from scipy.optimize import minimize

from scverify.certify.better import Better
from scverify.certify.branch import PRECISION, Branch, Guide, Reached, follow
from scverify.certify.claims import Data
from scverify.certify.optimum import optimum
from scverify.certify.tubes import solved
from scverify.errors import InputError
from scverify.kernel.branches.frame import Coordinates
from scverify.kernel.branches.strictness import Turn, embeddings_in_tau, second_derivatives
from scverify.kernel.branches.symmetry import Symmetry, orbits_of_entries, orbits_of_pairs
from scverify.kernel.branches.temperature import Temperatures
from scverify.model.classes import Classes
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.search.objective import Objective
from scverify.symbolic.losses import Loss

Floats = NDArray[np.float64]
# cold enough that an entry is of the size of the largest, or far below it; from here the search goes down to 0
_COLD = Fraction(1, 100)
# shares of entries beside the largest, as e^-20 to e^0 at 1/100: any number between sets those of its size apart from those far below
_SHARE = 1e-6
# temperatures on the way to 0, each near enough to the one before that Newton's method stays on the family
_DOWN = (Fraction(1, 200), Fraction(1, 1000), Fraction(0))
# at half the temperature a letter of the order of tau is about half, and one with a limit of its own about the same
_FALLS = 0.75
# of the whole way: on the way to a fold steps fall with what is left of it, and a family is asked for up to 10 digits of one
_FINEST = Fraction(1, 2**38)
# of vectors with entries near 1: those that are dependent differ by rounding alone
_SPANNED = 1e-6


@dataclass(frozen=True)
class Arrangement:
    """Points of a family of critical points on the unit sphere of full rank, one per sample, class by class.

    points: the coordinates along the axes, each 0, 1, -1, a letter or a letter with a minus, such as "x -a 0". near: where the letters are
    looked for at a low temperature, x = 0.02 say; those of one point need no norm 1.

    >>> Arrangement(Classes((4, 2)), ("x a 0", "x -a 0", "x 0 a", "x 0 -a", "-1 0 0", "-1 0 0"), {"x": 0.02, "a": 1}).dim
    3
    """

    classes: Classes
    points: tuple[str, ...]
    near: Mapping[str, float]

    def __post_init__(self) -> None:
        """Raise InputError where points and letters do not fit."""
        table = [point.split() for point in self.points]
        if len(table) != self.classes.n or len({len(point) for point in table}) != 1:
            raise InputError(f"{len(table)} points", f"{self.classes.n} points of as many coordinates each", "state one point a sample")
        unknown = {entry.lstrip("-") for point in table for entry in point} - set(self.near) - {"0", "1"}
        if unknown:
            raise InputError(f"letters {', '.join(sorted(unknown))}", "0, 1 and the letters of near", "say near which number they lie")

    @property
    def dim(self) -> int:
        """The number of axes."""
        return len(self.points[0].split())

    @cached_property
    def entries(self) -> list[list[tuple[int, str]]]:
        """(sign, letter) by axis and sample; sign 0 for 0."""

        def read(entry: str) -> tuple[int, str]:
            return (0, "0") if entry == "0" else (-1 if entry.startswith("-") else 1, entry.lstrip("-"))

        return [[read(point.split()[axis]) for point in self.points] for axis in range(self.dim)]

    def embeddings(self, letters: Mapping[str, float]) -> Floats:
        """The points (d, n) at values of the letters, made of norm 1."""
        h = np.array([[sign * {"0": 0.0, "1": 1.0, **letters}[letter] for sign, letter in row] for row in self.entries])
        unit: Floats = h / np.linalg.norm(h, axis=0)
        return unit

    @cached_property
    def symmetries(self) -> list[Symmetry]:
        """Moves of axes, signs and samples of one class that leave the letters alone: as many as it takes to have all orbits."""
        kept: list[Symmetry] = []
        for move in self._moves():
            if self._orbits([*kept, move]) < self._orbits(kept):
                kept.append(move)
        return kept

    def _orbits(self, moves: list[Symmetry]) -> int:
        """Orbits of entries and of pairs, zeros counted in."""
        zeros = self.dim * self.classes.n - sum(map(len, orbits_of_entries(moves, self.dim, self.classes.n)))
        return len(orbits_of_entries(moves, self.dim, self.classes.n)) - zeros + len(orbits_of_pairs(moves, self.classes.n))

    def _moves(self) -> Iterator[Symmetry]:
        columns = [tuple(row[i] for row in self.entries) for i in range(self.classes.n)]
        labels = self.classes.labels
        for axes in permutations(range(self.dim)):
            for signs in product((1, -1), repeat=self.dim):
                moved = [_placed(column, axes, signs) for column in columns]
                to = _matched(moved, columns, list(labels))
                if to is not None:
                    yield Symmetry(to, list(axes), list(signs))
        for i, j in combinations(range(self.classes.n), 2):
            if columns[i] == columns[j] and labels[i] == labels[j]:
                swapped = [{i: j, j: i}.get(x, x) for x in range(self.classes.n)]
                yield Symmetry(swapped, list(range(self.dim)), [1] * self.dim)

    @property
    def gauge(self) -> list[int]:
        """For each axis a sample that has it, and none of the axes after it. Raises InputError where there is none."""
        chosen = []
        for axis in range(self.dim):
            fitting = [
                i
                for i in range(self.classes.n)
                if [row[i][0] != 0 for row in self.entries[axis:]] == [True] + [False] * (self.dim - axis - 1)
            ]
            if not fitting:
                raise InputError(
                    f"the points {', '.join(self.points)}", "for each axis a point that ends with it", "order the axes otherwise"
                )
            chosen.append(fitting[0])
        return chosen


def _placed(column: tuple[tuple[int, str], ...], axes: tuple[int, ...], signs: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    moved = [(0, "0")] * len(column)
    for axis, (sign, letter) in enumerate(column):
        moved[axes[axis]] = (signs[axis] * sign, letter)
    return tuple(moved)


def _matched(moved: list[tuple[tuple[int, str], ...]], columns: list[tuple[tuple[int, str], ...]], labels: list[int]) -> list[int] | None:
    """The sample of the same class at each moved column, all different; None where one is missing."""
    free, to = set(range(len(columns))), []
    for i, column in enumerate(moved):
        fitting = [j for j in sorted(free) if columns[j] == column and labels[j] == labels[i]]
        if not fitting:
            return None
        to.append(fitting[0])
        free.remove(fitting[0])
    return to


def spurious_family(arrangement: Arrangement, loss: Loss, highest: Fraction, progress: Reached | None = None) -> Branch:
    """The family of an arrangement as strict local minima that are not global, for every temperature of (0, highest].

    Branch.stopped says why where it is not proved that far. Raises Unresolved where not even its beginning is, and InputError where the
    arrangement does not fit the loss.
    """
    problem = Problem(loss, arrangement.classes, dim=arrangement.dim, temperature=highest)

    @lru_cache
    def better(tau: Fraction) -> Data:
        return Better.of_optimum(optimum(problem.replace(temperature=tau)).certificate).witness

    with ctx.workprec(PRECISION):
        guide, start = from_zero(arrangement, problem)
    return follow(guide, "SpuriousBranch", start, Fraction(0), highest, better, progress, _FINEST)


def from_zero(arrangement: Arrangement, problem: Problem) -> tuple[Guide, Coordinates]:
    """The frame of an arrangement with its directions, and its coordinates at tau = 0, where the letters say."""
    letters = _cold_letters(arrangement, problem.replace(temperature=_COLD), arrangement.near)
    colder = _cold_letters(arrangement, problem.replace(temperature=_COLD / 2), letters)
    falling = {name for name, x in letters.items() if abs(colder[name]) < _FALLS * abs(x)}
    gram, h, multipliers, shares = _cold_point(arrangement, problem.replace(temperature=_COLD), letters)
    moves = [{"samples": x.samples, "axes": x.axes, "signs": x.signs} for x in arrangement.symmetries]
    orbits = orbits_of_entries(arrangement.symmetries, arrangement.dim, arrangement.classes.n)
    small = [k for k, orbit in enumerate(orbits) if _letter(arrangement, orbit) in falling]
    data: Data = {"gauge": arrangement.gauge, "active": list(range(arrangement.classes.n)), "symmetries": moves, "small": small}
    data["ties"] = list(_ties(arrangement, shares))
    guide = Guide.of(problem, arrangement.dim, data)
    frame, tau = guide.frame, float(_COLD)
    at = [sign * h[a, i] for (a, i), sign in (next(iter(orbit.items())) for orbit in frame.entries)]
    at = [x / tau if k in small else x for k, x in enumerate(at)]
    at += [tau * multipliers[next(iter(orbit))] for orbit in frame.norms]
    at += [0.0] * len(frame.turns)
    at += [(gram[tie.row, tie.other] - gram[tie.row, tie.reference]) / tau for tie in frame.ties.free]
    found = solved(frame, [arb(x) for x in [*at, tau]], frame.size)
    for lower in _DOWN:
        found = solved(frame, [*found[:-1], arb(lower.numerator) / lower.denominator], frame.size)
    data["directions"] = _directions(arrangement, guide, found)
    return Guide.of(problem, arrangement.dim, data), found


def _letter(arrangement: Arrangement, orbit: Mapping[tuple[int, int], int]) -> str:
    """The letter of an orbit of entries."""
    a, i = next(iter(orbit))
    return arrangement.entries[a][i][1]


def _cold_letters(arrangement: Arrangement, problem: Problem, near: Mapping[str, float]) -> Mapping[str, float]:
    """The letters near the stated ones where the loss is least, each point of norm 1."""
    objective, zero = Objective.floats(sample_level(problem)), np.zeros(arrangement.classes.n)
    letters, start = list(near), np.array(list(near.values()), dtype=np.float64)

    def value(x: Floats) -> float:
        h = arrangement.embeddings(dict(zip(letters, x, strict=True)))
        return float(objective.value(objective.similarities(h.T, zero)))

    if not letters:
        return near
    found = minimize(value, start, method="Nelder-Mead", options={"xatol": 1e-13, "fatol": 1e-15, "maxiter": 4000})
    return dict(zip(letters, found.x.tolist(), strict=True))


def _cold_point(arrangement: Arrangement, problem: Problem, letters: Mapping[str, float]) -> tuple[Floats, Floats, Floats, Floats]:
    """Gram matrix, embeddings, multipliers and shares of the rows at values of the letters."""
    objective, zero = Objective.floats(sample_level(problem)), np.zeros(arrangement.classes.n)
    h = arrangement.embeddings(letters)
    _, slopes = objective.value_and_gradient(objective.similarities(h.T, zero))
    gram = h.T @ h
    s = slopes[:, :-1] + np.diag(slopes[:, -1])
    multipliers = -((s + s.T) / 2 * gram).sum(axis=1)
    largest = np.where(np.eye(len(gram), dtype=bool), -np.inf, gram)
    shares: Floats = np.exp((largest - largest.max(axis=1, keepdims=True)) / float(problem.temperature))
    return gram, h, multipliers, shares


def _ties(arrangement: Arrangement, shares: Floats) -> Iterator[Data]:
    """In one row of each orbit: the entries as large as the largest, one of each orbit of entries, beside the first."""
    orbits = orbits_of_pairs(arrangement.symmetries, arrangement.classes.n)
    of = {pair: number for number, orbit in enumerate(orbits) for pair in orbit}
    done: set[int] = set()
    for i, row in enumerate(shares):
        present = [j for j in range(len(row)) if row[j] > _SHARE]
        if of[i, i] in done or len(present) < 2:
            continue
        done.add(of[i, i])
        seen, first = {of[i, present[0]]}, []
        for j in present[1:]:
            if of[i, j] not in seen:
                seen.add(of[i, j])
                first.append(j)
        yield {"row": i, "reference": present[0], "entries": first}


def _directions(arrangement: Arrangement, guide: Guide, at: Coordinates) -> Data:
    """Turns that span the tangent directions; those whose curvature vanishes at tau = 0 are lifted."""
    frame = guide.frame
    turns = _turns(arrangement, np.array([[float(x) for x in row] for row in frame.state(at).h]))
    exact = [Turn(axes, [fmpq(x) for x in parts], 1) for axes, parts in turns]
    matrix = second_derivatives(frame, at, embeddings_in_tau(frame, at, []), Temperatures(arb(0), arb(0)), exact)
    lifts = [1 if matrix[x][x].coeffs()[:1] and matrix[x][x].coeffs()[0] != 0 else -1 for x in range(len(exact))]
    return {
        "turns": [
            {"axes": list(axes), "samples": [str(x) for x in parts], "lift": lift} for (axes, parts), lift in zip(turns, lifts, strict=True)
        ],
    }


def _turns(arrangement: Arrangement, h: Floats) -> list[tuple[tuple[int, int], list[int]]]:
    """Turns of groups of samples that agree up to signs, differences first, that together with rotations and normals span everything."""
    r, n = h.shape
    labels = arrangement.classes.labels
    alike: dict[object, list[int]] = {}
    for i in range(n):
        alike.setdefault((labels[i], tuple((abs(row[i][0]), row[i][1]) for row in arrangement.entries)), []).append(i)
    planes = list(combinations(range(r), 2))

    def vector(axes: tuple[int, int], parts: list[int]) -> Floats:
        moved = np.zeros((r, n))
        moved[axes[1]], moved[axes[0]] = h[axes[0]] * parts, -h[axes[1]] * parts
        return moved.ravel()

    normals = [np.where(np.arange(n) == i, h, 0.0).ravel() for i in range(n)]
    spanned = [*normals, *(vector(axes, [1] * n) for axes in planes)]
    chosen = []
    for parts, axes in product(_parts(list(alike.values()), n), planes):
        more = np.array([*spanned, vector(axes, parts)])
        if np.linalg.matrix_rank(more, tol=_SPANNED) == len(more):
            spanned.append(more[-1])
            chosen.append((axes, parts))
    return chosen


def _parts(groups: list[list[int]], n: int) -> Iterator[list[int]]:
    """The parts of the samples in a turn: differences within a group, then each group as a whole."""
    for group in groups:
        for first, second in combinations(group, 2):
            yield [int(i == first) - int(i == second) for i in range(n)]
    for group in groups:
        yield [int(i in group) for i in range(n)]
