"""The reasons for which a box is left out of a landscape: the number in certificates, the name, the theorem, the test that decides.

The theorems are proved beside the tests, in `discards`, `contraction` and `lists`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .contraction import has_no_root
from .discards import (
    Enclosures,
    has_bent_sample,
    has_gradient,
    has_negative_curvature,
    is_collapsing,
    is_copy,
    is_of_low_rank,
    is_positive,
    is_sided,
)
from .intervals import Mask

Test = Callable[[Enclosures], Mask]


class Reason(NamedTuple):
    """One reason. holds: in which boxes its hypotheses are proved; None where that depends on the points of a claim (`lists.Listed`)."""

    number: int
    name: str
    theorem: str
    holds: Test | None


NO_ROOT, LISTED = 6, 7
REASONS = (
    Reason(0, "is_copy", "an interchange of samples moves every configuration of the box elsewhere", is_copy),
    Reason(1, "has_gradient", "no critical point: H S = 0 fails in one component of one wedge product", has_gradient),
    Reason(2, "is_positive", "S has n - d positive eigenvalues, so S >= 0 at every critical point of rank d", is_positive),
    Reason(3, "is_of_low_rank", "S has n - d + 1 eigenvalues other than 0, so every critical point has rank < d", is_of_low_rank),
    Reason(4, "is_sided", "attraction within, repulsion across two sides: a critical point is the antipodal one", is_sided),
    Reason(5, "has_negative_curvature", "one direction has a negative second derivative in the whole box", has_negative_curvature),
    Reason(NO_ROOT, "has_no_root", "no critical point: what Krawczyk's operator leaves is empty", has_no_root),
    Reason(LISTED, "is_listed", "its critical points of full rank are listed ones, each the only one near it", None),
    Reason(8, "has_bent_sample", "one sample alone has negative second derivatives on average over its directions", has_bent_sample),
    Reason(
        9,
        "is_collapsing",
        "no pair of one class has multipliers of negative sum: every critical point is collapsed, of rank < d",
        is_collapsing,
    ),
)
# decided by compiled code as well
COMPILED = (0, 1, 2, 3, 4, 5, 8, 9)
# In a tree, numbers below SPLIT are reasons, and SPLIT + axis halves a box
SPLIT = 16

# The statements, and the numbers of the reasons that serve each, in the order of their cost
EVERY_MINIMUM = "every local minimum is global"
EVERY_POINT = "every critical point of full rank is, up to rotation and interchangeable samples, one of the listed"
STATEMENTS: dict[str, tuple[int, ...]] = {EVERY_MINIMUM: (0, 1, 8, 9, 2, 3, 4, 5), EVERY_POINT: (0, 1, 3, NO_ROOT, LISTED)}
