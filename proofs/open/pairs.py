"""What is open of pairs and classifiers on spheres: are their landscapes benign where N21 does not refute it?"""

from scverify.conjecture.facts import for_all_critical_points
from scverify.conjecture.statement import conjecture
from scverify.conjecture.truth import Truth, implies
from scverify.model import named
from scverify.model.units import UnitProblem


@conjecture(
    loss=[named.siglip(n, bias=bias) for n in (3, 4) for bias in (-2, -5)],
    temperature=["1/10", "1/5", "1/2"],
    dim=lambda loss: loss.units,
    source="MATH N21",
    expect="SUPPORTED",
)
def sigmoid_pairs_are_benign(problem: UnitProblem) -> Truth:
    """For the sigmoid loss of N >= 3 pairs in N dimensions every local minimum is global.

    Tried: all 12 problems in 18 s, 85 critical points, 24 certificates (seed 0): no counterexample.
    For N = 2, and in N - 1 dimensions, it is refuted (N21).
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


@conjecture(
    loss=[named.clip(n) for n in (3, 4, 5)],
    temperature=["1/10", "1/5", "1/2"],
    dim=lambda loss: loss.units - 1,
    source="MATH N21",
    expect="SUPPORTED",
)
def softmax_pairs_are_benign(problem: UnitProblem) -> Truth:
    """For clip of N pairs in N - 1 dimensions every local minimum is global.

    Tried: all 9 problems in 12 s, 82 critical points, 18 certificates (seed 0): no counterexample.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))
