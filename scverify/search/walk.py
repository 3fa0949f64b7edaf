"""Second-order walks to critical points, many starts at once: descents to local minima, and searches that stop at saddles too.

Where they move, and the derivatives there: see ``surface``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scverify.search.surface import TINY, Bools, Floats, Ints, Local, Surface

_DENSE = 400  # tangent coordinates up to which all eigenvalues are taken: 400^3 is milliseconds
_KRYLOV = 60  # larger Hessians: this number of Lanczos steps finds a descent direction
_FLAT = 1e-13  # eigenvalues below this part of the largest are rounding
_REACH = 0.5  # a trust region is at most this part of the points' size
_GAIN = 1e-4  # a step must win this part of what the model says
# a Newton step is cut to this part of the points' size: farther away the quadratic model says nothing
_NEWTON_REACH = 0.1
# a search for a saddle is given up where the squared gradient keeps more than this part over so many steps
_PATIENCE, _WORTH_WAITING = 15, 0.9
_ARRIVED = 1e-14  # a Newton step of this part of the points' size is rounding
_BISECTIONS = 12  # the shift of a step is known to a factor, which is enough
_NEVER_ZERO = 1e-150  # squares of it are still floats


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues (starts, p), eigenvectors (starts, size, p) and the slope's coordinates (starts, p) in them; rotations lifted from zero.

    Exact for small sizes; otherwise of the Hessian restricted to the Krylov space of the slope, which holds the slope.
    """

    values: Floats
    vectors: Floats
    slope: Floats

    @classmethod
    def of(cls, local: Local, together: Ints) -> Spectrum:
        """The spectrum on steps that move the samples of a cluster together; `together` (starts, n) names each sample's first companion."""
        starts, size = len(local.points), local.size
        local = local.tied(together)
        average = _averages(together)
        slope = (local.slope @ average).reshape(starts, size)
        turns = local.rotations().reshape(starts, -1, size)
        if size > _DENSE:
            return _krylov(local, average, slope, turns)
        matrix = (average[:, None] @ local.hessian().reshape(starts, local.slope.shape[1], -1, size)).reshape(starts, size, -1)
        matrix = (matrix.reshape(starts, size, local.slope.shape[1], -1) @ average[:, None]).reshape(starts, size, size)
        lift = np.linalg.norm(matrix, axis=(1, 2)) / np.maximum((turns**2).sum(axis=(1, 2)), TINY)
        matrix = (matrix + matrix.transpose(0, 2, 1)) / 2 + lift[:, None, None] * (turns.transpose(0, 2, 1) @ turns)
        values, vectors = _eigen(matrix)
        return cls(values=values, vectors=vectors, slope=(slope[:, None] @ vectors)[:, 0])

    @property
    def flat(self) -> Floats:
        """Eigenvalues below this are rounding, (starts, 1)."""
        flat: Floats = _FLAT * np.maximum(np.abs(self.values).max(axis=1, keepdims=True), TINY)
        return flat


def _eigen(matrix: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues and eigenvectors; a start at which the loss is beyond float64 has any, and its slope, which is none, ends it."""
    values, vectors = np.linalg.eigh(np.nan_to_num(matrix))
    return values, vectors


def _krylov(local: Local, average: Floats, slope: Floats, turns: Floats) -> Spectrum:
    """Lanczos with full orthogonalisation, from the slope."""
    starts, size = slope.shape
    length = min(size, _KRYLOV)
    basis, images = np.zeros((starts, length, size)), np.zeros((starts, length, size))
    norm = np.linalg.norm(slope, axis=1, keepdims=True)
    vector = slope / np.maximum(norm, TINY)
    for k in range(length):
        basis[:, k] = vector
        image = (local.product(vector.reshape(local.slope.shape)) @ average).reshape(starts, size)
        images[:, k] = image + ((turns @ vector[:, :, None]).transpose(0, 2, 1) @ turns)[:, 0]
        vector = images[:, k]
        before = np.linalg.norm(vector, axis=1, keepdims=True)
        for _ in range(2):
            vector = vector - ((basis @ vector[:, :, None]).transpose(0, 2, 1) @ basis)[:, 0]
        left = np.linalg.norm(vector, axis=1, keepdims=True)
        vector = np.where(left > _FLAT * before, vector / np.maximum(left, TINY), 0.0)
    small = basis @ images.transpose(0, 2, 1)
    values, vectors = _eigen((small + small.transpose(0, 2, 1)) / 2)
    return Spectrum(values=values, vectors=basis.transpose(0, 2, 1) @ vectors, slope=norm * vectors[:, 0])


def walk(surface: Surface, points: Floats, together: Ints, saddles: Bools, steps: int) -> Floats:
    """Follow each start for at most `steps` steps and return where it stands, (starts, height, n).

    Where `saddles` is false the value falls: a trust-region Newton method whose model bends upwards in every eigendirection. Where it is
    true the squared gradient falls (Levenberg-Marquardt), whatever the signs of the eigenvalues; a start that comes to rest at a local
    minimum of it where it is not zero is given up.
    """
    points = points.copy()
    scale = surface.size * np.sqrt(points.shape[2])
    alive = np.arange(len(points))
    radii = np.full(len(points), _REACH / 2 * scale)
    local = surface.local(points)
    merit = _square(local)
    for number in range(steps):
        spectrum = Spectrum.of(local, together[alive])
        coordinates, predicted = _trial(spectrum, saddles[alive], radii[alive])
        length = np.linalg.norm(coordinates, axis=1)
        step = (spectrum.vectors @ coordinates[:, :, None]).reshape(local.slope.shape)
        there = surface.local(_tied(local.moved(step), together[alive]))
        gained = np.where(saddles[alive], _square(local) - _square(there), local.value - there.value)
        ratio = gained / np.maximum(predicted, TINY)
        blind = (predicted < 1e-13 * np.abs(local.value)) & ~saddles[alive] & (_square(there) <= _square(local))
        taken = (ratio > _GAIN) | blind
        radii[alive] = np.where(ratio < 0.25, length / 4, np.where(ratio > 0.75, np.maximum(radii[alive], 2 * length), radii[alive]))
        radii[alive] = np.minimum(np.where(blind, 2 * length, radii[alive]), _REACH * scale)
        local = local.where(taken, there)
        points[alive] = local.points
        going = (length > 1e-10 * scale) & (radii[alive] > 1e-11 * scale)
        if number % _PATIENCE == _PATIENCE - 1:
            going &= ~saddles[alive] | (_square(local) < _WORTH_WAITING * merit)
            merit = _square(local)
        alive, local, merit = alive[going], local.pick(going), merit[going]
        if not len(alive):
            break
    return points


def _trial(spectrum: Spectrum, saddles: Bools, radii: Floats) -> tuple[Floats, Floats]:
    """The step within the radius in eigencoordinates, and by how much the model says that the merit falls."""
    largest = np.maximum(np.abs(spectrum.values).max(axis=1), np.abs(spectrum.slope).max(axis=1))
    unit = np.maximum(largest, TINY)[:, None]
    values, slope, sought, bound = spectrum.values / unit, spectrum.slope / unit, saddles[:, None], radii[:, None]
    size = np.maximum(np.abs(values), spectrum.flat / unit)
    weight = np.where(sought, values**2 + (spectrum.flat / unit) ** 2, size) + _NEVER_ZERO
    top = np.where(sought, values * slope, slope)
    low, high = np.zeros((len(values), 1)), np.linalg.norm(top, axis=1, keepdims=True) / bound
    for _ in range(_BISECTIONS):
        shift = np.where(low == 0, high * 1e-4, np.sqrt(low * high))
        long = np.linalg.norm(top / (weight + shift), axis=1, keepdims=True) > bound
        low, high = np.where(long, shift, low), np.where(long, high, shift)
    inside = np.linalg.norm(top / weight, axis=1, keepdims=True) <= bound
    step = -top / (weight + np.where(inside, 0.0, high))
    after = slope + values * step
    fall = np.where(sought, unit**2 * (slope**2 - after**2) / 2, -unit * (slope * step + values * step**2 / 2))
    return step, fall.sum(axis=1)


def newton(surface: Surface, points: Floats, together: Ints, steps: int) -> tuple[Floats, Floats]:
    """Pure Newton steps; the points of the smallest step and that step's length relative to the points' size, (starts,)."""
    scale = surface.size * np.sqrt(points.shape[2])
    best, least, alive = points.copy(), np.full(len(points), np.inf), np.arange(len(points))
    local = surface.local(points)
    for _ in range(steps):
        spectrum = Spectrum.of(local, together[alive])
        steep = np.abs(spectrum.values) > spectrum.flat
        coordinates = np.where(steep, -spectrum.slope / np.where(steep, spectrum.values, 1.0), 0.0)
        length = np.linalg.norm(coordinates, axis=1) / scale
        better = length < least[alive]
        best[alive[better]], least[alive[better]] = local.points[better], length[better]
        going = least[alive] > _ARRIVED
        coordinates = (coordinates * np.minimum(1.0, _NEWTON_REACH / np.maximum(length, TINY))[:, None])[going]
        alive, local = alive[going], local.pick(going)
        if not len(alive):
            break
        step = (spectrum.vectors[going] @ coordinates[:, :, None]).reshape(local.slope.shape)
        local = surface.local(_tied(local.moved(step), together[alive]))
    return best, least


def _square(local: Local) -> Floats:
    squares: Floats = (local.slope**2).sum(axis=(1, 2)) / 2
    return squares


def _tied(points: Floats, together: Ints) -> Floats:
    """Every sample at the place of its first companion."""
    return np.take_along_axis(points, together[:, None], axis=2)


def _averages(together: Ints) -> Floats:
    """The symmetric projections (starts, n, n) onto what the samples of each cluster share."""
    same = (together[:, :, None] == together[:, None]).astype(np.float64)
    averages: Floats = same / same.sum(axis=2, keepdims=True)
    return averages
