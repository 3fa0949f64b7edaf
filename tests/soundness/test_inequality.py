"""Forged certificates of inequalities: none is VERIFIED, each beside a control that is."""

import copy
import json

import pytest
from sympy import Abs, Rational, exp, log, symbols

from scverify.certify.inequality import prove_inequality
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data, verify_text

x, y = symbols("x y")


@pytest.fixture(scope="module")
def honest():
    """Proved certificates: a subdivision in two variables, one by cuts at points of equality, one by Taylor's formula, and a failure."""
    return {
        "tree": prove_inequality(log(exp(x) + exp(y)) > (x + y) / 2 + Rational(1, 2), {x: (-2, 2), y: (-2, 2)}).certificate,
        "cuts": prove_inequality(Abs(x - 1) <= Abs(x**2 - 1), {x: (0, 3)}).certificate,
        "taylor": prove_inequality(log(1 + x) <= x, {x: ("-1/2", 1)}).certificate,
        "failure": prove_inequality(log(1 + x) < x, {x: (0, 1)}).certificate,
    }


def word(certificate, resign=True):
    if resign:
        certificate["digest"] = digest(certificate["claim"])
    return verify_data(certificate).word


def test_the_controls_are_verified(honest):
    assert {name: word(copy.deepcopy(data)) for name, data in honest.items()} == dict.fromkeys(honest, "VERIFIED")
    assert len(honest["tree"]["witness"]["tree"]) > 3
    assert any(isinstance(node, dict) and "cut" in node for node in honest["cuts"]["witness"]["tree"])
    assert any(isinstance(node, dict) and "order" in node for node in honest["taylor"]["witness"]["tree"])


def without_last_leaf(tree):
    return tree[:-1]


def with_a_leaf_more(tree):
    return [*tree, "direct"]


def only_the_first_leaf(tree):
    return [next(node for node in tree if isinstance(node, str))]


def truncated(tree):
    return tree[: len(tree) // 2]


def empty(tree):
    return []


def all_direct(tree):
    return [node if type(node) is int else "direct" for node in tree[:1]] + ["direct"] * (len(tree) > 1) * 2


def unknown_method(tree):
    return ["trust me" if isinstance(node, str) else node for node in tree]


def other_variable(tree):
    return [7 if type(node) is int else node for node in tree]


def negative_variable(tree):
    return [-1 if type(node) is int else node for node in tree]


def true_as_variable(tree):
    return [True if type(node) is int else node for node in tree]


def null_leaves(tree):
    return [None if isinstance(node, str) else node for node in tree]


@pytest.mark.parametrize(
    "forge",
    [
        without_last_leaf,
        with_a_leaf_more,
        only_the_first_leaf,
        truncated,
        empty,
        all_direct,
        unknown_method,
        other_variable,
        negative_variable,
        true_as_variable,
        null_leaves,
    ],
)
def test_a_forged_tree(honest, forge):
    data = copy.deepcopy(honest["tree"])
    data["witness"]["tree"] = forge(data["witness"]["tree"])
    assert word(data) != "VERIFIED"


@pytest.mark.parametrize("at", ["-1", "4", "1.5", "NaN", 1, None])
def test_a_cut_outside_its_box(honest, at):
    data = copy.deepcopy(honest["cuts"])
    for node in data["witness"]["tree"]:
        if isinstance(node, dict) and "cut" in node:
            node["at"] = at
    assert word(data) == "REJECTED"


@pytest.mark.parametrize(
    ("order", "point"),
    [(2, ["1"]), (1, ["0"]), (2, ["2"]), (2, ["-3/4"]), (0, ["0"]), (99, ["0"]), (2, []), (2, ["0", "0"]), (2, ["nan"]), ("2", ["0"])],
)
def test_taylor_about_the_wrong_point_or_order(honest, order, point):
    data = copy.deepcopy(honest["taylor"])
    data["witness"]["tree"] = [{"order": order, "point": point}]
    assert word(data) != "VERIFIED"


CLAIMS = {
    "a larger box": lambda claim: claim["variables"][0].update(lower="-20"),
    "an inverted box": lambda claim: claim["variables"][0].update(lower="3"),
    "a larger margin": lambda claim: claim.update(expression=["add", claim["expression"], "-1"]),
    "the opposite": lambda claim: claim.update(expression=["mul", "-1", claim["expression"]]),
    "a variable without a range": lambda claim: claim["variables"].pop(),
    "a variable twice": lambda claim: claim["variables"].append(claim["variables"][0]),
    "a decimal end": lambda claim: claim["variables"][0].update(lower="-2.0"),
    "an end not in lowest terms": lambda claim: claim["variables"][0].update(lower="-4/2"),
    "strict as a number": lambda claim: claim.update(strict=1),
    "a field more": lambda claim: claim.update(note="believe me"),
    "a name that is a number": lambda claim: claim["variables"][0].update(name="1"),
    "an undefined expression": lambda claim: claim.update(expression=["log", ["add", "x", "-100"]]),
    "undefined times zero": lambda claim: claim.update(expression=["add", "1", ["mul", "0", ["log", ["add", "x", "-100"]]]]),
    "undefined to the power zero": lambda claim: claim.update(expression=["pow", ["log", ["add", "x", "-100"]], 0]),
    "division by zero": lambda claim: claim.update(expression=["pow", ["mul", "x", "0"], -1]),
    "an unknown operation": lambda claim: claim.update(expression=["sin", "x"]),
    "a root of order one": lambda claim: claim.update(expression=["root", ["exp", "x"], 1]),
    "deep nesting": lambda claim: claim.update(expression=json.loads('["exp",' * 200 + '"x"' + "]" * 200)),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_another_claim_with_the_same_tree(honest, name):
    data = copy.deepcopy(honest["tree"])
    CLAIMS[name](data["claim"])
    assert word(copy.deepcopy(data)) != "VERIFIED"
    assert word(data, resign=False) == "REJECTED"


def test_strict_where_there_is_equality(honest):
    data = copy.deepcopy(honest["taylor"])
    assert data["claim"]["strict"] is False
    data["claim"]["strict"] = True
    assert word(data) != "VERIFIED"


def test_a_smaller_claim_is_still_proved(honest):
    data = copy.deepcopy(honest["tree"])
    data["claim"]["strict"] = False
    assert word(data) == "VERIFIED"


@pytest.mark.parametrize("point", [["1/2"], ["1"], ["2"], [], ["0", "0"], ["nan"], [0]])
def test_a_point_where_the_inequality_holds_or_that_is_none(honest, point):
    data = copy.deepcopy(honest["failure"])
    data["claim"]["point"] = point
    assert word(data) != "VERIFIED"


def test_equality_is_no_failure_of_what_is_not_strict(honest):
    data = copy.deepcopy(honest["failure"])
    data["claim"]["strict"] = False
    assert word(data) != "VERIFIED"


def test_numbers_that_are_none_are_rejected_as_text(honest):
    text = json.dumps(honest["cuts"])
    assert verify_text(text).word == "VERIFIED"
    assert verify_text(text.replace('"at": "1"', '"at": NaN')).word == "REJECTED"
    assert verify_text(text.replace('"at": "1"', '"at": 1e0')).word == "REJECTED"


def test_points_outside_the_box_prove_nothing():
    control = prove_inequality(x**2 > Rational(1, 100), {x: (1, 2)}).certificate
    assert word(copy.deepcopy(control)) == "VERIFIED"
    false = copy.deepcopy(control)  # on [0, 1/10] slopes are small, and far away the value is large
    false["claim"]["variables"][0].update(lower="0", upper="1/10")
    false["witness"]["tree"] = [{"order": 1, "point": ["10"]}]
    assert word(false) == "REJECTED"
    failure = copy.deepcopy(control)
    failure["claim"].update(type="InequalityFails", point=["0"])
    failure["witness"] = {}
    assert word(failure) == "REJECTED"
