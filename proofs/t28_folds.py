"""N18, of this project: where spurious minima on the sphere end. A believed end is refuted, and two families end in certified folds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from flint import arb, ctx

from scverify.certify.branch import PRECISION, follow, guide_of_point
from scverify.certify.fold import with_fold
from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.certify.tubes import solved
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


@dataclass(frozen=True)
class End:
    """A family of `pairs` antipodal pairs at the height x above the axes e_i, one sample at u, two of the other class at -u; its fold.

    start: a temperature at which x is about `height`; below: one just below the fold; bracket: where the fold is.
    """

    pairs: int
    start: Fraction
    height: float
    below: Fraction
    bracket: tuple[Fraction, Fraction]

    @property
    def problem(self) -> Problem:
        """Sizes 2a + 1 and 2 in dimension a + 1."""
        return Problem("supcon", Classes((2 * self.pairs + 1, 2)), dim=self.pairs + 1, temperature=self.start)

    @property
    def embeddings(self) -> np.ndarray:
        """(d, n), u the first axis."""
        axes, above = np.eye(self.pairs + 1), np.sqrt(1 - self.height**2)
        around = [self.height * axes[0] + sign * above * axes[i] for i, sign in product(range(1, self.pairs + 1), (1, -1))]
        return np.array([*around, axes[0], -axes[0], -axes[0]]).T


ENDS = (
    End(
        pairs=2,
        start=Fraction("0.1453"),
        height=0.2428,
        below=Fraction("0.145315"),
        bracket=(Fraction("0.1453156074"), Fraction("0.1453156075")),
    ),
    End(
        pairs=3,
        start=Fraction("0.1554"),
        height=0.2566,
        below=Fraction("0.155427"),
        bracket=(Fraction("0.1554280840"), Fraction("0.1554280841")),
    ),
)
STEPS, WAY = 8, Fraction(1, 5_000_000)  # of Newton's method to the temperature just below, and the range that is proved there


def turns_back(loss: Loss, end: End) -> Decision:
    """Whether minima just below the fold, not global, lie on a curve whose highest temperature is in the bracket."""
    problem = end.problem.replace(loss=loss)
    guide, at = guide_of_point(certify_point(problem, end.embeddings))
    with ctx.workprec(PRECISION):
        for part in range(1, STEPS + 1):
            tau = end.start + (end.below - end.start) * part / STEPS
            at = solved(guide.frame, [*at[:-1], arb(tau.numerator) / tau.denominator], guide.frame.size)
    better = Better.of_optimum(optimum(problem).certificate).witness
    branch = with_fold(follow(guide, "SpuriousBranch", at, end.below, end.below + WAY, lambda _: better))
    if branch is None or branch.fold is None:
        return Decision(None, "no fold is proved")
    lower, upper = branch.fold.lower, branch.fold.upper
    found = f"tau* in [{float(lower)}, {float(upper)}]; near the curve nothing critical up to {float(branch.fold.beyond):.6f}"
    inside = end.bracket[0] <= lower and upper <= end.bracket[1]
    return Decision(inside, found, {f"fold-{end.pairs}.json": branch.certificate})


def ends(loss: Loss) -> Iterator[Step]:
    for end in ENDS:
        sizes = ", ".join(map(str, end.problem.classes.sizes))
        yield certified(
            f"sizes {sizes}, d = {end.problem.dim}: from minima that are not global at tau = {end.below} the curve goes on and turns back "
            f"in [{float(end.bracket[0])}, {float(end.bracket[1])}]",
            lambda end=end: turns_back(loss, end),
        )


N18_FOLDS = Theorem(
    id="N18-folds",
    title="two families of spurious minima end in folds, in brackets of width 1e-10",
    latex=r"(n_1, n_2, d) = (5, 2, 3):\ \tau^* \in [0.1453156074, 0.1453156075], \qquad "
    r"(7, 2, 4):\ \tau^* \in [0.1554280840, 0.1554280841]",
    source="theorem of this project (MATH N18)",
    question="landscape",
    improves="L3 and L4 up to just below these ends",
    hypotheses=("sphere", "sizes 2a + 1 and 2, d = a + 1, a = 2 and 3", "the curve through the minima at tau = 0.145315 and 0.155427"),
    assumed=(),
    could_go_wrong=(
        "minima outside the stated tube around the curve may exist at higher temperatures",
        "that the curve is the family of L3, or L4, is seen and not proved: the two certificates do not join",
    ),
    steps=ends,
)
