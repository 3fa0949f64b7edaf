"""T5: the optimal Gram matrix is unique on the sphere."""

from collections.abc import Iterable, Iterator

from sympy import Symbol

from scverify.conjecture.arguments import collapse, strictly_convex
from scverify.conjecture.instances import optimum_instances
from scverify.conjecture.theorem import Step, Theorem, sign
from scverify.symbolic.losses import Loss


def steps(loss: Loss) -> Iterator[Step]:
    yield from strictly_convex(loss)
    yield from collapse(loss)
    least, gap = Symbol("m", real=True), Symbol("f", positive=True)
    yield sign(
        "halfway between two minimisers of a strictly convex f it would be less than the least: m - ((m + m)/2 - f)",
        least - (least - gap),
        "> 0",
    )


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    return optimum_instances(loss, thorough, "unique")


T5 = Theorem(
    id="T5",
    title="the optimal Gram matrix is unique (sphere)",
    latex=r"v^{\mathsf T}\nabla^2 \ell\, v = \kappa^2 \sum_a p_a (v_a - \bar v)^2 = 0,\ v_{\mathrm{self}} = 0,\ p > 0 \Rightarrow v = 0",
    source="source paper; our argument by the self entry of each row",
    question="uniqueness",
    hypotheses=("sphere", "every class has at least two samples, k >= 2"),
    assumed=(),
    could_go_wrong=("on the ball and under a ridge the diagonal moves and this argument fails; nothing is claimed there",),
    steps=steps,
    instances=instances,
    formal=("Minimisers.T5_unique_gram_matrix: all of it for supcon",),
)
