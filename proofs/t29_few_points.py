"""N20, a theorem of this project: on the ball every local minimum is global where few distinct points are left, at every temperature."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from scverify.certify.landscape import landscape
from scverify.conjecture.elementary import RISES
from scverify.conjecture.few_points import few_points
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, fact
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import Ball
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss

# sizes, least dimension, a temperature; the last is warm: exp(-2/3) >= 1/2, so that the class of four has one point
CASES = (((3, 2), 2, "1/20"), ((4, 2), 3, "1/20"), ((3, 3), 3, "1/20"), ((2, 2, 2), 2, "1/20"), ((20, 3), 20, "1/20"), ((4, 2), 2, "3"))


def steps(loss: Loss) -> Iterator[Step]:
    yield from few_points(loss)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for sizes, dim, tau in CASES:
        where = f"sizes {Classes(sizes)}, tau = {tau}"
        yield certified(f"{where}, d = {dim}: the kernel checks the hypotheses", lambda at=(sizes, dim, tau): benign(loss, *at))
        yield fact(f"{where}, d = {dim - 1}: one dimension less is not claimed", lambda at=(sizes, dim - 1, tau): not is_claimed(loss, *at))


def benign(loss: Loss, sizes: tuple[int, ...], dim: int, tau: str) -> Decision:
    found = landscape(Problem(loss, Classes(sizes), dim=dim, temperature=tau, constraint=Ball()))
    name = "-".join(map(str, sizes)) + f"-d-{dim}-tau-{Fraction(tau)}".replace("/", "_")
    return Decision(found.verdict == "PROVED", found.reason, {f"{name}.json": found.certificates["landscape.json"]})


def is_claimed(loss: Loss, sizes: tuple[int, ...], dim: int, tau: str) -> bool:
    """Whether the kernel accepts the landscape."""
    try:
        return benign(loss, sizes, dim, tau).holds is True
    except InputError:
        return False


N20 = Theorem(
    id="N20",
    title="ball: every local minimum is global where few distinct points are left, at every temperature",
    latex=r"d \ge \max(2,\ n - k - 1) \ \Rightarrow\ \text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| \le 1 "
    r"\text{ is global}",
    source="theorem of this project (MATH N20)",
    question="landscape",
    improves="T7-high and T7-next, which need d >= n and n - 1: here n - k - 1, with two classes as well",
    hypotheses=(
        "ball of radius 1, any tau > 0, k >= 2, every class has at least two samples",
        "d >= max(2, n - k - 1); more sharply d >= max(2, sum of m_c - 1), m_c = 1 where exp(-2/tau) >= (n_c - 2)/(n - 2), else n_c - 1",
    ),
    assumed=("a matrix of d rows, d + 1 columns and rank d has a null space of one dimension",),
    could_go_wrong=(
        "in one dimension it is false: N19, sizes 2, 2",
        "it is sufficient: in fewer dimensions nothing is claimed (N14), and searches find no counterexample",
    ),
    steps=steps,
    formal=(
        "FewPoints.N20_few_points_global: d > n - k, in full",
        "FewPoints.N20_coincident_pair: every class has two coincident samples",
        "Landscape.ball_minimum_is_stationary: a local minimum of the ball is a first-order point",
        "Gradient.gradient_derivative: the gradient that the pair lemma starts from",
        "Landscape.N13_ball_rank_deficient: a local minimum of rank less than d is global",
        RISES,
    ),
    instances=instances,
)
