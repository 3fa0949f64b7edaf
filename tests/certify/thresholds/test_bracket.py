"""Brackets: twelve digits with both sides verified, whole sizes, other answers at the ends, and questions that are none."""

from fractions import Fraction

import mpmath
import pytest

from scverify import Ball, Classes, InputError, Problem, Ridge, Undecided, UnitProblem, bracket, losses, supcon
from scverify.certify.thresholds import bracket as module
from scverify.kernel.verify import verify_data

STEP = Problem(supcon, Classes.step(4, 3, 2), temperature="1/2")


def verified(found):
    return all(verify_data(data).word == "VERIFIED" for data in found.certificates.values())


def test_the_ratio_of_two_and_two_classes():
    found = bracket(STEP, "merged", "ratio", (50, 200))
    assert found.bracket == (Fraction("131.664319348"), Fraction("131.664319349"))
    assert [(side.value, side.said) for side in found.integers] == [(394, "apart"), (395, "merged")]
    assert verified(found) and len(found.certificates) == 4


def test_above_which_temperature_three_classes_never_merge():
    found = bracket(Problem(supcon, Classes.step(6, 2, 2)), "merged in the limit", "tau", ("1/10", "1/2"), digits=18)
    assert found.bracket[0] < Fraction("0.2050503605902651401") < found.bracket[1] + Fraction(1, 10**18)
    assert found.bracket[1] - found.bracket[0] == Fraction(1, 10**18)
    assert verified(found)


CLOSED = [
    (
        UnitProblem(losses.cross_entropy((20, 20, 3, 3)), 1, Ridge(1)),
        "merged",
        "tau",
        ("1/10", 4),
        lambda e: mpmath.sqrt(3),
    ),
    (UnitProblem(losses.cross_entropy((20, 5, 5)), "1/2", Ridge(1)), "merged", "ridge", (1, 9), lambda e: 2 * mpmath.sqrt(5)),
    # N (of 1 + 2 classes, m = 3, tau = 1/2) by the quadratic of N3, over 3
    (
        Problem(supcon, Classes.step(3, 3, 2, 1), temperature="1/2"),
        "merged",
        "ratio",
        (2, 1000),
        lambda e: mpmath.findroot(lambda r: 3 * r * e * (5 + 3 * r * e + 3 * r - 1 + 6 * e) - 12 * (3 * r - 1 + 6 * e), 200),
    ),
    (Problem(supcon, Classes((5, 3, 2)), temperature="1/2", constraint=Ridge(1)), "zero", "ridge", (1, 10), lambda e: mpmath.mpf(40) / 9),
    (Problem(supcon, Classes((5, 3, 2)), constraint=Ridge(2), reduction="mean"), "zero", "tau", ("1/99", 1), lambda e: mpmath.mpf(1) / 9),
    (
        UnitProblem(losses.cross_entropy((4, 4, 4), "1/10")),
        "simplex",
        "tau",
        ("1/10", 1),
        lambda e: mpmath.mpf(3) / 2 / mpmath.log(28),
    ),
]


@pytest.mark.parametrize(("problem", "kind", "over", "between", "wanted"), CLOSED)
def test_closed_forms_lie_in_their_brackets(problem, kind, over, between, wanted):
    with mpmath.workdps(30):
        exact = wanted(mpmath.exp(-4))
        found = bracket(problem, kind, over, between)
        lower, upper = (mpmath.mpf(x.numerator) / x.denominator for x in found.bracket)
        assert lower <= exact <= upper and (upper - lower) / upper < mpmath.mpf(10) ** -11
    assert verified(found) and found.closed_form


def test_a_range_without_a_change_has_no_bracket():
    found = bracket(STEP, "merged", "ratio", (2, 3))
    assert found.bracket is None and found.integers == () and verified(found)


def test_one_large_class_over_temperatures():
    found = bracket(Problem(supcon, Classes((400, 3, 3))), "merged", "tau", ("1/10", 2), digits=5)
    assert found.bracket == (Fraction("0.56383"), Fraction("0.56384"))
    assert found.closed_form.startswith("tau = -2/log(e)")


def test_a_value_that_is_not_decided_ends_the_search(monkeypatch):
    decide = module.merging
    monkeypatch.setattr(module, "merging", lambda family: None if 100 < family.ratio < 150 else decide(family))
    found = bracket(STEP, "merged", "ratio", (50, 200))
    assert found.bracket[0] <= 100 and found.bracket[1] >= 150 and "could not be decided" in found.note
    with pytest.raises(Undecided, match="ratio = 120"):
        bracket(STEP, "merged", "ratio", (50, 120))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: bracket(None, "merged", "tau", (1, 2)),
        lambda: bracket(STEP, "split", "tau", (1, 2)),
        lambda: bracket(STEP, "merged", "ridge", (1, 2)),
        lambda: bracket(UnitProblem(losses.siglip(3)), "zero", "ridge", (1, 2)),
        lambda: bracket(UnitProblem(losses.cross_entropy((3, 3)), 1), "merged", "tau", (1, 2)),
        lambda: bracket(UnitProblem(losses.cross_entropy((4, 3)), 1, Ridge(1)), "merged", "tau", (1, 2)),
        lambda: bracket(UnitProblem(losses.cross_entropy((3, 3), "1/10"), 1, Ridge(1)), "merged", "tau", (1, 2)),
        lambda: bracket(STEP, "zero", "ratio", (1, 2)),
        lambda: bracket(STEP, "merged", "ratio", (2, 1)),
        lambda: bracket(STEP, "merged", "ratio", (2, 2)),
        lambda: bracket(STEP, "merged", "ratio", (0, 2)),
        lambda: bracket(STEP, "merged", "ratio", (1, 2, 3)),
        lambda: bracket(STEP, "merged", "ratio", "12"),
        lambda: bracket(STEP, "merged", "ratio", (50, 200), digits=0),
        lambda: bracket(STEP, "merged", "ratio", (50, 200), digits=61),
        lambda: bracket(STEP, "zero", "tau", (1, 2)),
        lambda: bracket(STEP.replace(constraint=Ball()), "merged", "tau", (1, 2)),
        lambda: bracket(STEP.replace(dim=2), "merged", "tau", (1, 2)),
        lambda: bracket(Problem(supcon, Classes((3, 3))), "merged", "tau", (1, 2)),
        lambda: bracket(Problem(supcon, Classes((5, 4, 3))), "merged", "tau", (1, 2)),
        lambda: bracket(Problem(supcon, Classes((5, 3))), "merged", "tau", (1, 2)),
        lambda: bracket(Problem("decoupled", Classes((5, 3, 3))), "merged", "tau", (1, 2)),
        lambda: bracket(Problem(supcon, Classes((5, 3, 3))), "merged in the limit", "tau", (1, 2)),
        lambda: bracket(Problem(supcon, Classes((5, 3, 3))), "simplex", "tau", (1, 2)),
        lambda: bracket(UnitProblem(losses.clip(3)), "merged", "tau", (1, 2)),
    ],
)
def test_questions_that_are_none_are_refused_in_one_line(ask):
    with pytest.raises(InputError) as refusal:
        ask()
    assert "\n" not in str(refusal.value)


def siglip(t):
    return UnitProblem(losses.siglip(5, bias=-t), 1 / t)


def test_a_parameter_of_ones_own_is_bracketed_on_both_sides_of_its_closed_form():
    found = bracket(siglip, "simplex", "t", ("1/2", "3/5"))
    low, high = (mpmath.mpf(side.numerator) / side.denominator for side in found.bracket)
    assert low < 4 * mpmath.log(2) / 5 < high < low + 1e-11  # N7
    assert verified(found) and (found.lower.said, found.upper.said) == ("not a simplex", "simplex")
    assert "1/2" in found.about and found.over == "t"


def test_a_range_of_a_parameter_may_hold_zero_and_what_is_below():
    found = bracket(lambda bias: UnitProblem(losses.siglip(5, bias=bias), "1/2"), "simplex", "bias", (-3, 2), digits=3)
    assert found.lower.said == "simplex" != found.upper.said and verified(found)
    assert found.bracket == (Fraction("-1.02"), Fraction("-1.01"))


@pytest.mark.parametrize("family", [lambda t: "no problem", lambda t: None])
def test_a_family_gives_problems(family):
    with pytest.raises(InputError, match="a Problem or a UnitProblem"):
        bracket(family, "simplex", "t", (1, 2))


def test_a_family_is_asked_what_its_problems_can_be_asked():
    with pytest.raises(InputError, match="a ridge"):
        bracket(lambda t: STEP.replace(temperature=t), "zero", "t", (1, 2))
    merged = bracket(lambda w: UnitProblem(losses.cross_entropy((20, 20, 4, 4)), 1, Ridge(w)), "merged", "w", (1, 3), digits=2)
    assert merged.bracket == (Fraction("1.9"), Fraction(2)) and merged.trust == "exact"
