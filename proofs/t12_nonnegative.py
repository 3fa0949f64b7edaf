"""T12: with non-negative embeddings the optimum is an orthogonal frame, whatever the class sizes."""

from collections.abc import Iterator

from sympy import Symbol, exp, log, symbols

from scverify.conjecture.arguments import CROSS, OWN, collapse, convex_rows, general_row, repulsion
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.elementary import RISES
from scverify.conjecture.theorem import Step, Theorem, identity, sign
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    yield from collapse(loss)
    yield repulsion(loss)
    first, second = symbols("h_i h_j", nonnegative=True)
    yield sign(
        "H >= 0: an entry of G is a sum of products of coordinates, none negative; so are means of entries, and B",
        (first * second + second * first) / 2,
        ">= 0",
    )
    row = general_row(loss)
    yield sign(
        "N_cc' = the gradient of a cross entry at B = I is positive, and N_cc' B_cc' = 0", row.slope(CROSS).subs({OWN: 1, CROSS: 0}), "> 0"
    )
    yield sign(
        "lambda = -dL/dB_cc > 0 makes S - N = 0 >= 0; the ball has the same optimum", -row.slope(OWN).subs({OWN: 1, CROSS: 0}), "> 0"
    )
    entry, short = symbols("b t", nonnegative=True)
    normal, multiplier = symbols("N lambda", positive=True)
    yield sign(
        "L(B) - L(I) is at least the rise of its tangent, a sum of N_cc' b and lambda t with b = B_cc' >= 0 and t = 1 - B_cc >= 0",
        normal * entry + multiplier * short,
        ">= 0",
    )
    n, others = class_size("c"), Symbol("M", integer=True, positive=True)
    at_frame = ClassRow(loss, n, OWN, (Seen(1, others, CROSS),))
    yield identity("the minimum", at_frame.weight * at_frame.value.subs({OWN: 1, CROSS: 0}), n * log((n - 1) + others * exp(-1 / tau)))


T12 = Theorem(
    id="T12",
    title="H >= 0: the orthogonal frame, for any class sizes",
    latex=r"H \ge 0 \Rightarrow B^\star = I,\quad \min L = \sum_c n_c \log(n_c - 1 + (n - n_c) e^{-1/\tau})",
    source="Kini et al. 2023",
    question="uniqueness",
    hypotheses=("H >= 0 entrywise", "sphere or ball of radius 1, d >= k", "sizes at least 2, any tau > 0"),
    assumed=(),
    could_go_wrong=("d < k is excluded: no orthogonal frame fits",),
    steps=steps,
    formal=("Optima.T12_orthogonal_frame: all of it on the sphere, over embeddings", RISES),
)
