"""Strictness along turns: second derivatives of products of turns, directions that must span, and what has to cancel exactly."""

import pytest
from flint import arb, arb_mat, arb_poly, fmpq

from scverify.kernel.branches.strictness import Turn, _bend, _covariance, _scaled
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.certificate import Rejected
from tests.kernel.kept import answer_to, kept

FIRST = Turn((0, 1), [fmpq(1), fmpq(-2), fmpq(0)], 1)
SECOND = Turn((2, 1), [fmpq(1, 3), fmpq(1), fmpq(5)], -1)


@pytest.mark.parametrize(("first", "second"), [(FIRST, FIRST), (FIRST, SECOND), (SECOND, SECOND)])
@pytest.mark.parametrize(("i", "j"), [(0, 1), (1, 2), (2, 0)])
def test_a_bend_is_the_mixed_second_derivative(first, second, i, j):
    """X = the derivative in x and y at 0 of exp(-m_i (xE + yF)) exp(m_j (xE + yF)), by differences."""
    step = arb(2) ** -12

    def both(x, y, k):
        tables = zip(first.matrix(3), second.matrix(3), strict=True)
        return arb_mat([[x * first.samples[k] * u + y * second.samples[k] * v for u, v in zip(p, q, strict=True)] for p, q in tables]).exp()

    def at(x, y):
        return both(x, y, i).transpose() * both(x, y, j)

    mixed = (at(step, step) - at(step, -step) - at(-step, step) + at(-step, -step)) * (1 / (4 * step * step))
    for row, expected in zip(mixed.tolist(), _bend(first, second, i, j, 3), strict=True):
        assert all(abs(x - arb(y)).upper() < 1e-5 for x, y in zip(row, expected, strict=True))


def test_a_covariance_of_polynomials():
    p = [arb_poly([fmpq(1, 4)]), arb_poly([fmpq(3, 4)])]
    left, right = [arb_poly([0, 1]), arb_poly([2])], [arb_poly([4]), arb_poly([0])]
    assert [float(x) for x in _covariance(p, left, right).coeffs()] == [-1.5, 0.75]


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
