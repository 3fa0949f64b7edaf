"""T3: the relaxation over Gram matrices is tight, and class representatives at an optimum span at most k - 1 dimensions."""

from collections.abc import Iterable, Iterator

from scverify.conjecture.arguments import collapse, convex_rows, repulsion, sees_similarities_alone
from scverify.conjecture.instances import optimum_instances
from scverify.conjecture.theorem import Step, Theorem, fact
from scverify.symbolic.losses import Loss


def steps(loss: Loss) -> Iterator[Step]:
    yield fact("the row depends on the embeddings through the similarities s alone", lambda: sees_similarities_alone(loss.formula))
    yield from convex_rows(loss)
    yield from collapse(loss)
    yield repulsion(loss)  # S has positive entries off its diagonal: S is not 0, S B = 0, hence B is singular


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    return optimum_instances(loss, thorough, "tight")


T3 = Theorem(
    id="T3",
    title="the relaxation is tight for every d >= rank G*, and rank B* <= k - 1",
    latex=r"\min_{H \in \mathbb R^{d \times n}} L(H^{\mathsf T}H) = \min_{G \succeq 0} L(G) \ (d \ge \mathrm{rank}\, G^\star), \qquad "
    r"S B^\star = 0,\ S_{cc'} > 0 \Rightarrow \mathrm{rank}\, B^\star \le k - 1",
    source="source paper; the rank bound is our own argument",
    question="uniqueness",
    hypotheses=("sphere or ball", "every class has at least two samples", "k >= 2"),
    assumed=(
        "a positive semidefinite matrix of rank r is H'H for some H with r rows (spectral theorem)",
        "multipliers exist at a minimiser of P_k, with S B = 0: B = rho^2 I lies inside the cone (Slater)",
    ),
    could_go_wrong=("below d = rank G* nothing is claimed", "a class of one sample has no row of its own: S may then have zero entries"),
    steps=steps,
    instances=instances,
    formal=("Reduction.embeddings_bound: a bound of the class-level loss bounds the loss of all embeddings",),
)
