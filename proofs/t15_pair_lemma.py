"""N2, a lemma of this project: two samples of one class that differ at a first-order point take a large share of each other's rows."""

from collections.abc import Iterator

from sympy import symbols

from scverify.conjecture.configurations import at_configurations, pair_slacks
from scverify.conjecture.elementary import RISES
from scverify.conjecture.pair_lemma import SIZE, first_order, pair_lemma
from scverify.conjecture.theorem import Step, Theorem, identity
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau


def steps(loss: Loss) -> Iterator[Step]:
    yield from pair_lemma(loss)
    yield at_configurations("the inequality at random embeddings, every pair of one class", loss, pair_slacks)
    yield from first_order()
    yield from first_order(sphere=True)
    yield from ridge()


def ridge() -> Iterator[Step]:
    """Under a ridge grad_i = -w h_i."""
    weight, distance, shares = symbols("w D sigma", positive=True)
    yield identity(
        "ridge: -wD >= (D/tau)(2/(n_c - 1) - sigma) is sigma >= 2/(n_c - 1) + w tau, after division by D/tau > 0",
        (-weight * distance - distance / tau * (2 / (SIZE - 1) - shares)) / (distance / tau),
        shares - (2 / (SIZE - 1) + weight * tau),
    )


N2 = Theorem(
    id="N2",
    title="pair lemma: what two different samples of one class cost at a first-order point",
    latex=r"\langle g_i - g_j, h_i - h_j \rangle \ge \frac{\|h_i - h_j\|^2}{\tau} \Bigl(\frac{2}{n_c - 1} - p_{ij} - p_{ji}\Bigr), "
    r"\qquad g_i = -2\lambda_i h_i,\ \lambda \ge 0,\ h_i \ne h_j \Rightarrow p_{ij} + p_{ji} \ge \frac{2}{n_c - 1}",
    source="lemma of this project (MATH N2)",
    question="landscape",
    improves="the balance of forces within a class, stated so far for attraction above a temperature only",
    hypotheses=(
        "y_i = y_j, any embeddings H in any dimension, any tau > 0, every class has at least two samples",
        "consequence: a first-order point (Karush, Kuhn, Tucker) of the ball; of the sphere where lambda_i + lambda_j >= 0; of a ridge w, "
        "where even p_ij + p_ji >= 2/(n_c - 1) + w tau",
    ),
    assumed=(),
    could_go_wrong=("on the sphere multipliers can be negative, and then nothing follows: T7-sphere",),
    steps=steps,
    formal=(
        "PairLemma.N2_pair_lemma: the inequality",
        "PairLemma.N2_ball: the consequence on the ball",
        "PairLemma.N2_sphere: on the sphere",
        "PairLemma.N2_ridge: under a ridge",
        "Gradient.gradient_derivative: the gradient that the steps start from",
        RISES,
    ),
)
