"""A ray along which a loss on units falls without end, under ridges: sought in floats, made exact, decided by the kernel."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from scverify.certify.claims import Data, certificate, confirmed
from scverify.kernel.units.level import UnitLevel
from scverify.model.units import UnitProblem
from scverify.results.unbounded import Unbounded
from scverify.search.units import Floats, UnitObjective

# entries of a ray, at most 1, are rounded to this many bits: the sign of its slope survives that unless the slope is nearly 0
BITS = 30
# how far along a ray the loss is looked at, over the similarities' rate: so far the largest outcome of a row stands out
FAR = (10.0, 100.0, 1000.0)
STARTS = 3


def unit_unbounded(problem: UnitProblem) -> Unbounded | None:
    """The certificate that the loss has no lower bound; None where no ray was found, and for losses whose rays the kernel does not know."""
    level = problem.level
    ridged = all(norm.kind == "ridge" for norm in level.constraint)
    # a ray may need more dimensions than are stated
    if (
        problem.dim is not None
        or not isinstance(problem.temperature, Fraction)
        or level.over_temperature
        or not level.is_plain
        or not ridged
        or any(row.split() is None for row in level.rows)
    ):
        return None
    objective = UnitObjective(problem, float(problem.temperature))
    slope, z = min((_steepest(objective, seed) for seed in range(STARTS)), key=lambda found: found[0])
    proof = certificate({"type": "UnitUnbounded", "problem": problem.data}, _ray(level, z), 64)
    return Unbounded(problem=problem, slope=slope, certificate=proof) if confirmed(proof) == "VERIFIED" else None


def _steepest(objective: UnitObjective, seed: int) -> tuple[float, Floats]:
    """How fast the loss falls along the steepest ray of squared norm 1 per node that a descent reaches, and the ray."""
    from scipy.optimize import minimize

    shape = (objective.u, objective.u + objective.kinds)
    free, slope = objective.free(shape[1]), 0.0
    x = np.random.default_rng(seed).standard_normal(shape) * free
    for far in FAR:

        def fall(flat: Floats, far: float = far) -> tuple[float, Floats]:
            z = flat.reshape(shape) * free
            size = float(np.sqrt((z * z).sum() / objective.u))
            reach = np.sqrt(far * objective.tau)
            value, gradient = objective.value_and_gradient(reach * z / size)
            gradient = gradient * free / (reach * size)
            return value / reach**2, (gradient - z * float((gradient * z).sum() / (z * z).sum())).ravel()

        found = minimize(fall, x.ravel(), jac=True, method="L-BFGS-B")
        slope, x = float(found.fun), found.x.reshape(shape) * free
    return slope, x / np.abs(x).max()


def _ray(level: UnitLevel, z: Floats) -> Data:
    kinds, m = level.kinds, level.multiplicity
    spreads = [
        z[first : first + kinds, -kinds:] if m[first] > 1 else z[first : first + kinds, :0] for first in range(0, level.nodes, kinds)
    ]
    return {"means": _dyadic(z[:, :-kinds]), "spreads": [_dyadic(spread) for spread in spreads]}


def _dyadic(matrix: Floats) -> Data:
    return {"bits": BITS, "rows": [[round(x * 2**BITS) for x in row] for row in matrix.tolist()]}
