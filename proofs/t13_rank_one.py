"""L1, a lemma of this project: when the rank-one formula is the optimum of supervised contrastive loss on the sphere."""

from collections.abc import Iterator

from sympy import Integer, Symbol, exp, integrate, log, oo, symbols

from scverify.conjecture.arguments import OWN, collapse, reduced, strictly_convex
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.proof import Statement, Step, identity, sign
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


L1 = Statement(
    id="L1",
    title="the rank-one formula is the optimum wherever e_cc <= 1 (sphere)",
    latex=r"B_{cd} = 1 + \tau \log \frac{\tau \omega_c \omega_d}{Z_c + Z_d},\ Bv = 0,\ "
    r"e_{cc} = \frac{\tau \omega_c^2}{2 Z_c} \le 1\ \forall c "
    r"\Rightarrow B \succeq 0,\ S = \tfrac12 vv^{\mathsf T} \Rightarrow B = B^\star",
    source="lemma of this project",
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
