"""Inequalities of this field: true, false and barely true ones, each decided by the prover and again by the kernel."""

import json

import pytest
from sympy import Abs, Eq, Float, Max, Rational, Symbol, cosh, exp, log, sin, sqrt, symbols, tanh

from scverify.certify.inequality import prove_inequality
from scverify.errors import InputError
from scverify.kernel.verify import verify_data

x, y, z, p, q, t = symbols("x y z p q t")
THIRD, HALF = Rational(1, 3), Rational(1, 2)
BARELY = Rational("2.885390082")  # 2/log 2 = 2.88539008177...


def divergence(p, q):
    """Kullback-Leibler divergence of two coins."""
    return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))


TRUE = {
    "log(1+x) <= x, equality inside": (log(1 + x) <= x, {x: ("-9/10", 10)}),
    "log(x) >= 1 - 1/x": (log(x) >= 1 - 1 / x, {x: ("1/10", 10)}),
    "exp(x) >= 1+x": (exp(x) >= 1 + x, {x: (-5, 5)}),
    "exp(x) >= 1+x+x^2/2, equality of third order": (exp(x) >= 1 + x + x**2 / 2, {x: (0, 5)}),
    "singular values (T2)": (Abs(x - 1) <= Abs(x**2 - 1), {x: (0, 3)}),
    "variance of Bernoulli": (p * (1 - p) <= Rational(1, 4), {p: (0, 1)}),
    "slope of the sigmoid": (exp(x) / (1 + exp(x)) ** 2 <= Rational(1, 4), {x: (-10, 10)}),
    "Pinsker at q = 1/3": (divergence(p, THIRD) >= 2 * (p - THIRD) ** 2, {p: ("1/100", "99/100")}),
    "Pinsker at q = 1/2, equality of fourth order": (divergence(p, HALF) >= 2 * (p - HALF) ** 2, {p: ("1/100", "99/100")}),
    "entropy of a coin": (-p * log(p) - (1 - p) * log(1 - p) <= log(2) + Rational(1, 10**9), {p: ("1/1000", "999/1000")}),
    "log-sum-exp above the maximum": (log(exp(x) + exp(y)) > Max(x, y), {x: (-3, 3), y: (-3, 3)}),
    "log-sum-exp above the mean": (log(exp(x) + exp(y)) > (x + y) / 2 + Rational(69, 100), {x: (-2, 2), y: (-2, 2)}),
    "softmax is below one": (exp(x) / (exp(x) + exp(y) + 1) < 1, {x: (-4, 4), y: (-4, 4)}),
    "tanh(x) <= x": (tanh(x) <= x, {x: (0, 10)}),
    "Hoeffding's lemma": (log(cosh(x)) <= x**2 / 2, {x: (-4, 4)}),
    "attraction (MATH 8) for sizes (4, 2)": (exp(-2 / t) >= Rational(2, 4), {t: ("289/100", 10)}),
    "margin of 1e-12": (log(x**2 + 1) > -Rational(1, 10**12), {x: (-1, 1)}),
    "Bernoulli with a cube root": (x**THIRD <= 1 + (x - 1) / 3, {x: ("1/100", 8)}),
    "arithmetic and geometric mean": (sqrt(x * y) <= (x + y) / 2 + Rational(1, 100), {x: ("1/10", 2), y: ("1/10", 2)}),
    "Young": (x * y <= x**2 / 2 + y**2 / 2 + Rational(1, 100), {x: (-1, 1), y: (-1, 1)}),
    "two-class loss above its minimum (T9)": (log(1 + 3 * exp(-x)) > log(1 + 3 * exp(-2)), {x: (0, "199/100")}),
    "one point": (exp(x) > 2, {x: (1, 1)}),
    "simplex below orthogonal frame (Graf et al. 2021, Kini et al. 2023), k = 10": (
        log(4 + 45 * exp(-10 / (9 * t))) < log(4 + 45 * exp(-1 / t)),
        {t: ("1/20", 2)},
    ),
    "tangent of cross-entropy (as in Zhu et al. 2021), ten classes": (log((1 + 9 * exp(x)) / 10) >= 9 * x / 10, {x: (-4, 4)}),
    "InfoNCE with seven negatives is below log 8": (log(1 + 7 * exp((x - 1) / t)) < log(8), {x: (-1, "99/100"), t: ("1/10", 2)}),
    "within-class rows fall (R3), sizes 5, 3": (4 * exp(1 / t) / (4 * exp(1 / t) + 3 * exp(x / t)) < 1, {x: (-1, 1), t: ("1/2", 2)}),
    "attraction, barely: above 2/log 2": (exp(-2 / t) > HALF, {t: (BARELY, 10)}),
    "attraction at rank one (L1): e_cc <= 1": (x**2 / (2 * y) <= 1, {x: (0, 2), y: (2, 3)}),
}
FALSE = {
    "strict where there is equality": (log(1 + x) < x, {x: (0, 10)}, {"x": "0"}),
    "strict at the maximum of the variance": (p * (1 - p) < Rational(1, 4), {p: (0, 1)}, {"p": "1/2"}),
    "attraction fails below its temperature": (exp(-2 / t) >= Rational(2, 4), {t: ("1/2", 10)}, {}),
    "Pinsker with a factor too large": (divergence(p, HALF) >= Rational(21, 10) * (p - HALF) ** 2, {p: ("1/100", "99/100")}, {}),
    "attraction, barely not: below 2/log 2": (exp(-2 / t) > HALF, {t: (BARELY - Rational(1, 10**9), 10)}, {}),
    "two antipodal classes lie below the simplex of three": (
        log(1 + 4 * exp(-2 / t)) > log(1 + 4 * exp(-3 / (2 * t))),
        {t: ("1/2", 2)},
        {},
    ),
    "false by 1e-12": (log(x**2 + 1) > Rational(1, 10**12), {x: (-1, 1)}, {"x": "0"}),
    "false in three variables": (exp(x) + exp(y) + exp(z) > 3 + x + y + z, {x: (-1, 1), y: (-1, 1), z: (-1, 1)}, {"x": "0"}),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_inequalities_are_proved(name):
    result = prove_inequality(*TRUE[name])
    assert result.verdict == "PROVED", result
    answer = verify_data(json.loads(json.dumps(result.certificate)))
    assert answer.word == "VERIFIED" and answer.type == "Inequality"


@pytest.mark.parametrize("name", FALSE)
def test_false_inequalities_are_refuted_at_a_rational_point(name):
    relation, box, point = FALSE[name]
    result = prove_inequality(relation, box)
    assert result.verdict == "REFUTED", result
    assert {**{key: str(value) for key, value in result.point.items()}, **point} == {key: str(value) for key, value in result.point.items()}
    answer = verify_data(result.certificate)
    assert answer.word == "VERIFIED" and answer.claim.startswith("It is false that")


@pytest.mark.parametrize(
    ("relation", "box"),
    [(exp(2 * x) + 4 >= 4 * exp(x), {x: (0, 1)}), (x**2 + y**2 >= 2 * x * y, {x: (-1, 1), y: (-1, 1)})],
    ids=["equality at an irrational point", "equality along a curve"],
)
def test_what_cannot_be_decided_is_told(relation, box):
    result = prove_inequality(relation, box, budget=300)
    assert result.verdict == "UNDECIDED" and result.certificate is None
    assert "undecided near" in result.reason


def test_a_result_prints_and_has_json():
    result = prove_inequality(exp(x) >= 1 + x, {x: (-1, 1)})
    assert str(result).startswith("PROVED  exp(x) >= x + 1 for x in [-1, 1]")
    told = json.loads(json.dumps(result.to_json()))
    assert told["verdict"] == "PROVED" and told["trust"] == "ball" and "point" not in told
    assert "PROVED" in result._repr_html_()


@pytest.mark.parametrize(
    ("relation", "box", "message"),
    [
        (Eq(x, 1), {x: (0, 1)}, "an inequality"),
        (x > y, {x: (0, 1)}, "no range for y"),
        (x > Float("0.1"), {x: (0, 1)}, "exact numbers"),
        (sin(x) > 0, {x: (1, 2)}, "for the checker"),
        (x > 0, {x: (2, 1)}, "exchange them"),
        (Symbol("r", positive=True) > 1, {Symbol("r", positive=True): (0, 1)}, "assumed positive"),
        (Symbol("n", integer=True) > 1, {Symbol("n", integer=True): (2, 3)}, "assumed integer"),
        (exp(Symbol("r", real=True)) > 0, {Symbol("r", real=True): (0, 1)}, "decided by itself"),
    ],
)
def test_wrong_input_is_named(relation, box, message):
    with pytest.raises(InputError, match=message):
        prove_inequality(relation, box)


def test_the_same_question_has_the_same_certificate():
    first, second = (prove_inequality(*TRUE["Hoeffding's lemma"]) for _ in range(2))
    assert first.certificate == second.certificate
