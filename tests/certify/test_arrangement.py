"""Arrangements of points in letters: what follows from them, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest
from flint import ctx

import scverify as sv
from scverify.certify.arrangement import Arrangement, from_zero, spurious_family
from scverify.certify.branch import PRECISION
from scverify.errors import InputError

PAIRS = Arrangement(sv.Classes((4, 2)), ("x a 0", "x -a 0", "z 0 b", "z 0 -b", "-1 0 0", "-1 0 0"), {"x": 0.02, "a": 1, "z": 0.7, "b": 0.7})


def test_the_symmetries_are_the_reflections_and_the_exchange_of_equal_points():
    assert {(tuple(g.samples), tuple(g.axes), tuple(g.signs)) for g in PAIRS.symmetries} == {
        ((1, 0, 2, 3, 4, 5), (0, 1, 2), (1, -1, 1)),
        ((0, 1, 3, 2, 4, 5), (0, 1, 2), (1, 1, -1)),
        ((0, 1, 2, 3, 5, 4), (0, 1, 2), (1, 1, 1)),
    }
    square = Arrangement(sv.Classes((2, 2)), ("1 0", "-1 0", "0 1", "0 -1"), {})
    assert all(len(g.samples) == 4 for g in square.symmetries) and square.gauge == [0, 2]


def test_embeddings_have_norm_one_whatever_the_letters_are():
    h = PAIRS.embeddings({"x": 3.0, "a": 4.0, "z": 1.0, "b": 1.0})
    assert h[:, 1] == pytest.approx([0.6, -0.8, 0])
    assert np.linalg.norm(h, axis=0) == pytest.approx(np.ones(6))


def test_the_limit_of_four_and_two_is_the_one_in_closed_form():
    """MATH 8: x/tau -> log(2 + 3 sqrt(2))/(1 + 1/sqrt(2)), z -> 1/sqrt(2), and two turns lose their curvature."""
    with ctx.workprec(PRECISION):
        guide, at = from_zero(PAIRS, sv.Problem(sv.supcon, PAIRS.classes, dim=3))
    assert guide.data["ties"] == [{"row": 0, "reference": 2, "entries": [4]}, {"row": 2, "reference": 0, "entries": [3]}]
    assert guide.data["small"] == [0]
    slope = np.log(2 + 3 * 2**0.5) / (1 + 0.5**0.5)
    assert [float(x) for x in at] == pytest.approx([slope, 0.5**0.5, -1, 1, 0.5**0.5, -1 / 3, 0, 0, 0, 0])
    turns = guide.data["directions"]["turns"]
    assert len(turns) == 9 and sum(turn["lift"] == -1 for turn in turns) == 2


@pytest.mark.parametrize("pairs", [2, 3])
@pytest.mark.parametrize("others", [2, 3])
def test_the_limit_of_pairs_and_one_pole(pairs, others):
    """MATH N18: E = e^{x/tau} solves the force balance along u, (E - b/E)/(2(a - 1) + E + b/E) = 1/(2a)."""
    pole = " ".join(["1"] + ["0"] * pairs)
    points = [
        f"x {' '.join(sign + 'a' if axis == place else '0' for axis in range(pairs))}" for place in range(pairs) for sign in ("", "-")
    ]
    spiked = Arrangement(sv.Classes((2 * pairs + 1, others)), (*points, pole, *[f"-{pole}"] * others), {"x": 0.02, "a": 1})
    with ctx.workprec(PRECISION):
        guide, at = from_zero(spiked, sv.Problem(sv.supcon, spiked.classes, dim=pairs + 1))
    e = np.exp(float(at[0]))
    assert (e - others / e) / (2 * (pairs - 1) + e + others / e) == pytest.approx(1 / (2 * pairs))
    assert guide.data["small"] == [0] and all(turn["lift"] == 1 for turn in guide.data["directions"]["turns"])


def test_a_family_is_followed_from_zero_and_verified():
    branch = spurious_family(PAIRS, sv.supcon, Fraction(1, 1000))
    assert not branch.stopped and branch.lower == 0 and branch.upper == Fraction(1, 1000)
    assert sv.verify(branch.certificate).word == "VERIFIED"


def test_a_family_whose_ties_share_a_small_coordinate_is_followed_from_zero_and_verified():
    """The frame without the small coordinate is singular at tau = 0: one coordinate for two unknown ties."""
    points = ("x a 0", "x -a 0", "x 0 a", "x 0 -a", "1 0 0", "-1 0 0", "-1 0 0")
    spiked = Arrangement(sv.Classes((5, 2)), points, {"x": 0.02, "a": 1})
    branch = spurious_family(spiked, sv.supcon, Fraction(1, 100))
    assert not branch.stopped and branch.lower == 0
    answer = sv.verify(branch.certificate)
    assert answer.word == "VERIFIED" and "every tau in (0, 1/100]" in answer.claim


def test_points_and_letters_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="6 points of as many coordinates"):
        Arrangement(sv.Classes((4, 2)), ("1 0",) * 5, {})
    with pytest.raises(InputError, match="6 points of as many coordinates"):
        Arrangement(sv.Classes((4, 2)), ("1 0",) * 5 + ("1 0 0",), {})
    with pytest.raises(InputError, match="letters y"):
        Arrangement(sv.Classes((2, 2)), ("y 0", "-y 0", "0 1", "0 -1"), {"x": 1})
    with pytest.raises(InputError, match="order the axes otherwise"):
        _ = Arrangement(sv.Classes((2, 2)), ("0 1", "0 -1", "x 1", "x -1"), {"x": 1}).gauge
