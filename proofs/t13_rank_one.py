"""L1 and N15, of this project: when S has rank one at the optimum of supervised contrastive loss on the sphere, in both directions."""

from collections.abc import Iterator
from fractions import Fraction

from sympy import Integer, Symbol, exp, integrate, log, oo, symbols

from scverify.certify.optimum import Optimum
from scverify.conjecture.arguments import OWN, collapse, reduced, repulsion, strictly_convex
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.elementary import RISES, u_log_one_plus_u
from scverify.conjecture.instances import certified_optimum
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.model.classes import Classes
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

CROSS = Symbol("x", real=True)


def steps(loss: Loss) -> Iterator[Step]:
    yield from strictly_convex(loss)
    yield from collapse(loss)
    yield from rank_one_form(loss)
    yield from conditionally_negative()
    yield from extension()


def rank_one_form(loss: Loss) -> Iterator[Step]:
    """S_cc' of the loss, and the similarity at which it is v_c v_c'/2."""
    n1, n2 = class_size("c"), class_size("d")
    z1, z2, w1, w2 = symbols("Z_c Z_d omega_c omega_d", positive=True)
    others = Symbol("R", integer=True, positive=True)
    shares = []
    for own, other, z in ((n1, n2, z1), (n2, n1, z2)):
        row = ClassRow(loss, own, OWN, (Seen(1, other, CROSS), Seen(1, others, Integer(0))))
        total = (own - 1) + other * exp((CROSS - 1) / tau) + others * exp(-1 / tau)
        yield identity("the row of a class is log Z (R more samples at similarity 0, say)", row.value.subs(OWN, 1), log(total))
        yield identity("the share of one row in S", row.slope(CROSS).subs(OWN, 1) * total, own * other * exp((CROSS - 1) / tau) / tau)
        shares.append(own * other / (tau * z))
    formula = tau * w1 * w2 / (z1 + z2)
    yield identity(
        "S_cd = v_c v_d/2 with v = n omega/Z where e_cd = tau omega_c omega_d/(Z_c + Z_d)",
        sum(shares) / 2 * formula,
        n1 * w1 / z1 * n2 * w2 / z2 / 2,
    )
    inverse = 1 + tau * log(formula)
    yield identity(
        "this is e_cd = exp((B_cd - 1)/tau)",
        exp((inverse - 1) / tau),
        formula,
        r"B_{cd} = 1 + \tau \log \frac{\tau \omega_c \omega_d}{Z_c + Z_d} "
        r"\Rightarrow e^{(B_{cd} - 1)/\tau} = \frac{\tau \omega_c \omega_d}{Z_c + Z_d}",
    )
    split = tau * (log(tau) + log(w1) + log(w2) - log(z1 + z2))
    yield identity(
        "the logarithm splits",
        inverse.expand(force=True) - 1,
        split.expand(),
        r"B_{cd} = 1 + \tau \bigl(\log \tau + \log \omega_c + \log \omega_d - \log(Z_c + Z_d)\bigr)",
    )
    yield identity(
        "and 1 - (the same formula at c = d) is -tau log e_cc",
        -tau * log(formula.subs({w2: w1, z2: z1})),
        -tau * log(tau * w1**2 / (2 * z1)),
        r"1 - \Bigl(1 + \tau \log \frac{\tau \omega_c^2}{2 Z_c}\Bigr) = -\tau \log e_{cc}",
    )


def conditionally_negative() -> Iterator[Step]:
    """On vectors with sum 0, -sum x_c x_d log(Z_c + Z_d) is an integral of squares (Frullani)."""
    t, z1, z2, w = symbols("t Z_c Z_d w", positive=True)
    yield identity(
        "Frullani's integral",
        integrate((exp(-t) - exp(-t * w)) / t, (t, 0, oo)),
        log(w),
        r"\int_0^\infty \frac{e^{-t} - e^{-tw}}{t}\, dt = \log w",
    )
    yield identity("with w = Z_c + Z_d its kernel splits", exp(-t * (z1 + z2)), exp(-t * z1) * exp(-t * z2))
    x, xt, y, yt = symbols("x x^T y y^T", commutative=False)
    square = Symbol("X", real=True)  # x'y = y'x, a number
    quadratic = (xt * y * yt * x).subs({xt * y: square}).subs({yt * x: square})
    yield identity(
        "x'(yy')x = (x'y)^2 with y_c = e^{-tZ_c}; the terms e^-t, log tau and log omega drop out as sum x = 0",
        quadratic,
        square**2,
        r"\sum_{c,d} x_c x_d e^{-t(Z_c + Z_d)} = \bigl(\textstyle\sum_c x_c e^{-tZ_c}\bigr)^2",
    )
    yield sign("a square over t is not negative: x'Bx >= -tau sum x_c^2 log e_cc for sum x = 0", square**2 / t, ">= 0")


def extension() -> Iterator[Step]:
    """From vectors of sum 0 to all, by Bv = 0 with v > 0; and what two equal classes ask for."""
    y, yt, v, vt, b = symbols("y y^T v v^T B", commutative=False)
    alpha, total, mass = Symbol("alpha", real=True), Symbol("X", real=True), Symbol("V", positive=True)
    yield identity(
        "y = x - alpha v with alpha = sum x/sum v has sum 0",
        total - total / mass * mass,
        Integer(0),
        r"\textstyle\sum_c x_c - \alpha \sum_c v_c = 0",
    )
    moved = reduced((yt + alpha * vt) * b * (y + alpha * v), ((b * v, Integer(0)), (vt * b, Integer(0))))
    yield identity(
        "x'Bx = y'By as Bv = 0: B >= 0 where all e_cc <= 1, of rank k - 1 where all e_cc < 1",
        moved,
        yt * b * y,
        r"x^{\mathsf T} B x = (y + \alpha v)^{\mathsf T} B (y + \alpha v) = y^{\mathsf T} B y",
    )
    below = Symbol("e", positive=True)
    yield sign("-tau log e_cc > 0 where e_cc = 1/(1 + e)", tau * log(1 + below), "> 0")
    w, z = symbols("omega Z", positive=True)
    own = tau * w**2 / (2 * z)
    yield identity(
        "two equal classes, x = (1, -1): x'Bx = 2 - 2 B_cd = -2 tau log e_cc, so B >= 0 needs e_cc <= 1",
        2 - 2 * (1 + tau * log(own)),
        -2 * tau * log(own),
        r"2 - 2 B_{cd} = -2 \tau \log \frac{\tau \omega^2}{2 Z} = -2 \tau \log e_{cc}",
    )


L1 = Theorem(
    id="L1",
    title="the rank-one formula is the optimum wherever e_cc <= 1 (sphere)",
    latex=r"B_{cd} = 1 + \tau \log \frac{\tau \omega_c \omega_d}{Z_c + Z_d},\ Bv = 0,\ "
    r"e_{cc} = \frac{\tau \omega_c^2}{2 Z_c} \le 1\ \forall c "
    r"\Rightarrow B \succeq 0,\ S = \tfrac12 vv^{\mathsf T} \Rightarrow B = B^\star",
    source="lemma of this project",
    question="uniqueness",
    improves="numerical solutions of the class problem: 2k numbers give the optimum, with a condition that can be checked",
    hypotheses=(
        "supervised contrastive loss, sphere of radius 1, sizes at least 2",
        "(omega, Z) > 0 solves the equations for Z and Bv = 0, v_c = n_c omega_c/Z_c, with B_cc = 1",
    ),
    assumed=(
        "KKT conditions are sufficient for a convex problem, and T5 makes the optimum unique",
        "an integral of non-negative functions is not negative",
    ),
    could_go_wrong=(
        "conversely, S of rank one forces e_cc <= 1 only for a class that has an equal one; for a class of a size of its own this is open",
        "rank k - 1 is claimed where all e_cc < 1; at e_cc = 1 equal classes coincide",
    ),
    steps=steps,
)


def converse_steps(loss: Loss) -> Iterator[Step]:
    yield from strictly_convex(loss)
    yield from collapse(loss)
    yield repulsion(loss)
    yield from entries(loss)
    yield from inserted()
    yield from u_log_one_plus_u()
    yield from conditionally_negative()
    yield from conclusion()


def entries(loss: Loss) -> Iterator[Step]:
    """S_cd from the loss, and S = (<s_c, s_d>) with s_c = alpha_c (e_0 + t_c), e_0 along the sum of all s_c."""
    n1, n2 = class_size("c"), class_size("d")
    z1, z2 = symbols("Z_c Z_d", positive=True)
    others = Symbol("R", integer=True, positive=True)
    shares = []
    for own, other, z in ((n1, n2, z1), (n2, n1, z2)):
        row = ClassRow(loss, own, OWN, (Seen(1, other, CROSS), Seen(1, others, Integer(0))))
        total = (own - 1) + other * exp((CROSS - 1) / tau) + others * exp(-1 / tau)
        yield identity("the share of one row in 2 S_cd", row.slope(CROSS).subs(OWN, 1) * total, own * other * exp((CROSS - 1) / tau) / tau)
        shares.append(own * other / (tau * z))
    e = Symbol("e_cd", positive=True)
    yield identity("S_cd = n_c n_d e_cd (Z_c + Z_d)/(2 tau Z_c Z_d)", sum(shares) * e / 2, n1 * n2 * e * (z1 + z2) / (2 * tau * z1 * z2))
    yield identity(
        "and at c = d this defines e_cc = tau Z_c S_cc/n_c^2",
        (n1 * n2 * e * (z1 + z2) / (2 * tau * z1 * z2)).subs({n2: n1, z2: z1}),
        n1**2 * e / (tau * z1),
        r"S_{cc} = \frac{n_c^2 e_{cc}}{\tau Z_c}",
    )
    diagonal, across = Symbol("S_cc", nonnegative=True), Symbol("S_cd", positive=True)
    yield sign("S >= 0 and S_cd > 0: row sums are positive, so alpha_c = <s_c, e_0> > 0", diagonal + across, "> 0")
    a1, a2, u = *symbols("alpha_c alpha_d", positive=True), Symbol("u", real=True)
    yield identity("<s_c, s_d> with u = <t_c, t_d>, t_c orthogonal to e_0", a1 * a2 * 1 + a1 * a2 * u, a1 * a2 * (1 + u))


def inserted() -> Iterator[Step]:
    """SB = 0 gives sum alpha_c alpha_d u_cd B_cd = 0, where B_cd = 1 + tau log e_cd, minus tau log e_cc on the diagonal."""
    n1, n2, a1, a2 = symbols("n_c n_d alpha_c alpha_d", positive=True)
    z1, z2, w = symbols("Z_c Z_d w", positive=True)  # w = 1 + u_cd > 0, as S_cd > 0 and S_cc > 0
    e = 2 * tau * z1 * z2 * a1 * a2 * w / (n1 * n2 * (z1 + z2))
    yield identity("the entry e_cd of S_cd = alpha_c alpha_d (1 + u)", n1 * n2 * e * (z1 + z2) / (2 * tau * z1 * z2), a1 * a2 * w)
    parts = log(2 * tau) + (log(z1) + log(a1) - log(n1)) + (log(z2) + log(a2) - log(n2)) + log(w) - log(z1 + z2)
    yield identity(
        "its logarithm: a constant, a term of c alone, one of d alone, log(1 + u), -log(Z_c + Z_d)",
        log(e).expand(force=True),
        parts.expand(),
    )
    total, factor = symbols("T F", commutative=False)
    yield identity(
        "terms of c alone drop out, as T = sum alpha_d t_d = 0: sum over c, d of alpha_c alpha_d <t_c, t_d> F(c) = <sum "
        "alpha_c F(c) t_c, T>",
        reduced(factor * total, ((total, Integer(0)),)),
        Integer(0),
        r"\textstyle\sum_{c,d} \alpha_c \alpha_d \langle t_c, t_d \rangle F(c) = \langle \sum_c \alpha_c F(c) t_c, \sum_d "
        r"\alpha_d t_d \rangle = 0",
    )


def conclusion() -> Iterator[Step]:
    """0 = sum alpha alpha u log(1 + u) - sum alpha alpha u log(Z + Z) - sum alpha_c^2 |t_c|^2 log e_cc: three terms >= 0."""
    first, second, square, below = symbols("P Q |t|^2 f", nonnegative=True)
    alpha = Symbol("alpha_c", positive=True)
    yield sign("e_cc = 1/(1 + f) <= 1: their sum is not negative", first + second + alpha**2 * square * log(1 + below), ">= 0")
    positive = Symbol("|t_c|^2", positive=True)
    yield sign(
        "were some t_c not 0, its own term alpha_c^2 u log(1 + u) at u = |t_c|^2 would be positive",
        alpha**2 * positive * log(1 + positive),
        "> 0",
    )
    b, n, z = symbols("b n_c Z_c", positive=True)
    yield identity(
        "a class with an equal one at similarity b < 1: B(1, -1) = (1 - b)(1, -1), so S(1, -1) = 0, S_cc = S_cc' and e_cc = "
        "e_cc' = e^((b - 1)/tau)",
        tau * z * (n**2 * exp((b - 1) / tau) / (tau * z)) / n**2,
        exp((b - 1) / tau),
    )
    gap = Symbol("g", positive=True)
    yield sign("which is below 1", log(1 / exp(-gap / tau)), "> 0")


def converse_instances(loss: Loss, thorough: bool) -> Iterator[Step]:
    cases = ((Classes((5, 5, 2, 2)), 3), (Classes((6, 6, 3, 3, 2, 2)), 5), (Classes((395, 395, 3, 3)), 2), (Classes((639, 3, 3)), 1))
    for classes, rank in cases:
        word = "no classes merged, rank k - 1, so S has rank one" if rank == classes.k - 1 else "merged minorities, a lower rank"
        yield certified(
            f"sizes {classes}, tau = 1/2: {word}",
            lambda classes=classes, rank=rank: rank_of(certified_optimum(loss, classes.sizes, Fraction(1, 2)), rank),
        )


def rank_of(found: Optimum, rank: int) -> Decision:
    name = "-".join(map(str, found.problem.classes.sizes))
    return Decision(found.rank == rank, f"rank {found.rank}", {f"{name}-{part}": data for part, data in found.certificates.items()})


N15 = Theorem(
    id="N15",
    title="the converse of L1: e_cc <= 1 at the optimum makes S of rank one; so it is where no class merges and every size occurs twice",
    latex=r"e_{cc} := \frac{\tau Z_c S_{cc}}{n_c^2} \le 1\ \forall c \Rightarrow \mathrm{rank}\, S = 1; \qquad "
    r"B^\star_{cc'} < 1 = \tfrac{n_c}{n_{c'}} \Rightarrow e_{cc} = e^{(B^\star_{cc'} - 1)/\tau} < 1",
    source="Theorem R of this project (MATH N15)",
    question="uniqueness",
    improves="L1: the converse direction, where every size occurs twice",
    hypotheses=(
        "supervised contrastive loss, sphere of radius 1, k >= 2, sizes at least 2; S the dual matrix at the optimum B*",
        "e_cc <= 1 for every class; this holds where every class has another one of its size, and no two of a size coincide",
    ),
    assumed=(
        "conditions of Karush, Kuhn and Tucker: S >= 0, SB = 0 (Slater: B = I); a positive semidefinite S is a Gram matrix",
        "T11 for equal classes: their rows of B agree, and Z_c = Z_c'",
        "an integral of non-negative functions is not negative",
    ),
    could_go_wrong=(
        "a class of a size of its own may have e_cc > 1 (k = 3, sizes 8511, 5, 2050: seen in floats), and then nothing follows",
    ),
    steps=converse_steps,
    formal=(RISES,),
    instances=converse_instances,
)
