"""N19, a theorem of this project: in one dimension the ball has local minima that are not global, so N13 needs its dimensions."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
from flint import arb
from sympy import Integer, Symbol, exp, log, symbols

from scverify.conjecture.arguments import OWN, convex_rows
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.configurations import Configuration
from scverify.conjecture.theorem import Step, Theorem, fact, identity, sign
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

ONE, ALL = symbols("y x", real=True)


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    own, others = class_size("c"), class_size("d")
    n = own + others
    row = ClassRow(loss, own, OWN, (Seen(1, others, ONE),))
    at = {OWN: ALL**2, ONE: ALL**2}
    yield identity("all samples at x: the row is log(n - 1), for every x", row.value.subs(at), log(n - 1))
    yield identity("slope between two samples of different classes", row.slope(ONE).subs(at) / (own * others), 1 / ((n - 1) * tau))
    yield identity(
        "slope between two samples of one class",
        row.slope(OWN).subs(at) / (own * (own - 1)),
        (1 / (n - 1) - 1 / (own - 1)) / tau,
    )
    yield identity(
        "so the gradient of a sample is 0: its 2(n - 1) slopes add up to 0",
        (own - 1) * row.slope(OWN).subs(at) / (own * (own - 1)) + others * row.slope(ONE).subs(at) / (own * others),
        Integer(0),
    )
    yield from curvature()
    yield identity(
        "two antipodal groups of classes: the row at s = -1 across",
        row.value.subs({OWN: 1, ONE: -1}),
        log(own - 1 + others * exp(-2 / tau)),
    )
    further = Symbol("f", positive=True)
    yield sign(
        "is below log(n - 1), with e^(-2/tau) = 1/(1 + f): the plateau is not global", n - 1 - (own - 1 + others / (1 + further)), "> 0"
    )


def curvature() -> Iterator[Step]:
    """In a direction s with sum 0: half the second derivative is <grad L, ss'> + x^2/(2 tau^2) times the rows' variances of s."""
    n = class_size("") + 2
    entry, x, total = Symbol("s_i", real=True), Symbol("x", positive=True), Symbol("T", positive=True)
    mean, second = -entry / (n - 1), (total - entry**2) / (n - 1)
    yield identity(
        "row i: the other s_a have mean -s_i/(n - 1) and mean square (T - s_i^2)/(n - 1), T the sum of all squares; their variance",
        second - mean**2,
        total / (n - 1) - entry**2 * n / (n - 1) ** 2,
    )
    yield identity(
        "over all rows, the s_i^2 adding up to T",
        n * total / (n - 1) - total * n / (n - 1) ** 2,
        total * n * (n - 2) / (n - 1) ** 2,
    )
    margin = Symbol("m", positive=True)
    inverse = symbols("t", positive=True)
    temperature = x**2 * (n - 2) / (2 * (n - 1)) / (1 + margin)
    form = x**2 / (2 * inverse**2) * n * (n - 2) / (n - 1) ** 2 - n / ((n - 1) * inverse)
    yield sign(
        "<grad L, ss'> >= -n T/((n - 1) tau) by N6, so where tau < x^2 (n - 2)/(2(n - 1)) the form is positive: tau is that "
        "bound over 1 + m",
        form.subs(inverse, temperature),
        "> 0",
    )


def excess(loss: Loss, temperature: Fraction) -> arb:
    """The loss at 1, 1, 1 - 1/100, 1 - 1/100, sizes 2 and 2, minus the plateau's."""
    problem = Problem(loss, Classes((2, 2)), dim=1, temperature=temperature)
    line = np.array([[arb(1)], [arb(1)], [arb("0.99")], [arb("0.99")]], dtype=object)
    return Configuration(problem, line).value - 4 * arb(3).log()


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    yield fact(
        "sizes 2, 2, tau = 1/4 < 1/3: moving one class by 1/100 raises the loss (balls)", lambda: bool(excess(loss, Fraction(1, 4)) > 0)
    )
    yield fact("sizes 2, 2, tau = 1/2 > 1/3: it lowers the loss", lambda: bool(excess(loss, Fraction(1, 2)) < 0))


N19 = Theorem(
    id="N19",
    title="one dimension: all samples equal is a local minimum of the ball that is not global",
    latex=r"d = 1,\ \tau < \frac{n - 2}{2(n - 1)}:\quad h_i = 1\ \forall i \text{ is a local minimum on } |h_i| \le 1, \ "
    r"L = n \log(n - 1) > \min L",
    source="theorem of this project (MATH N19): T7-ball and N13 fail in one dimension",
    question="landscape",
    improves="N13: its dimensions cannot be left out",
    hypotheses=("ball of radius 1, d = 1, k >= 2 classes of at least two samples, n samples in all", "0 < tau < (n - 2)/(2(n - 1))"),
    assumed=(
        "a curve of critical points of equal value whose normal Hessians are positive definite consists of local minima (Morse, Bott)",
        "N6 for the least eigenvalue of the gradient where all similarities are equal",
    ),
    could_go_wrong=("the minimum is not strict: the samples move together along the line",),
    steps=steps,
    instances=instances,
)
