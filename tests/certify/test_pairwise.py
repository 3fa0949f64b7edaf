"""The loss of given embeddings in float64: every bound of an error holds the truth, computed in balls of many bits."""

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from scverify.certify import pairwise
from scverify.certify.pairwise import Bounded, Sample, SizeCoefficients, bounded_loss

BITS = 200


def truth(embeddings, label, coefficients: SizeCoefficients, sort, rate: float) -> tuple[arb, list[list[arb]]]:
    """Value and gradient by plain loops in balls, at the exact unit vectors."""
    n, d = embeddings.shape
    rows = []
    for row in embeddings.tolist():
        length = sum((arb(x) * arb(x) for x in row), arb(0)).sqrt()
        rows.append([arb(x) / length for x in row])
    value = arb(0)
    gradient = [[arb(0)] * d for _ in range(n)]

    def add(i, j, slope):
        for a in range(d):
            gradient[i][a] += slope * rows[j][a]
            gradient[j][a] += slope * rows[i][a]

    for i in range(n):
        others = [j for j in range(n) if j != i]
        s = {j: sum((x * y for x, y in zip(rows[i], rows[j], strict=True)), arb(0)) for j in others}
        same = {j: label[i] == label[j] for j in others}
        c = {j: arb(float(coefficients.positive_c[sort[i]] if same[j] else coefficients.negative_c[sort[i], sort[j]])) for j in others}
        q = {j: arb(float(coefficients.positive_q[sort[i]])) if same[j] else arb(0) for j in others}
        z = sum((c[j] * (rate * s[j]).exp() for j in others), arb(0))
        weight = arb(float(coefficients.weight[sort[i]]))
        value += weight * (z.log() - rate * sum((q[j] * s[j] for j in others), arb(0)))
        for j in others:
            add(i, j, weight * rate * (c[j] * (rate * s[j]).exp() / z - q[j]))
    return value, gradient


def assert_bounds_hold(found: Bounded, value: arb, gradient: list[list[arb]]) -> None:
    assert found.value.overlaps(value)
    assert found.value.rad() < 1e-9 * (1 + abs(value).mid())
    for row, exact, error in zip(found.gradient.tolist(), gradient, found.error.tolist(), strict=True):
        square = sum(((arb(x) - y) ** 2 for x, y in zip(row, exact, strict=True)), arb(0))
        assert square.lower() <= arb(error) ** 2
        assert error < 1e-8


@given(
    sizes=st.lists(st.integers(2, 6), min_size=2, max_size=3),
    d=st.integers(1, 4),
    rate=st.sampled_from([0.25, 2.0, 1 / 0.07, 100.0, 339.0]),
    kind=st.sampled_from(["supcon", "decoupled", "by size"]),
    seed=st.integers(0, 2**32 - 1),
    tile=st.sampled_from([2, 5, 512]),
    kept=st.sampled_from([0, 4096]),
)
def test_value_and_gradient_lie_within_their_bounds(sizes, d, rate, kind, seed, tile, kept):
    generator = np.random.default_rng(seed)
    distinct = sorted(set(sizes))
    label = np.repeat(np.arange(len(sizes)), sizes)
    sort = np.array([distinct.index(sizes[c]) for c in label])
    z = len(distinct)
    negative = generator.uniform(0.5, 2, (z, z)) if kind == "by size" else np.ones((z, z))
    coefficients = SizeCoefficients(
        weight=generator.uniform(0.5, 2, z) if kind == "by size" else np.ones(z),
        positive_c=np.zeros(z) if kind == "decoupled" else np.ones(z),
        positive_q=1 / (np.array(distinct) - 1.0),
        negative_c=negative,
    )
    embeddings = generator.standard_normal((len(label), d)) * 10.0 ** generator.integers(-3, 4, (len(label), 1))
    with pytest.MonkeyPatch.context() as patch, ctx.workprec(BITS):
        patch.setattr(pairwise, "_TILE", tile)
        patch.setattr(pairwise, "_KEPT", kept)
        found = bounded_loss(Sample.of(embeddings, label, sort), coefficients, rate)
        assert_bounds_hold(found, *truth(embeddings, label, coefficients, sort, rate))


def test_equal_embeddings_cost_the_logarithm_of_the_number_of_others():
    label = np.repeat(np.arange(8), 64)
    one = np.ones(1)
    sample = Sample.of(np.tile([3.0, 4.0], (512, 1)), label, 0 * label)
    found = bounded_loss(sample, SizeCoefficients(one, one, one / 63, np.ones((1, 1))), 10.0)
    assert (found.value / 512).overlaps(arb(511).log())
    tangent = found.gradient - (found.gradient * sample.unit).sum(axis=1, keepdims=True) * sample.unit
    assert np.abs(tangent).max() < 1e-9
