"""Permutations of the samples that change no coefficient, and the inequalities that pick one of the copies they make of a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..certificate import require
from ..level import Level

# listed one by one
MAX_SYMMETRIES = 100_000

Pair = tuple[int, int]
Permutation = tuple[int, ...]


def symmetries(level: Level) -> list[Permutation]:
    """Every permutation p of the samples with w, c and q unchanged when sample i becomes p(i): L(H) = L(H permuted) for every H."""
    found = list(islice(_extensions(level, ()), MAX_SYMMETRIES + 1))
    require(len(found) <= MAX_SYMMETRIES, f"more than {MAX_SYMMETRIES} permutations of the samples change no coefficient")
    return found


def _extensions(level: Level, begun: Permutation) -> Iterator[Permutation]:
    if len(begun) == level.nodes:
        yield begun
        return
    new = len(begun)
    for image in range(level.nodes):
        if image not in begun and _fits(level, begun, new, image):
            yield from _extensions(level, (*begun, image))


def _fits(level: Level, begun: Permutation, new: int, image: int) -> bool:
    return bool(level.weight[new] == level.weight[image]) and all(
        table[new][old] == table[image][begun[old]] and table[old][new] == table[begun[old]][image]
        for table in (level.c, level.q)
        for old in range(new)
    )


def orderings(group: list[Permutation], pairs: list[Pair]) -> list[tuple[Pair, Pair]]:
    """Inequalities G[first] >= G[second] that some copy of every configuration satisfies, all at once.

    The first pair may be made the largest of its orbit under all symmetries, by one of them. Those that keep the pair in place then leave
    that inequality alone (they permute the orbit), and may make the second pair the largest of its orbit under them; and so on. Any pairs
    will do.
    """
    found = []
    for pair in pairs:
        found += [(pair, other) for other in sorted({_moved(p, pair) for p in group} - {pair})]
        group = [p for p in group if _moved(p, pair) == pair]
    return found


def _moved(permutation: Permutation, pair: Pair) -> Pair:
    i, j = sorted(permutation[x] for x in pair)
    return i, j
