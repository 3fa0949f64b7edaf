"""One dimension: every class is at +1 or -1, so that the minimum is that of finitely many configurations (MATH 11)."""

from __future__ import annotations

from itertools import product

from flint import arb, fmpq

from ..balls import checked_finite
from ..certificate import require, total
from ..limits import afford
from .collapse import ClassProblem, exponential

# every one is evaluated
MOST_CONFIGURATIONS = 1 << 16


def least_of_signs(classes: ClassProblem) -> arb:
    """The least loss, in a ball: over how many classes of each group are at +1."""
    require(classes.dim == 1, "signs are for one dimension")
    count = 1
    for m in classes.multiplicity:
        count *= m + 1
    require(count <= MOST_CONFIGURATIONS, f"there are more than {MOST_CONFIGURATIONS} configurations of signs")
    least, apart = arb("inf"), exponential(classes.rate, arb(-1))
    for plus in product(*(range(m + 1) for m in classes.multiplicity)):
        afford("the configurations of signs")
        value = _value(classes, plus, apart)
        least = value if value < least else least if least < value else least.union(value)
    return checked_finite(least, "the least loss of the signs")


def _value(classes: ClassProblem, plus: tuple[int, ...], apart: arb) -> arb:
    sides = [plus, tuple(m - a for m, a in zip(classes.multiplicity, plus, strict=True))]
    value = arb(0)
    for side, across in (sides, sides[::-1]):
        for g, count in enumerate(side):
            if count == 0 or classes.weight[g] == 0:
                continue
            near = total(classes.other[g][h] * (n - (h == g)) for h, n in enumerate(side))
            far = total(classes.other[g][h] * n for h, n in enumerate(across))
            value += count * classes.weight[g] * (arb(classes.at_own[g]) + (classes.own[g] + near + fmpq(far) * apart).log())
    return value
