"""Strictness along turns: second derivatives of products of turns, directions that must span, and what has to cancel exactly."""

import random

import pytest
from flint import arb, arb_mat, arb_poly, fmpq

from scverify.kernel.branches.strictness import Turn, _bends, _scaled
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.certificate import Rejected
from tests.kernel.kept import answer_to, kept

FIRST = Turn((0, 1), [fmpq(1), fmpq(-2), fmpq(0)], 1)
BACK = Turn((1, 0), [fmpq(3), fmpq(-1, 2), fmpq(1)], 1)
SECOND = Turn((2, 1), [fmpq(1, 3), fmpq(1), fmpq(5)], -1)


@pytest.mark.parametrize(("first", "second"), [(FIRST, FIRST), (FIRST, SECOND), (SECOND, SECOND), (FIRST, BACK)])
def test_bends_are_mixed_second_derivatives(first, second):
    """sum_{i<j} S_ij h_i^T exp(-m_i (xE + yF)) exp(m_j (xE + yF)) h_j, by differences in x and y at 0."""
    step, draw = arb(2) ** -14, random.Random(5)
    h = [[arb(draw.randrange(-8, 9)) / 8 for _ in range(3)] for _ in range(3)]
    s = [[arb(2 + i * j) for j in range(3)] for i in range(3)]

    def turned(x, y, k):
        tables = zip(first.matrix(3), second.matrix(3), strict=True)
        e = arb_mat([[x * first.samples[k] * u + y * second.samples[k] * v for u, v in zip(p, q, strict=True)] for p, q in tables]).exp()
        return e * arb_mat([[row[k]] for row in h])

    def at(x, y):
        points = [turned(x, y, k) for k in range(3)]
        return sum(s[i][j] * (points[i].transpose() * points[j])[0, 0] for j in range(3) for i in range(j))

    mixed = (at(step, step) - at(step, -step) - at(-step, step) + at(-step, -step)) / (4 * step * step)
    constant = [[[arb_poly([x]) for x in row] for row in table] for table in (h, s)]
    assert abs(mixed - _bends(*constant, first, second, {})[0]).upper() < 1e-5


def test_what_cancels_between_samples_that_turn_alike_is_no_ball():
    wide = arb_poly([arb(1, "0.1")])
    h, s = [[wide] * 3 for _ in range(3)], [[wide] * 3 for _ in range(3)]
    together = Turn((0, 1), [fmpq(2)] * 3, 1)
    assert all(_bends(h, s, together, other, {}).degree() < 0 for other in (FIRST, BACK, together))
    assert _bends(h, s, FIRST, BACK, {}).degree() == 0


def test_what_has_to_fall_with_tau_must_be_exactly_zero():
    turns, over = [FIRST, SECOND], Temperatures.between(fmpq(0), fmpq(1, 2))
    zero = arb_poly([])
    good = [[arb_poly([3, 1]), arb_poly([0, 1])], [arb_poly([0, 1]), arb_poly([0, 0, 5])]]
    scaled = _scaled(good, turns, over)
    assert scaled[0][0].contains(fmpq(7, 2)) and scaled[0][1] == 1 and scaled[1][1] == 5
    for place, entry in (((0, 1), arb_poly([arb(0, "1e-30"), 1])), ((1, 1), arb_poly([0, arb("1e-30")]))):
        bad = [row[:] for row in good]
        bad[place[0]][place[1]] = entry
        with pytest.raises(Rejected, match="not shown to fall"):
            _scaled(bad, turns, over)
    assert _scaled([[zero]], [SECOND], over) == [[0]]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda turns: turns.pop(), "not as many as the tangent directions"),
        (lambda turns: turns[0].update(axes=[1, 1]), "one axis only"),
        (lambda turns: turns[0].update(lift=0), "neither 1 nor -1"),
        (lambda turns: turns[0].update(turns[1]), "may not span"),
        (lambda turns: turns[0].update(samples=["1"] * 6), "may not span"),
    ],
)
def test_directions_that_do_not_serve(edit, reason):
    answer = answer_to(kept("branch-spurious"), lambda _, witness: edit(witness["directions"]["turns"]))
    assert answer.word != "VERIFIED" and reason in answer.reason


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda small: small[0].update(coordinate=1), "does not vanish with its small coordinate"),
        (lambda small: small.clear(), "not shown to fall"),
    ],
)
def test_small_coordinates_of_older_certificates(edit, reason):
    answer = answer_to(kept("branch-spurious"), lambda _, witness: edit(witness["directions"]["small"]))
    assert answer.word == "REJECTED" and reason in answer.reason
