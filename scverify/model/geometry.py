"""Gram matrices, rotations between embeddings, and the two configurations that the theory names: simplex ETF and orthogonal frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.exact import whole

Floats = NDArray[np.float64]


def gram(embeddings: Floats) -> Floats:
    """G = H^T H, shape (n, n), for embeddings H of shape (d, n), one column a sample."""
    product: Floats = embeddings.T @ embeddings
    return product


def simplex_etf(k: int) -> Floats:
    """The simplex equiangular tight frame: k unit vectors in R^(k-1) with inner products -1/(k-1); shape (k-1, k)."""
    whole(k, "k", 2)
    left, _, _ = np.linalg.svd(np.eye(k) - np.full((k, k), 1 / k))
    frame: Floats = np.sqrt(k / (k - 1)) * left[:, : k - 1].T
    return frame


def orthogonal_frame(k: int) -> Floats:
    """k orthonormal vectors with non-negative entries, shape (k, k): the optimum under H >= 0 (Kini et al. 2023)."""
    return np.eye(whole(k, "k", 1))


class Procrustes(NamedTuple):
    """rotation (d, d), orthogonal to float accuracy, and a rigorous residual: some exactly orthogonal Q has |Q H1 - H2|_F <= residual."""

    rotation: Floats
    residual: float


def procrustes(first: Floats, second: Floats) -> Procrustes:
    """The rotation Q that takes H1 (d, n) nearest to H2 (d, n), and a rigorous bound of what is left over (T2, T6).

    With E = Q^T Q - I, the orthogonal factor of Q differs from Q by at most |E|_F, since |s - 1| <= |s^2 - 1| for singular values s >= 0.
    Raises InputError for shapes that differ and for entries that are not finite.
    """
    if first.shape != second.shape or first.ndim != 2:
        raise InputError(
            f"embeddings of shapes {first.shape} and {second.shape}", "two arrays of one shape (d, n)", "pad the smaller with zero rows"
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InputError("embeddings with NaN or infinite entries", "finite numbers", "look at where they come from")
    left, _, right = np.linalg.svd(second @ first.T)
    rotation: Floats = left @ right
    with ctx.workprec(128):
        q, h1, h2 = (arb_mat(x.shape[0], x.shape[1], [arb(float(v)) for v in x.ravel()]) for x in (rotation, first, second))
        identity = arb_mat(len(rotation), len(rotation), [arb(float(v)) for v in np.eye(len(rotation)).ravel()])
        bound = _norm(q * h1 - h2) + _norm(q.transpose() * q - identity) * _norm(h1)
    return Procrustes(rotation, float(np.nextafter(float(bound.upper()), np.inf)))


def _norm(matrix: arb_mat) -> arb:
    return sum((x * x for x in matrix.entries()), arb(0)).upper().sqrt()


@dataclass(frozen=True)
class Collapse:
    """How near embeddings are to within-class collapse: largest distance of a sample from its class mean, and the class means (d, k)."""

    within: float
    means: Floats


def collapse(embeddings: Floats, labels: NDArray[np.int64]) -> Collapse:
    """Within-class collapse of embeddings (d, n) with labels (n,) in 0..k-1 (T4)."""
    means = np.stack([embeddings[:, labels == c].mean(axis=1) for c in range(int(labels.max()) + 1)], axis=1)
    return Collapse(float(np.linalg.norm(embeddings - means[:, labels], axis=0).max()), means)
