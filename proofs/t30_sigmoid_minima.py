"""N21, of this project: a benign landscape of sigmoid pairs is refuted, in dimensions where the simplex fits."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from scverify.certify.orbit import Better, certify_point
from scverify.conjecture.theorem import Decision, Step, Theorem, certified
from scverify.model.named import clip, siglip
from scverify.model.units import UnitLoss, UnitProblem
from scverify.symbolic.losses import Loss

TAU, BIAS = Fraction(1, 10), Fraction(-5)
# two pairs, tau = 1/5 and b = -2: where <x, y> = 2/5 every logit is 0
WARMER, TWO_PAIRS = Fraction(1, 5), Fraction(-2)
# angles in degrees of image and text, pair by pair
SIMPLEX = (0, 0, 120, 120, 240, 240)
TWO_COINCIDE = (0, -60, 0, -60, 149.995, 150.005)
APART, LOGITS_ZERO = (0, 0, 180, 180), (0, 66.4218215, 0, 66.4218215)
ALL_COINCIDE = (0, -64.489, 0, -64.489, 0, -64.489)


def at_angles(angles: tuple[float, ...]) -> np.ndarray:
    """(2, n): unit vectors of the plane."""
    return np.array([np.cos(np.radians(angles)), np.sin(np.radians(angles))])


def kind_at(loss: UnitLoss, angles: tuple[float, ...], wanted: str, name: str, temperature: Fraction = TAU) -> Decision:
    """Whether there is a certified critical point of a kind near the angles; minima are compared with the simplex."""
    problem, simplex = UnitProblem(loss, temperature, dim=2), at_angles(SIMPLEX if loss.units == 3 else APART)
    point = certify_point(problem, at_angles(angles), better=Better.of_embeddings(problem, simplex))
    excess = "" if point.excess is None else f", {float(point.excess):.4f} above the simplex at least"
    return Decision(point.kind == wanted, point.kind + excess, {f"{name}-{part}": data for part, data in point.certificates.items()})


def steps(loss: Loss) -> Iterator[Step]:
    yield certified(
        "3 pairs, d = 2, tau = 1/10, b = -5: the simplex of pairs is a global minimum over all dimensions",
        lambda: kind_at(siglip(3, BIAS), SIMPLEX, "global minimum", "simplex"),
    )
    yield certified(
        "two pairs coincide, image and text 60 degrees apart, the third pair opposite: a strict local minimum, not global",
        lambda: kind_at(siglip(3, BIAS), TWO_COINCIDE, "spurious minimum", "two-coincide"),
    )


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    yield certified(
        "2 pairs, d = 2 = N, tau = 1/5, b = -2: both pairs coincide and all four logits are 0, a strict local minimum of value 4 log 2",
        lambda: kind_at(siglip(2, TWO_PAIRS), LOGITS_ZERO, "spurious minimum", "logits-zero", WARMER),
    )
    yield certified(
        "all three pairs coincide, image and text 64 degrees apart: another one, higher",
        lambda: kind_at(siglip(3, BIAS), ALL_COINCIDE, "spurious minimum", "all-coincide"),
    )
    yield certified(
        "the softmax of the same pairs (clip): the simplex is global there too",
        lambda: kind_at(clip(3), SIMPLEX, "global minimum", "clip-simplex"),
    )


N21 = Theorem(
    id="N21",
    title="sigmoid pairs in N - 1 dimensions, where the simplex of pairs is optimal: every local minimum is global",
    latex=r"d \ge N - 1,\ \text{the simplex optimal} \Rightarrow \text{every local minimum of } \sum_i \varphi(\langle x_i, y_i \rangle) + "
    r"\sum_{i \ne j} \psi(\langle x_i, y_j \rangle) \text{ on } \|x_i\| = \|y_i\| = 1 \text{ is global}",
    source="a natural conjecture beside N7 (MATH N21); the loss is that of Zhai et al. 2023",
    question="landscape",
    improves="what is known of minima alone (N7): gradient descent in N - 1 dimensions can end elsewhere",
    hypotheses=("N pairs of unit vectors in d >= N - 1 dimensions, tau and b such that the simplex x_i = y_i is optimal",),
    assumed=(),
    could_go_wrong=(
        "refuted at N = 3, d = 2 = N - 1 and N = 2, d = 2 = N; in d = N >= 3 dimensions none was seen (proofs/open/pairs.py)",
        "for the softmax of the same pairs (clip) none was seen in N - 1 dimensions or more (proofs/open/pairs.py)",
    ),
    steps=steps,
    instances=instances,
    refutes=True,
    expect="REFUTED",
)
