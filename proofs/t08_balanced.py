"""T8: for balanced classes the optimum is the simplex equiangular tight frame, for every k, class size and temperature."""

from collections.abc import Iterator

from sympy import Integer, exp, log, symbols

from scverify.conjecture.arguments import OWN, collapse, convex_rows
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.elementary import RISES
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Step, Theorem, identity, sign
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

ONE, OTHERS = symbols("x y", real=True)


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    yield from collapse(loss)
    k, n = from_two("k"), class_size("")
    angle = -1 / (k - 1)
    row = ClassRow(loss, n, OWN, (Seen(1, n, ONE), Seen(k - 2, n, OTHERS)))
    at_simplex = {OWN: 1, ONE: angle, OTHERS: angle}
    slope = row.slope(ONE).subs(at_simplex)
    projection = 1 / k
    yield identity(
        "B* = k/(k-1) (I - J/k) has unit diagonal",
        k / (k - 1) * (1 - projection),
        Integer(1),
        r"\tfrac{k}{k-1} \bigl(1 - \tfrac1k\bigr) = 1",
    )
    yield identity("and -1/(k-1) elsewhere", -k / (k - 1) * projection, angle, r"-\tfrac{k}{k-1} \cdot \tfrac1k = -\tfrac{1}{k-1}")
    yield identity(
        "I - J/k is a projection (J^2 = kJ), so B* >= 0",
        -2 * projection + projection**2 * k,
        -projection,
        r"\bigl(I - \tfrac1k J\bigr)^2 = I - \tfrac2k J + \tfrac{k}{k^2} J = I - \tfrac1k J",
    )
    yield identity("B* 1 = 0", 1 + (k - 1) * angle, Integer(0), r"1 - (k - 1) \tfrac{1}{k-1} = 0")
    yield identity("S has equal entries off its diagonal", (k - 2) * slope, row.slope(OTHERS).subs(at_simplex))
    yield sign("they are positive: S = sigma 11' >= 0 for lambda = sigma - dL/dB_cc, and S B* = 0", slope, "> 0")
    yield sign("lambda > 0: the ball has the same optimum", slope - row.slope(OWN).subs(at_simplex), "> 0")
    sigma, multiplier, ones, short = *symbols("sigma lambda", positive=True), *symbols("Q t", nonnegative=True)
    off, on_diagonal = (ones - (k - short)) - k * (k - 1) * angle, -short
    yield identity(
        "L(B) - L(B*) is at least the rise of its tangent, where Q = 1'B1 >= 0 and t = k - tr B (0 on the sphere, >= 0 on the ball)",
        sigma * off + (sigma - multiplier) * on_diagonal,
        sigma * ones + multiplier * short,
    )
    yield sign("which is not negative", sigma * ones + multiplier * short, ">= 0")
    value = n * k * log((n - 1) + (k - 1) * n * exp(-k / ((k - 1) * tau)))
    yield identity("the minimum", k * row.weight * row.value.subs(at_simplex), value)


T8 = Theorem(
    id="T8",
    title="balanced classes: the simplex equiangular tight frame",
    latex=r"n_c = n \Rightarrow B^\star_{cc'} = -\tfrac{1}{k-1},\quad \min L = nk \log\bigl(n - 1 + (k-1) n e^{-k/((k-1)\tau)}\bigr)",
    source="source paper; Graf et al. 2021 for the balanced case",
    question="uniqueness",
    hypotheses=("all classes have the same size n >= 2, k >= 2", "tau > 0", "sphere or ball of radius 1, d >= k - 1"),
    assumed=(),
    could_go_wrong=("classes of one sample are excluded", "d < k - 1 is excluded: no simplex fits"),
    steps=steps,
    formal=("Optima.T8_balanced_simplex: all of it on the sphere, over embeddings", RISES),
)
