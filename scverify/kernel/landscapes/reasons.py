"""The reasons for which a box is left out of a landscape: the number in certificates, the name, the theorem, the file of the test.

The theorems are proved beside the tests. A file is loaded when a reason of it serves the statement of a claim.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .enclosures import Enclosures
from .intervals import Mask

Test = Callable[[Enclosures], Mask]


class Reason(NamedTuple):
    """One reason. family: the file whose function of that name says in which boxes its hypotheses are proved."""

    number: int
    name: str
    theorem: str
    family: str


# as they stand in certificates
NO_ROOT, LISTED = 6, 7
REASONS = (
    Reason(0, "is_copy", "an interchange of samples moves every configuration of the box elsewhere", "equations"),
    Reason(1, "has_gradient", "no critical point: H S = 0 fails in one component of one wedge product", "equations"),
    Reason(2, "is_positive", "S has n - d positive eigenvalues, so S >= 0 at every critical point of rank d", "spectra"),
    Reason(3, "is_of_low_rank", "S has n - d + 1 eigenvalues other than 0, so every critical point has rank < d", "spectra"),
    Reason(4, "is_sided", "attraction within, repulsion across two sides: a critical point is the antipodal one", "patterns"),
    Reason(5, "has_negative_curvature", "one direction has a negative second derivative in the whole box", "curvatures"),
    Reason(NO_ROOT, "has_no_root", "no critical point: what Krawczyk's operator leaves is empty", "contraction"),
    Reason(LISTED, "is_listed", "its critical points of full rank are listed ones, each the only one near it", "lists"),
    Reason(8, "has_bent_sample", "one sample alone has negative second derivatives on average over its directions", "curvatures"),
    Reason(
        9,
        "is_collapsing",
        "no pair of one class has multipliers of negative sum: every critical point is collapsed, of rank < d",
        "patterns",
    ),
)
# In a tree, numbers below SPLIT are reasons, and SPLIT + axis halves a box
SPLIT = 16

# The statements, and the numbers of the reasons that serve each, in the order of their cost
EVERY_MINIMUM = "every local minimum is global"
EVERY_POINT = "every critical point of full rank is, up to rotation and interchangeable samples, one of the listed"
STATEMENTS: dict[str, tuple[int, ...]] = {EVERY_MINIMUM: (0, 1, 8, 9, 2, 3, 4, 5), EVERY_POINT: (0, 1, 3, NO_ROOT, LISTED)}


def decision_of(number: int) -> Test:
    """The test that decides a reason; LookupError for the one that the points of a claim decide (`lists.Listed`)."""
    reason = REASONS[number]
    match reason.family:
        case "equations":
            from .equations import TESTS
        case "spectra":
            from .spectra import TESTS
        case "curvatures":
            from .curvatures import TESTS
        case "patterns":
            from .patterns import TESTS
        case "contraction":
            from .contraction import TESTS
        case _:
            raise LookupError(f"the points of a claim decide {reason.name}")
    return TESTS[reason.name]
