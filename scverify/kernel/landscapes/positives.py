"""What the positives of an instance form: two sides, or classes that attract alike. Exact comparisons of coefficients."""

from __future__ import annotations

from flint import fmpq

from .rows import ExactRows


def sides_of(rows: ExactRows) -> list[int]:
    """1 and -1 for the two components of the graph of positives (q > 0), where there are two; otherwise none."""
    q, n, side = rows.q, len(rows.q), [0] * len(rows.q)
    for sign in (1, -1):
        reached = [next((i for i in range(n) if side[i] == 0), -1)]
        for i in reached:
            if i >= 0 and side[i] == 0:
                side[i] = sign
                reached += [j for j in range(n) if j != i and (q[i][j - (j > i)] > 0 or q[j][i - (i > j)] > 0)]
    return side if set(side) == {1, -1} else []


def classes_of(rows: ExactRows, d: int) -> list[int]:
    """The class of each sample where the hypotheses of `patterns.is_collapsing` on coefficients hold in d dimensions, none elsewhere."""
    found = attracting_classes(*rows)
    return found if 2 <= len(set(found)) <= d else []


def attracting_classes(weight: list[fmpq], c: list[list[fmpq]], q: list[list[fmpq]]) -> list[int]:
    """The class of each sample, for rows with all c equal and q = 1/(m - 1) within classes of m samples; none for other rows."""
    n = len(weight)
    found = [-1] * n
    for i in range(n):
        if found[i] < 0:
            own = [j for j in range(n) if j == i or (weight[i] > 0 and q[i][j - (j > i)] > 0)]
            for j in own:
                found[j] = i
    for i in range(n):
        m = found.count(found[i])
        if m > 1 and weight[i] != weight[found[i]]:
            return []
        for j in [*range(i), *range(i + 1, n)]:
            wanted = fmpq(1, m - 1) if found[i] == found[j] else fmpq(0)
            if weight[i] > 0 and (c[i][j - (j > i)] != c[i][0] or c[i][0] <= 0 or q[i][j - (j > i)] != wanted):
                return []
    return found if all(weight[i] > 0 or found.count(found[i]) == 1 for i in range(n)) else []
