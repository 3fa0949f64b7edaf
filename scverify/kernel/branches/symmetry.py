"""Symmetries of a problem: samples relabelled and coordinates permuted with signs at once, and the points that they leave alone.

The loss, its gradient and the norms do not change under such a move where the coefficients do not. On its fixed points every equation of a
critical point is the same at all entries of an orbit of entries, so one entry of each orbit is enough, and an unknown stands for each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from ..certificate import fields, integer, items, require
from ..level import Level
from ..limits import afford

Element = TypeVar("Element", bound=Hashable)


@dataclass(frozen=True)
class Symmetry:
    """H is left alone where H[axes[a], samples[i]] = signs[a] H[a, i] for all a, i."""

    samples: list[int]
    axes: list[int]
    signs: list[int]


def read_symmetries(data: Any, level: Level, rank: int) -> list[Symmetry]:
    """The stated moves; Rejected where one is not a permutation or changes a coefficient."""
    result = []
    for entry in items(data, "symmetries"):
        afford("the symmetries of a branch")
        fields(entry, "samples axes signs")
        samples = _permutation(entry["samples"], level.nodes, "samples")
        axes = _permutation(entry["axes"], rank, "axes")
        signs = [integer(x, "a sign", -1, 1) for x in items(entry["signs"], "signs", rank)]
        require(0 not in signs, "a sign is 0")
        require(_keeps_coefficients(level, samples), "a symmetry changes a coefficient")
        result.append(Symmetry(samples, axes, signs))
    return result


def _permutation(data: Any, size: int, name: str) -> list[int]:
    moved = [integer(x, f"an entry of {name}", 0, size - 1) for x in items(data, name, size)]
    require(sorted(moved) == list(range(size)), f"{name} are not a permutation")
    return moved


def _keeps_coefficients(level: Level, to: list[int]) -> bool:
    n = range(level.nodes)
    tables = (level.c, level.q)
    return all(level.weight[to[i]] == level.weight[i] and all(t[to[i]][-1] == t[i][-1] for t in tables) for i in n) and all(
        t[to[i]][to[j]] == t[i][j] for t in tables for i in n for j in n if i != j
    )


def signed_orbits(places: Iterable[Element], moves: list[Callable[[Element], tuple[Element, int]]]) -> list[dict[Element, int]]:
    """The orbits of places under signed permutations, with their signs; one that is its own negative holds zeros and is left out."""
    result, seen = [], set[Element]()
    for start in places:
        if start in seen:
            continue
        signs, waiting, consistent = {start: 1}, [start], True
        while waiting:
            place = waiting.pop()
            for move in moves:
                to, sign = move(place)
                if to not in signs:
                    signs[to] = sign * signs[place]
                    waiting.append(to)
                consistent = consistent and signs[to] == sign * signs[place]
        seen |= set(signs)
        if consistent:
            result.append(signs)
    return result


def orbits_of_entries(symmetries: list[Symmetry], rank: int, n: int) -> list[dict[tuple[int, int], int]]:
    """The entries (a, i) of H, orbit by orbit."""

    def move(g: Symmetry, place: tuple[int, int]) -> tuple[tuple[int, int], int]:
        return (g.axes[place[0]], g.samples[place[1]]), g.signs[place[0]]

    return signed_orbits([(a, i) for a in range(rank) for i in range(n)], [partial(move, g) for g in symmetries])


def orbits_of_samples(symmetries: list[Symmetry], samples: list[int]) -> list[dict[int, int]]:
    """The samples, orbit by orbit."""

    def move(g: Symmetry, place: int) -> tuple[int, int]:
        return g.samples[place], 1

    return signed_orbits(samples, [partial(move, g) for g in symmetries])


def alike_rows(symmetries: list[Symmetry], n: int) -> list[tuple[int, list[int]]]:
    """For each sample the first of its orbit, and a product of the moves that takes that one to it: entries of rows go along."""
    result: list[tuple[int, list[int]] | None] = [None] * n
    for first in range(n):
        waiting = [list(range(n))] if result[first] is None else []
        while waiting:
            to = waiting.pop()
            if result[to[first]] is None:
                result[to[first]] = first, to
                waiting.extend([g.samples[x] for x in to] for g in symmetries)
    return [found for found in result if found is not None]


def orbits_of_pairs(symmetries: list[Symmetry], n: int) -> list[dict[tuple[int, int], int]]:
    """The entries (i, j) of the Gram matrix, as seen from row i, orbit by orbit."""

    def move(g: Symmetry, place: tuple[int, int]) -> tuple[tuple[int, int], int]:
        return (g.samples[place[0]], g.samples[place[1]]), 1

    return signed_orbits([(i, j) for i in range(n) for j in range(n)], [partial(move, g) for g in symmetries])


def orbits_of_turns(symmetries: list[Symmetry], rank: int) -> list[dict[tuple[int, int], int]]:
    """The entries (a, b), a < b, of the antisymmetric matrices that commute with the moves, orbit by orbit."""

    def moved(g: Symmetry, place: tuple[int, int]) -> tuple[tuple[int, int], int]:
        a, b = g.axes[place[0]], g.axes[place[1]]
        sign = g.signs[place[0]] * g.signs[place[1]]
        return ((a, b), sign) if a < b else ((b, a), -sign)

    return signed_orbits([(a, b) for a in range(rank) for b in range(a + 1, rank)], [partial(moved, g) for g in symmetries])
