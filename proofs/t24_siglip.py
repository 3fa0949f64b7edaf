"""N7, a theorem of this project: the minimum of the sigmoid loss for pairs, for every number of pairs, temperature and bias."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial

from flint import arb, ctx
from sympy import Expr, Integer, Sum, Symbol, exp, log, symbols

from scverify.certify.units import unit_optimum
from scverify.conjecture.elementary import RISES, RISES_STRICTLY, above_tangents, softplus_above_tangent
from scverify.conjecture.formulas import PRECISION
from scverify.conjecture.instances import attains, undercuts
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.conjecture.unit_configurations import UnitConfiguration, at_unit_configurations
from scverify.model.level import ball
from scverify.model.named import siglip
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import Loss
from scverify.symbolic.parametric import sigmoids
from scverify.symbolic.row import a, c, q, s, tau

N = from_two("N")
BIAS, OWN, OTHER, PART = Symbol("b", real=True), *symbols("a x", real=True), Symbol("theta", real=True)
AT = {OWN: 1 - 2 * PART, OTHER: -1 / (N - 1) - PART * (N - 2) / (N - 1)}  # the edge: from the simplex (0) to the antipodal point (1)


def pulled(similarity: Expr) -> Expr:
    """phi: what a pair costs."""
    return log(1 + exp(-(similarity / tau + BIAS)))


def pushed(similarity: Expr) -> Expr:
    """psi: what two that are no pair cost."""
    return log(1 + exp(similarity / tau + BIAS))


def steps(loss: Loss) -> Iterator[Step]:
    yield from row_of_means()
    yield from geometry()
    for pairs, bias, temperature in ((2, Fraction(-1), Fraction(1)), (4, Fraction(-2), Fraction(1, 2)), (5, Fraction(1, 3), Fraction(2))):
        yield at_unit_configurations(
            f"so L >= N F((1 - a)/2): {pairs} pairs, b = {bias}, tau = {temperature}, at random unit vectors",
            [(siglip(pairs, bias), temperature)],
            partial(above_edge, ball(bias)),
        )
    yield from edge()
    yield from ends()


def row_of_means() -> Iterator[Step]:
    """L >= N phi(a) + N(N - 1) psi(x), a the mean of the s_ii and x that of the s_ij, i != j."""

    def merged(body: Expr, limits: tuple[Expr, ...]) -> Expr:
        partner = body.xreplace({s[a]: OWN, c[a]: Integer(0), q[a]: Integer(1)})
        return partner + (N - 1) * body.xreplace({s[a]: OTHER, c[a]: Integer(1), q[a]: Integer(0)})

    yield identity(
        "a row with one similarity x to all that are no pair: phi(a) + (N - 1) psi(x)",
        sigmoids(BIAS).replace(Sum, merged),
        pulled(OWN) + (N - 1) * pushed(OTHER),
    )
    yield from softplus_above_tangent()
    yield from above_tangents()  # at the means a and x


def geometry() -> Iterator[Step]:
    """N - (N - 2)a + 2(N - 1)x >= 0 and -1 <= a <= 1, for unit vectors; X and Y are the sums of the x_i and the y_j."""
    across, squares = symbols("XY S2", real=True)  # <X, Y> and |X|^2 + |Y|^2
    mean = (across / N - OWN) / (N - 1)  # <X, Y> = N a + N(N - 1) x
    yield identity(
        "|X + Y|^2/N + sum of |x_i - X/N - y_i + Y/N|^2 is 2(N - (N - 2)a + 2(N - 1)x)",
        (squares + 2 * across) / N + (2 * N - 2 * N * OWN) - (squares - 2 * across) / N,
        2 * (N - (N - 2) * OWN + 2 * (N - 1) * mean),
    )
    squared = Symbol("Q", nonnegative=True)
    yield sign("a sum of squares", squared / (4 * (N - 1)), ">= 0")
    least = ((N - 2) * OWN - N) / (2 * (N - 1))
    yield identity("so x >= x(a), which is that of the edge at theta = (1 - a)/2", least.subs(OWN, AT[OWN]), AT[OTHER])
    yield sign("1 - s_ii = |x_i - y_i|^2/2 and 1 + s_ii = |x_i + y_i|^2/2: theta lies in [0, 1]", squared / 2, ">= 0")
    yield sign("psi rises, so L/N >= F(theta) = phi(1 - 2 theta) + (N - 1) psi(x)", pushed(OTHER).diff(OTHER), "> 0")


def edge() -> Iterator[Step]:
    """Every point of the edge is attained: x_i = cos z_i + sin u, y_i = cos z_i - sin u, z_i a simplex, u orthogonal to it."""
    sine = Symbol("theta", nonnegative=True)  # sin^2
    yield identity("there s_ii = cos^2 - sin^2, with sin^2 = theta", (1 - sine) - sine, AT[OWN].subs(PART, sine))
    yield identity("and s_ij = -cos^2/(N - 1) - sin^2", -(1 - sine) / (N - 1) - sine, AT[OTHER].subs(PART, sine))
    curve = along_edge()
    yield identity(
        "F' = (2 sigma(-a/tau - b) - (N - 2) sigma(x/tau + b))/tau, sigma(u) = e^u/(1 + e^u)",
        curve.diff(PART),
        (2 / (1 + exp(AT[OWN] / tau + BIAS)) - (N - 2) / (1 + exp(-AT[OTHER] / tau - BIAS))) / tau,
    )
    for name, part in (("phi", pulled), ("psi", pushed)):
        u = OTHER / tau + BIAS
        yield identity(f"{name}'' = e^u/((1 + e^u) tau)^2", part(OTHER).diff(OTHER, 2), exp(u) / ((1 + exp(u)) * tau) ** 2)
    yield sign(
        "is positive: F is strictly convex, as a moves with theta",
        exp(OTHER / tau + BIAS) / ((1 + exp(OTHER / tau + BIAS)) * tau) ** 2,
        "> 0",
    )


def along_edge() -> Expr:
    """F."""
    return pulled(AT[OWN]) + (N - 1) * pushed(AT[OTHER])


def ends() -> Iterator[Step]:
    """The simplex is optimal iff F'(0) >= 0, the antipodal point iff F'(1) <= 0; at b = -1/tau, t = 1/tau, both in closed form."""
    curve, inverse = along_edge().diff(PART), Symbol("t", positive=True)
    at_bias = {BIAS: -inverse, tau: 1 / inverse}
    grown = exp(inverse * N / (N - 1))
    yield identity(
        "F'(0) at b = -t: t (e^{tN/(N-1)} - (N - 3))/(1 + e^{tN/(N-1)}), so the simplex is optimal iff t >= (N-1)/N log(N - 3)",
        curve.subs(PART, 0).subs(at_bias),
        inverse * (grown - (N - 3)) / (1 + grown),
    )
    yield identity(
        "F'(1) at b = -t: t (2 e^{2t} - (N - 2))/(1 + e^{2t}), so the antipodal point is optimal iff t <= log((N - 2)/2)/2",
        curve.subs(PART, 1).subs(at_bias),
        inverse * (2 * exp(2 * inverse) - (N - 2)) / (1 + exp(2 * inverse)),
    )


def above_edge(bias: arb, at: UnitConfiguration) -> arb:
    """L - N F((1 - a)/2)."""
    images, texts = at.of_kind("image"), at.of_kind("text")
    mean = sum((at.similarity(x, y) for x, y in zip(images, texts, strict=True)), arb(0)) / len(images)
    return at.value - len(images) * value_at(len(images), bias, at.tau, (1 - mean) / 2)


def value_at(n: int, bias: arb, temperature: Fraction, part: arb) -> arb:
    """F at theta = part, in balls."""
    own, other = 1 - 2 * part, -arb(1) / (n - 1) - part * (n - 2) / (n - 1)
    inverse = ball(1 / temperature)
    return (1 + (-(own * inverse + bias)).exp()).log() + (n - 1) * (1 + (other * inverse + bias).exp()).log()


SIMPLEX, ANTIPODAL = Fraction(0), Fraction(1)
ENDS = {SIMPLEX: "the simplex", ANTIPODAL: "the antipodal point"}
# pairs, t, which end of the edge, whether it is optimal: t is next to (N-1)/N log(N-3) = 0.5545, 1.7513 and log((N-2)/2)/2 = 0.2027, 0.6931
CASES = (
    (5, Fraction(56, 100), SIMPLEX, True),
    (5, Fraction(55, 100), SIMPLEX, False),
    (5, Fraction(20, 100), ANTIPODAL, True),
    (5, Fraction(21, 100), ANTIPODAL, False),
    (10, Fraction(176, 100), SIMPLEX, True),
    (10, Fraction(175, 100), SIMPLEX, False),
    (10, Fraction(69, 100), ANTIPODAL, True),
    (10, Fraction(70, 100), ANTIPODAL, False),
)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for n, inverse, part, optimal in CASES if thorough else CASES[:4]:

        def decide(n: int = n, inverse: Fraction = inverse, part: Fraction = part, optimal: bool = optimal) -> Decision:
            with ctx.workprec(PRECISION):
                found = unit_optimum(UnitProblem(siglip(n, -inverse), 1 / inverse))
                value = n * value_at(n, ball(-inverse), 1 / inverse, ball(part))
                return (attains if optimal else undercuts)(found, value, f"pairs-{n}-t-{inverse}")

        yield certified(f"{n} pairs, t = {inverse}: {ENDS[part]} is {'optimal, within 1e-9' if optimal else 'not optimal'}", decide)


N7 = Theorem(
    id="N7",
    title="the sigmoid loss for pairs: its minimum in closed form, and when the simplex or the antipodal point attains it",
    latex=r"\min L = N \min_{0 \le \theta \le 1} F(\theta),\quad F(\theta) = \varphi(1 - 2\theta) + (N - 1)\, \psi\Bigl(-\tfrac{1}{N-1} - "
    r"\tfrac{N-2}{N-1}\theta\Bigr); \qquad b = -t,\ \tau = 1/t:\ \text{simplex optimal} \iff t \ge \tfrac{N-1}{N} \log(N - 3), \quad "
    r"s \equiv -1 \text{ optimal} \iff t \le \tfrac12 \log\tfrac{N-2}{2}",
    source="theorem of this project (MATH N7); the loss is that of Zhai et al. 2023, where t = 10, b = -10 at the start of training",
    question="batches",
    improves="the simplex as the optimum at given temperatures: here the minimum for every temperature and bias",
    hypotheses=(
        "N >= 2 pairs of unit vectors (x_i, y_i), logits s_ij/tau + b with any tau > 0 and any real b, phi(s) = log(1 + e^{-s/tau - b}), "
        "psi(s) = log(1 + e^{s/tau + b})",
        "the minimum is attained for d >= N; the simplex x_i = y_i for d >= N - 1, the antipodal point y_i = -x_i = u in every dimension",
        "for N <= 3 the simplex is optimal at every t > 0, for N <= 4 the antipodal point at none",
    ),
    assumed=(),
    could_go_wrong=("in fewer than N dimensions the edge is not attained: L >= N F stays, equality need not hold",),
    steps=steps,
    formal=("Elementary.softplus_gibbs: log(1 + e^x) >= p x + H(p)", RISES, RISES_STRICTLY),
    instances=instances,
)
