"""A problem on classes as one on its samples: the rows are those of the level of samples, and the words are those of the problem."""

from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.kernel.units.minimizers import minimizers_said
from scverify.kernel.units.nodes import stated_level
from scverify.model.classes import Classes
from scverify.model.constraints import Ball
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import cross_entropy_of_labels, supcon

PROBLEM = problem_data(Problem(supcon, Classes((3, 2)), temperature="1/2", constraint=Ball("2"), reduction="mean"))


def test_rows_and_norms_of_samples():
    level, exact = stated_level(PROBLEM), level_of(read_problem(PROBLEM), "samples", None)
    assert level.nodes == 5 and level.multiplicity == [1] * 5 and {(norm.kind, norm.bound) for norm in level.constraint} == {("ball", 4)}
    assert [(row.anchor, row.weight, row.c, row.q, row.tau) for row in level.rows] == [
        (i, exact.weight[i], exact.c[i], exact.q[i], exact.tau) for i in range(5)
    ]


def test_nodes_without_weight_anchor_no_row():
    level = stated_level(problem_data(Problem(cross_entropy_of_labels([0, 1, 1], 2), Classes((3, 2)))))
    assert [row.anchor for row in level.rows] == [2, 3, 4] and level.nodes == 5


def test_words():
    words = minimizers_said({"problem": PROBLEM, "rank": [1, 2], "merged": [], "apart": []})
    assert words.startswith("The loss supcon") and words.endswith("Gram matrices of the samples, of any rank, has a rank from 1 to 2.")
