"""Minorants of rows on units: below the rows everywhere, with exact slopes."""

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.minorants import minorant
from scverify.model.named import clip, siglip
from scverify.model.units import UnitProblem
from scverify.model.weights import mse

SIGMOID = {"form": "sigmoid", "bits": 3, "rows": [[1, 2, 3, 4], [5, 6, 7, 8]]}
GIBBS = {"form": "gibbs", "bits": 2, "row": [0, 3, 0, 1]}
TANGENT = {"form": "tangent", "bits": 1, "row": [1, 0, -1, 2]}


def level():
    return UnitProblem(siglip(3, "free"), "1/2").level


@pytest.mark.parametrize(("problem", "entry"), [(UnitProblem(siglip(3, -1), 1), SIGMOID), (UnitProblem(siglip(3, -1), 1), TANGENT)])
@given(seen=st.lists(st.integers(-6, 6), min_size=4, max_size=4))
def test_they_lie_below_the_rows(problem, entry, seen):
    affine = minorant(problem.level, [entry])
    row = problem.level.rows[0]
    value = row.weight * row.evaluated([arb(x) for x in seen])[0]
    bound = affine.constant + sum((d * x for d, x in zip(affine.slopes[0], seen, strict=True)), arb(0))
    assert not bound > value


def test_a_tangent_of_squares_has_exact_slopes():
    """1/2 (1/2 - 1)^2 of the own weight and 1/2 (1/4)^2 of the other, three samples of each class; times 2 for 1/tau."""
    problem = UnitProblem(mse((3, 3), "free"), "1/2")
    affine = minorant(problem.level, [{"form": "tangent", "bits": 1, "over": 2, "row": [1, 0, 2, 0]}])
    assert affine.slopes == [[6 * fmpq(1, 4), 0, 6 * fmpq(-1, 2), 0]] and all(isinstance(x, fmpq) for x in affine.slopes[0])
    assert affine.constant == 6 * (fmpq(1, 8) + fmpq(1, 32) - fmpq(1, 16) + fmpq(1, 4))


def test_slopes_are_exact_rationals():
    slopes = minorant(level(), [SIGMOID]).slopes[0]
    # c = 2 on the others' text, with the first term's outcome 2/8, and q = 1 on the own text, with 8/8; three rows
    assert slopes == [0, 3 * 2 * fmpq(2, 8), 0, -3 * fmpq(8, 8)] and all(isinstance(x, fmpq) for x in slopes)


def test_a_denominator_beside_the_bits():
    third = minorant(UnitProblem(clip(3), 1).level, [{**GIBBS, "over": 3, "row": [0, 9, 0, 3]}, {**GIBBS, "row": [3, 0, 1, 0]}])
    assert third.slopes[0] == minorant(UnitProblem(clip(3), 1).level, [GIBBS, {**GIBBS, "row": [3, 0, 1, 0]}]).slopes[0]


@pytest.mark.parametrize(
    "entry",
    [
        {**SIGMOID, "rows": [[1, 2, 3, 9], [5, 6, 7, 8]]},
        {**SIGMOID, "rows": [[1, 2, 3, -1], [5, 6, 7, 8]]},
        {**SIGMOID, "rows": [[1, 2, 3, 4]]},
        {**SIGMOID, "over": 0},
        {**SIGMOID, "rows": [[1, 2, 3, "4"], [5, 6, 7, 8]]},
        {"form": "gibbs", "bits": 2, "row": [0, 3, 0, 1]},
        {"form": "guess", "bits": 2, "row": [0, 3, 0, 1]},
        [],
    ],
)
def test_what_is_not_a_minorant_is_rejected(entry):
    with pytest.raises(Rejected):
        minorant(level(), [entry])


def test_a_log_sum_exp_has_no_sigmoids():
    with pytest.raises(Rejected):
        minorant(UnitProblem(clip(3), 1).level, [SIGMOID, SIGMOID])
