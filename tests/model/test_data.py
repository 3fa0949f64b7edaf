"""A problem as the data of a claim: written exactly, and read back by the kernel as the same problem."""

import pytest

from scverify.kernel.level import Coefficients
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import soft_supcon, supcon, two_tower


def test_the_whole_problem_is_written():
    problem = Problem(supcon, Classes((3, 1)), 2, "37/100", Ball("3/2"), reduction="mean", singletons="ignore")
    data = problem_data(problem)
    assert data["coefficients"] == {
        "kind": "rule",
        "weight": "1",
        "positive_c": "1",
        "positive_q": ["pow", ["add", "-1", "n_own"], -1],
        "negative_c": "1",
        "negative_q": "0",
    }
    rest = {key: value for key, value in data.items() if key not in ("formula", "coefficients")}
    assert rest == {
        "sizes": [3, 1],
        "tau": "37/100",
        "constraint": {"kind": "ball", "rho": "3/2", "nonnegative": False},
        "singletons": "ignore",
        "reduction": "mean",
        "dim": 2,
    }


@pytest.mark.parametrize(
    ("constraint", "written"),
    [
        (Sphere("1/3"), {"kind": "sphere", "rho": "1/3", "nonnegative": False}),
        (NonNegative(Ball(2)), {"kind": "ball", "rho": "2", "nonnegative": True}),
        (Ridge("1/10"), {"kind": "ridge", "weight": "1/10", "nonnegative": False}),
        (NonNegative(Ridge(1)), {"kind": "ridge", "weight": "1", "nonnegative": True}),
    ],
    ids=str,
)
def test_constraints(constraint, written):
    data = problem_data(Problem(supcon, Classes((3, 2)), constraint=constraint))
    assert data["constraint"] == written
    assert "dim" not in data


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Problem(supcon, Classes((3, 2)), temperature="1/3"), "rule"),
        (Problem(soft_supcon([["1/2", "1/8"], ["1/8", "1/2"]]), Classes((3, 2))), "classes"),
        (Problem(two_tower(2), Classes((2, 2))), "samples"),
    ],
    ids=["rule", "classes", "samples"],
)
def test_the_kernel_reads_the_same_numbers_back(problem, kind):
    data = problem_data(problem)
    assert data["coefficients"]["kind"] == kind
    stated = read_problem(data)
    assert stated == problem.stated
    n = len(problem.classes.sizes) if kind != "samples" else problem.classes.n
    table = problem.loss.coefficients
    if kind != "rule":
        read = Coefficients(stated)
        assert [[str(read.entry("c", i, j)) for j in range(n)] for i in range(n)] == [[str(x) for x in row] for row in table.c]
