"""Classes that attract alike and two sides are found where they are, and nowhere else."""

import pytest
from flint import fmpq

from scverify.kernel.landscapes.positives import ExactRows, attracting_classes, classes_of, sides_of
from tests.kernel.landscapes.instances import of


@pytest.mark.parametrize("change", ["c", "q", "weight"])
def test_rows_of_another_kind_have_no_collapsing_box(change):
    _problem, _level, rows = of((3, 2), 3, "1/2")
    assert classes_of(rows.exact, rows.d) == [0, 0, 0, 3, 3]
    n, c, q = rows.n, [[1] * 4 for _ in range(5)], [[0] * 4 for _ in range(5)]
    for i in range(n):
        for j in range(n):
            if i != j and (i < 3) == (j < 3):
                q[i][j - (j > i)] = fmpq(1, 2) if i < 3 else fmpq(1)
    weight = [fmpq(1)] * 5
    c, q = [[fmpq(x) for x in row] for row in c], [[fmpq(x) for x in row] for row in q]
    assert attracting_classes(weight, c, q) == classes_of(rows.exact, rows.d)
    if change == "c":
        c[1][2] = fmpq(2)
    if change == "q":
        q[0][0] = fmpq(1, 3)
    if change == "weight":
        weight[2] = fmpq(2)
    assert attracting_classes(weight, c, q) == []


def test_two_sides_are_the_components_of_the_positives():
    apart = [[fmpq(1), fmpq(0), fmpq(0)], [fmpq(0)] * 3, [fmpq(0), fmpq(0), fmpq(1)], [fmpq(0)] * 3]
    assert sides_of(ExactRows([], [], apart)) == [1, 1, -1, -1]
    assert all(sides_of(ExactRows([], [], [[fmpq(q)] * 3] * 4)) == [] for q in (0, 1))
