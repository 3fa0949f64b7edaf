"""The temperature above which the sphere is benign for d > k: Theorem W (N17) has one that depends on the sizes."""

from scverify.conjecture.facts import for_all_critical_points
from scverify.conjecture.statement import conjecture
from scverify.conjecture.truth import Truth, implies
from scverify.model.problem import Problem


@conjecture(
    classes=[(4, 2), (5, 2), (4, 3), (6, 2), (4, 4)],
    temperature=["219/1000", "1/4", "1/2"],
    dim=lambda classes: classes.k + 1,
    source="MATH N17, N18",
    expect="SUPPORTED",
)
def sphere_is_benign_above_the_cross_polytope(problem: Problem) -> Truth:
    """On the sphere with d = k + 1 and tau >= 219/1000 every local minimum is global, whatever the sizes.

    Tried: all 15 problems in 16 s, 107 critical points, 30 certificates (seed 0): no counterexample.
    The highest that is known for d > k is the cross-polytope of sizes 4, 4 in d = 4: a certified spurious minimum at
    2181/10000 and a certified saddle at 2182/10000. Those of other sizes that were tried become saddles at lower temperatures,
    in floats (MATH N18).
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


@conjecture(
    classes=[(4, 3), (4, 4), (5, 4), (6, 2)],
    temperature=["219/1000", "1/4"],
    dim=lambda classes: classes.k + 2,
    source="MATH N17, N18",
    expect="SUPPORTED",
)
def so_it_is_with_one_dimension_more(problem: Problem) -> Truth:
    """The same with d = k + 2, where the cross-polytope of sizes 4, 4 lives.

    Tried: all 8 problems in 12 s, 44 critical points, 16 certificates (seed 0): no counterexample.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))
