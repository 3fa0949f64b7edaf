"""T7 of the paper, for each constraint apart, as a theorist would write it down: no hint of where it fails."""

import scverify as sv

DOMAIN = {
    "classes": sv.strategies.classes(k=(2, 3), size=(2, 6)),
    "dim": lambda classes: classes.k + 1,
    "temperature": sv.strategies.rationals("1/20", "2"),
    "source": "source paper's abstract",
}


@sv.conjecture(**DOMAIN, constraint=sv.Sphere(), expect="REFUTED")
def every_local_minimum_on_the_sphere_is_global(problem):
    """For d > k every local minimum is global."""
    return sv.for_all_critical_points(problem, lambda point: sv.implies(point.is_local_minimum, point.is_global))


@sv.conjecture(**DOMAIN, constraint=sv.Ball())
def every_local_minimum_on_the_ball_is_global(problem):
    """For d > k every local minimum is global."""
    return sv.for_all_critical_points(problem, lambda point: sv.implies(point.is_local_minimum, point.is_global))
