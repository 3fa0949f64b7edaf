"""Gram matrices, rotations between embeddings, and the two configurations that the theory names: simplex ETF and orthogonal frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.exact import whole

Floats = NDArray[np.float64]
# k vectors in k dimensions: more would not fit into the memory of most machines
MOST_VECTORS = 10_000


def gram(embeddings: Floats) -> Floats:
    """G = H^T H, shape (n, n), for embeddings H of shape (d, n), one column a sample; raises InputError for anything else.

    >>> gram([[1.0, 0.0], [0.0, 2.0]])
    array([[1., 0.],
           [0., 4.]])
    """
    finite = _matrix(embeddings)
    product: Floats = finite.T @ finite
    return product


def _matrix(given: Any) -> Floats:
    """Embeddings as an array of floats (d, n); raises InputError for anything else, and for entries that are not finite."""
    try:
        found = np.asarray(given, dtype=None if np.iscomplexobj(given) else np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"embeddings {given!r:.100}", "an array of shape (d, n)", "give one column per sample") from error
    if found.ndim != 2 or found.dtype != np.float64:
        raise InputError(f"embeddings of shape {found.shape}", "an array of real numbers of shape (d, n)", "give one column per sample")
    if not np.isfinite(found).all():
        raise InputError("embeddings with NaN or infinite entries", "finite numbers", "look at where they come from")
    return found


def simplex_etf(k: int) -> Floats:
    """The simplex equiangular tight frame: k unit vectors in R^(k-1) with inner products -1/(k-1); shape (k-1, k).

    >>> (simplex_etf(3).T @ simplex_etf(3)).round(12)
    array([[ 1. , -0.5, -0.5],
           [-0.5,  1. , -0.5],
           [-0.5, -0.5,  1. ]])
    """
    whole(k, "k", 2, MOST_VECTORS)
    left, _, _ = np.linalg.svd(np.eye(k) - np.full((k, k), 1 / k))
    frame: Floats = np.sqrt(k / (k - 1)) * left[:, : k - 1].T
    return frame


def orthogonal_frame(k: int) -> Floats:
    """k orthonormal vectors with non-negative entries, shape (k, k): the optimum under H >= 0 (Kini et al. 2023).

    >>> orthogonal_frame(2)
    array([[1., 0.],
           [0., 1.]])
    """
    return np.eye(whole(k, "k", 1, MOST_VECTORS))


class Procrustes(NamedTuple):
    """rotation (d, d), orthogonal to float accuracy, and a rigorous residual: some exactly orthogonal Q has |Q H1 - H2|_F <= residual."""

    rotation: Floats
    residual: float


def procrustes(first: Floats, second: Floats) -> Procrustes:
    """The rotation Q that takes H1 (d, n) nearest to H2 (d, n), and a rigorous bound of what is left over (T2, T6).

    With E = Q^T Q - I, the orthogonal factor of Q differs from Q by at most |E|_F, since |s - 1| <= |s^2 - 1| for singular values s >= 0.
    Raises InputError for shapes that differ and for entries that are not finite.

    >>> embeddings = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> rotation, left_over = procrustes(embeddings, embeddings[::-1])[:2]
    """
    first, second = _matrix(first), _matrix(second)
    if first.shape != second.shape:
        raise InputError(
            f"embeddings of shapes {first.shape} and {second.shape}", "two arrays of one shape (d, n)", "pad the smaller with zero rows"
        )
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
class ClassGeometry:
    """How the class means of embeddings lie: the collapse measures of the field, and their Gram matrix against an optimum's (k, k).

    sizes (k,); within (k,): the mean squared distance of a class's samples from their mean; variability: tr(S_W S_B^+)/k, which collapse
    takes to 0 (NC1); equinorm: the standard deviation of the centred means' norms over their mean, equiangle: that of their cosines (NC2,
    Papyan, Han and Donoho 2020); gram: of the class means divided by their norms; difference: gram minus the optimum's, None where there
    are more than MOST_CLASSES classes; distance: the Frobenius norm of the difference over the optimum's; aligned: the distance of the
    means from the optimum's after the best rotation (Procrustes), over the optimum's norm.

    By class (k,): spread, the share of `within` in the mean squared norm of the centred means (NC1); norms, those of the centred means over
    their average (NC2); own, the share of its samples that are nearest to its mean (NC4). duality: the distance of a classifier's weights
    from the centred means, both of norm 1 (NC3), alignment (k,) their cosines; None without a classifier. plane (m, 2): the embeddings,
    at most MOST_DRAWN of them, in the plane of their largest variance, of classes drawn (m,).
    """

    sizes: NDArray[np.int64]
    within: Floats
    variability: float
    equinorm: float
    equiangle: float
    difference: Floats | None
    distance: float | None
    aligned: float | None
    spread: Floats
    norms: Floats
    own: Floats
    duality: float | None
    alignment: Floats | None
    plane: Floats
    drawn: NDArray[np.int64]


# beyond, k x k tables of floats take more than 18 MB each
MOST_CLASSES = 1_500
# more points of a picture cover one another
MOST_DRAWN = 2_000


def class_geometry(embeddings: Floats, labels: NDArray[np.int64], optimum: Floats, classifier: Floats | None = None) -> ClassGeometry:
    """The geometry of unit embeddings (n, d), class by class with labels 0..k-1 in order, against the optimum's Gram matrix (k, k).

    classifier (k, d): the weights of a linear classifier on the embeddings, a row per class.
    """
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    sizes = np.bincount(labels)
    means = np.add.reduceat(embeddings, starts, axis=0) / sizes[:, np.newaxis]
    apart = embeddings - means[labels]
    centred = means - means.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1)
    directions = centred / np.where(lengths > 0, lengths, 1)[:, np.newaxis]
    k = len(sizes)
    total, square = directions.sum(axis=0), ((directions @ directions.T) ** 2).sum() - k if k <= MOST_CLASSES else np.nan
    mean_cosine = (float(total @ total) - k) / (k * (k - 1))
    norms = np.linalg.norm(means, axis=1)
    unit = means / np.where(norms > 0, norms, 1)[:, np.newaxis]
    difference = unit @ unit.T - optimum if k <= MOST_CLASSES else None
    within = np.add.reduceat((apart * apart).sum(axis=1), starts) / sizes
    chosen = np.linspace(0, len(labels) - 1, min(len(labels), MOST_DRAWN)).astype(np.int64)
    return ClassGeometry(
        sizes=sizes,
        within=within,
        variability=float(np.trace((apart.T @ apart / len(labels)) @ np.linalg.pinv(centred.T @ centred / k, hermitian=True))) / k,
        equinorm=float(lengths.std() / lengths.mean()) if lengths.any() else 0.0,
        equiangle=float(np.sqrt(max(0.0, square / (k * (k - 1)) - mean_cosine**2))),
        difference=difference,
        distance=None if difference is None else float(np.linalg.norm(difference) / np.linalg.norm(optimum)),
        aligned=None if difference is None else _rotated_distance(unit, optimum),
        spread=_share(within, float((lengths**2).mean())),
        norms=_share(lengths, float(lengths.mean())),
        own=np.add.reduceat((_nearest(embeddings, means) == labels).astype(np.float64), starts) / sizes,
        duality=None if classifier is None else float(np.linalg.norm(_unit(classifier) - _unit(centred))),
        alignment=None if classifier is None else (_unit(classifier, axis=1) * directions).sum(axis=1),
        plane=_in_plane(embeddings[chosen]),
        drawn=labels[chosen],
    )


def _share(values: Floats, of: float) -> Floats:
    return values / of if of > 0 else np.zeros_like(values)


def _unit(matrix: Floats, axis: int | None = None) -> Floats:
    """The matrix over its norm, or its rows over theirs; zeros stay."""
    lengths = np.linalg.norm(matrix, axis=axis, keepdims=True)
    unit: Floats = matrix / np.where(lengths > 0, lengths, 1)
    return unit


def _nearest(embeddings: Floats, means: Floats) -> NDArray[np.int64]:
    """The class whose mean is nearest to each embedding, a block of rows at a time; its first one where several are."""
    half = (means * means).sum(axis=1) / 2
    rows = max(1, 4_000_000 // len(means))
    parts = [embeddings[i : i + rows] @ means.T - half for i in range(0, len(embeddings), rows)]
    return np.concatenate([part.argmax(axis=1) for part in parts])


def _rotated_distance(unit: Floats, optimum: Floats) -> float:
    """min over rotations of |M - M* Q|_F over |M*|_F, by |M|^2 + |M*|^2 - 2 (nuclear norm of M' M*) (Schoenemann 1966)."""
    values, vectors = np.linalg.eigh(optimum)
    wanted = vectors * np.sqrt(np.maximum(values, 0))
    square = float((unit**2).sum() + np.trace(optimum) - 2 * np.linalg.svd(unit.T @ wanted, compute_uv=False).sum())
    return float(np.sqrt(max(0.0, square) / np.trace(optimum)))


def _in_plane(embeddings: Floats) -> Floats:
    """Coordinates in the plane of the largest variance; zeros beside a line."""
    centred = embeddings - embeddings.mean(axis=0)
    _, _, right = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((len(embeddings), 2))
    shown = centred @ right[:2].T
    found[:, : shown.shape[1]] = shown
    return found
