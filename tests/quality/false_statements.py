"""Five statements of ours that are false, from obvious to subtle."""

import scverify as sv
from scverify.model.problem import Problem

STEPS = [sv.Classes.step(k=4, n_min=least, ratio=ratio) for least in (2, 3) for ratio in (2, 5, 10, 20, 50, 100, 200, 500)]
LARGE = [sv.Classes((large, middle, 2)) for large in (2, 4, 16, 64, 256) for middle in (2, 4, 16, 64, 256) if middle <= large]


@sv.conjecture(classes=sv.strategies.classes(k=(3, 4), size=(2, 6)), temperature=sv.strategies.rationals("1/20", 2), expect="REFUTED")
def two_dimensions_fewer_than_classes_are_enough(problem):
    """The optimum has rank k - 2 at most."""
    return sv.optimum_facts(problem).rank <= problem.classes.k - 2


@sv.conjecture(classes=sv.strategies.classes(k=3, size=(2, 9)), temperature=sv.strategies.rationals("1/20", 2), expect="REFUTED")
def the_optimum_is_a_simplex(problem):
    """All similarities of different classes are equal at the optimum."""
    return sv.all_equal(sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=sorted(LARGE, key=lambda classes: classes.n), temperature=sv.strategies.rationals("1/20", 2), expect="REFUTED")
def the_rank_is_k_minus_1(problem):
    """The optimum of three classes has rank 2."""
    return sv.optimum_facts(problem).rank >= problem.classes.k - 1


@sv.conjecture(classes=sorted(STEPS, key=lambda classes: classes.n), temperature=sv.strategies.rationals("1/4", 2), expect="REFUTED")
def minority_classes_never_merge(problem):
    """With two large and two small classes, the small ones do not merge.

    B* has the eigenvalues 1 - a (large classes), 1 - b (small ones) and those of [[1 + a, 2c], [2c, 1 + b]]. For -1 < a < 1 rank 2 leaves
    b = 1 alone: the block is not 0, and has rank 1 only where one of 1 - a and 1 - b is not 0.
    """
    optimum = sv.optimum_facts(problem)
    large = optimum.similarity(0, 1)
    return ~((optimum.rank <= 2) & (large < 1) & (large > -1))


@sv.conjecture(classes=sv.strategies.classes(k=2, size=(2, 6)), dim=3, temperature=sv.strategies.rationals("1/20", "1/8"), expect="REFUTED")
def a_higher_temperature_gives_a_larger_excess(problem):
    """Of a spurious minimum on the sphere, the excess over the optimum rises with the temperature."""
    hotter = Problem(problem.loss, problem.classes, problem.dim, problem.temperature * 17 / 16, problem.constraint)
    return sv.for_all_spurious_minima(
        problem, lambda cold: sv.for_all_spurious_minima(hotter, lambda hot: sv.excess(cold) <= sv.excess(hot))
    )
