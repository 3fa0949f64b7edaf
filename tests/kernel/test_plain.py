"""Formulas in plain letters mean what their trees mean."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.certificate import Rejected
from scverify.kernel.plain import formula, in_letters

LEAVES = st.sampled_from(["s", "c", "tau", "1", "-1", "2", "-3", "1/2", "-2/3"])
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(lambda head, xs: [head, *xs], st.sampled_from(["add", "mul"]), st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda x, n: ["pow", x, n], parts, st.integers(-2, 2)),
        st.builds(lambda head, x: [head, x], st.sampled_from(["exp", "log", "sqrt", "sum"]), parts),
    ),
    max_leaves=12,
)
# stand-ins for functions: any that tell their arguments apart
FUNCTIONS = {
    "exp": lambda x: x * x + 5,
    "log": lambda x: 3 * x + 7,
    "sqrt": lambda x: x - 11,
    "sum": lambda x: x * x * x + 13,
}
LETTERS = {"s": Fraction(17, 19), "c": Fraction(23, 29), "tau": Fraction(31, 37)}


def meaning(tree):
    if isinstance(tree, str):
        return LETTERS[tree] if tree in LETTERS else Fraction(tree)
    head, *parts = tree
    if head == "pow":
        return meaning(parts[0]) ** parts[1]
    if head == "mul":
        result = Fraction(1)
        for part in parts:
            result *= meaning(part)
        return result
    return sum(map(meaning, parts)) if head == "add" else FUNCTIONS[head](meaning(parts[0]))


def read(typed):
    """What Python makes of the letters."""

    text = re.sub(r"\b(\d+)\b", r"number(\1)", typed).replace("^", "**")
    text = re.sub(r"\*\*(\()?(-?)number\((\d+)\)", r"**\1\2\3", text)
    return eval(text, {"number": Fraction, **FUNCTIONS, **LETTERS})


@given(TREES)
def test_what_is_typed_is_read_back(tree):
    try:
        expected = meaning(tree)
    except ZeroDivisionError:
        return
    assert read(in_letters(tree)) == expected


@pytest.mark.parametrize(
    ("tree", "typed"),
    [
        (
            ["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", ["pow", "tau", -1], "s"]]]]], ["mul", "-1", "s"]],
            "log(sum(c*exp(s/tau))) - s",
        ),
        (["mul", ["add", "s", "-1/2"], ["pow", ["add", "tau", "1"], -2]], "(s - 1/2)/(tau + 1)^2"),
        (["pow", ["add", "-1", "n_own"], -1], "1/(-1 + n_own)"),
        (["mul", "-1", "-1", "-1"], "-1"),
        (["pow", "1/2", 2], "(1/2)^2"),
        (["mul", "2", ["mul", "-1", "s"]], "2*(-s)"),
    ],
)
def test_formulas_as_they_are_typed(tree, typed):
    assert in_letters(tree) == typed


def test_a_long_formula_is_pinned():
    one, other = (["add", *["s"] * 200, last] for last in ("1", "2"))
    assert formula(one).startswith("a formula of ") and formula(one) != formula(other)


@pytest.mark.parametrize(
    "tree",
    [
        3,
        None,
        "",
        "x",
        "1 for all",
        "2/4",
        [],
        ["add"],
        ["pow", "s"],
        ["pow", "s", "2"],
        ["pow", "s", True],
        ["exp", "s", "s"],
        ["open", "s"],
        [["s"]],
        {},
    ],
)
def test_what_is_no_formula_is_rejected(tree):
    with pytest.raises(Rejected):
        in_letters(["mul", "2", tree])
