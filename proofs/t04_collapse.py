"""T4: at every global minimiser the samples of a class coincide."""

from collections.abc import Iterator

from sympy import Symbol, symbols

from scverify.conjecture.arguments import collapse, convex_rows
from scverify.conjecture.theorem import Step, Theorem, identity
from scverify.symbolic.losses import Loss


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    yield from collapse(loss)
    size, diagonal, within = Symbol("n", integer=True, positive=True), *symbols("g b", real=True)
    spread = 2 * size * (size * diagonal) - 2 * (size * diagonal + size * (size - 1) * within)
    yield identity(
        "the squared distances within a class add up to 2 n (n - 1) times mean squared norm minus mean similarity",
        spread,
        2 * size * (size - 1) * (diagonal - within),
    )


T4 = Theorem(
    id="T4",
    title="within-class collapse at every global minimiser",
    latex=r"y_i = y_j \Rightarrow h_i = h_j \text{ at every global minimiser}",
    source="source paper; argument: averaging, then raising the within-class similarity",
    question="collapse",
    hypotheses=("sphere or ball", "every class has at least two samples, k >= 2", "d at least the rank of the collapsed optimum"),
    assumed=(),
    could_go_wrong=(
        "a loss with (n_c - 1) q_c < 1 need not collapse: R3 fails",
        "the raised point must be representable: below the rank of the optimum the argument says nothing",
    ),
    steps=steps,
    formal=("Minimisers.T4_collapsed_minimiser: all of it for supcon on the sphere",),
)
