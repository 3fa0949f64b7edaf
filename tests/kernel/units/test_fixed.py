"""Fixed nodes by hand: the block that is stated is that of every point, and costs what it costs."""

import pytest
from flint import arb, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.bounds import largest_squares, unit_lower_bound, unit_point
from scverify.kernel.units.claims import unit_bounds_said
from scverify.kernel.units.fixed import MOST_FIXED, read_fixed
from scverify.kernel.units.nodes import constrained_level, stated_level
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ridge
from scverify.model.fixed import Fixed
from scverify.model.named import clip, cross_entropy, mnrl
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


# similarities of a document to a query, a document and a negative of another unit, then of its own
BESIDE_A_DOCUMENT = [0, fmpq(1, 5), fmpq(-1, 7), 0, 1, fmpq(1, 3)]


def gram_of(level):
    """Fixed nodes written out unit by unit, and their Gram matrix."""
    m, kinds, block = level.multiplicity, level.kinds, level.fixed
    nodes = [(i, unit) for i in block.nodes for unit in range(m[i])]

    def entry(one, other):
        (i, unit), (j, second) = one, other
        return (block.own if i // kinds == j // kinds and unit == second else block.others)[i, j]

    return nodes, [[entry(one, other) for other in nodes] for one in nodes]


def triples():
    """Queries beside documents and negatives that are fixed, of one unit and of others."""
    data = UnitProblem(mnrl(3, hard=1), 1, {"query": "sphere", "document": Fixed(others=0), "negative": "sphere"}).data
    data["kinds"][2]["constraint"] = {"kind": "fixed"}
    return {**data, "fixed": {"own": [["1", "1/3"], ["1/3", "2"]], "others": [["1/5", "-1/7"], ["-1/7", "1/2"]]}}


FIXED = {
    "kinds of one unit": triples(),
    "types": UnitProblem(
        cross_entropy((4, 4, 3, 3, 3)), 1, {"weight": Fixed(own=[1, 2], others=[["1/3", "1/5"], ["1/5", "-1/7"]]), "feature": "sphere"}
    ).data,
}


@pytest.mark.parametrize("name", FIXED)
def test_a_dual_factor_on_fixed_nodes_costs_its_product_with_their_block(name):
    """Both <F F', X> and <K K' (x) (I - J/m), X> are sums over all entries of X, each as often as it stands in there."""
    level = constrained_level(FIXED[name])
    nodes, gram = gram_of(level)
    m, kinds, size = level.multiplicity, level.kinds, level.nodes
    factor = [[i % 3 + 1] if i in level.fixed.nodes else [0] for i in range(size)]
    spreads = [[[t + a + 1] if t * kinds + a in level.fixed.nodes else [0] for a in range(kinds)] for t in range(level.types)]
    rows = []
    for row in level.rows:
        place = next(a for a, c in enumerate(row.c) if c != 0)
        rows.append({"form": "gibbs", "bits": 0, "row": [int(a == place) for a in range(len(row.c))]})
    none = {"rows": rows, "factor": dyadic([[]] * size), "spreads": [dyadic([[]] * kinds)] * level.types}
    some = unit_lower_bound(level, {**none, "factor": dyadic(factor)})
    spread = unit_lower_bound(level, {**none, "spreads": [dyadic(each) for each in spreads]})
    means = apart = 0
    for (i, unit), line in zip(nodes, gram, strict=True):
        for (j, other), x in zip(nodes, line, strict=True):
            means += factor[i][0] * factor[j][0] * x
            if i // kinds == j // kinds:
                k = spreads[i // kinds][i % kinds][0] * spreads[j // kinds][j % kinds][0]
                apart += k * ((unit == other) - fmpq(1, m[i])) * x
    assert means > 0 and abs(unit_lower_bound(level, none) - some - arb(means)) < 1e-12
    assert apart > 0 and abs(unit_lower_bound(level, none) - spread - arb(apart)) < 1e-12


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


def biased():
    """Fixed documents that see their own negative, all negatives and all queries, with a bias and at the temperature 1/2."""
    data = triples()
    data["kinds"][0]["constraint"] = {"kind": "ridge", "weight": "1", "nonnegative": False}
    seen = {"own": {"negative": "1", "query": "1"}, "others": {"negative": "1", "query": "1"}}
    row = {**data["rows"][0], "anchor": "document", "c": seen, "q": {"own": {"query": "1"}}, "shift": "bias"}
    return {**data, "tau": "1/2", "rows": [row], "scalars": [{"name": "bias", "domain": {"ridge": "1"}}]}


def test_a_ridge_bounds_norms_where_fixed_nodes_see_their_unit_over_the_temperature():
    squares = largest_squares(constrained_level(biased()))
    at_zero = 3 * (3 + (arb(2) / 3).exp() + 2 * (-arb(2) / 7).exp()).log()
    # the ridge is one of similarities over the temperature: 1/2 of it
    assert abs(squares[0] - 2 * at_zero / 3 * 2) < 1e-9


def test_similarities_of_fixed_nodes_are_over_the_temperature_in_a_point():
    level = constrained_level(biased())
    means, spread = [[0, 0], [1, 0], [0, 1]], [[0, 0], [1, 0], [0, 1]]
    point = unit_point(level, {"means": dyadic(means), "spreads": [dyadic(spread)], "scalars": ["0"]})
    assert all(abs(x - 2 * y) < 1e-15 for x, y in zip(point.similar[1], BESIDE_A_DOCUMENT, strict=True))


def test_the_block_is_pinned():
    words = {unit_bounds_said({"type": "UnitLowerBound", "problem": data_of(fixed), "lower": "0"}) for fixed in (Fixed(), Fixed(others=0))}
    assert len(words) == 2 and all("image fixed" in text for text in words)
