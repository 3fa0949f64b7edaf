"""N17, a theorem of this project: on the sphere, above a temperature, second-order points are collapsed within classes."""

from collections.abc import Iterator
from fractions import Fraction

from scverify.conjecture.elementary import RISES
from scverify.conjecture.theorem import Step, Theorem, fact
from scverify.conjecture.warm import qualifies, theorem_w
from scverify.model.classes import Classes
from scverify.symbolic.losses import Loss


def steps(loss: Loss) -> Iterator[Step]:
    yield from theorem_w(loss)
    yield fact("sizes 4, 2 in d = 3: the condition holds at tau = 7", lambda: qualifies(Classes((4, 2)), 3, Fraction(7)) is True)
    yield fact("and fails at tau = 6", lambda: qualifies(Classes((4, 2)), 3, Fraction(6)) is False)


N17 = Theorem(
    id="N17",
    title="sphere, warm: second-order points are collapsed within classes",
    latex=r"P = \frac{e^{2/\tau}}{n - 2 + e^{2/\tau}},\quad 2(d-1)\tau\Bigl(\frac{1}{n_c - 1} - P\Bigr) > 1 + (n-1)P "
    r"\ \Rightarrow\ h_i = h_j \ (y_i = y_j = c) \text{ at every second-order point of } \|h_i\| = 1",
    source="Theorem W of this project (MATH N17)",
    question="landscape",
    improves="temperature conditions for attraction (T7-attraction): here the whole landscape of the sphere",
    hypotheses=(
        "sphere of radius 1, d >= 2, k >= 2, every class has at least two samples",
        "2(d - 1) tau (1/(n_c - 1) - P) > 1 + (n - 1)P for the class c",
        "a critical point whose Riemannian Hessian is positive semidefinite, as at every local minimum",
    ),
    assumed=(),
    could_go_wrong=("the condition is sufficient; between it and the spurious minima of T7-sphere nothing is claimed",),
    steps=steps,
    formal=("Gradient.gradient_derivative: the gradient that the pair lemma starts from", RISES),
)
