"""What composition may call convex, affine or not negative, against numbers that would contradict it."""

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.kernel.convexity import convexity_of
from scverify.kernel.formula import Row, is_affine, is_convex, log_sum_exp, parse, value_and_gradient
from scverify.symbolic.printers import to_kernel
from tests.symbolic.instances import FORMULAS


def scaled(factor, body="s"):
    return ["sum", ["mul", factor, body]]


EXP, SQUARE, ONE_LESS = ["exp", "s"], ["pow", "s", 2], ["add", "tau", "-1"]
LSE = ["log", ["sum", ["mul", "c", EXP]]]
CONVEX = {
    "log-sum-exp": LSE,
    "supcon": to_kernel(FORMULAS["supcon"].expression),
    "softplus": to_kernel(FORMULAS["softplus"].expression),
    "spectral": to_kernel(FORMULAS["spectral"].expression),
    "1 + sum exp": ["log", ["add", "1", ["sum", ["mul", "c", EXP]]]],
    "a falling exponential": scaled("q", ["exp", ["mul", "-1", "s"]]),
    "exp of exp": ["sum", ["exp", EXP]],
    "fourth power": ["sum", ["pow", ["add", "s", "-1"], 4]],
    "power of a square": ["sum", ["pow", SQUARE, 3]],
    "product of exponentials": ["sum", ["mul", EXP, ["exp", ["mul", "2", "s"]]]],
    "two negatives": ["sum", ["mul", "-1", "-2", SQUARE]],
    "a square factor": ["sum", ["mul", ["pow", ONE_LESS, 2], SQUARE]],
    "an unsigned factor of what is affine": ["sum", ["mul", ONE_LESS, "s"]],
    "exp of a log-sum-exp": ["exp", LSE],
    "a coefficient over tau": ["sum", ["mul", "c", "q", ["pow", "tau", -3], SQUARE]],
    "zero times a square": ["sum", ["mul", "0", SQUARE]],
    "no similarity": ["log", "tau"],
}
NOT_CONVEX = {
    "supcon_in": to_kernel(FORMULAS["supcon_in"].expression),
    "ratio": to_kernel(FORMULAS["ratio"].expression),
    "mixed": to_kernel(FORMULAS["mixed"].expression),
    "log": ["log", ["sum", "s"]],
    "log of a square": ["log", ["sum", SQUARE]],
    "log of log-sum-exp": ["log", LSE],
    "a negative exponential": scaled("-1", EXP),
    "cube": ["sum", ["pow", "s", 3]],
    "cube of what may be negative": ["pow", ["add", LSE, "-5"], 3],
    "square of what may be negative": ["pow", ["add", LSE, "-5"], 2],
    "product of similarities": ["mul", ["sum", "s"], ["sum", scaled("c")[1]]],
    "similarity times its exponential": ["sum", ["mul", "s", EXP]],
    "square times exponential": ["sum", ["mul", SQUARE, EXP]],
    "a factor of unknown sign": ["sum", ["mul", ONE_LESS, SQUARE]],
    "log tau as a factor": ["sum", ["mul", ["log", "tau"], SQUARE]],
    "a coefficient less one": ["sum", ["mul", ["add", "c", "-1"], SQUARE]],
    "three negatives": ["sum", ["mul", "-1", "-1", "-1", SQUARE]],
    "a negative and an unknown sign": ["sum", ["mul", "-1", ONE_LESS, SQUARE]],
    "reciprocal": ["pow", ["sum", EXP], -1],
    "power zero": ["pow", ["sum", EXP], 0],
    "square root": ["sqrt", ["sum", EXP]],
    "exp of minus a square": ["sum", ["exp", ["mul", "-1", SQUARE]]],
    "log of a difference": ["log", ["add", ["sum", EXP], "-1"]],
    "one over similarity": ["sum", ["pow", "s", -2]],
}


@pytest.mark.parametrize("name", CONVEX)
def test_known_to_be_convex(name):
    tree = parse(CONVEX[name])
    assert convexity_of(tree).convex and is_convex(tree)


@pytest.mark.parametrize("name", NOT_CONVEX)
def test_not_to_be_called_convex(name):
    tree = parse(NOT_CONVEX[name])
    assert not convexity_of(tree).convex and not is_convex(tree)


def trees(inside):
    """Random trees of the grammar, outside or inside a sum."""
    constants = st.sampled_from(["-2", "-1", "0", "1", "1/2", "3", "tau"])
    atoms = st.one_of(st.sampled_from(["s", "s", "c", "q"]), constants) if inside else constants | st.deferred(lambda: sums)
    return st.recursive(
        atoms,
        lambda part: st.one_of(
            st.builds(lambda head, xs: [head, *xs], st.sampled_from(["add", "mul"]), st.lists(part, min_size=2, max_size=3)),
            st.builds(lambda x, n: ["pow", x, n], part, st.integers(-2, 4)),
            st.builds(lambda head, x: [head, x], st.sampled_from(["exp", "log", "sqrt"]), part),
        ),
        max_leaves=6,
    )


sums = st.builds(lambda body: ["sum", body], trees(inside=True))
numbers = st.lists(st.fractions(-2, 2, max_denominator=8), min_size=3, max_size=3)
coefficients = st.lists(st.fractions(0, 2, max_denominator=4), min_size=3, max_size=3)


def exact(values):
    return [arb(fmpq(x.numerator, x.denominator)) for x in values]


@settings(max_examples=6 * settings.default.max_examples)
@given(trees(inside=False) | sums, numbers, numbers, coefficients, coefficients, st.fractions("1/4", 4, max_denominator=8))
def test_no_tree_is_given_a_shape_that_numbers_contradict(data, first, second, c, q, tau):
    tree = parse(data)
    found = convexity_of(tree)

    def value(similarities):
        return value_and_gradient(tree, Row(similarities, exact(c), exact(q), exact([tau])[0]), arb)[0]

    with ctx.workprec(200):
        x, y = exact(first), exact(second)
        ends, middle = [value(x), value(y)], value([(u + v) / 2 for u, v in zip(x, y, strict=True)])
        # a certain contradiction only: balls that overlap, or are not finite, contradict nothing
        assert not (found.convex and middle > (ends[0] + ends[1]) / 2)
        assert not (found.concave and middle < (ends[0] + ends[1]) / 2)
        assert not (found.nonnegative and middle < 0)
        assert not (found.log_convex and middle * middle > ends[0] * ends[1])


@settings(max_examples=6 * settings.default.max_examples)
@given(trees(inside=False) | sums)
def test_a_tree_is_called_affine_without_the_rules_exactly_where_they_show_it_convex_and_concave(data):
    tree = parse(data)
    assert is_affine(tree) is (convexity_of(tree).convex and convexity_of(tree).concave)


RATES = [["pow", "tau", -1], ["mul", "-1", ["pow", "tau", -1]], ["add", "tau", "-1"], "0"]
REMAINDERS = ["0", ["mul", "-1", ["sum", ["mul", "q", "s"]]], ["sum", ["mul", ["add", "c", "-1"], "s"]], ["pow", ["sum", "s"], 1]]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("remainder", REMAINDERS, ids=str)
def test_a_log_sum_exp_with_an_affine_remainder_is_called_convex_by_either_way(rate, remainder):
    tree = parse(["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", rate, "s"]]]]], remainder])
    assert log_sum_exp(tree) is not None and convexity_of(tree).convex


def test_the_sign_of_a_constant_logarithm_is_known_from_one_on():
    over_log = [convexity_of(parse(["mul", ["pow", ["log", x], -1], ["exp", ["sum", "s"]]])).convex for x in ("2", "1/2", "tau")]
    assert over_log == [True, False, False]


@pytest.mark.parametrize(
    "nest", [lambda tree: ["mul", "2", tree], lambda tree: ["log", ["add", "1", tree]]], ids=["products", "logarithms"]
)
def test_each_level_of_a_nest_is_asked_about_once(nest):
    tree = EXP
    for _ in range(18):
        tree = nest(tree)
    convexity_of.cache_clear()
    convexity_of(parse(["sum", tree]))
    assert convexity_of.cache_info().misses < 120
