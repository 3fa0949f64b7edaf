"""The equations over a range of temperatures: derivatives against differences, and the second derivatives along turns."""

import random

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from scverify.certify.branch import Guide
from scverify.certify.tubes import solved
from scverify.kernel.branches.frame import frame_equations, frame_jacobian, loss_value
from scverify.kernel.branches.strictness import Turn, _read_turn, second_derivatives
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.certificate import Rejected
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge
from scverify.model.problem import Problem
from scverify.symbolic.losses import spectral, supcon
from tests.soundness.branches import limit_of, limit_of_the_theorem

GUIDE, LIMIT = limit_of_the_theorem()
PLAIN = {"symmetries": [], "ties": []}
SIX = Problem(supcon, Classes((4, 2)), dim=3, temperature=1)
FRAMES = {
    "symmetric, a small coordinate, ties of both kinds": (SIX, 3, GUIDE.data),
    "ties that are free": (SIX, 3, {**GUIDE.data, "small": []}),
    "two ties that follow one small coordinate": (
        Problem(supcon, Classes((5, 2)), dim=3, temperature=1),
        3,
        limit_of("FIVE_AND_TWO")[0].data,
    ),
    "all of H": (Problem(supcon, Classes((3, 2)), dim=2, temperature=1), 2, {"gauge": [0, 3], "active": list(range(5)), **PLAIN}),
    "a ridge": (
        Problem(supcon, Classes((3, 2)), dim=2, temperature=1, constraint=Ridge("1/10")),
        2,
        {"gauge": [0, 3], "active": [], **PLAIN},
    ),
    "rows without the quotient": (Problem(spectral, Classes((2, 2)), dim=2), 2, {"gauge": [0, 2], "active": list(range(4)), **PLAIN}),
    "a lone sample": (
        Problem(supcon, Classes((3, 1)), dim=2, temperature=1, singletons="ignore"),
        2,
        {"gauge": [0, 3], "active": list(range(4)), **PLAIN},
    ),
}


def at(tau):
    return Temperatures(tau, tau)


@pytest.mark.parametrize("name", FRAMES)
def test_the_jacobian_is_the_derivative(name):
    problem, rank, data = FRAMES[name]
    frame = Guide.of(problem, rank, data).frame
    draws = random.Random(1)
    with ctx.workprec(128):
        point = [arb(draws.uniform(-1, 1)) for _ in range(frame.size)] + [arb("0.3").mid()]
        matrix, step = frame_jacobian(frame, point, at(point[-1])), arb(2) ** -30
        for k in range(frame.size + 1):
            ahead, behind = ([x + sign * step if i == k else x for i, x in enumerate(point)] for sign in (1, -1))
            left, right = frame_equations(frame, ahead, at(ahead[-1])), frame_equations(frame, behind, at(behind[-1]))
            for y in range(frame.size):
                assert abs(float(((left[y] - right[y]) / (2 * step) - matrix[y, k]).mid())) < 1e-12


def test_second_derivatives_along_turns_are_those_of_the_loss():
    guide = Guide.of(SIX, 3, GUIDE.data)
    tau = fmpq(1, 20)
    with ctx.workprec(192):
        temperatures = Temperatures.between(tau, tau)
        point = solved(guide.frame, [*LIMIT[:-1], arb(tau).mid()], guide.frame.size)
        h = guide.frame.state(point).h
        turns = [_read_turn(guide.frame, entry) for entry in GUIDE.data["directions"]["turns"]]
        # each turns some pairs of samples alike that the other does not
        turns += [Turn((0, 1), [fmpq(x) for x in (1, 0, 1, 2, -1, 3)], 1), Turn((0, 2), [fmpq(x) for x in (2, -1, 1, 1, 0, 0)], 1)]
        polynomials = [[_constant(x) for x in row] for row in h]
        matrix = second_derivatives(guide.frame, point, polynomials, temperatures, turns)
        plain = Guide.of(SIX, 3, {"gauge": [4, 0, 2], "active": list(range(6)), **PLAIN}).frame
        rest = [arb(0)] * (plain.size - 18)

        def loss(first, x, second, y):
            moved = _turned(_turned(h, turns[first], x), turns[second], y)
            return loss_value(plain, [*(v for row in moved for v in row), *rest, arb(tau)], temperatures)

        step = arb(2) ** -25
        for first, second in [(x, y) for x in range(len(turns)) for y in range(x + 1)]:
            total = (
                loss(first, step, second, step)
                - loss(first, step, second, -step)
                - loss(first, -step, second, step)
                + loss(first, -step, second, -step)
            )
            found = float((matrix[first][second](arb(tau)) / arb(tau)).mid())
            assert np.isclose(float((total / (4 * step * step)).mid()), found, rtol=1e-6, atol=1e-9)


def _constant(value):
    from flint import arb_poly

    return arb_poly([value])


def _turned(h, turn, angle):
    """exp(angle m_i E) h_i for every sample."""
    a, b = turn.axes
    rows = [row[:] for row in h]
    for i, part in enumerate(turn.samples):
        cos, sin = (angle * part).cos(), (angle * part).sin()
        rows[a][i], rows[b][i] = cos * h[a][i] - sin * h[b][i], sin * h[a][i] + cos * h[b][i]
    return rows


@pytest.mark.parametrize("active", [[0, 2, 3], [1, 3]])
def test_a_symmetry_keeps_the_active_norms(active):
    problem = Problem(supcon, Classes((2, 2)), dim=2, temperature=1, constraint=Ball(1))
    swap = {"samples": [1, 0, 2, 3], "axes": [0, 1], "signs": [1, -1]}
    data = {"gauge": [2, 0], "symmetries": [swap], "ties": []}
    assert len(Guide.of(problem, 2, {**data, "active": [0, 1, 3]}).frame.norms) == 2
    with pytest.raises(Rejected, match="an active norm to an inactive one"):
        Guide.of(problem, 2, {**data, "active": active})
