"""Closed forms as text: which there are, and their numbers. That they lie in proved brackets stands in the tests of brackets."""

from fractions import Fraction

from scverify import Classes, Problem, Ridge, Sphere, UnitProblem, losses, supcon
from scverify.certify.thresholds.closed_forms import of_merging, of_simplex, of_zero
from scverify.certify.thresholds.merging import StepFamily

ONE = StepFamily(1, 2, Fraction(3), Fraction(400, 3), Fraction(1, 2))


def test_of_one_large_class():
    """The coefficients are those of the criterion: both sides at e = 1/10 and N = 400, written out."""
    e, n, km = Fraction(1, 10), 400, 6
    criterion = n * e * (km - 1 + n * e + n - 1 + km * e) - 2 * km * (n - 1 + km * e)
    assert criterion == 162400 * e**2 + 161528 * e - 4788
    assert "A = 162400, B = 161528, C = -4788" in of_merging(ONE, "tau")
    assert criterion == e * (1 + e) * n**2 + (e * (4 + 6 * e) - 12) * n + 12 * (1 - 6 * e)
    assert "A = e (1 + e), B = e (4 + 6 e) - 12, C = 12 (1 - 6 e), e = exp(-2/(1/2))" in of_merging(ONE, "ratio")


def test_several_large_classes_have_none():
    assert of_merging(StepFamily(2, 2, Fraction(3), Fraction(5), Fraction(1)), "ratio") is None


def test_of_zero():
    problem = Problem(supcon, Classes((5, 3, 2)), temperature="1/2", constraint=Ridge(2))
    assert of_zero(problem, "ridge") == "weight = 2 n/((n - 1) tau) = 40/9"
    assert of_zero(problem, "tau") == "tau = 2 n/((n - 1) weight) = 10/9"
    assert of_zero(problem.replace(reduction="mean"), "ridge") == "weight = 2 n/((n - 1) tau) / n = 4/9"
    assert of_zero(Problem("decoupled", Classes((5, 3)), constraint=Ridge(1)), "ridge") is None


def test_of_the_simplex():
    smooth = UnitProblem(losses.cross_entropy((4, 4, 4), "1/10"), 1, Sphere(2))
    assert of_simplex(smooth) == "tau = 6 / log((14/15)/(1/30))"
    assert of_simplex(UnitProblem(losses.cross_entropy((4, 4)))) is None
    assert of_simplex(UnitProblem(losses.clip(4))) is None
