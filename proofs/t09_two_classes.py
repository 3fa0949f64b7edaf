"""T9: two classes of any sizes are antipodal."""

from collections.abc import Iterator

from sympy import exp, log, symbols

from scverify.conjecture.arguments import OWN, collapse, convex_rows
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.theorem import Step, Theorem, identity, sign
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    yield from collapse(loss)
    b = symbols("b", real=True)
    first, second = class_size("1"), class_size("2")
    rows = (ClassRow(loss, first, OWN, (Seen(1, second, b),)), ClassRow(loss, second, OWN, (Seen(1, first, b),)))
    yield identity("B >= 0 with unit diagonal means |b| <= 1: det B = (1 - b)(1 + b)", 1 - b**2, (1 - b) * (1 + b))
    for name, row in zip(("first", "second"), rows, strict=True):
        yield sign(f"the rows of the {name} class rise with b everywhere, so b = -1 is best", row.slope(b).subs(OWN, 1), "> 0")
    value = sum(row.weight * row.value.subs({OWN: 1, b: -1}) for row in rows)
    expected = sum(n * log((n - 1) + m * exp(-2 / tau)) for n, m in ((first, second), (second, first)))
    yield identity("the minimum", value, expected)


T9 = Theorem(
    id="T9",
    title="two classes of any sizes are antipodal",
    latex=r"k = 2 \Rightarrow B^\star_{12} = -1,\quad \min L = \sum_c n_c \log(n_c - 1 + n_{c'} e^{-2/\tau})",
    source="source paper",
    question="uniqueness",
    hypotheses=("k = 2, sizes at least 2", "tau > 0", "sphere of radius 1, any d >= 1"),
    assumed=(),
    could_go_wrong=("classes of one sample are excluded",),
    steps=steps,
    formal=("Optima.T9_two_classes: all of it, over embeddings",),
)
