"""Orbits under signed permutations, and what is no symmetry of a problem."""

import copy

import pytest

from scverify.kernel.branches.symmetry import (
    alike_rows,
    orbits_of_entries,
    orbits_of_pairs,
    orbits_of_samples,
    orbits_of_turns,
    read_symmetries,
)
from scverify.kernel.certificate import Rejected
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon

LEVEL = level_of(read_problem(problem_data(Problem(supcon, Classes((2, 2)), dim=2, temperature=1))), "samples", None)
SWAP = {"samples": [1, 0, 2, 3], "axes": [0, 1], "signs": [1, -1]}
CLASSES = {"samples": [2, 3, 0, 1], "axes": [1, 0], "signs": [1, 1]}


def orbits(*moves):
    return read_symmetries([copy.deepcopy(move) for move in moves], LEVEL, 2)


def test_entries_that_are_their_own_negatives_are_left_out():
    found = orbits_of_entries(orbits(SWAP), 2, 4)
    assert found == [{(0, 0): 1, (0, 1): 1}, {(0, 2): 1}, {(0, 3): 1}, {(1, 0): 1, (1, 1): -1}]
    assert orbits_of_samples(orbits(SWAP), [0, 1, 2, 3]) == [{0: 1, 1: 1}, {2: 1}, {3: 1}]
    assert {(0, 2): 1, (1, 2): 1} in orbits_of_pairs(orbits(SWAP), 4)


def test_rows_of_an_orbit_are_the_first_one_moved():
    assert alike_rows([], 2) == [(0, [0, 1]), (1, [0, 1])]
    assert alike_rows(orbits(SWAP), 4) == [(0, [0, 1, 2, 3]), (0, [1, 0, 2, 3]), (2, [0, 1, 2, 3]), (3, [0, 1, 2, 3])]
    moves = alike_rows(orbits(SWAP, CLASSES), 4)
    assert [first for first, _ in moves] == [0] * 4 and [to[0] for _, to in moves] == [0, 1, 2, 3]
    assert {to[2] // 2 for _, to in moves[:2]} == {1} and {to[2] // 2 for _, to in moves[2:]} == {0}


def test_turns_commute_with_the_moves():
    assert orbits_of_turns(orbits(), 2) == [{(0, 1): 1}]
    assert orbits_of_turns(orbits(SWAP), 2) == []
    assert orbits_of_turns(orbits(CLASSES), 2) == []  # exchanging the axes reverses the turn
    assert orbits_of_turns(read_symmetries([{**SWAP, "signs": [-1, -1]}], LEVEL, 2), 2) == [{(0, 1): 1}]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"samples": [2, 1, 0, 3]}, "changes a coefficient"),
        ({"samples": [0, 0, 2, 3]}, "not a permutation"),
        ({"axes": [0, 0]}, "not a permutation"),
        ({"signs": [1, 0]}, "a sign is 0"),
        ({"signs": [1]}, "signs has 1 entries"),
    ],
)
def test_what_is_no_symmetry_is_rejected(change, reason):
    with pytest.raises(Rejected, match=reason):
        read_symmetries([{**SWAP, **change}], LEVEL, 2)
