"""T1: the loss is convex in the Gram matrix; each row's Hessian is a variance."""

from collections.abc import Iterator

from scverify.conjecture.arguments import convex_rows
from scverify.conjecture.class_rows import class_size
from scverify.conjecture.theorem import Step, Theorem, identity, sign
from scverify.errors import InputError
from scverify.symbolic.losses import CoefficientRule, Loss, n_own
from scverify.symbolic.row import tau


def steps(loss: Loss) -> Iterator[Step]:
    split = loss.formula.log_sum_exp
    if split is None or not isinstance(loss.coefficients, CoefficientRule):
        raise InputError(f"loss {loss.name}", "a log-sum-exp row with an affine remainder and a rule", "its Hessian is no variance")
    yield identity("the rate of the exponential is 1/tau", split.kappa, 1 / tau, r"\kappa = \tfrac{1}{\tau}")
    yield from convex_rows(loss)
    yield sign(
        "the loss is a sum of rows with weights that are not negative", loss.coefficients.weight.subs(n_own, class_size("c")), ">= 0"
    )


T1 = Theorem(
    id="T1",
    title="the loss is convex in the Gram matrix",
    latex=r"\nabla^2 \ell(s)[v, v] = \tau^{-2}\, \mathrm{Var}_p(v) \ge 0, \qquad p_a = \frac{c_a e^{s_a/\tau}}{\sum_b c_b e^{s_b/\tau}}",
    source="source paper (convexity in G); the variance form is classical",
    question="uniqueness",
    hypotheses=("tau > 0", "c >= 0, and in every row some c_a > 0", "weights of the rows are not negative"),
    assumed=(),
    could_go_wrong=(
        "a formula that is no log-sum-exp plus an affine part (such as the 'in' form of SupCon) is not covered, and is not convex",
    ),
    steps=steps,
    formal=("Convexity.T1_node_loss_convex: all of it",),
)
