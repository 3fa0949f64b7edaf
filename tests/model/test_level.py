"""The kernel's derivation of levels, as makers use it, against the second derivation in the oracles: the same exact tables."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.errors import InputError
from scverify.kernel.certificate import Rejected
from scverify.model.classes import Classes
from scverify.model.level import group_level, interchangeable, sample_level, smallest_level
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss, SampleTable, decoupled, soft_supcon, spectral, supcon, supcon_row
from tests.oracles import reduction as oracle
from tests.oracles.test_reduction import BY_COUNTS, BY_OTHERS, CASES, SQUARED


def fractions(rows):
    return [[Fraction(int(x.numerator), int(x.denominator)) for x in row] for row in rows]


def assert_equal(mine, theirs):
    assert mine.name == theirs.name
    assert tuple(mine.members) == tuple(theirs.members)
    assert tuple(mine.multiplicity) == theirs.multiplicity
    assert tuple(mine.mass) == theirs.mass
    assert fractions([mine.weight]) == [list(theirs.weight)]
    # a row without weight plays no part, and the two derivations fill it differently
    anchors = [g for g, weight in enumerate(theirs.weight) if weight]
    for mine_rows, their_rows in ((mine.c, theirs.c), (mine.q, theirs.q)):
        rows = fractions(mine_rows)
        assert [rows[g] for g in anchors] == [list(their_rows[g]) for g in anchors]


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_both_derivations_give_the_same_tables(problem):
    assert_equal(sample_level(problem), oracle.sample_level(problem))
    assert_equal(group_level(problem), oracle.group_level(problem))
    assert interchangeable(problem) == oracle.interchangeable(problem)


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6).filter(lambda sizes: max(sizes) > 1),
    loss=st.sampled_from([supcon, decoupled, BY_COUNTS, BY_OTHERS, spectral, SQUARED]),
    reduction=st.sampled_from(["sum", "mean"]),
)
def test_both_derivations_agree_and_refuse_alike(sizes, loss, reduction):
    problem = Problem(loss, Classes(sizes), temperature="1/3", reduction=reduction, singletons="ignore")
    try:
        theirs = oracle.group_level(problem)
    except oracle.ReductionRefused as refusal:
        with pytest.raises(Rejected) as rejection:
            group_level(problem)
        assert str(rejection.value)[:2] == str(refusal)[:2]
    else:
        assert_equal(group_level(problem), theirs)


def test_groups_that_are_not_interchangeable_are_refused():
    loss = soft_supcon([["1/3", "1/9", 0], ["1/9", 1, 0], [0, 0, 1]])
    problem = Problem(loss, Classes((4, 2, 2)))
    assert interchangeable(problem) == [(0,), (1,), (2,)]
    with pytest.raises(Rejected, match="R1"):
        group_level(problem, [(0,), (1, 2)])


def test_a_loss_without_the_reduction_stays_at_the_samples_with_the_reason():
    level = smallest_level(Problem(soft_supcon([[0, 1], [1, 0]]), Classes((2, 2))))
    assert level.name == "samples" and "R3" in level.reason


def test_too_many_samples_are_refused_in_one_line():
    with pytest.raises(InputError) as refusal:
        sample_level(Problem(supcon, Classes((3000, 2))))
    assert "3000" in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("weight", "c", "q", "reason"),
    [
        (0, 1, 0, "every row has the weight 0"),
        (Fraction(1, 10**400), 1, 0, "every row has the weight 0"),
        (10**400, 1, 0, "a coefficient beyond"),
        (1, 10**400, 0, "a coefficient beyond"),
        (1, 1, 10**400, "a coefficient beyond"),
    ],
)
def test_coefficients_that_no_search_can_work_with_are_wrong_input(weight, c, q, reason):
    off = [[Fraction(int(i != j)) for j in range(4)] for i in range(4)]
    table = SampleTable((Fraction(weight),) * 4, *(tuple(tuple(x * value for x in row) for row in off) for value in (c, q)))
    with pytest.raises(InputError, match=reason):
        sample_level(Problem(Loss("own", supcon_row, table), Classes((2, 2)))).float_arrays()
