"""Few points on the ball (MATH N20): a class has a coincident pair at every first-order point, and then S is positive semidefinite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from flint import arb
from sympy import Integer, Symbol, symbols

from scverify.conjecture.arguments import reduced, repulsion
from scverify.conjecture.configurations import Configuration, at_configurations
from scverify.conjecture.globality import global_where_positive, second_order
from scverify.conjecture.pair_lemma import SIZE, class_of_two, first_order, least_sum, pair_lemma, warm_share
from scverify.conjecture.theorem import Step, identity, sign
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

NEGATIVES, FURTHER = Symbol("N", positive=True), Symbol("f", nonnegative=True)


def few_points(loss: Loss) -> Iterator[Step]:
    """On the ball, in d >= max(2, sum of m_c - 1) dimensions, m_c distinct points of a class at most, every local minimum is global."""
    yield from pair_lemma(loss)
    yield from first_order()
    yield from _dual_entries()
    yield from least_sum()
    yield at_configurations("and so it is at random embeddings, for the sample of least Z of every class", loss, least_z_slacks)
    yield from _coincident_twin()
    yield from class_of_two()
    yield from warm_share(loss)
    yield from second_order()
    yield from _full_rank(loss)
    yield from _one_sign()
    yield from _blocks()
    yield from _twins(loss)
    yield from global_where_positive(loss)


def _dual_entries() -> Iterator[Step]:
    """S_ij >= 0 for two samples of one class that differ."""
    p_ij, p_ji = symbols("p_ij p_ji", real=True)
    mean = 1 / (SIZE - 1)
    yield identity(
        "S = grad L + diag(lambda): for two samples of one class tau S_ij is half the sum of both rows' slopes, times tau",
        ((p_ij - mean) + (p_ji - mean)) / 2,
        (p_ij + p_ji - 2 * mean) / 2,
    )
    yield sign("so S_ij >= 0 where h_i != h_j: there p_ij + p_ji is 2/(n_c - 1) + f, f >= 0", (2 * mean + FURTHER - 2 * mean) / 2, ">= 0")


def _coincident_twin() -> Iterator[Step]:
    """At most n_c - 1 distinct points in a class."""
    yield sign(
        "i of the least Z cannot differ from all n_c - 1 positives: its row's mass would be at least "
        "(n_c - 1)/(n_c - 1) + (the negatives' share N > 0) > 1",
        (SIZE - 1) * (1 / (SIZE - 1) + FURTHER) + NEGATIVES - 1,
        "> 0",
    )
    yield identity("so two of its n_c samples coincide: at most m_c = n_c - 1 distinct points", SIZE - 1, 1 + (SIZE - 2))


def _full_rank(loss: Loss) -> Iterator[Step]:
    """Rank H = d: with the distinct points M (d, D) and clusters Z, M Z'S = 0 where Z'S is not 0."""
    m, zt, s, inverse, v, wt = symbols("M Z^T S M^{-1} v w^T", commutative=False)
    yield identity(
        "H = MZ', D distinct points in d = rank H dimensions: were D = d, HS = 0 would give Z'S = 0",
        reduced(inverse * m * zt * s, ((inverse * m, Integer(1)),)),
        zt * s,
        r"M^{-1} (M Z^{\mathsf T} S) = Z^{\mathsf T} S",
    )
    yield repulsion(loss)  # an entry of Z'S at a sample of another class is a sum of positive ones: Z'S is not 0
    dimensions, fewest = symbols("d m", integer=True, positive=True)
    yield identity(
        "so D > d; with d >= m - 1, m the sum of the m_c, and D <= m: D = m = d + 1, and M has a null space of one dimension, Mv = 0",
        (dimensions + 1) - fewest,
        dimensions - (fewest - 1),
    )
    yield identity(
        "its columns lie there, Z'S = vw'",
        reduced(m * v * wt, ((m * v, Integer(0)),)),
        Integer(0),
        r"M v w^{\mathsf T} = 0",
    )
    first, second, u = symbols("v_K v_L u_K", real=True)
    yield identity(
        "Z'SZ = vu' is symmetric: v_K u_L = v_L u_K, so with sigma = u_K/v_K it is u_L = sigma v_L, Z'SZ = sigma vv'",
        first * ((u / first) * second) - second * u,
        Integer(0),
    )


def _one_sign() -> Iterator[Step]:
    """v has one sign within each class, and sigma > 0."""
    first, second, w = symbols("v_K v_L w_j", real=True)
    at_first, at_second = symbols("E_K E_L", positive=True)
    yield identity(
        "K, L two clusters and j a sample of a third class, or of the other of two where K, L are of one: E_K = v_K w_j and E_L = v_L w_j "
        "are sums of entries across classes; their product",
        (first * w) * (second * w),
        first * second * w**2,
    )
    yield sign("is positive: v_K and v_L have one sign", at_first * at_second, "> 0")
    sigma, x, y, z = symbols("sigma v_c v_d v_e", real=True)
    yield identity(
        "three classes or more: the product of the entries of sigma vv' between them, each positive, shows sigma > 0",
        (sigma * x * y) * (sigma * y * z) * (sigma * z * x),
        sigma**3 * (x * y * z) ** 2,
    )
    yield identity(
        "two classes: D = d + 1 >= 3, so one has clusters K != L; there sigma v_K v_L is a sum of S_ij >= 0, and v_K v_L > 0: sigma >= 0, "
        "and sigma != 0 as Z'SZ has positive entries across",
        (sigma * first * second) * (first * second),
        sigma * (first * second) ** 2,
    )


def _blocks() -> Iterator[Step]:
    """S in vectors that are constant on clusters, and in those of sum 0 on one cluster."""
    sigma, x, y, v, w = symbols("sigma y_K y_L v_K v_L", real=True)
    yield identity(
        "vectors x = Zy constant on clusters: x'Sx = y'Z'SZy = sigma (v'y)^2 >= 0, two clusters written out",
        x * (sigma * v * v) * x + 2 * x * (sigma * v * w) * y + y * (sigma * w * w) * y,
        sigma * (v * x + w * y) ** 2,
    )
    at_i, at_j, square = symbols("lambda_i lambda_j r", real=True)
    yield identity(
        "twins i, j at h: lambda_i h = lambda_j h, as their gradients are equal; paired with h, r = |h|^2 (h = 0 has lambda = 0)",
        at_i * square - at_j * square,
        (at_i - at_j) * square,
    )
    own, between, other, constant, elsewhere = symbols("lambda t s x_K x_a", real=True)
    yield identity(
        "so rows i and j of S are equal but for the two entries between them: on e_i - e_j and any x constant on clusters S is 0",
        (own - between) * constant + (between - own) * constant + (other - other) * elsewhere,
        Integer(0),
    )
    yield identity("and on e_i - e_j itself", own - 2 * between + own, 2 * (own - between))


def _twins(loss: Loss) -> Iterator[Step]:
    """2(lambda - S_ij) >= 0: twins have p_ij <= 1/(n_c - 1), as D is the most there can be."""
    yield at_configurations("twins have equal rows of the loss's slopes, at random embeddings with a twin", loss, twin_differences)
    mean, share = 1 / (SIZE - 1), 1 - (SIZE - 2) * (1 / (SIZE - 1) + FURTHER) - NEGATIVES
    yield sign(
        "a class of n_c - 1 points: its twins are of the least Z, the n_c - 2 others have shares >= 1/(n_c - 1), so p_ij < 1/(n_c - 1)",
        mean - share,
        "> 0",
    )
    yield sign("a collapsed class: its n_c - 1 equal shares add up to 1 - N", mean - (1 - NEGATIVES) / (SIZE - 1), "> 0")
    multiplier, lacking = symbols("lambda t", nonnegative=True)
    yield sign("lambda >= 0 and -S_ij = t/tau >= 0: S >= 0 on both parts", 2 * (multiplier + lacking / tau), ">= 0")


def twin_differences(at: Configuration) -> Sequence[arb]:
    """0 and -0 where sample j stands at i: S_ia - S_ja for every a but i, j, and p_ij - p_ji; of the first pair of one class."""
    i, j, _ = at.pairs()[0]
    placed = np.array(at.embeddings, copy=True)
    placed[j] = placed[i]
    slopes = Configuration(at.problem, placed).slopes
    both = slopes + slopes.T
    apart = [both[i][a] - both[j][a] for a in range(len(both)) if a not in (i, j)] + [slopes[i][j] - slopes[j][i]]
    return [x for difference in apart for x in (difference, -difference)]


def least_z_slacks(at: Configuration) -> Sequence[arb]:
    """p_ij - p_ji for the sample i of the least Z of each class, to its positives: not negative, whatever the embeddings are."""
    found = []
    for c in range(at.problem.classes.k):
        members = [i for i, label in enumerate(at.labels) if label == c]
        mean = arb(1) / (len(members) - 1)
        first = min(members, key=lambda i: float(_normaliser(at, i)))
        found += [(at.tau * at.slopes[first][j] + mean) - (at.tau * at.slopes[j][first] + mean) for j in members if j != first]
    return found


def _normaliser(at: Configuration, i: int) -> arb:
    total: arb = sum(((at.gram[i][a] / at.tau).exp() for a in range(len(at.embeddings)) if a != i), arb(0))
    return total
