"""The temperature above which the sphere is benign for d > k: Theorem W (N17) has one that depends on the sizes."""

from scverify.conjecture.facts import for_all_critical_points
from scverify.conjecture.statement import conjecture
from scverify.conjecture.truth import Truth, implies
from scverify.model.problem import Problem


@conjecture(
    classes=[(4, 2), (5, 2), (4, 3), (6, 2), (4, 4)],
    temperature=["1/4", "1/2", "1"],
    dim=lambda classes: classes.k + 1,
    source="MATH N17, N18",
    expect="SUPPORTED",
)
def sphere_is_benign_from_one_quarter_on(problem: Problem) -> Truth:
    """On the sphere with d = k + 1 and tau >= 1/4 every local minimum is global, whatever the sizes.

    Tried: all 15 problems in 21 s, 111 critical points, 30 certificates (seed 0): no counterexample. At tau = 21/100
    there is one, the cross-polytope of sizes 4, 4 in d = 4 (MATH N18); at 22/100 it is a certified saddle. Those of
    sizes 6, 4 in d = 5, 6, 6 in d = 6 and 4, 4, 4 in d = 6 are saddles from lower temperatures on.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))
