"""How far given embeddings are from the certified floor of their labels: loss, excess, gradient, curvature and geometry (MATH 1, 2, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import nextafter, sqrt
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.bend import most_negative
from scverify.certify.optimum import optimum
from scverify.certify.pairwise import LARGEST_RATE, UNIT, Bounded, Sample, SizeCoefficients, bounded_loss, gamma
from scverify.errors import InputError, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.level import Level
from scverify.model.classes import Classes
from scverify.model.constraints import Sphere
from scverify.model.exact import Rational, whole
from scverify.model.geometry import class_geometry
from scverify.model.labels import Labels, embeddings_given
from scverify.model.level import group_level
from scverify.model.problem import Problem, Reduction, Singletons
from scverify.results.audit import Audit, Interval
from scverify.results.optimum import Optimum
from scverify.symbolic.losses import Loss, load_loss, supcon

Floats = NDArray[np.float64]
# far more than floats, whose rounding errors are bounded apart, have: the balls add nothing that shows beside them
BITS = 96
# float32 keeps a norm to 1e-7, half precision to 5e-4, bfloat16 to 2^-8; rows that are farther off were not meant to lie on the sphere
NORM_TOLERANCE = 4e-3


def audit(
    embeddings: Any,
    labels: Any,
    loss: Loss | str = supcon,
    temperature: Rational = "1/10",
    *,
    rho: Rational = 1,
    normalise: bool = False,
    singletons: Singletons = "error",
    reduction: Reduction = "sum",
    seed: int = 0,
    classifier: Any = None,
) -> Audit:
    """Judge embeddings (n, d), one row per sample, with n labels, against the certified floor of the loss for these labels.

    Arrays, tensors and sequences are taken. Rows must lie on the sphere of radius rho up to rounding, and stand for its exact points in
    their directions; with `normalise` any rows that are not 0 do. The loss needs log-sum-exp rows with coefficients by class, and a
    temperature of at least rho^2/340. classifier (k, d): weights of a linear classifier, a row per class in sorted order, for NC3. Raises
    InputError for what cannot be judged, with the row named. All pairs of samples are met twice, in O(n d) memory.

    >>> h = [[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]]
    >>> audit(h, ["cat", "cat", "dog", "dog"], temperature="1/2").kind
    'at the floor'
    """
    whole(seed, "seed", 0)
    must_be(normalise, bool, "normalise", "True or False")
    rows, names = embeddings_given(embeddings), Labels.given(labels)
    if len(rows) != len(names.of):
        raise InputError(f"{len(rows)} embeddings and {len(names.of)} labels", "one label per embedding", "check that both are of one set")
    weights = None if classifier is None else _weights(classifier, len(names.names), rows.shape[1])
    sphere = Sphere(rho)
    problem = Problem(
        load_loss(loss) if isinstance(loss, str) else loss,
        Classes.from_labels(names),
        temperature=temperature,
        constraint=sphere,
        singletons=singletons,
        reduction=reduction,
    )
    _check_norms(np.linalg.norm(rows, axis=1) / float(sphere.rho), normalise)
    _check_temperature(problem.temperature, sphere)
    return _judged(problem, sphere, rows, names, seed, weights)


def _judged(problem: Problem, sphere: Sphere, rows: Floats, names: Labels, seed: int, weights: Floats | None) -> Audit:
    """The audit of rows (n, d), which stand for the points of the sphere in their directions."""
    norms, floor, rho = np.linalg.norm(rows, axis=1), optimum(problem), float(sphere.rho)
    seen = _rows(problem)
    rate = float(seen.rate * sphere.rho**2)
    order = np.argsort(names.of, kind="stable")
    sample = Sample.of(rows[order], names.of[order], seen.group[names.of[order]])
    with ctx.workprec(BITS):
        found = bounded_loss(sample, seen.coefficients, rate)
        value = _outward(found.value + arb(fmpq(seen.constant.numerator, seen.constant.denominator)))
    weight = seen.coefficients.weight[sample.sort]
    return Audit(
        problem=problem,
        names=names.names,
        dim=rows.shape[1],
        norms=(float(norms.min()), float(norms.max())),
        value=value,
        floor=floor,
        plateau=_plateau(seen, rate, floor),
        gradient=_riemannian(sample, found, rho),
        steepest=2 * rate / rho * sqrt(float((weight * weight).sum())),
        spread=float(np.linalg.norm(sample.unit - _direction(sample.unit.mean(axis=0)), axis=1).max()),
        bend=most_negative(sample, seen.coefficients, rate, seed),
        geometry=class_geometry(sample.unit, sample.label, floor.gram / rho**2, weights),
    )


def _check_temperature(temperature: Fraction, sphere: Sphere) -> None:
    """Refuse a temperature at which exponentials overflow."""
    least = sphere.rho**2 / LARGEST_RATE
    if temperature < least:
        raise InputError(f"temperature {temperature}", f"at least rho^2/{LARGEST_RATE} = {least}", "audit at a higher temperature")


def _weights(classifier: Any, k: int, d: int) -> Floats:
    found = embeddings_given(classifier)
    if found.shape != (k, d):
        raise InputError(f"classifier of shape {found.shape}", f"a row per class, shape ({k}, {d})", "transpose it, or check the classes")
    return found


def _check_norms(norms: Floats, normalise: bool) -> None:
    """Refuse rows off the sphere, given their norms over its radius, unless they are to be normalised."""
    worst = int(np.abs(norms - 1).argmax())
    if not normalise and abs(norms[worst] - 1) > NORM_TOLERANCE:
        raise InputError(
            f"embeddings with norms from {norms.min():.6g} to {norms.max():.6g} times the radius (row {worst} is the farthest off)",
            "rows on the sphere up to rounding",
            "pass normalise=True (--normalise) if the loss divides them by their norms",
        )


def _outward(ball: arb) -> Interval:
    """The ball's ends as floats, rounded outward."""
    return Interval(nextafter(float(ball.lower()), -np.inf), nextafter(float(ball.upper()), np.inf))


def _direction(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def _riemannian(sample: Sample, found: Bounded, rho: float) -> Interval:
    """Bounds of the norm of the gradient on the spheres: each row of the gradient without its part along its sample.

    A sample is off by `drift`, so its tangent part by at most 2 drift |g| more; the projection's own roundings add gamma_{d+4} |g|.
    """
    unit, gradient = sample.unit, found.gradient
    tangent = gradient - (gradient * unit).sum(axis=1, keepdims=True) * unit
    lengths = np.sqrt((gradient * gradient).sum(axis=1))
    error = found.error + lengths * (3 * sample.drift + 2 * gamma(unit.shape[1] + 4))
    middle, off = sqrt(float((tangent * tangent).sum())), sqrt(float((error * error).sum()))
    slack = 1 + gamma(unit.size + 8)
    return Interval(max(0.0, (middle / slack - off * slack) / rho * (1 - 4 * UNIT)), (middle + off) * slack / rho * (1 + 4 * UNIT))


def _plateau(seen: _Rows, rate: float, floor: Optimum) -> float:
    """The loss where all embeddings are equal, in floats: sum_i w_i (log sum_j c_ij + rate (1 - sum_j q_ij)) + constant."""
    sizes = np.array(floor.problem.classes.sizes)
    of, table = seen.group, seen.coefficients
    counts = np.bincount(of, weights=sizes, minlength=len(table.weight))
    others = table.negative_c[of] @ counts - table.negative_c[of, of] * sizes + table.positive_c[of] * (sizes - 1)
    weight = table.weight[of] * sizes
    pull = table.positive_q[of] * (sizes - 1)
    anchors = weight > 0
    losses = np.log(others, out=np.zeros(len(others)), where=anchors) + rate * (1 - pull)
    return float((weight * losses)[anchors].sum()) + float(seen.constant)


@dataclass(frozen=True)
class _Rows:
    """What the kernel's group level says of each sample's row: log sum c exp(rate s) + constant - rate sum q s, q = 0 between classes."""

    rate: Fraction
    constant: Fraction
    coefficients: SizeCoefficients
    group: NDArray[np.int64]


def _rows(problem: Problem) -> _Rows:
    """The rows of the samples from the level of groups of equal classes; InputError for losses whose rows are of another kind."""
    try:
        level = group_level(problem)
    except (Rejected, Unresolved):
        level = None
    # a level may stand for other rows than the problem's own, that have the same minimum
    if level is None or level.formula != problem.stated.formula or level.exponential_part is None or not _pulls_alike(level):
        raise InputError(
            f"loss {problem.loss.name} at sizes {problem.classes}",
            "rows that are a log-sum-exp, with coefficients by class and attraction within classes alone",
            "audit with supcon or a loss of its kind",
        )
    group = np.empty(problem.classes.k, dtype=np.int64)
    for number, members in enumerate(level.members):
        group[list(members)] = number
    return _of_level(level, group)


def _pulls_alike(level: Level) -> bool:
    part = level.exponential_part
    assert part is not None
    return all(not any(slopes[:-1]) and slopes[-1] <= 0 for slopes in part.slopes)


def _of_level(level: Level, group: NDArray[np.int64]) -> _Rows:
    """Undo what merged equal similarities: a node's coefficient is the number of samples behind it times theirs (MATH 3)."""
    part, u = level.exponential_part, level.nodes
    assert part is not None
    size, count = level.mass, level.multiplicity
    others = [m * n for m, n in zip(count, size, strict=True)]
    negative = np.empty((u, u))
    for g in range(u):
        for h in range(u):
            samples = others[h] if h != g else (count[g] - 1) * size[g]
            negative[g, h] = float(_fraction(level.c[g][h] / samples)) if samples else 0.0
    own = [max(n - 1, 1) for n in size]
    weight = [_fraction(level.weight[g] / others[g]) for g in range(u)]
    constant = sum((_fraction(level.weight[g] * part.at_zero[g]) for g in range(u)), Fraction(0))
    return _Rows(
        rate=_fraction(part.kappa),
        constant=constant,
        coefficients=SizeCoefficients(
            weight=np.array([float(w) for w in weight]),
            positive_c=np.array([float(_fraction(level.c[g][-1] / own[g])) for g in range(u)]),
            positive_q=np.array([float(_fraction(-part.slopes[g][-1] / part.kappa / own[g])) for g in range(u)]),
            negative_c=negative,
        ),
        group=group,
    )


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))
