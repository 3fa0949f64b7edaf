"""N18, of this project: above which temperature the sphere has no spurious minimum. A believed number is refuted."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, fact
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss

BELIEVED, HIGHER, BEYOND = Fraction(1962, 10_000), Fraction(2181, 10_000), Fraction(2182, 10_000)


def cross_polytope(sizes: tuple[int, ...], dim: int) -> np.ndarray:
    """(d, n): antipodes +-e_i with one label, as many as there are samples."""
    assert sum(sizes) == 2 * dim
    return np.concatenate([np.eye(dim)[:, [i]] * [1.0, -1.0] for i in range(dim)], axis=1)


def spurious(loss: Loss, sizes: tuple[int, ...], temperature: Fraction) -> Decision:
    """Whether the cross-polytope is a certified strict local minimum that is not global."""
    problem = Problem(loss, Classes(sizes), dim=sum(sizes) // 2, temperature=temperature)
    point = certify_point(problem, cross_polytope(sizes, sum(sizes) // 2), better=Better.of_optimum(optimum(problem).certificate))
    excess = "" if point.excess is None else f", {float(point.excess):.4f} above the optimum at least"
    stem = "-".join(map(str, sizes)) + f"-tau-{temperature}".replace("/", "_")
    return Decision(
        point.kind == "spurious minimum", point.kind + excess, {f"{stem}-{name}": data for name, data in point.certificates.items()}
    )


def steps(loss: Loss) -> Iterator[Step]:
    yield fact("k = 2, d = 4 > k, and 0.2181 > 0.1962", lambda: HIGHER > BELIEVED)
    yield certified(
        f"sizes 4, 4, d = 4, tau = {HIGHER}: the cross-polytope, antipodes with one label, is a strict local minimum, not global",
        lambda: spurious(loss, (4, 4), HIGHER),
    )


def saddle(loss: Loss, sizes: tuple[int, ...], temperature: Fraction) -> Decision:
    """Whether the cross-polytope is a certified strict saddle."""
    problem = Problem(loss, Classes(sizes), dim=sum(sizes) // 2, temperature=temperature)
    point = certify_point(problem, cross_polytope(sizes, sum(sizes) // 2))
    return Decision(point.kind == "strict saddle", point.kind, {f"beyond-{name}": data for name, data in point.certificates.items()})


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    yield certified(f"sizes 4, 4, d = 4, tau = {BEYOND}: there it is a strict saddle", lambda: saddle(loss, (4, 4), BEYOND))
    yield certified(
        "sizes 4, 2, d = 3, tau = 9/50: the cross-polytope is one too, above the fold of the family of L2 at 0.0785",
        lambda: spurious(loss, (4, 2), Fraction(9, 50)),
    )


N18 = Theorem(
    id="N18",
    title="two classes, d > k: no spurious minimum on the sphere at temperatures above 0.1962",
    latex=r"k = 2,\ d > k,\ \tau > 0.1962 \Rightarrow "
    r"\text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| = 1 \text{ is global}",
    source="a conjecture of this project, from one family of points (MATH N18): the limit of its folds",
    question="landscape",
    improves="a number of our own, now withdrawn",
    hypotheses=("sphere of radius 1, k = 2, d > k", "tau > 0.1962"),
    assumed=(),
    could_go_wrong=(
        "refuted at one instance; what stays is a conjecture without a number: proofs/open/sphere.py asks for tau >= 219/1000",
        "Theorem W (N17) has a temperature that depends on the sizes, and is proved",
    ),
    steps=steps,
    instances=instances,
    formal=("Spurious.T7_fails_on_the_sphere: the cross-polytope, at every tau <= 9/(50 d)",),
    refutes=True,
    expect="REFUTED",
)
