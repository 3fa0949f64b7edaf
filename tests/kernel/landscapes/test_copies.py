"""Permutations of the samples that change no coefficient, and the inequalities that some copy of every configuration satisfies."""

from itertools import combinations, permutations

import numpy as np
import pytest
from flint import fmpq

from scverify.kernel.landscapes.copies import orderings, symmetries
from tests.kernel.landscapes.instances import of


def test_symmetries_are_the_permutations_that_change_no_coefficient():
    for sizes, count in (((2, 2), 8), ((3, 2), 12), ((2, 2, 2), 48), ((4, 2), 48)):
        assert len(symmetries(of(sizes, 3, "1/2")[1])) == count


@pytest.mark.parametrize("sizes", [(2, 2), (3, 2), (2, 2, 2), (3, 3)])
def test_some_copy_of_every_configuration_satisfies_all_orderings(sizes):
    rng = np.random.default_rng(3)
    level = of(sizes, 3, "1/2")[1]
    n, group = level.nodes, symmetries(level)
    pairs = [tuple(sorted(pair)) for pair in rng.permutation(list(combinations(range(n), 2)))]
    found = orderings(symmetries(level), pairs)
    assert found
    for _ in range(20):
        g = rng.standard_normal((n, n))
        g = g + g.T
        copies = [g[np.ix_(p, p)] for p in group]
        assert any(all(copy[first] >= copy[second] for first, second in found) for copy in copies)


def test_a_weight_that_differs_breaks_the_symmetry():
    level = of((2, 2), 3, "1/2")[1]
    level.weight[0] += fmpq(1, 10**6)
    assert {p[0] for p in symmetries(level)} == {0}


def test_a_coefficient_that_differs_breaks_the_symmetry():
    level = of((2, 2), 3, "1/2")[1]
    level.q[0][1] += fmpq(1, 10**6)
    unbroken = [p for p in permutations(range(4)) if p[0] == 0 and p[1] == 1]
    assert set(symmetries(level)) <= set(unbroken)
