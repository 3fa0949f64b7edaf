"""Coefficients stated one by one: what is read, and which classes change places without changing one."""

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.tables import read_tables, swappable

SAME = {"kind": "classes", "weight": ["1", "1", "2"], "c": [["0", "1", "1/2"], ["1", "0", "1/2"], ["3", "3", "5"]], "q": [["0"] * 3] * 3}


def test_a_table_is_read_entry_by_entry():
    weights, tables = read_tables(SAME, 3)
    assert weights == [1, 1, 2] and tables["c"][2] == [3, 3, 5] and tables["c"][0][2] == fmpq(1, 2) and tables["q"] == [[0] * 3] * 3


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ({"c": [["0"] * 3] * 2}, "c has 2 entries"),
        ({"weight": ["1"] * 4}, "weight has 4"),
        ({"q": [["0"] * 2] * 3}, "q has 2"),
        ({"d": []}, "unknown: d"),
    ],
)
def test_a_table_of_another_shape_is_refused(edit, reason):
    with pytest.raises(Rejected, match=reason):
        read_tables({**SAME, **edit}, 3)


@pytest.mark.parametrize(
    ("name", "place", "same"),
    [
        (None, (0, 0), True),
        ("c", (0, 0), False),
        ("c", (0, 1), False),
        ("c", (0, 2), False),
        ("c", (2, 0), False),
        ("q", (1, 2), False),
        ("c", (2, 2), True),
    ],
)
def test_one_other_coefficient_tells_two_classes_apart(name, place, same):
    weights, tables = read_tables(SAME, 3)
    if name is not None:
        tables[name] = [[x + 7 * ((i, j) == place) for j, x in enumerate(row)] for i, row in enumerate(tables[name])]
    assert swappable(weights, tables, 0, 1) is same
    assert not swappable([weights[0] + 1, *weights[1:]], tables, 0, 1)
