"""Claims on units in words, which pin the problem."""

from scverify.kernel.units.claims import unit_bounds_said
from scverify.model.constraints import Ridge
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem


def said(problem):
    return unit_bounds_said({"type": "UnitOptimum", "problem": problem.data, "lower": "1", "upper": "2"})


def test_words_tell_units_kinds_and_constraints():
    words = said(UnitProblem(clip(4096), "7/100"))
    assert "4096 units" in words and "image of squared norm 1" in words and "tau = 7/100" in words
    assert "at least 1" in words and "at most 2" in words


def test_two_problems_never_have_the_same_words():
    long = [cross_entropy([*range(2, 40), last]) for last in (50, 51)]
    problems = [UnitProblem(loss, 1, Ridge(weight)) for loss in long for weight in (1, 2)]
    problems += [UnitProblem(clip(3), 1), UnitProblem(clip(3), 1, reduction="mean"), UnitProblem(clip(4), 1), UnitProblem(clip(3), 2)]
    assert len({said(problem) for problem in problems}) == len(problems)


def test_the_scale_is_that_of_the_rows_alone():
    """The ridge is not divided by the anchors."""
    assert "the sum of the rows multiplied by 1/4" in said(UnitProblem(cross_entropy((2, 2)), 1, Ridge(1), reduction="mean"))
