"""Lower bounds of a stated dimension that are better than the relaxation's: witnesses made in floats, decided by the kernel (MATH 11)."""

from __future__ import annotations

from fractions import Fraction
from math import exp

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.claims import Data, certificate, confirmed
from scverify.certify.dyadics import below, text
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.dimension.collapse import ClassProblem, class_problem
from scverify.kernel.dimension.energy import least_energy
from scverify.kernel.dimension.signs import least_of_signs
from scverify.kernel.problem import read_problem
from scverify.model.data import problem_data
from scverify.model.level import interchangeable
from scverify.model.problem import Problem

Floats = NDArray[np.float64]
# divided differences of a few near nodes cancel most digits; a bound keeps its 40 places
BITS = 256
PLACES = 40
# cosines of the best point closer than this are one node, and more nodes than these are not tried
_SAME, _MOST_NODES = 1e-3, 6
# nodes are rationals of this denominator; at the best ones a small change costs its square
_GRID = 1 << 40
# a rate beyond which floats cannot hold the divided differences
_MOST_RATE = 300


def better_lower(problem: Problem, cosines: Floats) -> tuple[Fraction, str, Data] | None:
    """A lower bound of the problem's own dimension with its name and certificate; None where the kernel knows none of its kind.

    cosines (k, k): of the classes, at the best point known.
    """
    data = problem_data(problem)
    groups = [list(group) for group in interchangeable(problem)]
    try:
        with ctx.workprec(BITS):
            classes = class_problem(read_problem(data), groups)
            found = _of_signs(classes) if classes.dim == 1 else _of_energy(classes, cosines)
    except (Rejected, Unresolved):
        return None
    if found is None:
        return None
    lower, name, witness = found
    proof = certificate({"type": "DimensionLowerBound", "problem": data, "lower": text(lower)}, {**witness, "groups": groups}, BITS)
    return (lower, name, proof) if confirmed(proof) == "VERIFIED" else None


def _of_signs(classes: ClassProblem) -> tuple[Fraction, str, Data]:
    return below(least_of_signs(classes), PLACES), "all signs", {"by": "signs"}


def _of_energy(classes: ClassProblem, cosines: Floats) -> tuple[Fraction, str, Data] | None:
    if len(classes.multiplicity) > 1 or float(classes.rate) > _MOST_RATE:
        return None
    antipode, start = _clusters(cosines)
    if not 0 < len(start) <= _MOST_NODES:
        return None
    best: tuple[Fraction, list[str], bool] | None = None
    for with_antipode in {antipode, False}:
        nodes = _improved(classes, start, with_antipode)
        bound = _bound(classes, nodes, with_antipode)
        if bound is not None and (best is None or bound > best[0]):
            best = bound, [str(t) for t in nodes], with_antipode
    if best is None:
        return None
    return best[0], "energy of pairs", {"by": "energy", "nodes": best[1], "antipode": best[2]}


def _clusters(cosines: Floats) -> tuple[bool, list[float]]:
    """Whether some classes are opposite, and the other cosines of different classes, each once."""
    values = np.sort(cosines[np.triu_indices(len(cosines), 1)])
    starts = np.flatnonzero(np.diff(values, prepend=-np.inf) > _SAME)
    centres = [float(part.mean()) for part in np.split(values, starts[1:])]
    return centres[0] < -1 + _SAME, [t for t in centres if -1 + _SAME < t < 1 - _SAME]


def _improved(classes: ClassProblem, start: list[float], antipode: bool) -> list[fmpq]:
    """Nodes near the given ones with the largest energy, in floats, as rationals."""
    from scipy.optimize import minimize

    scale = exp(-float(classes.rate) * (1 - max(start)))

    def raised(nodes: Floats) -> float:
        if np.any(np.diff(nodes, prepend=-1.0, append=1.0) < 1e-6):
            return np.inf
        try:
            with ctx.workprec(BITS):
                return -float(least_energy(classes.multiplicity[0], classes.dim, classes.rate, _rationals(nodes), antipode)) / scale
        except (Rejected, Unresolved):
            return np.inf

    found = minimize(raised, np.array(start), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13})
    return _rationals(found.x if np.isfinite(found.fun) else np.array(start))


def _rationals(nodes: Floats) -> list[fmpq]:
    return [fmpq(round(float(t) * _GRID), _GRID) for t in nodes]


def _bound(classes: ClassProblem, nodes: list[fmpq], antipode: bool) -> Fraction | None:
    """The largest loss below which none is: v = (other/own) energy (v/2)/(e^{v/2} - 1), by halving."""
    k, own, other = classes.multiplicity[0], classes.own[0], classes.other[0][0]
    if min(classes.weight[0], own, other) <= 0:
        return None
    try:
        energy = (other / own) * least_energy(k, classes.dim, classes.rate, nodes, antipode).lower()
    except (Rejected, Unresolved):
        return None
    if not energy > 0:
        return None
    low, high = arb(0), arb(energy)
    for _ in range(BITS // 2):
        middle = ((low + high) / 2).mid()
        low, high = (middle, high) if middle < energy * (middle / 2) / (middle / 2).expm1() else (low, middle)
    value = classes.weight[0] * (low + k * (arb(classes.at_own[0]) + arb(own).log()))
    return below(value, PLACES)
