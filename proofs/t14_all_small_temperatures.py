"""L2, a theorem of this project: sizes 4, 2 in dimension 3 on the sphere have a spurious minimum at every temperature up to 0.0784."""

from collections.abc import Iterator
from fractions import Fraction
from math import log, sqrt

from flint import arb

from scverify.certify.branch import Guide, follow
from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better
from scverify.conjecture.theorem import Decision, Step, Theorem, certified
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss

SIZES, DIMENSION, HIGHEST = Classes((4, 2)), 3, Fraction(784, 10_000)
# Coordinates: u, e1, e2. Samples: x u +- a e1, z u +- b e2, and twice -u. Reflections exchange the samples of each pair.
SYMMETRIES = [
    {"samples": [1, 0, 2, 3, 4, 5], "axes": [0, 1, 2], "signs": [1, -1, 1]},
    {"samples": [0, 1, 3, 2, 4, 5], "axes": [0, 1, 2], "signs": [1, 1, -1]},
    {"samples": [0, 1, 2, 3, 5, 4], "axes": [0, 1, 2], "signs": [1, 1, 1]},
]
# -x - xz = tau y_1 and 2z^2 - 1 - xz = tau y_2: what stays of each row as tau falls to 0
TIES = [{"row": 0, "reference": 2, "entries": [4]}, {"row": 2, "reference": 0, "entries": [3]}]
UP, DOWN = 1, -1
# (axes, parts of the samples, order of the curvature): all tangent directions modulo rotations
TURNS = (
    ((0, 1), (1, -1, 0, 0, 0, 0), UP),
    ((0, 2), (0, 0, 1, -1, 0, 0), UP),
    ((0, 1), (0, 0, 0, 0, 1, -1), UP),
    ((0, 2), (0, 0, 0, 0, 1, -1), DOWN),
    ((0, 1), (1, 1, 0, 0, 0, 0), UP),
    ((0, 1), (0, 0, 1, 1, 0, 0), UP),
    ((0, 2), (0, 0, 1, 1, 0, 0), DOWN),
    ((1, 2), (1, -1, 0, 0, 0, 0), UP),
    ((1, 2), (1, 1, 0, 0, 0, 0), UP),
)
FRAME = {
    "gauge": [4, 0, 2],
    "active": [0, 1, 2, 3, 4, 5],
    "symmetries": SYMMETRIES,
    "ties": TIES,
    "directions": {
        "small": [{"coordinate": 0, "tie": 0}],
        "turns": [{"axes": list(axes), "samples": list(map(str, parts)), "lift": lift} for axes, parts, lift in TURNS],
    },
}


def limit() -> list[arb]:
    """The limit tau = 0 in floats: x, z, -1, a, b, the multipliers (times tau), y_1, y_2 and tau (MATH 8, with two negatives)."""
    x, z, multipliers = 0, 1 / sqrt(2), (-1 / 3, 0, 0)
    return [arb(value) for value in (x, z, -1, 1, z, *multipliers, -log(2 + 3 * sqrt(2)), 0, 0)]


def family(loss: Loss) -> Decision:
    problem = Problem(loss, SIZES, dim=DIMENSION, temperature=HIGHEST)
    better = Better.of_optimum(optimum(problem).certificate).witness
    branch = follow(Guide.of(problem, DIMENSION, FRAME), "SpuriousBranch", limit(), Fraction(0), HIGHEST, lambda tau: better)
    if branch.stopped:
        return Decision(None, f"proved up to tau = {float(branch.upper):.6f} only: {branch.stopped}")
    excess = float(branch.excess or 0)
    return Decision(
        True, f"{len(branch.steps)} ranges of tau, the first from 0 on; excess at least {excess:.3f}", {"branch.json": branch.certificate}
    )


def steps(loss: Loss) -> Iterator[Step]:
    says = f"for every tau in (0, {HIGHEST}] a strict local minimum modulo rotations that is not global, one smooth family"
    yield certified(says, lambda: family(loss))


L2 = Theorem(
    id="L2",
    title="sizes 4, 2 in dimension 3 > k: a spurious minimum at every temperature up to 0.0784",
    latex=r"(n_1, n_2) = (4, 2),\ d = 3,\ \|h_i\| = 1:\ "
    r"\forall \tau \in (0, 0.0784]\ \exists \text{ a strict local minimum that is not global}",
    source="theorem of this project (MATH 8)",
    hypotheses=("sphere", "sizes 4 and 2", "d = 3", "0 < tau <= 0.0784"),
    assumed=(),
    could_go_wrong=("the family ends in a fold near tau = 0.07852; above it nothing is claimed", "other sizes need their own certificate"),
    steps=steps,
)
