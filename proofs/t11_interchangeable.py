"""T11: classes of equal size are interchangeable in the optimal Gram matrix."""

from collections.abc import Iterable, Iterator

from scverify.conjecture.arguments import collapse, strictly_convex
from scverify.conjecture.instances import optimum_instances
from scverify.conjecture.theorem import Step, Theorem, fact
from scverify.symbolic.losses import CoefficientRule, Loss, k, n_anchors, n_other, n_own, n_samples


def steps(loss: Loss) -> Iterator[Step]:
    yield fact(
        "the rule knows a class by its size alone, so swapping two classes of equal size changes no coefficient: PB*P' is a minimiser too, "
        "and the strict convexity below leaves one",
        lambda: by_size(loss),
    )
    yield from strictly_convex(loss)
    yield from collapse(loss)


def by_size(loss: Loss) -> bool:
    rule = loss.coefficients
    if not isinstance(rule, CoefficientRule):
        return False
    entries = (rule.weight, rule.positive_c, rule.positive_q, rule.negative_c, rule.negative_q)
    return all(entry.free_symbols <= {n_own, n_other, k, n_samples, n_anchors} for entry in entries)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    return optimum_instances(loss, thorough, "groups")


T11 = Theorem(
    id="T11",
    title="classes of equal size are interchangeable in B* (sphere)",
    latex=r"n_c = n_{c'} \Rightarrow P B^\star P^{\mathsf T} = B^\star \text{ for the transposition } P = (c\,c')",
    source="source paper; averaging argument",
    question="uniqueness",
    hypotheses=("sphere", "coefficients depend on class sizes alone"),
    assumed=(),
    could_go_wrong=("coefficients that know more than sizes; on the ball, uniqueness is not shown here",),
    steps=steps,
    instances=instances,
)
