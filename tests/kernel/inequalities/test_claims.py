"""Inequalities: a leaf's bound lies below the expression on its whole box, whichever method it names, and the parts cover the box."""

import random

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.inequalities.claims import Region, _where_defined, leaf_bound, positive_definite, read_inequality
from scverify.kernel.inequalities.enclosure import UNDEFINED, ExactInterval
from scverify.kernel.inequalities.scalar import Scalar, parse_scalar
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept

ONE = ["add", ["pow", "x", 4], ["mul", "-1", ["exp", "x"]], ["log", ["add", "3", "x"]]]
TWO = ["add", ["mul", "x", "y"], ["exp", ["mul", "-1", "y"]], ["abs", ["add", "x", "1/2"]]]
SMOOTH = ["add", ["mul", "x", "x"], ["exp", "y"], ["mul", "-1/3", "x", "y"]]
METHODS = {
    "direct": (TWO, "direct"),
    "mean": (TWO, "mean"),
    "monotone": (TWO, "monotone"),
    "taylor": (ONE, {"order": 5, "point": ["1/8"]}),
    "taylor of order one": (ONE, {"order": 1, "point": ["0"]}),
    "quadratic": (SMOOTH, {"order": 2, "point": ["0", "1/8"]}),
}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("width", [fmpq(1), fmpq(1, 4)])
def test_a_leaf_bounds_the_expression_from_below(name, width):
    tree, node = METHODS[name]
    names = ["x", "y"] if tree is not ONE else ["x"]
    formula = Scalar(parse_scalar(tree, names), names)
    region = Region((-width,) * len(names), (width,) * len(names))
    bound, draws = leaf_bound(formula, region, node), random.Random(1)
    assert bound.is_finite()
    least = min(formula.value([ExactInterval.of(fmpq(draws.randint(-64, 64), 64) * width) for _ in names]).upper for _ in range(300))
    assert bound <= least and least - bound < 8


def test_what_is_undefined_somewhere_on_the_box_has_no_bound():
    formula = Scalar(parse_scalar(["log", "x"], ["x"]), ["x"])
    region = Region((fmpq(-1),), (fmpq(1),))
    for node in ("direct", "mean", "monotone", {"order": 3, "point": ["1/2"]}):
        assert not leaf_bound(formula, region, node).is_finite()


def test_a_bound_counts_only_where_everything_is_defined():
    assert _where_defined([ExactInterval.of(0)], ExactInterval.of(1)) == 1
    assert not _where_defined([ExactInterval.of(0), UNDEFINED], ExactInterval.of(1)).is_finite()


def test_parts_cover_a_box_and_share_the_cut():
    region = Region((fmpq(0), fmpq(-1)), (fmpq(1), fmpq(1)))
    for cut in (None, fmpq(1, 3)):
        low, high = region.parts(1, cut)
        assert low.upper[1] == high.lower[1] == (cut or 0) and (low.lower, high.upper) == (region.lower, region.upper)
    with pytest.raises(Rejected, match="outside its box"):
        region.parts(0, fmpq(2))
    assert region.holds((fmpq(1), fmpq(0))) and not region.holds((fmpq(1), fmpq(2)))


@pytest.mark.parametrize(("entries", "verdict"), [((2, 1, 2), True), ((1, 1, 1), False), ((1, 2, 1), False), ((-1, 0, 1), False)])
def test_a_positive_definite_hessian(entries, verdict):
    a, b, c = map(ExactInterval.of, entries)
    assert positive_definite([[a, b], [b, c]]) is verdict


@pytest.mark.parametrize("name", ["inequality-tree", "inequality-cuts", "inequality-taylor"])
def test_an_inequality_is_said(name):
    assert verify_data(kept(name)).claim.startswith("For all real ")
    assert verify_data(kept("inequality-failure")).claim.startswith("It is false that ")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda claim: claim.update(strict=1), "neither true nor false"),
        (lambda claim: claim["variables"].append(claim["variables"][0]), "named twice"),
        (lambda claim: claim["variables"][0].update(lower="5"), "above the upper one"),
        (lambda claim: claim["variables"][0].update(name="1x"), "not a plain name"),
        (lambda claim: claim.update(variables=[{"name": f"v{i}", "lower": "0", "upper": "1"} for i in range(65)]), "too many variables"),
    ],
)
def test_a_statement_of_no_sense(edit, reason):
    claim = kept("inequality-tree")["claim"]
    edit(claim)
    with pytest.raises(Rejected, match=reason):
        read_inequality(claim)


def test_a_tree_ends_with_its_box():
    assert "ends before the box" in answer_to(kept("inequality-tree"), lambda _, witness: witness["tree"].pop()).reason
    assert "goes on after the box" in answer_to(kept("inequality-tree"), lambda _, witness: witness["tree"].append("direct")).reason


def test_a_failure_at_a_point_that_does_not_fail_or_lies_outside():
    assert "not shown to fail" in answer_to(kept("inequality-failure"), lambda claim, _: claim.update(point=["1/2"])).reason
    assert "outside its box" in answer_to(kept("inequality-failure"), lambda claim, _: claim.update(point=["2"])).reason
