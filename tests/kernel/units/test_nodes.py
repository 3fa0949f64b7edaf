"""Problems on nodes that are stated one by one, as certificates hold them: every field is checked."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.claims import unit_bounds_said
from scverify.kernel.units.nodes import node_level, read_node_problem, stated_level
from scverify.model.batches import mini_batches
from scverify.model.units import UnitProblem


def stated():
    return UnitProblem(mini_batches([[0, 1, 2], [1, 2]], pairs=3), 1).data


def test_a_row_sees_other_nodes_and_then_itself():
    level = node_level(read_node_problem(stated()))
    assert level.nodes == 6 and len(level.rows) == 10
    assert level.rows[0].anchor == 0 and level.rows[0].c == [0, 0, 0, 1, 1, 1, 0]
    data = stated()
    data["rows"][0]["c"] = [["2", [0, 4]]]
    assert stated_level(data).rows[0].c == [0, 0, 0, 0, 2, 0, 2]


def test_the_scale_multiplies_every_row():
    weights = [row.weight for row in stated_level(stated()).rows]
    assert [row.weight for row in stated_level(stated() | {"scale": "1/3"}).rows] == [w / 3 for w in weights]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda d: d["rows"][0].update(anchor=6), "anchor"),
        (lambda d: d["rows"][0].update(anchor=True), "anchor"),
        (lambda d: d["rows"][0].update(formula=1), "formula"),
        (lambda d: d["rows"][0].update(weight="-1"), "negative weight"),
        (lambda d: d["rows"][0].update(weight=1), "rational"),
        (lambda d: d["rows"][0].update(c=[["-1", [3]], ["1", [4]]]), "negative coefficient"),
        (lambda d: d["rows"][0].update(c=[["1", [3, 3]]]), "two coefficients"),
        (lambda d: d["rows"][0].update(c=[["1", [9]]]), "node of a coefficient"),
        (lambda d: d["rows"][0].update(c=[]), "log 0"),
        (lambda d: d["formulas"].__setitem__(0, ["mul", "-1", ["log", ["sum", ["mul", "c", ["exp", "s"]]]]]), "convex"),
        (lambda d: d["formulas"].__setitem__(0, ["sum", ["mul", "c", "c", "s"]]), "R1"),
        (lambda d: d["nodes"].__setitem__(0, 2), "kind of a node"),
        (lambda d: d.update(nodes=[]), "nodes"),
        (lambda d: d.update(rows=[]), "no rows"),
        (lambda d: d.update(tau="-1"), "tau"),
        (lambda d: d.update(scale="0"), "scale"),
        (lambda d: [row.update(weight="0") for row in d["rows"]], "weight 0"),
    ],
)
def test_what_is_not_a_problem_is_rejected(edit, reason):
    data = stated()
    stated_level(data)
    edit(data)
    with pytest.raises(Rejected, match=reason):
        stated_level(data)


def test_words_pin_kinds_nodes_and_rows():
    problems = [stated(), stated(), stated()]
    problems[1]["nodes"] = [0, 0, 1, 0, 1, 1]
    problems[2]["rows"][0]["weight"] = "2"
    words = {unit_bounds_said({"type": "UnitLowerBound", "problem": data, "lower": "1"}) for data in problems}
    assert len(words) == 3 and all("3 image, 3 text" in text for text in words)
