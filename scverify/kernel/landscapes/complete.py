"""CompleteList: all critical points of a small instance at once, a complete list for each rank (MATH 4.6).

On the unit sphere every embedding has some rank r from 1 to d. A critical point of rank r lies in r dimensions: H S = 0 and the unit norms
depend on the Gram matrix alone, and H = E K with E (d, r) of orthonormal columns, K (r, n) of rank r and K S = 0. So a list of all points
of full rank in r dimensions, for each r from d down to 2, names all of rank 2 and more; and each of them is critical in d dimensions too.
Rank 1 needs no list: H = x s^T with s_i = +-1, and (S s)_i = S_ii s_i + Sum_{j != i} S_ij s_j = 0, because S_ii = -Sum_{j != i} S_ij s_i
s_j. Each of the 2^(n-1) patterns of signs is critical.
"""

from __future__ import annotations

from typing import Any

from ..certificate import fields, items, require
from ..claims import BALLS, INTERVALS, Claim, Data
from ..limits import afford
from ..problem import read_problem
from ..words import about, tally
from .claims import check_landscape
from .reasons import EVERY_POINT


def ranks_of(claim: Data) -> list[int]:
    """The ranks that need a list: from the dimension of the problem, which must be 2 or more, down to 2."""
    fields(claim, "type problem ranks")
    dim = read_problem(claim["problem"]).dim or 0
    require(dim >= 2, "a complete list has a stated dimension of 2 or more")
    return list(range(dim, 1, -1))


def part_of(claim: Data, rank: int, points: Any) -> Data:
    """The claim about one rank: the points of full rank of the same problem in as many dimensions as the rank."""
    return {"type": "Landscape", "problem": {**claim["problem"], "dim": rank}, "statement": EVERY_POINT, "points": points}


def check_complete_list(claim: Data, witness: Any) -> None:
    """Every rank has its list, and each list is complete: `check_landscape` decides it, boxes and points."""
    ranks = ranks_of(claim)
    fields(witness, "ranks")
    lists, proofs = (items(data["ranks"], "ranks", len(ranks)) for data in (claim, witness))
    for rank, points, proof in zip(ranks, lists, proofs, strict=True):
        afford(f"the list of rank {rank}")
        check_landscape(part_of(claim, rank, points), proof)


def in_words(claim: Data) -> str:
    """How many points of each rank, and what is so of rank one."""
    ranks = ranks_of(claim)
    lists = items(claim["ranks"], "ranks", len(ranks))
    counts = ", ".join(f"{len(items(points, 'points'))} of rank {rank}" for rank, points in zip(ranks, lists, strict=True))
    return about(
        claim,
        f"in dimension {ranks[0]}: every critical point is, up to rotation and interchangeable samples, one of the listed, {counts} "
        f"({tally(claim['ranks'])}), or of rank 1, where every pattern of signs is critical",
    )


def numbers_of(claim: Data) -> tuple[str, ...]:
    """Boxes are intervals, listed points balls."""
    return INTERVALS, BALLS


CLAIMS = {"CompleteList": Claim(check_complete_list, in_words, numbers_of)}
