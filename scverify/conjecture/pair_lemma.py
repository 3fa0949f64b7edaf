"""The pair lemma (MATH N2): what the first-order conditions say of two samples of one class, and the collapse that follows."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Symbol, exp, log, symbols

from scverify.conjecture.arguments import CROSS, pull, rule_of
from scverify.conjecture.class_rows import class_size
from scverify.conjecture.elementary import exponential_rises
from scverify.conjecture.theorem import Step, identity, sign
from scverify.symbolic.losses import Loss, n_own
from scverify.symbolic.row import a, c, row_sum, s, tau

SIZE = class_size("c")
SHARES = symbols("p_ij p_ji", positive=True)
NEXT = symbols("D", positive=True)  # the squared distance of h_i and h_j, which differ


def slopes(loss: Loss) -> Iterator[Step]:
    """Where the loss enters: tau times the slope of a row is p - 1/(n_c - 1) at a positive, p at a negative, p its softmax."""
    rule = rule_of(loss)
    others = exp(-CROSS / tau) * row_sum(c[a] * exp(s[a] / tau))
    share = 1 / (1 + others)
    yield identity("every row has weight 1", rule.weight.subs(n_own, SIZE), Integer(1), r"w_i = 1")
    yield identity("tau times the slope at a positive: p - 1/(n_c - 1)", tau * pull(loss, positive=True), share - 1 / (SIZE - 1))
    yield identity("tau times the slope at a negative: p", tau * pull(loss, positive=False), share)


def pair_lemma(loss: Loss) -> Iterator[Step]:
    """<grad_i - grad_j, h_i - h_j> >= (D/tau)(2/(n_c - 1) - p_ij - p_ji) for any H and two samples of one class."""
    yield from slopes(loss)
    yield from _split()
    yield from exponential_rises()
    yield from _columns()
    yield from _rows()


def _split() -> Iterator[Step]:
    """tau grad_i = sum over a of (p_ia + p_ai - 2 q_ia) h_a, paired with h_i - h_j; d_a = <h_a, h_i - h_j>."""
    (p_ij, p_ji), q = SHARES, 1 / (SIZE - 1)
    d_j, distance = symbols("d_j D", real=True)
    d_i = d_j + distance
    yield identity(
        "d_i - d_j = |h_i - h_j|^2 = D; the two entries between i and j",
        (p_ij + p_ji - 2 * q) * d_j - (p_ji + p_ij - 2 * q) * d_i,
        distance * (2 * q - p_ij - p_ji),
    )
    x, p_ia, p_ai, p_ja, p_aj = symbols("d_a p_ia p_ai p_ja p_aj", real=True)
    for kind, pulls in (("positive", 2 * q), ("negative", Integer(0))):
        yield identity(
            f"the entries at every other {kind} a",
            (p_ia + p_ai - pulls) * x - (p_ja + p_aj - pulls) * x,
            (p_ai - p_aj) * x + (p_ia - p_ja) * x,
        )


def _columns() -> Iterator[Step]:
    """(p_ai - p_aj) d_a >= 0: both have the denominator Z_a, and d_a = G_ai - G_aj."""
    g_i, g_j = symbols("G_ai G_aj", real=True)
    z = Symbol("Z_a", positive=True)
    x, y = g_i / tau, g_j / tau
    yield identity(
        "columns: (p_ai - p_aj) d_a = tau/Z_a times (e^x - e^y)(x - y) >= 0, with x = G_ai/tau and y = G_aj/tau",
        (exp(x) / z - exp(y) / z) * (g_i - g_j),
        tau / z * (exp(x) - exp(y)) * (x - y),
    )


def _rows() -> Iterator[Step]:
    """sum over a of (p_ia - p_ja) d_a >= 0 over all a but i, j: tau times a symmetrised Kullback-Leibler divergence."""
    g_i, g_j, g = symbols("G_ia G_ja g", real=True)
    z_i, z_j = symbols("Z_i Z_j", positive=True)
    p, p_ = exp(g_i / tau) / z_i, exp(g_j / tau) / z_j
    yield identity(
        "rows: one entry; the partner's (similarity g in both rows) has d = 0, as G_ij = G_ji",
        (p - p_) * (g_i - g_j),
        tau * (p - p_) * (log(p) - log(p_)) + tau * (p - p_) * (log(z_i) - log(z_j)),
    )
    rest_i, rest_j = symbols("R_i R_j", positive=True)
    masses = [(rest + exp(g / tau)) / z for rest, z in ((rest_i, rest_i + exp(g / tau)), (rest_j, rest_j + exp(g / tau)))]
    yield identity("the second term adds up to 0: with the partner both rows have mass 1", masses[0] - masses[1], Integer(0))
    x, y = symbols("x y", real=True)
    yield identity(
        "each first term is (e^x - e^y)(x - y) >= 0 with x = log p_ia and y = log p_ja", ((p - p_) * (log(p) - log(p_))), _at(x, y, p, p_)
    )


def _at(x: Symbol, y: Symbol, p: Expr, p_: Expr) -> Expr:
    return ((exp(x) - exp(y)) * (x - y)).subs({x: log(p), y: log(p_)})


def first_order(sphere: bool = False) -> Iterator[Step]:
    """What the lemma says at a first-order point: grad_i = -2 lambda_i h_i. The end: p_ij + p_ji >= 2/(n_c - 1)."""
    norm_i, norm_j, g = symbols("r_i r_j g", real=True)  # squared norms and the similarity
    if sphere:
        multipliers = Symbol("Lambda", nonnegative=True)  # lambda_i + lambda_j
        short = Symbol("t", positive=True)  # 1 - g > 0 where h_i != h_j
        paired = -2 * multipliers * short
        first, second = symbols("lambda_i lambda_j", real=True)
        yield identity(
            "the left-hand side on the unit sphere",
            -2 * (first * (1 - g) - second * (g - 1)),
            -2 * (first + second) * (1 - g),
        )
    else:
        first, second, t_i, t_j = symbols("lambda_i lambda_j t_i t_j", nonnegative=True)
        paired = -2 * (first * t_i + second * t_j)
        mult_i, mult_j = symbols("lambda_i lambda_j", real=True)
        yield identity(
            "the left-hand side: <-2 lambda_i h_i + 2 lambda_j h_j, h_i - h_j>",
            -2 * mult_i * (norm_i - g) + 2 * mult_j * (g - norm_j),
            -2 * (mult_i * (norm_i - g) + mult_j * (norm_j - g)),
        )
    yield sign("is not positive: lambda >= 0, and where lambda > 0 the norm is 1, so that t = 1 - g >= 0 (Cauchy-Schwarz)", paired, "<= 0")
    lacking = Symbol("E", positive=True)  # 2/(n_c - 1) - p_ij - p_ji, were it positive
    yield sign("were p_ij + p_ji < 2/(n_c - 1), the right-hand side would be positive: a contradiction", NEXT * lacking / tau, "> 0")


def least_sum() -> Iterator[Step]:
    """Among the samples of a class the one of least Z has p >= 1/(n_c - 1) at every positive: against the mass of the negatives."""
    z, more, entry = Symbol("Z_i", positive=True), Symbol("f", nonnegative=True), Symbol("E", positive=True)  # Z_j = Z_i + f
    yield sign("let i have the least Z of its class: p_ij - p_ji = e^{g/tau}(1/Z_i - 1/Z_j) >= 0", entry / z - entry / (z + more), ">= 0")
    excess, wider = symbols("f_1 f_2", nonnegative=True)
    yield identity(
        "so where h_j != h_i: p_ij = (sum + difference)/2, the sum at least 2/(n_c - 1): p_ij >= 1/(n_c - 1)",
        ((2 / (SIZE - 1) + excess) + wider) / 2,
        1 / (SIZE - 1) + (excess + wider) / 2,
    )


def twins_and_mass() -> Iterator[Step]:
    """A coincident twin at unit norm is at least as similar as any other positive; the positives cannot have mass 1."""
    short = Symbol("t", nonnegative=True)
    z = Symbol("Z_i", positive=True)
    g = Symbol("g", real=True)
    yield identity(
        "a twin h_l = h_i of unit norm: p_il - p_ij = (e^x - e^y)/Z_i with x - y = (1 - g)/tau >= 0, so p_il >= p_ij >= 1/(n_c - 1)",
        exp(1 / tau) / z - exp(g / tau) / z,
        (exp(1 / tau) - exp(g / tau)) / z,
    )
    yield sign("(e^x - e^y)(x - y) >= 0 and x - y = t/tau >= 0: the sign of e^x - e^y", short / tau, ">= 0")
    negatives, excess = Symbol("N", positive=True), Symbol("f", nonnegative=True)
    yield sign(
        "the row's mass would be at least (n_c - 1)/(n_c - 1) + (the negatives' share N > 0) > 1: no positive of i differs from h_i",
        (SIZE - 1) * (1 / (SIZE - 1) + excess) + negatives - 1,
        "> 0",
    )


def class_of_two() -> Iterator[Step]:
    """Classes of two: p_ij + p_ji >= 2 is impossible."""
    negatives = symbols("N_i N_j", positive=True)
    yield sign("n_c = 2: p_ij = 1 - N_i and p_ji = 1 - N_j with shares N > 0 of the negatives", 2 - sum(1 - x for x in negatives), "> 0")


def warm_share(loss: Loss) -> Iterator[Step]:
    """Where exp(-2/tau) >= (n_c - 2)/(n - 2), p < 1/(n_c - 1) at every positive that differs: in the unit ball."""
    short, base = symbols("t b", positive=True)
    others = exp(-CROSS / tau) * row_sum(c[a] * exp(s[a] / tau))
    yield identity(
        "p_ij at similarity x, the n - 2 other samples in the sum", tau * pull(loss, positive=True) + 1 / (SIZE - 1), 1 / (1 + others)
    )
    rise, excess = Symbol("u", positive=True), Symbol("f", nonnegative=True)
    yield identity(
        "each of them adds e^{(s - x)/tau} >= e^{-(1 + x)/tau}, with x = 1 - t and t > 0 where h_i != h_j",
        exp(-(1 + (1 - short)) / tau),
        exp(-2 / tau) * exp(short / tau),
    )
    yield identity(
        "e^{t/tau} = 1 + u with u > 0; (n - 2) e^{-2/tau} = b > 0 is n_c - 2 + f by the hypothesis", base * (1 + rise), base + base * rise
    )
    more = Symbol("w", positive=True)  # b u
    yield sign("so p_ij < 1/(n_c - 1), and p_ij + p_ji < 2/(n_c - 1)", 1 / (SIZE - 1) - 1 / (1 + (SIZE - 2 + excess) + more), "> 0")
