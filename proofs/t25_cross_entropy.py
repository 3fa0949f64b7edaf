"""N5 and N9, theorems of this project, on cross-entropy with free features: merging classes, and label smoothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

from flint import arb, ctx
from sympy import Expr, Integer, Matrix, Sum, Symbol, exp, symbols

from scverify.certify.units import unit_optimum
from scverify.conjecture.arguments import CROSS, convex_rows, entry_slope
from scverify.conjecture.elementary import RISES, RISES_STRICTLY, exponential_above_tangent
from scverify.conjecture.formulas import PRECISION
from scverify.conjecture.instances import attains, undercuts
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.conjecture.unit_configurations import at_unit_configurations
from scverify.model.constraints import Ridge
from scverify.model.level import ball
from scverify.model.named import cross_entropy
from scverify.model.units import UnitLoss, UnitProblem
from scverify.results.units import UnitOptimum
from scverify.symbolic.losses import Loss, n_other
from scverify.symbolic.row import a, c, q, row_sum, s, tau

ONE, SIZE, K = Integer(1), Symbol("m", integer=True, positive=True), from_two("k")
SHARE = 1 / (1 + exp(-CROSS / tau) * row_sum(c[a] * exp(s[a] / tau)))  # of a node at similarity x in a row with any others


def slopes(loss: Loss, own: Expr, other: Expr) -> Iterator[Step]:
    """tau times the slope of a row is p - q at every weight vector, q the target."""
    yield identity("tau times the slope at the class of the sample: p - q", tau * entry_slope(loss, ONE, own), SHARE - own)
    yield identity("and at any other class: p - q'", tau * entry_slope(loss, ONE, other), SHARE - other)


def merging_steps(loss: Loss) -> Iterator[Step]:
    yield from slopes(loss, ONE, Integer(0))
    yield from convex_rows(loss)
    yield from averaged()
    yield from blocks()
    yield from exponential_above_tangent()
    yield from both_directions()


def averaged() -> Iterator[Step]:
    """Residuals are the same at every minimiser, so they are symmetric in the classes of a group."""
    yield sign(
        "every share is positive: halfway between two minimisers a row is lower by the variance of their logits' difference, unless it is "
        "constant; so all minimisers have the same shares, and exchanging classes of the group does not change them: p_cc = a, p_cc' = b",
        SHARE,
        "> 0",
        weighted=True,
    )
    first, second = symbols("p_cc p_cd", real=True)
    yield identity(
        "the slopes on e_c - e_c': a multiple of it, the diagonal entry less the other", first * 1 + second * (-1), first - second
    )


def blocks() -> Iterator[Step]:
    """S on differences of the group's classes: weight vectors and features, a 2 x 2 matrix."""
    own, other = symbols("a b", positive=True)
    weights, features = symbols("w_W w_H", positive=True)
    gamma = SIZE * (own - other - 1) / tau
    yield identity(
        "the slopes of m samples of class c at (c, c) less those at (c, c'), times m: gamma = m(a - 1 - b)/tau",
        SIZE * ((own - 1) - other) / tau,
        gamma,
    )
    block = Matrix([[weights / 2, gamma / 2], [gamma / 2, SIZE * features / 2]])
    yield identity(
        "S there is [[w_W, gamma], [gamma, m w_H]]/2: its determinant",
        block.det(),
        SIZE / 4 * (weights * features - SIZE * (1 - own + other) ** 2 / tau**2),
    )
    yield sign("and its trace: so S >= 0 there iff sqrt(m) (1 - a + b) <= tau sqrt(w_W w_H)", block.trace(), "> 0")


def both_directions() -> Iterator[Step]:
    """Merged: a = b. Apart: the block of the Gram matrix X is not 0, SX = 0 and a > b."""
    w, h, gamma, x = symbols("w_W w_H |gamma| X_W", positive=True)
    yield identity(
        "merged: X is 0 there and a = b, and the determinant, which is not negative, is m/4 times",
        (SIZE / 4 * (w * h - SIZE * (1 - CROSS + CROSS) ** 2 / tau**2)) * 4 / SIZE,
        w * h - SIZE / tau**2,
    )
    first = Matrix([[w, -gamma], [-gamma, SIZE * h]])[0, :] * Matrix([1, w / gamma])
    yield identity("apart: SX = 0 with X not 0; the null vector of S is (1, w_W/|gamma|), gamma < 0 as a < 1 + b", first[0], Integer(0))
    yield sign("so the logits' difference X_WH = X_W w_W/|gamma| is positive", x * w / gamma, "> 0")
    rise, other, root = symbols("f b rho", positive=True)
    yield sign("with X_WH/tau = f: a/b = e^f > 1 + f, and 1 - a + b < 1", 1 - (1 - other * (1 + rise) + other), "> 0")
    yield sign(
        "and S is singular: tau sqrt(w_W w_H) = sqrt(m)(1 - a + b) < sqrt(m), with rho = sqrt(m) and b f < a - b",
        root - root * (1 - other * rise),
        "> 0",
    )


SIZES = ((4, 4, 4), (9, 5, 4, 4), (20, 20, 4, 4))


def merged_loss(sizes: tuple[int, ...]) -> UnitLoss:
    """Cross-entropy where the classes of the least size share one weight vector, counted as often, and one feature."""
    loss, least = cross_entropy(sizes), min(sizes)
    copies = sizes.count(least)
    apart = tuple((count, (1, size)) for count, (_, size) in loss.types if size != least)
    [row] = loss.rows
    targets = {"own": {"weight": 1 / n_other}}
    return replace(loss, types=(*apart, (1, (copies, copies * least))), rows=(replace(row, q=targets),))


@cache
def minima(sizes: tuple[int, ...], weight: Fraction) -> tuple[UnitOptimum, UnitOptimum]:
    """The certified optimum of cross-entropy, and that with the least classes merged."""
    return tuple(unit_optimum(UnitProblem(loss, 1, Ridge(weight))) for loss in (cross_entropy(sizes), merged_loss(sizes)))


def merging_instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for sizes in SIZES if thorough else SIZES[:2]:
        for weight, merge in ((Fraction(201, 100), True), (Fraction(199, 100), False)):

            def decide(sizes: tuple[int, ...] = sizes, weight: Fraction = weight, merge: bool = merge) -> Decision:
                return compared(sizes, weight, merge)

            word = "equals" if merge else "is below"
            yield certified(
                f"sizes {', '.join(map(str, sizes))}, w = {weight}, sqrt(4) = 2: the minimum {word} that with the fours merged", decide
            )


def compared(sizes: tuple[int, ...], weight: Fraction, merge: bool) -> Decision:
    """The bounds of both minima: within 1e-9, or apart."""
    free, merged = minima(sizes, weight)
    holds = merged.upper - free.lower < Fraction(1, 10**9) if merge else free.upper < merged.lower
    evidence = f"[{float(free.lower):.10f}, {float(free.upper):.10f}] and, merged, [{float(merged.lower):.10f}, {float(merged.upper):.10f}]"
    names = ("free", "merged")
    stem = "-".join(map(str, sizes)) + f"-w-{weight}".replace("/", "_")
    return Decision(holds, evidence, {f"{stem}-{name}.json": found.certificate for name, found in zip(names, (free, merged), strict=True)})


N5 = Theorem(
    id="N5",
    title="cross-entropy with ridges: classes of m samples coincide exactly where m <= tau^2 w_W w_H, whatever the other classes",
    latex=r"\min_{W, H} \sum_i \Bigl[\log \sum_c e^{\langle w_c, h_i \rangle/\tau} - \langle w_{y_i}, h_i \rangle/\tau\Bigr] + "
    r"\tfrac{w_W}{2}\|W\|^2 + \tfrac{w_H}{2}\|H\|^2:\quad n_c = n_{c'} = m \Rightarrow "
    r"\bigl(w_c = w_{c'} \iff \sqrt m \le \tau \sqrt{w_W w_H}\bigr)",
    source="theorem of this project (MATH N5, there for the smallest classes, tau = 1 and one weight: none of these is needed)",
    question="merging",
    improves="minority collapse of the smallest classes as the imbalance grows: here for every group of equal sizes",
    hypotheses=(
        "k >= 2 classes of any sizes, of which two or more (the group) have m samples; any tau, w_W, w_H > 0; d >= k",
        "minority collapse with a bound for each group: the groups that coincide are those with m <= tau^2 w_W w_H",
    ),
    assumed=(
        "conditions of Karush, Kuhn and Tucker for the convex problem in the Gram matrix X of weights and features (Slater: X = I): "
        "S >= 0, SX = 0; it is tight for d >= k, and features of a class coincide (MATH 9)",
        "a symmetric matrix that commutes with the permutations of a group is one number on its differences (here a 2 x 2 block)",
    ),
    could_go_wrong=("in fewer than k dimensions the minimum may be another one",),
    steps=merging_steps,
    formal=(RISES,),
    instances=merging_instances,
)


def smoothing_steps(loss: Loss) -> Iterator[Step]:
    delta, gap = Symbol("f", positive=True), Symbol("g", nonnegative=True)  # delta = 1/(1 + f)
    other = 1 / (1 + delta) / K
    own = 1 - (K - 1) * other
    yield from slopes(loss, own, other)
    yield from convex_rows(loss)
    yield from at_simplex(own, other)
    yield from upper_half(gap)
    yield at_unit_configurations(
        "where p' >= q' at the simplex: L is at least its value there, at random unit vectors",
        [(cross_entropy([2, 2], "1/10"), Fraction(1)), (cross_entropy([2, 2, 2], "1/5"), Fraction(2))],
        lambda at: at.value - simplex_value(at.loss.units, 2, Fraction(1, 10) if at.loss.units == 2 else Fraction(1, 5), at.tau),
    )
    yield from lower_half(loss, own, other)


def at_simplex(own: Expr, other: Expr) -> Iterator[Step]:
    """The shares at the simplex, similarity 1 to the own class and -1/(k - 1) to the others."""
    e = exp(-K / ((K - 1) * tau))
    yield identity("e = e^{(-1/(k-1) - 1)/tau}: shares 1/(1 + (k-1)e) and e/(1 + (k-1)e)", exp((-1 / (K - 1) - 1) / tau), e)
    ratio = Symbol("e", positive=True)
    excess = ratio / (1 + (K - 1) * ratio) - other
    yield identity("p - q = -(k - 1)(p' - q')", 1 / (1 + (K - 1) * ratio) - own, -(K - 1) * excess)
    yield identity(
        "p' - q' has the sign of e - q'/q, so p' >= q' iff k/((k-1)tau) <= log(q/q'): 1/tau <= ((k-1)/k) log(q/q')",
        excess * (1 + (K - 1) * ratio) / own,
        ratio - other / own,
    )


def upper_half(excess: Symbol) -> Iterator[Step]:
    """p' - q' = g/k >= 0: the tangent at the simplex does not fall below its value; W is the sum of the w_c, A = k w_y - W."""
    seen, own = symbols("W_h w_h", real=True)  # <W, h_i>, <w_{y_i}, h_i>
    slope = excess / tau
    yield identity(
        "the rise of row i's tangent, the others' similarities adding up to <W, h_i> - <w_y, h_i>: (p' - q')/tau times k - <A, h_i>",
        -(K - 1) * slope * (own - 1) + slope * ((seen - own) + 1),
        slope * (K - (K * own - seen)),
    )
    first, second = symbols("A h", real=True)
    yield sign("2 <A, k h> <= |A|^2 + |k h|^2, entry by entry", (first - second) ** 2, ">= 0")
    total, inner, count = Symbol("W2", nonnegative=True), Symbol("|w|^2", real=True), Symbol("m", integer=True, positive=True)
    squares = K**2 * (K * inner) - 2 * K * total + K * total
    yield identity("sum over classes of |k w_c - W|^2", squares.subs(inner, 1), K**3 - K * total)
    yield sign(
        "so over m samples a class sum <A, h_i> <= m ((k^3 - k|W|^2)/k + k k)/2 <= m k^2, and the tangents' rise is not negative",
        count * K**2 - count * ((K**3 - K * total) / K + K**2) / 2,
        ">= 0",
    )


def lower_half(loss: Loss, own: Expr, other: Expr) -> Iterator[Step]:
    """p' < q': moving all weight vectors and features from the simplex towards one point lowers the loss."""
    part = Symbol("r2", positive=True)
    similarity = -part / (K - 1) + (1 - part)
    yield identity(
        "w_c = h_i = r z_c + sqrt(1 - r^2) u, z a simplex, u orthogonal to it: own similarity 1, another's 1 - r^2 k/(k - 1)",
        similarity,
        1 - part * K / (K - 1),
    )

    def merged(body: Expr, limits: tuple[Expr, ...]) -> Expr:
        first, others = ({s[a]: at, c[a]: ONE, q[a]: target} for at, target in ((ONE, own), (similarity, other)))
        return body.xreplace(first) + (K - 1) * body.xreplace(others)

    ratio = exp((-1 / (K - 1) - 1) / tau)
    yield identity(
        "the derivative of every row by r^2 at r = 1: -k (p' - q')/tau",
        loss.formula.expression.replace(Sum, merged).diff(part).subs(part, 1),
        -K / tau * (ratio / (1 + (K - 1) * ratio) - other),
    )
    lacking = Symbol("g", positive=True)
    yield sign("positive where p' - q' = -g: a smaller r lowers every row", -K / tau * (-lacking), "> 0")


def simplex_value(k: int, size: int, delta: Fraction, temperature: Fraction) -> arb:
    """The loss at the simplex, classes of `size`."""
    inverse, other = ball(1 / temperature), ball(delta / k)
    total = inverse.exp() + (k - 1) * (-inverse / (k - 1)).exp()
    return k * size * (total.log() - (1 - (k - 1) * other) * inverse + other * inverse)


# classes, delta, 1/tau on both sides of ((k-1)/k) log(q/q') = 2.2215 (3, 1/10), 2.6966 (10, 1/3)
SMOOTHING = (
    (3, Fraction(1, 10), Fraction(222, 100), True),
    (3, Fraction(1, 10), Fraction(223, 100), False),
    (10, Fraction(1, 3), Fraction(27, 10), True),
    (10, Fraction(1, 3), Fraction(28, 10), False),
)


def smoothing_instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for k, delta, inverse, optimal in SMOOTHING if thorough else SMOOTHING[:2]:

        def decide(k: int = k, delta: Fraction = delta, inverse: Fraction = inverse, optimal: bool = optimal) -> Decision:
            with ctx.workprec(PRECISION):
                found = unit_optimum(UnitProblem(cross_entropy([4] * k, delta), 1 / inverse))
                return (attains if optimal else undercuts)(found, simplex_value(k, 4, delta, 1 / inverse), f"smooth-{k}-{inverse}")

        word = "optimal, within 1e-9" if optimal else "not optimal"
        yield certified(f"{k} classes of 4, delta = {delta}, 1/tau = {inverse}: the simplex is {word}", decide)


N9 = Theorem(
    id="N9",
    title="label smoothing on the sphere: the simplex is optimal exactly down to a temperature",
    latex=r"q = 1 - \delta + \tfrac{\delta}{k},\ q' = \tfrac{\delta}{k}: \quad w_c = h_i = z_{y_i} \text{ (simplex) is optimal} \iff "
    r"\frac1\tau \le \frac{k-1}{k} \log\frac{q}{q'}",
    source="theorem of this project (MATH N9)",
    question="uniqueness",
    improves="neural collapse under label smoothing with free norms: on the sphere the simplex ends at a temperature",
    hypotheses=(
        "cross-entropy with smoothing 0 < delta < 1 of k >= 2 classes of m >= 1 samples each, weights and features on the unit sphere "
        "(or in the unit ball), any tau > 0",
        "optimal in every dimension d >= k - 1; not optimal: in every d >= k",
    ),
    assumed=(),
    could_go_wrong=("classes of different sizes: below the threshold 1/tau the simplex need not be optimal; above it, it still is not",),
    steps=smoothing_steps,
    formal=(RISES, RISES_STRICTLY),
    instances=smoothing_instances,
)
