"""The rank-one form against what it stands for: the matrix written out entry by entry, its eigenvalues, and the loss of others."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from flint import arb, ctx

from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.optimum.rank_one import centre, near_optimum, radius, rank, read_centre
from scverify.kernel.optimum.terms import terms_of
from scverify.search.separable import FloatForm, root
from tests.certify.rank_one import made, problem

CASES = [((7, 3, 3, 2), "1/2"), ((5, 4, 3, 2), "1/20"), ((9, 6, 6, 6, 2, 2), "1"), ((3, 3, 3), "1/5")]


def at(sizes, tau):
    optimum = made(sizes, tau).certificates["optimum.json"]
    return read_centre(terms_of(problem(sizes, tau).stated, "sizes"), optimum["witness"]["centre"])


def class_matrix(found):
    """B^ with every class of its own, and the vectors v, Z by classes, from the definitions."""
    of = found.terms
    node = [g for g, m in enumerate(of.m) for _ in range(m)]
    x, y = [found.v[g] / of.n[g] for g in node], [of.alpha[g] / found.z[g] for g in node]
    k, kappa = len(node), arb(of.kappa)
    entry = [[arb(of.square) + (x[c] * x[d] / (kappa * (y[c] + y[d]))).log() / kappa for d in range(k)] for c in range(k)]
    for c in range(k):
        entry[c][c] = arb(of.square)
    return node, entry


def within(ball, exact):
    return (ball - exact).contains(0)


@pytest.mark.parametrize(("sizes", "tau"), CASES)
@pytest.mark.parametrize("bits", [64, 300])
def test_the_sums_are_those_of_the_matrix_written_out(sizes, tau, bits):
    with ctx.workprec(bits):
        found = at(sizes, tau)
    with ctx.workprec(400):
        of = found.terms
        node, matrix = class_matrix(found)
        k, kappa = len(node), arb(of.kappa)
        for c, g in enumerate(node):
            z = of.own[g] + sum(
                (of.other[g] * of.n[node[d]] * (kappa * (matrix[c][d] - of.square)).exp() for d in range(k) if d != c), arb(0)
            )
            assert within(found.z_hat[g], z) and within(
                found.product[g], sum((matrix[c][d] * found.v[h] for d, h in enumerate(node)), arb(0))
            )
            assert within(found.logs[g] + arb(of.own[g]).log(), z.log())
            # tight as well: floats keep 13 digits
            assert found.z_hat[g].rad() < z * 1e-13


@pytest.mark.parametrize(("sizes", "tau"), CASES)
def test_the_matrix_is_as_positive_on_the_complement_of_v_as_is_said(sizes, tau):
    with ctx.workprec(64):
        near = near_optimum(at(sizes, tau))
        node, matrix = class_matrix(near.centre)
    b = np.array([[float(x.mid()) for x in row] for row in matrix])
    v = np.array([float(near.centre.v[g].mid()) for g in node])
    rest = np.linalg.svd(v[None, :])[2][1:]
    smallest = np.linalg.eigvalsh(rest @ b @ rest.T)[0]
    # the bound is not far from the truth
    assert float(near.least) <= smallest <= 3 * float(near.least)


def test_it_is_so_at_witnesses_whose_matrix_does_not_vanish_on_v():
    """v off by tens of percents, Z as the matrix gives it: without the term of |B^ v| two of these bounds would be too large."""
    good, rng, tried = at((5, 4, 3, 2), "1/20"), np.random.default_rng(0), 0
    with ctx.workprec(64):
        for _ in range(40):
            v, z = [(x * arb(float(np.exp(0.2 * rng.standard_normal())))).mid() for x in good.v], good.z
            for _ in range(4):
                z = [x.mid() for x in centre(good.terms, v, z).z_hat]
            try:
                near = near_optimum(centre(good.terms, v, z))
            except (Rejected, Unresolved):
                continue
            node, matrix = class_matrix(near.centre)
            b, across = np.array([[float(x.mid()) for x in row] for row in matrix]), np.array([float(v[g]) for g in node])
            rest = np.linalg.svd(across[None, :])[2][1:]
            assert float(near.least) <= np.linalg.eigvalsh(rest @ b @ rest.T)[0]
            tried += 1
    assert tried >= 30


@pytest.mark.parametrize(("sizes", "tau"), CASES)
def test_a_radius_ends_where_the_curvature_may_have_halved(sizes, tau):
    """R = sqrt(2 g/m) grows with the gap g until exp(3 kappa R) = 2, and there it ends."""
    with ctx.workprec(64):
        near = near_optimum(at(sizes, tau))
        least, kappa = radius(replace(near, residual=arb(0), above=arb("1e-60"))) * arb("1e30"), arb(near.centre.terms.kappa)
        widest = (arb(2).log() / (3 * kappa * least)) ** 2
        assert 3 * kappa * radius(replace(near, residual=arb(0), above=widest * arb("0.98"))) < arb(2).log()
        with pytest.raises(Unresolved, match="too wide for a radius"):
            radius(replace(near, residual=arb(0), above=widest * arb("1.02")))


def value(of, gram):
    """f at a class Gram matrix, in floats, class by class."""
    node = [g for g, m in enumerate(of.m) for _ in range(m)]
    total = 0.0
    for c, g in enumerate(node):
        outcomes = [
            float(of.other[g]) * of.n[h] * np.exp(float(of.kappa) * (gram[c, d] - float(of.square))) for d, h in enumerate(node) if d != c
        ]
        total += float(of.weight[g]) * (np.log(float(of.own[g]) + sum(outcomes)) + float(of.affine[g]))
    return total


@pytest.mark.parametrize(("sizes", "tau"), CASES)
def test_no_feasible_matrix_is_below_the_lower_bound_nor_far_ones_below_the_upper_bound(sizes, tau):
    with ctx.workprec(64):
        near = near_optimum(at(sizes, tau))
        node, matrix = class_matrix(near.centre)
        around = float(radius(near))
    b, rng = np.array([[float(x.mid()) for x in row] for row in matrix]), np.random.default_rng(0)
    k, of = len(node), near.centre.terms
    low, high = float(near.lower.lower()), float(near.upper.upper())
    assert value(of, b) == pytest.approx(low, rel=1e-12)
    values, vectors = np.linalg.eigh(b)
    vertices = vectors * np.sqrt(np.maximum(values, 0))
    for size in (1e-4, 1e-2, 1.0):
        moved = vertices + size * rng.standard_normal((k, k))
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        other = moved @ moved.T
        assert np.linalg.norm(other - b) > around
        assert value(of, other) > high - 1e-12 * abs(high)


def test_a_class_too_close_to_a_copy_of_itself_is_refused():
    """E_cc > 1: the matrix has the rank-one dual, but the argument for its semidefiniteness does not reach it."""
    of = terms_of(problem((8511, 5, 2050), "1261/5000").stated, "sizes")
    x, _ = root(FloatForm.of(of))
    with ctx.workprec(64):
        v = [arb(float(n * np.exp(a))) for n, a in zip(of.n, x[:3], strict=True)]
        found = centre(of, v, [arb(a) * arb(float(np.exp(-b))) for a, b in zip(of.alpha, x[3:], strict=True)])
        assert max(found.self_exponentials, key=float) > 1.5
        with pytest.raises(Rejected, match="too close to a copy of itself"):
            near_optimum(found)


@pytest.mark.parametrize(("sizes", "tau"), CASES)
def test_the_bounds_hold_at_witnesses_that_are_off(sizes, tau):
    """v and Z off by 1e-4: the interval holds the optimum all the same, as the witness without error has it, and so does the radius."""
    good, rng = at(sizes, tau), np.random.default_rng(0)
    true = made(sizes, tau)
    with ctx.workprec(200):
        for _ in range(20):
            v, z = ([x * (1 + arb(float(1e-4 * rng.standard_normal()))) for x in values] for values in (good.v, good.z))
            near = near_optimum(centre(good.terms, [x.mid() for x in v], [x.mid() for x in z]))
            assert near.lower <= arb(true.upper.numerator) / true.upper.denominator
            assert near.upper >= arb(true.lower.numerator) / true.lower.denominator
            assert near.below > 0 and near.above > 0


def test_v_and_z_that_are_no_root_are_refused():
    good = at((7, 3, 3, 2), "1/2")
    of, v, z = good.terms, good.v, good.z
    with ctx.workprec(128):
        assert near_optimum(centre(of, v, z))
        with pytest.raises(Rejected, match="Z is not what the witness's matrix gives"):
            near_optimum(centre(of, v, [2 * z[0], *z[1:]]))


def test_a_v_that_is_not_in_the_kernel_of_its_matrix_is_refused():
    """v a million times too small, and the Z that goes with it: only B^v tells."""
    good = at((5, 4, 3, 2), "1/20")
    of = good.terms
    with ctx.workprec(128):
        v, z = [x / 10**6 for x in good.v], good.z
        for _ in range(40):
            z = [x.mid() for x in centre(of, v, z).z_hat]
        with pytest.raises(Rejected, match="v is not in the kernel of the witness's matrix"):
            near_optimum(centre(of, v, z))


def test_without_a_self_entry_there_are_bounds_but_no_radius():
    optimum = made((4, 3, 2), "1/2", loss="decoupled")
    assert optimum.radius is None and "does not hold its self entry" in optimum.radius_reason and optimum.rank is None
    assert 0 < optimum.upper - optimum.lower < 1e-12


def test_the_rank_needs_a_small_radius():
    with ctx.workprec(64):
        near = near_optimum(at((7, 3, 3, 2), "1/2"))
        assert rank(near, radius(near)) == 3 and rank(near, near.least) is None


def test_a_row_of_nearly_nothing_keeps_its_digits():
    """log(1 + 4e-64) is far below the last place of 1."""
    found = made((2, 2, 2), "1/100", digits=None)
    assert 0 < found.upper - found.lower < found.lower / 10**12
    assert found.rank == 2 and float(found.lower) < 1e-60


def test_frullani_kernels_are_negative_on_sums_of_zero():
    y = np.exp(np.random.default_rng(0).normal(0, 2, 12))
    kernel = -np.log(y[:, None] + y)
    free = np.eye(12) - 1 / 12
    assert np.linalg.eigvalsh(free @ kernel @ free)[0] > -1e-12


@pytest.mark.parametrize(("sizes", "tau"), CASES)
def test_what_the_lower_bound_gives_away_covers_the_slope_that_v_does_not_explain(sizes, tau):
    """theta = 2 grad f(B^) - v v' off the diagonal, from the rows; -<theta, X - B^>/2 at X of signs is what `below` must cover."""
    good, worst = at(sizes, tau), 0.0
    for factor in (0.998, 1.002):
        with ctx.workprec(200):
            near = near_optimum(centre(good.terms, good.v, [(x * factor).mid() for x in good.z]))
            node, matrix = class_matrix(near.centre)
        of, b = near.centre.terms, np.array([[float(x.mid()) for x in row] for row in matrix])
        v, z = (np.array([float(values[g].mid()) for g in node]) for values in (near.centre.v, near.centre.z_hat))
        rate = np.array([float(of.weight[g] * of.kappa * of.other[g]) for g in node]) / z
        slopes = rate[:, None] * np.array([float(of.n[g]) for g in node]) * np.exp(float(of.kappa) * (b - float(of.square)))
        theta = slopes + slopes.T - np.outer(v, v)
        np.fill_diagonal(theta, 0)
        signs = np.array(list(product((1.0, -1.0), repeat=len(v))))
        lost = max(-(theta * (float(of.square) * np.outer(s, s) - b)).sum() / 2 for s in signs)
        assert lost <= float(near.below.upper())
        worst = max(worst, lost / float(near.below.upper()))
    assert worst > (0.3 if len(set(sizes)) == 1 else 0)
