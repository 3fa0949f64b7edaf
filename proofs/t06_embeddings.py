"""T6: the optimal embeddings are unique up to a rotation (sphere)."""

from collections.abc import Iterable, Iterator

from scverify.conjecture.arguments import collapse, rotation_invariance, strictly_convex
from scverify.conjecture.instances import optimum_instances
from scverify.conjecture.theorem import Step, Theorem
from scverify.symbolic.losses import Loss


def steps(loss: Loss) -> Iterator[Step]:
    yield from rotation_invariance(loss)
    yield from strictly_convex(loss)
    yield from collapse(loss)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    return optimum_instances(loss, thorough, "rotation")


T6 = Theorem(
    id="T6",
    title="the optimal embeddings are unique up to rotation (sphere)",
    latex=r"L(H_1^{\mathsf T}H_1) = L(H_2^{\mathsf T}H_2) = \min \Rightarrow H_2 = Q H_1",
    source="T5 and T2",
    question="uniqueness",
    hypotheses=("sphere", "every class has at least two samples, k >= 2", "d >= rank G*"),
    assumed=("what T2 assumes",),
    could_go_wrong=("below d = rank G* the relaxation need not be tight, and minimisers over H need not share a Gram matrix",),
    steps=steps,
    instances=instances,
)
