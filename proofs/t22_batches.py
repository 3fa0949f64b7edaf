"""N10, a theorem of this project: every 2-design of mini-batches has the full batch's minimiser; so not only "all batches" has it."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from flint import arb, ctx
from sympy import Expr, Integer, Sum, Symbol, exp, log, symbols

from scverify.certify.units import unit_optimum
from scverify.conjecture.elementary import RISES, RISES_STRICTLY, above_tangents, exponential_above_tangent
from scverify.conjecture.instances import attains, undercuts
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, fact, identity, sign
from scverify.conjecture.unit_configurations import at_unit_configurations
from scverify.model.batches import Batches, mini_batches
from scverify.model.named import mnrl
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import a, c, q, s, tau

N, B = from_two("N"), from_two("B")
OWN, OTHER = symbols("s_ii s", real=True)
FANO = ((0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5))


def batch_row(loss: Loss) -> Expr:
    """The row of x_i in a batch of B pairs, its B - 1 negatives at one similarity: the loss's formula, q = 1 at the partner y_i."""

    def merged(body: Expr, limits: tuple[Expr, ...]) -> Expr:
        partner = body.xreplace({s[a]: OWN, c[a]: Integer(1), q[a]: Integer(1)})
        return partner + (B - 1) * body.xreplace({s[a]: OTHER, c[a]: Integer(1), q[a]: Integer(0)})

    return loss.formula.expression.replace(Sum, merged)


def designs(loss: Loss) -> Iterator[Step]:
    """Each design's loss is at least its value at the simplex of pairs, with equality there only."""
    u = Symbol("u", real=True)
    psi = log(1 + (B - 1) * exp(u))
    yield identity(
        "a row whose negatives have one similarity is psi(u), u = (s - s_ii)/tau",
        batch_row(loss),
        psi.subs(u, (OTHER - OWN) / tau),
    )
    yield from exponential_above_tangent()
    spread = Symbol("J", nonnegative=True)
    yield identity(
        "in general sum e^v = e^u (B - 1 + J), u the mean of the v and J = sum of e^(v - u) - 1 - (v - u) >= 0: the row exceeds psi(u) by",
        log(1 + exp(u) * (B - 1 + spread)) - psi,
        log((1 + exp(u) * (B - 1 + spread)) / (1 + exp(u) * (B - 1))),
    )
    further = Symbol("f", nonnegative=True)
    yield sign("log(1 + f) >= 0, with f = e^u J/(1 + (B - 1)e^u)", log(1 + further), ">= 0")
    yield sign("psi rises", psi.diff(u), "> 0")
    yield identity("and is strictly convex: its second derivative", psi.diff(u, 2), (B - 1) * exp(u) / (1 + (B - 1) * exp(u)) ** 2)
    yield sign("is positive", (B - 1) * exp(u) / (1 + (B - 1) * exp(u)) ** 2, "> 0")
    yield from above_tangents()
    yield from counted()
    yield from least_mean()
    yield at_unit_configurations(
        "one batch of all N = 4 pairs, at random unit vectors, tau = 1/2",
        [(mnrl(4), Fraction(1, 2))],
        lambda at: at.value - 4 * (1 + 3 * (-arb(8) / 3).exp()).log(),
    )


def counted() -> Iterator[Step]:
    """r blocks hold an anchor, lambda hold a pair: r(B - 1) = lambda(N - 1)."""
    pairs, total = Symbol("lambda", integer=True, positive=True), Symbol("T", real=True)
    blocks = pairs * (N - 1) / (B - 1)
    yield identity(
        "over an anchor's r blocks the mean of u is (T/(N - 1) - s_ii)/tau, T the sum of s_ij over all j != i: each j occurs lambda times",
        (pairs * total / (B - 1) - blocks * OWN) / (blocks * tau),
        (total / (N - 1) - OWN) / tau,
    )


def least_mean() -> Iterator[Step]:
    """N sum_i <x_i, y_i> - <X, Y> <= N^2 with X, Y the sums: centred, then 2<a, b> <= |a|^2 + |b|^2."""
    across, within, x = symbols("XY D X2", real=True)  # <X, Y>, sum_i <x_i, y_i>, |X|^2
    yield identity(
        "sum of <x_i - X/N, y_i - Y/N>, times N",
        N * (within - across / N - across / N + N * across / N**2),
        N * within - across,
    )
    yield identity("sum of |x_i - X/N|^2 for unit x_i", N - 2 * x / N + N * x / N**2, N - x / N)
    first, second = symbols("a b", real=True)
    yield sign("a^2 + b^2 - 2ab >= 0, entry by entry", (first - second) ** 2, ">= 0")
    norms = symbols("X2 Y2", nonnegative=True)
    yield sign("so N D - XY <= N/2 (2N - (X2 + Y2)/N) <= N^2", N**2 - N / 2 * (2 * N - sum(norms) / N), ">= 0")
    yield identity(
        "over anchors the mean of u is (XY - N D)/(N(N - 1) tau) >= -N/((N - 1) tau)",
        ((across - within) / (N - 1) - within) / (N * tau),
        (across - N * within) / (N * (N - 1) * tau),
    )
    yield identity("the simplex x_i = y_i, s_ij = -1/(N - 1), has this u in every row", (-1 / (N - 1) - 1) / tau, -N / ((N - 1) * tau))


def is_design(blocks: tuple[tuple[int, ...], ...], points: int) -> bool:
    """Whether every two points lie in exactly one block, all blocks of one size."""
    pairs = sorted(pair for block in blocks for pair in combinations(sorted(block), 2))
    return len({len(block) for block in blocks}) == 1 and pairs == list(combinations(range(points), 2))


def fano_value() -> bool:
    """42 log(1 + 2 e^(-7/6)) at tau = 1: seven batches of three, both directions."""
    with ctx.workprec(128):
        value = 42 * (1 + 2 * (-arb(7) / 6).exp()).log()
        return bool(abs(value - arb("20.33459507588682")) < arb("1e-13"))


def only_if(loss: Loss) -> Iterator[Step]:
    yield from designs(loss)
    yield fact("the Fano plane, 7 of the 35 batches of 3 among 7, is a 2-(7, 3, 1) design", lambda: is_design(FANO, 7))
    yield fact("its least value at tau = 1 is 42 log(1 + 2 e^(-7/6)) = 20.33459507588682...", fano_value)
    yield fact("six of the seven batches are no design", lambda: not is_design(FANO[:6], 7))


# batches of three among seven pairs, rows, whether the simplex has their least loss
BATCHES = (("fano", 42, True), ("all:3", 210, True), (FANO[:6], 36, False))


def instances(loss: Loss, thorough: bool) -> Iterator[Step]:
    for batches, rows, optimal in BATCHES:
        name = {"fano": "the Fano plane", "all:3": "all 35 batches"}.get(str(batches), "six lines of the Fano plane, no design")

        def decide(batches: Batches = batches, rows: int = rows, optimal: bool = optimal) -> Decision:
            with ctx.workprec(128):
                found = unit_optimum(UnitProblem(mini_batches(batches, pairs=7), 1))
                return (attains if optimal else undercuts)(found, rows * (1 + 2 * (-arb(7) / 6).exp()).log(), f"batches-{rows}")

        yield certified(f"{name}, tau = 1: the simplex is {'optimal, within 1e-9' if optimal else 'not optimal'}", decide)


N10 = Theorem(
    id="N10",
    title="mini-batches that form a 2-design have the full batch's minimiser: the simplex of pairs, x_i = y_i",
    latex=r"\sum_{b} \sum_{i \in b} \log\Bigl(1 + \sum_{j \in b, j \ne i} e^{(s_{ij} - s_{ii})/\tau}\Bigr) "
    r"\ge r N \log\bigl(1 + (B - 1) e^{-N/((N-1)\tau)}\bigr),\quad s_{ij} = \langle x_i, y_j \rangle,\quad r(B - 1) = \lambda (N - 1)",
    source="theorem of this project (MATH N10)",
    question="batches",
    improves="the full batch, or all C(N, B) batches",
    hypotheses=(
        "N pairs (x_i, y_i) of unit vectors, N >= 2, any tau > 0; one direction, so also both",
        "batches of B >= 2 pairs: every two pairs share exactly lambda >= 1 batches (all C(N, B) batches, and the full batch, are designs)",
        "equality exactly at x_i = y_i with similarities -1/(N - 1), for d >= N - 1",
    ),
    assumed=(),
    could_go_wrong=("batches that are no design may share the minimiser or not: nothing is claimed",),
    steps=designs,
    formal=(RISES, RISES_STRICTLY),
    instances=instances,
)
ONLY_IF = Theorem(
    id="N10-only-if",
    title="the simplex of pairs is the minimiser if and only if all C(N, B) batches are used",
    latex=r"\text{batches have the full batch's minimiser} \iff \text{all } \tbinom{N}{B} \text{ batches are used}",
    source="a wording read in public summaries (abstract, README) only; no full text was read, and its hypotheses may be narrower",
    question="batches",
    improves="the wording 'if and only if all batches are used'",
    hypotheses=("N = 7 pairs of unit vectors, batches of B = 3, tau > 0",),
    assumed=(),
    could_go_wrong=("the 'if' stands; this refutes 'only if' by one design, and says nothing of training",),
    steps=only_if,
    formal=(RISES, RISES_STRICTLY),
    instances=instances,
    refutes=True,
    expect="REFUTED",
)
