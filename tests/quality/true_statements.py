"""Five statements that are true: four of the paper's, and one that everybody expects. No search may refute them."""

from fractions import Fraction
from itertools import combinations

import scverify as sv
from scverify.model.problem import Problem

TINY = Fraction(1, 10**9)
TEMPERATURES = sv.strategies.rationals("1/20", 2)


@sv.conjecture(classes=[sv.Classes.balanced(k, size) for k in (2, 3, 4, 5) for size in (2, 3, 6)], temperature=TEMPERATURES, source="T8")
def balanced_classes_form_a_simplex(problem):
    """Every similarity of balanced classes is -1/(k-1), to nine digits."""
    angle = Fraction(-1, problem.classes.k - 1)
    return sv.all_of(abs(similarity - angle) <= TINY for similarity in sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=sv.strategies.classes(k=2, size=(2, 12)), temperature=TEMPERATURES, source="T9")
def two_classes_are_antipodal(problem):
    """Two classes of any sizes are antipodal, to nine digits."""
    return abs(sv.optimum_facts(problem).similarity(0, 1) + 1) <= TINY


@sv.conjecture(classes=sv.strategies.classes(k=(3, 4), size=(2, 5)), temperature=TEMPERATURES, source="T11")
def classes_of_equal_size_are_interchangeable(problem):
    """Two classes of equal size see every third class at equal similarity, to nine digits."""
    optimum, sizes = sv.optimum_facts(problem), problem.classes.sizes
    return sv.exact(len(set(sizes)) == len(sizes), "all sizes differ") | sv.all_of(
        abs(optimum.similarity(i, other) - optimum.similarity(j, other)) <= TINY
        for i, j in combinations(range(problem.classes.k), 2)
        if sizes[i] == sizes[j]
        for other in range(problem.classes.k)
        if other not in (i, j)
    )


@sv.conjecture(
    classes=sv.strategies.classes(k=(2, 4), size=(2, 6)), temperature=TEMPERATURES, constraint=sv.NonNegative(sv.Sphere()), source="T12"
)
def non_negative_embeddings_form_an_orthogonal_frame(problem):
    """With H >= 0 all classes are orthogonal, to nine digits."""
    return sv.all_of(abs(similarity) <= TINY for similarity in sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=sv.strategies.classes(k=(4, 5), size=(2, 4)), dim=lambda classes: range(2, classes.k - 1), temperature=TEMPERATURES)
def a_dimension_more_costs_nothing(problem):
    """Up to k - 1 dimensions, the least loss does not rise with the dimension."""
    wider = Problem(problem.loss, problem.classes, problem.dim + 1, problem.temperature, problem.constraint)
    return sv.least_value(wider) <= sv.least_value(problem)
