"""What is certified of every minimiser: ranks and merging where theorems say them, and radii against precise points."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip, cross_entropy, mini_batches, mnrl, siglip
from scverify.model.units import UnitProblem


@pytest.mark.parametrize(
    ("problem", "rank"),
    [
        (UnitProblem(clip(5), 1), 4),
        (UnitProblem(clip(4096), "1/100"), 4095),
        (UnitProblem(clip(3), 1, Ball()), 2),
        (UnitProblem(mnrl(4), 1), 3),
        (UnitProblem(siglip(5, "-277/500"), "500/277"), 5),
        (UnitProblem(siglip(5, "-111/200"), "200/111"), 4),
        (UnitProblem(cross_entropy((20, 10, 4, 4)), "1/2"), 3),
    ],
    ids=str,
)
def test_the_rank_of_every_minimiser(problem, rank):
    """siglip: the simplex of 5 pairs is optimal iff t >= 4/5 log 2 = 0.5545, with t = 1/tau = -bias (MATH N7)."""
    known = unit_optimum(problem).minimizers
    assert known.rank == (rank, rank) and known.radius < 1e-6
    assert verify_data(known.certificate).word == "VERIFIED"


@pytest.mark.parametrize(("ridge", "rank", "merged", "apart"), [("199/100", 3, (), (0, 1)), ("201/100", 2, (1,), (0,))])
def test_small_classes_merge_beyond_the_root_of_their_size(ridge, rank, merged, apart):
    """kappa >= 2 equal smallest classes of n merge iff sqrt(n) <= ridge (MATH N5): here sqrt(4) = 2."""
    known = unit_optimum(UnitProblem(cross_entropy((20, 20, 4, 4)), 1, Ridge(ridge))).minimizers
    assert (known.rank, known.merged, known.apart) == ((rank, rank), merged, apart)


def test_nodes_stated_one_by_one_have_a_largest_rank():
    known = unit_optimum(UnitProblem(mini_batches("fano", pairs=7), 1)).minimizers
    assert known.rank[1] == 6


@settings(max_examples=max(6, settings().max_examples // 4))
@given(smallest=st.integers(1, 8), more=st.integers(1, 9), count=st.integers(2, 3), ridge=st.fractions("1/4", 3, max_denominator=4))
def test_merging_agrees_with_the_theorem_on_random_sizes(smallest, more, count, ridge):
    """What is certified never contradicts N5, and some of it is certified away from the threshold."""
    sizes = [smallest + more] + [smallest] * count
    known = unit_optimum(UnitProblem(cross_entropy(sizes), 1, Ridge(ridge))).minimizers
    if known is None:
        return
    t = 1
    if t in known.merged:
        assert smallest <= float(ridge) ** 2 + 1e-9
    if t in known.apart:
        assert smallest >= float(ridge) ** 2 - 1e-9
