"""Low temperature on the sphere for other losses: do they have spurious minima as supervised contrast has?"""

from fractions import Fraction

from scverify.conjecture.facts import for_all_critical_points
from scverify.conjecture.statement import conjecture
from scverify.conjecture.truth import Truth, implies
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss, SampleTable, cross_entropy_of_labels, two_tower
from scverify.symbolic.templates import logistic_row


@conjecture(classes=[(3, 3)], temperature=["1/20", "1/10"], dim=4, loss=two_tower(3), source="MATH 8", expect="SUPPORTED")
def two_towers_are_benign(problem: Problem) -> Truth:
    """Three image-text pairs (CLIP) in d = 4 on the sphere: every local minimum is global.

    Tried: both problems in 9 s, 15 critical points, 2 certificates (seed 0): no counterexample.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


@conjecture(
    classes=[(2, 5)],
    temperature=["1/20", "1/10"],
    dim=3,
    loss=cross_entropy_of_labels([0, 0, 0, 1, 1], 2),
    source="MATH 8",
    expect="SUPPORTED",
)
def cross_entropy_is_benign(problem: Problem) -> Truth:
    """Cross-entropy with two unit class vectors and five unit features in d = 3: every local minimum is global.

    Tried: both problems in 12 s, 11 critical points, 2 certificates (seed 0): no counterexample.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


PAIRS = 3
SIGMOIDS = Loss(
    "sigmoid pairs",
    logistic_row(Fraction(-10)),
    SampleTable(
        weight=tuple(Fraction(int(i < PAIRS)) for i in range(2 * PAIRS)),
        c=tuple(tuple(Fraction(int(i < PAIRS <= j and j - i != PAIRS)) for j in range(2 * PAIRS)) for i in range(2 * PAIRS)),
        q=tuple(tuple(Fraction(int(i < PAIRS and j - i == PAIRS)) for j in range(2 * PAIRS)) for i in range(2 * PAIRS)),
    ),
)


@conjecture(classes=[(3, 3)], temperature=["1/10", "1/20"], dim=4, loss=SIGMOIDS, source="MATH 8, N7", expect="SUPPORTED")
def sigmoid_pairs_are_benign(problem: Problem) -> Truth:
    """Three pairs under a sigmoid loss of bias -10 in d = 4 on the sphere: every local minimum is global.

    Tried: both problems in 4 s, 10 critical points, 2 certificates (seed 0): no counterexample.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))
