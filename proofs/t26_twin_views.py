"""N8, a theorem of this project: how much contrast of twin views supervised contrast bears before its classes spread out."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from flint import arb, ctx
from sympy import Integer, Symbol, exp, symbols

from scverify.certify.optimum import optimum
from scverify.conjecture.arguments import CROSS, entry_slope, rule_of
from scverify.conjecture.formulas import PRECISION
from scverify.conjecture.globality import global_where_positive, second_order
from scverify.conjecture.instances import attains, undercuts
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.model.classes import Classes
from scverify.model.level import ball
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss, SampleTable, n_other, n_own
from scverify.symbolic.row import a, c, row_sum, s, tau

K, HALF, ALPHA = from_two("k"), from_two("p"), Symbol("alpha", positive=True)
M = 2 * HALF
E = exp(-K / ((K - 1) * tau))
Z = (M - 1) + (K - 1) * M * E


def steps(loss: Loss) -> Iterator[Step]:
    yield from slopes(loss)
    yield from spectrum()
    yield from criterion()
    yield from global_where_positive(loss)
    yield from second_order()


def slopes(loss: Loss) -> Iterator[Step]:
    """Slopes of the rows at the collapsed simplex; S_ij = slope/tau off the diagonal, as they are symmetric."""
    rule, others = rule_of(loss), exp(-CROSS / tau) * row_sum(c[a] * exp(s[a] / tau))
    mean, target = rule.positive_q.subs({n_own: M, n_other: M}), Symbol("q", nonnegative=True)
    yield identity("every row has weight 1", rule.weight.subs(n_own, M), Integer(1), r"w_i = 1")
    yield identity("the mean over the positives of supervised contrast", mean, 1 / (M - 1))
    for kind in ("positive", "negative"):
        counted = {"positive": rule.positive_c, "negative": rule.negative_c}[kind].subs({n_own: M, n_other: M})
        yield identity(
            f"tau times the slope at a {kind} with target q: p - q, p its share",
            tau * entry_slope(loss, counted, target),
            1 / (1 + others) - target,
        )
    yield identity(
        "at the simplex the m - 1 positives and the (k - 1)m negatives of a row, less its largest factor: Z", M - 1 + (K - 1) * M * E, Z
    )


def spectrum() -> Iterator[Step]:
    """tau S has A at positives, A - alpha at the twin, B at negatives; SH = 0 fixes its diagonal."""
    at, apart, alpha, x = symbols("A B alpha x", real=True)
    twin = at - alpha
    diagonal = M * apart - (M - 2) * at - twin
    yield identity(
        "SH = 0: the m samples of every other class stand opposite in sum, their total is -h_c times m",
        (diagonal + (M - 2) * at + twin) * x - M * apart * x,
        Integer(0),
    )
    yield identity("constant on classes, sum 0: eigenvalue 0", diagonal + (M - 2) * at + twin - M * apart, Integer(0))
    yield identity("constant: k m B", diagonal + (M - 2) * at + twin + (K - 1) * M * apart, K * M * apart)
    yield identity("difference of two pairs of twins: m (B - A)", diagonal + twin - 2 * at, M * (apart - at))
    yield identity("difference of two twins: m (B - A) + 2 alpha", diagonal - twin, M * (apart - at) + 2 * alpha)


def criterion() -> Iterator[Step]:
    """These vectors span all; S >= 0 iff B >= A, with A = 1/Z - (1 - alpha)/(m - 1) and B = e^{...}/Z = E/Z."""
    yield identity(
        "(m - 1) Z (B - A) = (1 - alpha) Z - (m - 1)(1 - E): B >= A iff alpha <= 1 - (m - 1)(1 - E)/Z",
        (M - 1) * Z * (E / Z - 1 / Z + (1 - ALPHA) / (M - 1)),
        (1 - ALPHA) * Z - (M - 1) * (1 - E),
    )
    gap, share = Symbol("g", nonnegative=True), Symbol("B", positive=True)
    yield sign("where B - A = g >= 0 the last eigenvalue is not negative", M * gap + 2 * ALPHA, ">= 0")
    yield sign("nor is k m B", K * M * share, "> 0")
    lacking = Symbol("f", positive=True)
    yield sign("where B - A = -f < 0 there is a v with v'Sv < 0, and for d >= k a unit z orthogonal to the simplex", -M * lacking, "< 0")
    x = symbols("x", real=True)
    yield identity(
        "on collapsed points the twin is a positive of similarity 1, as all are: their loss does not depend on alpha",
        ((1 - ALPHA) / (M - 1) * (M - 2) + (1 - ALPHA) / (M - 1) + ALPHA) * x,
        x,
    )


def mixed(loss: Loss, k: int, size: int, alpha: Fraction) -> Loss:
    """The loss's row with targets (1 - alpha)/(m - 1) at positives and alpha more at the twin, sample i + 1 for even i."""
    n = k * size
    kinds = [[(i // size == j // size, i // 2 == j // 2) for j in range(n)] for i in range(n)]
    q = tuple(
        tuple((1 - alpha) / (size - 1) * (same and i != j) + alpha * (twin and i != j) for j, (same, twin) in enumerate(row))
        for i, row in enumerate(kinds)
    )
    c_table = tuple(tuple(Fraction(int(i != j)) for j in range(n)) for i in range(n))
    return Loss(f"twins of {loss.name}", loss.formula, SampleTable((Fraction(1),) * n, c_table, q))


# classes, samples, temperature, alpha on both sides of 1 - (m - 1)(1 - E)/Z = 0.2674, 0.1612
CASES = (
    (2, 4, Fraction(1), Fraction(26, 100), True),
    (2, 4, Fraction(1), Fraction(27, 100), False),
    (3, 4, Fraction(1, 2), Fraction(16, 100), True),
    (3, 4, Fraction(1, 2), Fraction(17, 100), False),
)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for k, size, temperature, alpha, optimal in CASES if thorough else CASES[:2]:

        def decide(
            k: int = k, size: int = size, temperature: Fraction = temperature, alpha: Fraction = alpha, optimal: bool = optimal
        ) -> Decision:
            with ctx.workprec(PRECISION):
                found = optimum(Problem(mixed(loss, k, size, alpha), Classes((size,) * k), temperature=temperature))
                e = ball(-Fraction(k, k - 1) / temperature).exp()
                value: arb = k * size * (size - 1 + (k - 1) * size * e).log()
                return (attains if optimal else undercuts)(found, value, f"twins-{k}-{size}-{alpha}")

        word = "optimal, within 1e-9" if optimal else "not optimal"
        yield certified(f"{k} classes of {size}, tau = {temperature}, alpha = {alpha}: the collapsed simplex is {word}", decide)


N8 = Theorem(
    id="N8",
    title="supervised contrast mixed with contrast of twin views: the collapsed simplex is optimal exactly up to a share of the latter",
    latex=r"L = (1 - \alpha) L_{\mathrm{SupCon}} + \alpha L_{\mathrm{InfoNCE}}:\quad \text{the collapsed simplex is optimal} \iff "
    r"\alpha \le 1 - \frac{(m - 1)(1 - E)}{m - 1 + (k - 1) m E}, \quad E = e^{-k/((k-1)\tau)}",
    source="theorem of this project (MATH N8); the mixture is known as SSEM, of which a public summary was read and no full text",
    question="collapse",
    improves="values of the mixing weight found by experiment",
    hypotheses=(
        "k >= 2 classes of m >= 4 samples in m/2 pairs of twins, both losses over all other samples; 0 < alpha < 1",
        "sphere of radius 1, any tau > 0",
        "optimal in every dimension d >= k - 1; not optimal for d >= k, and then no minimiser is collapsed, as the simplex is the "
        "best collapsed point (T8)",
    ),
    assumed=(
        "T8 for the last clause",
        "differences of twins, differences of pairs within a class, differences of classes and the constant vector span all vectors",
        "a point that violates the second-order condition is not a minimum",
    ),
    could_go_wrong=("classes of different sizes, and m = 2, where both losses are one, are excluded",),
    steps=steps,
    instances=instances,
)
