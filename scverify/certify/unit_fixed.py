"""Fixed nodes in certificates on units: points by coefficients on them, and a dual that is free where both nodes are fixed (MATH 9)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flint import arb_mat
from numpy.typing import NDArray

from scverify.certify.precise import BallArray, as_array, as_matrix, float_midpoints
from scverify.kernel.certificate import Unresolved

Root = Callable[[BallArray], BallArray]
# a direction of the fixed nodes this small beside the largest is one that they do not have
EMPTY = 1e-9


def in_fixed_nodes(vectors: BallArray, fixed: list[int]) -> BallArray:
    """Vectors by coefficients on the fixed ones among them, and coordinates in an orthonormal basis of the rest of the space."""
    near = float_midpoints(vectors)
    left, sizes, right = np.linalg.svd(near[fixed], full_matrices=True)
    rank = int((sizes > EMPTY * sizes.max(initial=0.0)).sum())
    coefficients = near @ (right[:rank].T / sizes[:rank]) @ left[:, :rank].T
    rest = near @ right[rank:].T
    coefficients[fixed], rest[fixed] = np.eye(len(fixed)), 0.0
    return as_array(np.concatenate([coefficients, rest[:, (rest != 0).any(axis=0)]], axis=1))


def beside_fixed(target: BallArray, fixed: list[int], root: Root) -> BallArray:
    """F with F F' near a semidefinite matrix whose block of fixed nodes is free: the least that the others leave it."""
    if not fixed:
        return root(target)
    others = [i for i in range(len(target)) if i not in fixed]
    factor = root(target[np.ix_(others, others)])
    found: NDArray[np.object_] = as_array(np.zeros((len(target), factor.shape[1])))
    found[others] = factor
    if factor.shape[1]:
        columns = as_matrix(factor)
        try:
            solved = (columns.transpose() * columns).solve(columns.transpose() * as_matrix(target[np.ix_(others, fixed)]))
        except ZeroDivisionError as singular:
            raise Unresolved("the dual of the free nodes is singular") from singular
        found[fixed] = _array(solved.transpose())
    return found


def _array(matrix: arb_mat) -> BallArray:
    return as_array([[x.mid() for x in row] for row in matrix.tolist()])
