"""Convexity in the similarities: by rules of composition, or refuted along a line that the kernel confirms."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from sympy import Integer, Symbol, exp, log

import scverify as sv
from scverify.conjecture.convexity import ExactRow, convex_in_similarities, row_along
from scverify.symbolic.losses import LOSSES, Loss, supcon_row, supcon_rule


def test_a_row_is_bent_downwards_where_its_certificate_says():
    problem = sv.Problem(LOSSES["supcon_in"], sv.Classes((3, 2)), None, "1/2")
    truth = convex_in_similarities(problem)
    assert (truth.value, truth.trust) == (False, "ball")
    assert sv.verify(truth.certificates[0]).word == "VERIFIED"
    # by hand: three points of a line, of a row of the anchor in the class of three
    point, direction = (np.array(eval(part)) for part in truth.evidence[0].split("s = ")[1].split(" the row")[0].split(" + t "))
    point = np.array([float(Fraction(x)) for x in point])
    positive = np.array([1, 1, 0, 0])

    def row(t):
        similarities = (point + t * direction) / 0.5
        return np.log(np.exp(similarities).sum()) - np.log((positive / 2 * np.exp(similarities)).sum())

    assert row(0.01) + row(-0.01) < 2 * row(0)


def test_rules_of_composition_do_not_speak_for_negative_coefficients():
    turned = Loss("turned", supcon_row, replace(supcon_rule, weight=Integer(-1)))
    truth = convex_in_similarities(sv.Problem(turned, sv.Classes((3, 2)), None, "1/2"))
    assert truth.value is False


def test_rules_of_composition_decide_supcon_without_a_certificate():
    truth = convex_in_similarities(sv.Problem(sv.supcon, sv.Classes((3, 2)), None, "1/2"))
    assert (truth.value, truth.trust, truth.certificates) == (True, "symbolic", ())


def test_a_row_along_a_line_is_the_loss_written_out():
    t = Symbol("t", real=True)
    exact = ExactRow(weight=Fraction(1), c=(Fraction(1), Fraction(3)), q=(Fraction(1), Fraction(0)), formula=supcon_row)
    row = row_along(exact, Fraction(1, 2), (Fraction(1, 4), Fraction(-1)), (2, -1))
    assert (row - (log(exp(Integer(1) / 2 + 4 * t) + 3 * exp(-2 - 2 * t)) - Integer(1) / 2 - 4 * t)).simplify() == 0


def test_rows_on_units_are_convex_or_bent_as_those_of_classes_are():
    assert convex_in_similarities(sv.UnitProblem(sv.losses.clip(2), "1/2")).value is True
    inside = replace(
        sv.losses.clip(2).rows[0], formula=LOSSES["supcon_in"].formula, q={"own": {"text": 1}, "others": {"text": Fraction(1, 2)}}
    )
    truth = convex_in_similarities(sv.UnitProblem(replace(sv.losses.clip(2), rows=(inside,)), "1/2"))
    assert (truth.value, truth.trust) == (False, "ball")
