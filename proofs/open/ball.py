"""N14: what is left of the ball once Theorem B is proved (t07_landscape.py, t16_ball.py)."""

from scverify.conjecture.facts import for_all_critical_points
from scverify.conjecture.statement import conjecture
from scverify.conjecture.truth import Truth, implies
from scverify.model.constraints import Ball, Ridge
from scverify.model.problem import Problem

COLD = {
    "classes": [(3, 2), (4, 2), (3, 3), (5, 2), (4, 3), (3, 2, 2)],
    "temperature": ["1/20", "1/10", "1/5"],
    "dim": lambda classes: classes.k + 1,
}


@conjecture(**COLD, constraint=Ball(), source="MATH N14", expect="SUPPORTED")
def cold_ball_is_benign(problem: Problem) -> Truth:
    """On the ball with d = k + 1, at low temperature, every local minimum is global.

    Tried: 14 of 18 problems in 58 s, 28 critical points, 14 certificates (seed 0): no counterexample.
    Proved for all norms 1, for classes of two and for warm temperatures (T7-ball), and where few distinct points are left (N20, by hand):
    (3, 2) here in d >= 2, (4, 2) and (3, 3) in d >= 3.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


@conjecture(**COLD, constraint=Ridge("1/10"), source="MATH N14", expect="SUPPORTED")
def cold_ridge_is_benign(problem: Problem) -> Truth:
    """Under a ridge of 1/10 with d = k + 1, at low temperature, every local minimum is global.

    Tried: all 18 problems in 20 s, 46 critical points, 18 certificates (seed 0): no counterexample.
    """
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))
