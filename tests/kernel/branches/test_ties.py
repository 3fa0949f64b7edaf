"""Ties that follow from small coordinates: their value is the quotient itself, and only those follow that the coordinates settle."""

import random

import pytest
from flint import arb, ctx

from scverify.certify.branch import Guide
from scverify.kernel.branches.ties import Tie, _follows
from scverify.kernel.points.orbit import gram_of
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.soundness.branches import limit_of

# small coordinates with the free ties and those that follow
CASES = {
    "the pair's own": ("FOUR_AND_TWO", [0], 1, 1),
    "another one": ("FOUR_AND_TWO", [1], 2, 0),
    "none": ("FOUR_AND_TWO", [], 2, 0),
    "two ties share it": ("FIVE_AND_TWO", [0], 0, 2),
}


@pytest.mark.parametrize(("name", "small", "free", "following"), CASES.values(), ids=CASES)
def test_a_tie_that_follows_is_the_difference_over_tau(name, small, free, following):
    data = {**limit_of(name)[0].data, "small": small}
    classes = Classes((4, 2) if name == "FOUR_AND_TWO" else (5, 2))
    frame = Guide.of(Problem(supcon, classes, dim=3, temperature=1), 3, data).frame
    assert (len(frame.ties.free), len(frame.ties.following)) == (free, following)
    draws = random.Random(3)
    with ctx.workprec(96):
        at = [arb(draws.uniform(-1, 1)) for _ in range(frame.size)] + [arb("0.3").mid()]
        gram, values = gram_of(frame.layout, frame.state(at)), frame.tied(at)
        for tie, value in zip(frame.ties.following, values[free:], strict=True):
            assert abs(value - (gram[tie.row][tie.other] - gram[tie.row][tie.reference]) / at[-1]).upper() < 1e-20
        assert [str(x) for x in values[:free]] == [str(x) for x in at[frame.first_tie : frame.size]]


def test_terms_cancel_as_polynomials():
    """h_0 = (w, e), h_1 = (u, v), h_2 = (u, v) or (u, -v), w small."""
    alike = [{(0, 0): 1}, {(1, 0): 1}, {(0, 1): 1, (0, 2): 1}, {(1, 1): 1, (1, 2): 1}]
    mirrored = [*alike[:3], {(1, 1): 1, (1, 2): -1}]
    assert _follows(Tie(0, 2, 1), alike, [0]) and not _follows(Tie(0, 2, 1), mirrored, [0])
    assert not _follows(Tie(0, 2, 1), alike, []), "without a small coordinate every tie keeps its unknown, as in older certificates"
