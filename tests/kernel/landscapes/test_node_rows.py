"""Rows on nodes as boxes see them: what does not move, one row for each sigmoid, symmetries, and every hypothesis."""

from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb, fmpq

import scverify as sv
from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.node_rows import MAX_ROWS, box_rows, node_rows, node_symmetries
from scverify.kernel.limits import Exceeded, Limits, limited
from tests.kernel.landscapes.node_instances import CASES, level_of


def test_a_class_holds_its_own_similarity_and_a_sigmoid_a_constant():
    rows = box_rows(level_of(CASES["classes"]))
    assert [(row.own, row.constant, row.weight) for row in rows] == [(2, 0, 3), (1, 0, 2), (1, 0, 2)]
    assert rows[0].c == [0, 2, 2] and rows[0].q[1:] == [0, 0]
    sigmoids = box_rows(level_of(CASES["sigmoid"]))
    assert len(sigmoids) == 4 and all(row.own == 0 and row.kappa == 3 for row in sigmoids)
    # a positive log(1 + e^(2 - 3 s)) = const - 3 s + log(e^-2 + e^(3 s)), a negative log(1 + e^(3 s - 2)) = const + log(e^2 + e^(3 s))
    for row in sigmoids:
        [seen] = [j for j in range(4) if row.c[j] != 0]
        own = seen == row.anchor + 1
        assert (row.c[seen], row.q[seen]) == (1, int(own)) and abs(row.constant.log() - 2) < 1e-12


def test_the_rows_of_a_margin_are_balls_that_hold_both_outcomes():
    [first, *_] = box_rows(level_of(CASES["a margin"]))
    assert sorted(bool(isinstance(x, arb)) for x in first.c) == [False, False, False, True]
    rows, rate = node_rows(level_of(CASES["a margin"]), [])
    assert rate == 1 and (rows.c.low <= rows.c.high).all() and rows.c.high.max() < 1.0001


def test_symmetries_leave_the_list_of_rows_as_it_is():
    assert len(node_symmetries(level_of(CASES["clip"]))) == 4  # pairs swapped, modalities swapped
    assert len(node_symmetries(level_of(CASES["sigmoid"]))) == 2
    assert len(node_symmetries(level_of(CASES["classes"]))) == 2 and len(node_symmetries(level_of(CASES["classes alike"]))) == 6
    level = level_of(CASES["clip"])
    assert len(node_symmetries(level._replace(rows=[level.rows[0]._replace(weight=fmpq(2)), *level.rows[1:]]))) == 1
    # three nodes in a ring, each with a row about the next: turned they are the same, mirrored they are not, though each sees one node
    ring = [row._replace(c=[fmpq(int(j == (i + 1) % 3)) for j in range(3)]) for i, row in enumerate(level_of(CASES["classes alike"]).rows)]
    assert len(node_symmetries(level_of(CASES["classes alike"])._replace(rows=ring))) == 3


def test_nodes_that_are_seen_alike_in_pairs_may_be_told_apart_by_whole_rows():
    """Rows of node 0 about {1, 2} and about {3, 4}: each of the four is seen once, but 2 and 3 cannot be swapped."""
    level = level_of(CASES["classes alike"])
    row, norm = level.rows[0], level.norms[0]
    seen = [row._replace(c=[fmpq(int(j in pair)) for j in range(5)], q=[fmpq(0)] * 5) for pair in ((1, 2), (3, 4))]
    found = node_symmetries(level._replace(norms=[norm] * 5, rows=seen))
    assert len(found) == 8 and (0, 1, 3, 2, 4) not in found


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (sv.UnitProblem(sv.losses.clip(2), 1, dim=1), "dimension of 2"),
        (sv.UnitProblem(sv.losses.clip(6), 1, dim=2), "2 to 10 nodes"),
        (sv.UnitProblem(sv.losses.clip(2), 1, {"image": "sphere", "text": "sphere:2"}, dim=2), "one radius"),
        (sv.UnitProblem(sv.losses.clip(2), "1/400", dim=2), "beyond 300"),
        (sv.UnitProblem(sv.losses.mse((1, 1)), 1, dim=2), "sums of log"),
        (sv.UnitProblem(sv.losses.siglip(2, bias=-2), 1, "sphere:20", dim=2), "beyond 300"),
        (sv.UnitProblem(sv.losses.siglip(2, bias=-20_000), 1, dim=2), "offset of a sigmoid"),
    ],
)
def test_every_hypothesis_is_asked_for(problem, reason):
    with pytest.raises(Rejected, match=reason):
        node_rows(level_of(problem), [])


def test_rows_have_one_rate_and_are_not_too_many():
    level = level_of(CASES["clip"])
    faster = sv.losses.multi_similarity(1, 2)
    with pytest.raises(Rejected, match="sums of log"):
        box_rows(level._replace(rows=[level.rows[0]._replace(formula=level_of_loss(faster)), *level.rows[1:]]))
    with pytest.raises(Rejected, match=f"1 to {MAX_ROWS} rows"):
        node_rows(level._replace(rows=level.rows * 60), [])
    twice = replace(sv.losses.clip(2).rows[0], formula=sv.RowFormula("twice", doubled()))
    mixed = sv.UnitProblem(replace(sv.losses.clip(2), rows=(twice, sv.losses.clip(2).rows[1])), Fraction(1), dim=2)
    with pytest.raises(Rejected, match="different rates"):
        node_rows(level_of(mixed), [])


def level_of_loss(loss):
    from scverify.kernel.formula import parse

    return parse(loss.formula.tree)


def doubled():
    from scverify.symbolic.symbols import s

    expression = sv.losses.supcon.formula.expression
    return expression.replace(lambda part: getattr(part, "base", None) == s, lambda part: 2 * part)


def test_symmetries_are_sought_within_the_limits():
    level = level_of(CASES["classes alike"])
    with limited(Limits(seconds=-1)), pytest.raises(Exceeded, match="symmetries"):
        node_symmetries(level)
