"""Positive semidefinite matrices of rational numbers, decided exactly."""

from __future__ import annotations

from flint import fmpq

from .limits import afford

ExactMatrix = list[list[fmpq]]


def positive_semidefinite(matrix: ExactMatrix) -> bool:
    """Elimination in rational numbers: a pivot of 0 needs a row of zeros, a negative one is a direction."""
    rows = [list(row) for row in matrix]
    for p in range(len(rows)):
        afford("the elimination of a matrix")
        pivot = rows[p][p]
        if pivot < 0 or (pivot == 0 and any(rows[p][p:])):
            return False
        for row in rows[p + 1 :]:
            if pivot != 0 and row[p] != 0:
                factor = row[p] / pivot
                row[p:] = [x - factor * y for x, y in zip(row[p:], rows[p][p:], strict=True)]
    return True
