"""N6, a theorem of this project: from which weight of a ridge on the optimum is 0."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache

from flint import arb, fmpq
from sympy import Integer, Symbol, symbols

from scverify.certify.optimum import Optimum, optimum
from scverify.conjecture.arguments import OWN, convex_rows
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.elementary import RISES
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

X, OTHER = symbols("x y", real=True)
ORIGIN = {OWN: 0, X: 0, OTHER: 0}


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    own, other = class_size("c"), class_size("d")
    rest = Symbol("M", integer=True, positive=True)
    row = ClassRow(loss, own, OWN, (Seen(1, other, X), Seen(1, rest, OTHER)))
    n = own + other + rest
    yield identity(
        "slope between two samples of different classes at 0: 1/((n-1) tau)", row.slope(X).subs(ORIGIN) / (own * other), 1 / ((n - 1) * tau)
    )
    within = (1 / (n - 1) - 1 / (own - 1)) / tau
    yield identity("slope between two samples of one class at 0", row.slope(OWN).subs(ORIGIN) / (own * (own - 1)), within)
    yield from spectrum()
    yield from optimal_iff()


def spectrum() -> Iterator[Step]:
    """tau grad L(0) is (J - I)/(n - 1) minus, within each class, (J - I)/(n_c - 1): it maps a vector x to (total - x_i)/(n - 1) - ..."""
    own, n = class_size("c"), class_size("") + 2
    x, total = symbols("x_c T", real=True)
    further = Symbol("f", integer=True, nonnegative=True)
    yield identity(
        "x constant on classes, of total T: at a sample of class c, all others (T - x_c)/(n - 1), less its class (n_c - 1) x_c/(n_c - 1)",
        (total - x) / (n - 1) - (own - 1) * x / (own - 1),
        total / (n - 1) - n / (n - 1) * x,
    )
    yield identity(
        "so -n/(n - 1) where T = 0 (k >= 2: such x exist), and 0 at x = 1, T = n",
        (total / (n - 1) - n / (n - 1) * x).subs({total: n, x: 1}),
        Integer(0),
    )
    yield identity("x of sum 0 within one class, 0 elsewhere", -x / (n - 1) - (0 - x) / (own - 1), (1 / (own - 1) - 1 / (n - 1)) * x)
    yield sign("an eigenvalue that is not negative, as n >= n_c", 1 / (own - 1) - 1 / (own + further - 1), ">= 0")


def optimal_iff() -> Iterator[Step]:
    """S at 0 is grad L(0) + w/2 I: its least eigenvalue decides."""
    positive, weight, n = Symbol("Q", nonnegative=True), Symbol("w", positive=True), class_size("") + 2
    yield sign(
        "S >= 0: L's tangent at 0 and the ridge rise by <grad L(0), X> + w/2 tr X = <S, X> = Q >= 0, so 0 is optimal", positive, ">= 0"
    )
    negative, size = Symbol("g", positive=True), Symbol("h", positive=True)
    yield sign(
        "v'Sv = -g < 0: along H = sqrt(h) zv' the loss changes by h v'Sv at first order in h, in any dimension d >= 1",
        -negative * size,
        "< 0",
    )
    least = -n / ((n - 1) * tau)
    yield identity(
        "the least eigenvalue of S is w/2 - n/((n - 1) tau): it is >= 0 iff w >= w*",
        weight / 2 + least,
        (weight - 2 * n / ((n - 1) * tau)) / 2,
    )


@cache
def ridge_optimum(loss: Loss, sizes: tuple[int, ...], temperature: Fraction, factor: Fraction) -> Optimum:
    n = sum(sizes)
    weight = factor * 2 * n / ((n - 1) * temperature)
    return optimum(Problem(loss, Classes(sizes), temperature=temperature, constraint=Ridge(weight)))


CASES = (((2, 2), Fraction(1)), ((3, 3, 3), Fraction(1, 2)), ((5, 2), Fraction(1, 10)), ((6, 3, 2), Fraction(2)))


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for sizes, temperature in CASES if thorough else CASES[1:3]:
        for factor in (Fraction(99, 100), Fraction(101, 100)):
            word = "the loss at 0, within 1e-9" if factor > 1 else "below the loss at 0"

            def decide(sizes: tuple[int, ...] = sizes, temperature: Fraction = temperature, factor: Fraction = factor) -> Decision:
                return at_zero(ridge_optimum(loss, sizes, temperature, factor), factor > 1)

            yield certified(f"sizes {Classes(sizes)}, tau = {temperature}, w = {factor} w*: the optimum is {word}", decide)


def at_zero(found: Optimum, zero: bool) -> Decision:
    """Whether the certified bounds leave the loss at 0, the sum of log(n - 1), as the optimum, or lie below it."""
    n = found.problem.classes.n
    at = n * arb(n - 1).log()
    lower, upper = (arb(fmpq(x.numerator, x.denominator)) for x in (found.lower, found.upper))
    holds = (at - lower < arb("1e-9") and not upper < at) if zero else upper < at
    names = "-".join(map(str, found.problem.classes.sizes)) + ("-zero" if zero else "-below")
    evidence = f"[{float(found.lower):.10f}, {float(found.upper):.10f}], at 0: {float(at):.10f}"
    return Decision(bool(holds), evidence, {f"{names}-{part}": data for part, data in found.certificates.items()})


N6 = Theorem(
    id="N6",
    title="ridge: the optimum is 0 exactly from the weight 2n/((n-1) tau) on, whatever the class sizes",
    latex=r"0 \text{ is optimal} \iff w \ge -2 \lambda_{\min}(\nabla L(0)) = \frac{2n}{(n-1)\tau}",
    source="theorem of this project (MATH N6, there for balanced classes; the sizes do not matter)",
    question="merging",
    improves="the known weight for balanced classes: the class sizes do not matter",
    hypotheses=("loss plus w/2 |H|^2, any d >= 1, any tau > 0", "k >= 2 classes of any sizes of at least 2, n samples in all"),
    assumed=("a symmetric matrix is the sum of its eigenspaces: class-constant vectors and sums 0 within classes span all",),
    could_go_wrong=("classes of one sample are excluded: they have no row",),
    steps=steps,
    formal=(RISES,),
    instances=instances,
)
