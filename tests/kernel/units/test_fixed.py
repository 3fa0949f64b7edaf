"""Fixed nodes by hand: the block that is stated is that of every point, and costs what it costs."""

import pytest
from flint import arb

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.bounds import largest_squares, unit_lower_bound, unit_point
from scverify.kernel.units.claims import unit_bounds_said
from scverify.kernel.units.fixed import MOST_FIXED, read_fixed
from scverify.kernel.units.nodes import constrained_level, stated_level
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ridge
from scverify.model.fixed import Fixed
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem


def dyadic(rows, bits=0):
    return {"bits": bits, "rows": rows}


def data_of(fixed=None, pairs=3):
    return UnitProblem(clip(pairs), 1, {"image": fixed or Fixed(), "text": "sphere"}).data


def test_a_point_has_exactly_the_similarities_that_are_stated():
    level = constrained_level(data_of(Fixed(own=2, others="1/3")))
    # the text is twice the mean of the images and their spread, once: its norm is then made 1
    point = unit_point(level, {"means": dyadic([[1], [2]]), "spreads": [dyadic([[1], [1]])]})
    assert point.similar[0][2].contains(2) and point.similar[0][2].rad() == 0
    assert point.similar[0][0].contains(arb(1) / 3) and point.squares[0] == 2
    length = (4 * arb(8) / 9 + arb(10) / 9).sqrt()
    assert abs(point.similar[0][3] - (2 * arb(8) / 9 + arb(10) / 9) / length) < 1e-12
    assert abs(point.similar[0][1] - (2 * arb(8) / 9 - arb(5) / 9) / length) < 1e-12


@pytest.mark.parametrize(
    ("means", "spread", "reason"),
    [
        ([[2], [1]], [[1], [1]], "moved"),
        ([[1], [1]], [[2], [1]], "moved"),
        ([[1, 1], [1, 1]], [[1], [1]], "moved"),
        ([[], []], [[1], [1]], "no coefficients"),
        ([[1], [1]], [[], []], "no coefficients"),
    ],
)
def test_a_point_leaves_fixed_nodes_where_they_are(means, spread, reason):
    level = constrained_level(data_of())
    unit_point(level, {"means": dyadic([[1], [1]]), "spreads": [dyadic([[1], [1]])]})
    with pytest.raises(Rejected, match=reason):
        unit_point(level, {"means": dyadic(means), "spreads": [dyadic(spread)]})


def test_slopes_between_fixed_nodes_cost_what_the_block_says():
    """A dual factor of 1 on the images alone costs <F F', X> = 3 * 1 + 6 * x of the stated x, to the digit."""
    rows = [{"form": "gibbs", "bits": 0, "row": [0, 0, 0, 1]}, {"form": "gibbs", "bits": 0, "row": [0, 0, 1, 0]}]
    for others in ("-1/2", "0", "1/7"):
        level = constrained_level(data_of(Fixed(others=others)))
        none = unit_lower_bound(level, {"rows": rows, "factor": dyadic([[], []]), "spreads": [dyadic([[], []])]})
        some = unit_lower_bound(level, {"rows": rows, "factor": dyadic([[1], [0]]), "spreads": [dyadic([[], []])]})
        x = arb(level.fixed.others[0, 0])
        assert abs(none - some - (3 + 6 * x)) < 1e-12


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda d: d.update(fixed={"own": [["1"]], "others": [["-51/100"]]}), "semidefinite"),
        (lambda d: d.update(fixed={"own": [["1"]], "others": [["101/100"]]}), "semidefinite"),
        (lambda d: d.update(fixed={"own": [["-1"]], "others": [["0"]]}), "semidefinite"),
        (lambda d: d.update(fixed={"own": [["1"]], "others": [["0", "0"]]}), "entries"),
        (lambda d: d.update(fixed={"own": [[1]], "others": [["0"]]}), "rational"),
        (lambda d: d.update(fixed={"own": [["1"]]}), "others"),
        (lambda d: d.pop("fixed"), "a block is stated"),
        (lambda d: d["kinds"][0].update(constraint={"kind": "sphere", "rho": "1", "nonnegative": False}), "a block is stated"),
        (lambda d: d["kinds"][1].update(constraint={"kind": "sphere", "rho": "1", "nonnegative": True}), "signs beside fixed"),
        (lambda d: d["units"][0].update(copies=[2, 1]), "has copies"),
        (lambda d: d["units"][0].update(multiplicity=1), "no other unit"),
    ],
)
def test_what_is_not_a_fixed_block_is_rejected(edit, reason):
    data = data_of()
    constrained_level(data)
    edit(data)
    with pytest.raises(Rejected, match=reason):
        constrained_level(data)


def test_more_fixed_nodes_than_an_exact_elimination_takes_are_refused():
    for count in (MOST_FIXED, MOST_FIXED + 1):
        with pytest.raises(Rejected, match="fixed nodes" if count > MOST_FIXED else "own"):
            read_fixed({"own": [], "others": []}, [True] * count, [1] * count, [1] * count, 1)


@pytest.mark.parametrize(("corner", "good"), [("1/2", True), ("1/3", False)])
def test_the_block_of_a_unit_is_symmetric(corner, good):
    stated = {"own": [["1", "1/2"], [corner, "1"]], "others": [["0", "0"], ["0", "0"]]}
    if good:
        assert read_fixed(stated, [True] * 2, [2, 2], [1, 1], 2).nodes == [0, 1]
    else:
        with pytest.raises(Rejected, match="not symmetric"):
            read_fixed(stated, [True] * 2, [2, 2], [1, 1], 2)


def test_blocks_of_several_types_are_symmetric_and_semidefinite_on_means():
    problem = UnitProblem(cross_entropy((4, 3, 3)), 1, {"weight": Fixed(own=[1, 1], others=[[0, "1/2"], ["1/2", 0]]), "feature": "ball"})
    constrained_level(problem.data)
    lop = problem.data | {"fixed": {"own": [["1"], ["1"]], "others": [["0", "1/2"], ["1/3", "0"]]}}
    with pytest.raises(Rejected, match="not symmetric"):
        constrained_level(lop)
    # one vector beside two: 2 x^2 <= 1
    for entry, good in (("7/10", True), ("71/100", False)):
        stated = problem.data | {"fixed": {"own": [["1"], ["1"]], "others": [["0", entry], [entry, "0"]]}}
        if good:
            constrained_level(stated)
        else:
            with pytest.raises(Rejected, match="semidefinite"):
                constrained_level(stated)


def test_nodes_that_are_stated_one_by_one_may_be_fixed():
    problem = UnitProblem(mini_batches([[0, 1], [0, 1]], pairs=2), 1, {"image": Fixed(others="1/2"), "text": "sphere"})
    level = constrained_level(problem.data)
    assert level.fixed.nodes == [0, 1] and level.fixed.others[0, 1] == level.fixed.others[1, 0] != 0
    with pytest.raises(Rejected, match="signed and fixed nodes"):
        stated_level(problem.data)


def test_a_ridge_bounds_norms_beside_fixed_nodes_that_see_each_other():
    """At H = 0 a text sees zeros, and an image two images at 1/2 and three texts at 0: the loss there bounds the ridge."""
    data = UnitProblem(clip(3), 1, {"image": Fixed(others="1/2"), "text": Ridge(1)}).data
    image = {**data["rows"][0], "c": {"others": {"image": "1", "text": "1"}, "own": {"text": "1"}}}
    squares = largest_squares(constrained_level({**data, "rows": [image, data["rows"][1]]}))
    at_zero = 3 * (3 + 2 * arb("0.5").exp()).log() + 3 * arb(3).log()
    assert squares[0] == 1 and abs(squares[1] - 2 * at_zero / 3) < 1e-9


def test_the_block_is_pinned():
    words = {unit_bounds_said({"type": "UnitLowerBound", "problem": data_of(fixed), "lower": "0"}) for fixed in (Fixed(), Fixed(others=0))}
    assert len(words) == 2 and all("image fixed" in text for text in words)
