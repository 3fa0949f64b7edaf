"""The gauge-fixed system of a critical point: its derivatives, what makes its zero the only one, and what its box must satisfy."""

import random

import pytest
from flint import arb, arb_mat, ctx, fmpq

from scverify.kernel.certificate import Rejected, Unresolved, dyadic, rational
from scverify.kernel.points.orbit import (
    Layout,
    State,
    check_hypotheses,
    gram_of,
    half_hessian,
    jacobian,
    orbit_equations,
    prove_orbit,
    read_layout,
)
from scverify.kernel.points.slopes import first_slopes, slopes_at
from tests.kernel.kept import kept, points_in

NAMES = ("spurious-point", "point-sphere-strict-saddle", "point-ball-global-minimum", "point-ridge-global-minimum")


def system(name, seed=0):
    """Level, layout and a random state of a certificate's system."""
    data = kept(name)
    level, draws = points_in(data), random.Random(seed)
    layout = read_layout(level.norms, level.dim, data["witness"], len(data["claim"]["embeddings"]["rows"]))
    entries = [[arb(draws.uniform(-1, 1)) for _ in range(layout.n)] for _ in range(layout.r)]
    multipliers = [arb(draws.uniform(-1, 1)) if i in layout.active else arb(0) for i in range(layout.n)]
    return level, layout, State(entries, multipliers, [arb(draws.uniform(-1, 1)) for _ in layout.pairs])


def moved(layout, state, step):
    r, n = layout.r, layout.n
    first = r * n + len(layout.active)
    h = [[state.h[a][i] + step[a * n + i] for i in range(n)] for a in range(r)]
    multipliers = [x + (step[r * n + layout.active.index(i)] if i in layout.active else 0) for i, x in enumerate(state.multipliers)]
    return State(h, multipliers, [x + step[first + p] for p, x in enumerate(state.omega)])


def left_sides(level, layout, state):
    return orbit_equations(level.norms, layout, state, first_slopes(level, gram_of(layout, state)))


@pytest.mark.parametrize("name", NAMES)
def test_the_jacobian_is_the_derivative(name):
    with ctx.workprec(160):
        level, layout, state = system(name)
        matrix, h = jacobian(layout, state, slopes_at(level, gram_of(layout, state))), arb(2) ** -50
        for k in range(layout.size):
            ahead, behind = (
                left_sides(level, layout, moved(layout, state, [sign * h if i == k else arb(0) for i in range(layout.size)]))
                for sign in (1, -1)
            )
            for row, (x, y) in enumerate(zip(ahead, behind, strict=True)):
                assert abs((x - y) / (2 * h) - matrix[row, k]).upper() < 1e-20


@pytest.mark.parametrize("name", NAMES)
def test_for_fixed_embeddings_the_system_is_affine_in_multipliers_and_omega(name):
    """So a critical H of the box whose multipliers lie outside is not a second zero (`sole_zero`)."""
    with ctx.workprec(160):
        level, layout, state = system(name)
        draws, fixed = random.Random(5), layout.r * layout.n
        step = [arb(0) if i < fixed else arb(draws.uniform(-100, 100)) for i in range(layout.size)]
        far = moved(layout, state, step)
        matrix = jacobian(layout, state, slopes_at(level, gram_of(layout, state)))
        product = (matrix * arb_mat(layout.size, 1, step)).entries()
        for x, y, z in zip(left_sides(level, layout, far), left_sides(level, layout, state), product, strict=True):
            assert abs(x - y - z).upper() < 1e-30


@pytest.mark.parametrize("name", NAMES)
def test_half_the_hessian_is_symmetric(name):
    with ctx.workprec(160):
        level, layout, state = system(name)
        table = half_hessian(state, slopes_at(level, gram_of(layout, state)))
    assert all(abs(table[i][j] - table[j][i]).upper() < 1e-20 for i in range(len(table)) for j in range(i))


@pytest.mark.parametrize("name", NAMES)
def test_a_proved_orbit_solves_the_system_inside_its_box(name):
    data = kept(name)
    with ctx.workprec(data["precision"]):
        level = points_in(data)
        orbit = prove_orbit(level, data["claim"], data["witness"])
        assert all(x.contains(0) and x.rad() < 1e-15 for x in left_sides(level, orbit.layout, orbit.state))
        stated = dyadic(data["claim"]["embeddings"], "embeddings", orbit.layout.r, len(level.norms))
        radius = arb(rational(data["claim"]["radius"], "radius"))
        for a, row in enumerate(orbit.state.h):
            assert all(abs(x - arb(stated.entry(a, i))).upper() < radius for i, x in enumerate(row))


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda claim, witness: claim["problem"].pop("dim"), "needs the dimension"),
        (lambda claim, witness: claim["problem"]["constraint"].update(nonnegative=True), "not supported"),
        (lambda claim, witness: claim.update(radius="0"), "radius is not positive"),
        (lambda claim, witness: witness["gauge"].reverse(), "do not satisfy the gauge"),
        (lambda claim, witness: witness.update(gauge=[0, 0, 1]), "named twice"),
        (lambda claim, witness: witness["active"].reverse(), "ascending"),
        (lambda claim, witness: witness["active"].pop(), "on the sphere every norm is active"),
        (lambda claim, witness: claim["problem"].update(dim=2), "the point has rank 3"),
    ],
)
def test_a_layout_that_does_not_fit(edit, reason):
    data = kept("spurious-point")
    edit(data["claim"], data["witness"])
    with pytest.raises(Rejected, match=reason):
        prove_orbit(points_in(data), data["claim"], data["witness"])


def test_at_zero_nothing_is_active_and_a_ridge_has_no_active_norm():
    level = points_in(kept("point-ridge-global-minimum"))
    with pytest.raises(Rejected, match="a ridge has no active norm"):
        read_layout(level.norms, level.dim, {"gauge": [0], "active": [0]}, 1)
    with pytest.raises(Rejected, match="active at H = 0"):
        read_layout(points_in(kept("point-ball-critical")).norms, 2, {"gauge": [], "active": [0]}, 0)


def test_a_radius_that_holds_two_orbits_or_a_degenerate_gauge_is_not_resolved():
    data = kept("spurious-point")
    for radius in (fmpq(1, 2), fmpq(2)):
        with ctx.workprec(192), pytest.raises(Unresolved):
            prove_orbit(points_in(data), {**data["claim"], "radius": str(radius)}, data["witness"])


FLAT = [[arb(1), arb(1), arb(-1)], [arb(0), arb(0, "0.1"), arb(0)]]
SQUARE = [[arb(1), arb(0), arb(-1)], [arb(0), arb(1), arb(0)]]


@pytest.mark.parametrize(
    ("h", "columns", "active", "reason"),
    [
        (FLAT, [0, 1], [0, 1, 2], "rank is not certain"),
        (SQUARE, [1, 0], [0, 1, 2], "gauge may be degenerate"),
        (SQUARE, [0, 1], [0, 2], "norm of sample 1 may not be inside"),
    ],
)
def test_hypotheses_of_a_point(h, columns, active, reason):
    """Krawczyk's operator fails where the first two do; a branch rests on them alone."""
    level = points_in(kept("point-ball-critical"))
    layout = Layout(2, 3, active, columns)
    check_hypotheses(level.norms, Layout(2, 3, [0, 1, 2], [0, 1]), State(SQUARE, [arb(1)] * 3, [arb(0)]))
    with pytest.raises(Unresolved, match=reason):
        check_hypotheses(level.norms, layout, State(h, [arb(1)] * 3, [arb(0)]))
