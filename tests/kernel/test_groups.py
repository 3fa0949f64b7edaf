"""The level of groups: the formula of MATH 3 by hand, and the hypotheses of the reduction one by one."""

import pytest

from scverify.kernel.certificate import Rejected
from tests.kernel.test_level import of


def test_the_classes_of_supcon_by_hand():
    """f(B) = sum_c n_c log((n_c - 1) + sum n_c' e^((B_cc' - B_cc)/tau)): a group of one, then a group of two."""
    level = of((4, 2, 2), "groups", [[0], [1, 2]])
    assert (level.name, level.multiplicity, level.mass, level.weight) == ("groups", [1, 2], [4, 2], [4, 4])
    assert level.c == [[0, 4, 3], [4, 2, 1]]
    assert level.q == [[0, 0, 1], [0, 0, 1]]
    assert level.exponential_part.kappa == 2
    assert level.exponential_part.slopes == [[0, 0, -2], [0, 0, -2]]


@pytest.mark.parametrize(
    ("sizes", "groups", "reason"),
    [
        ((4, 2, 2), [[0, 1], [2]], "classes of different sizes"),
        ((4, 2, 2), [[0], [1]], "not a partition"),
        ((4, 2, 2), [[0], [1, 2], [2]], "not a partition"),
        ((4, 2, 2), [[0], [], [1, 2]], "a group is empty"),
        ((4, 2, 2), [[0], [1, 3]], "lies outside"),
    ],
)
def test_groups_that_are_none(sizes, groups, reason):
    with pytest.raises(Rejected, match=reason):
        of(sizes, "groups", groups)
