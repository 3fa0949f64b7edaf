"""N16, a theorem of this project: STEP imbalance as the ratio grows; above a temperature the minorities never coincide."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from flint import arb, ctx
from sympy import Expr, Integer, Symbol, exp, symbols

from scverify.certify.optimum import optimum
from scverify.conjecture.class_rows import class_size
from scverify.conjecture.elementary import RISES_STRICTLY, exponential_above_tangent
from scverify.conjecture.formulas import PRECISION
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, fact, identity, sign
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

KAPPA, MINOR, GROWTH = from_two("kappa"), class_size("2"), Symbol("R - 1", nonnegative=True)
J = Symbol("j", integer=True, positive=True)  # kappa - 2, for kappa >= 3
MAJOR, C = (1 + GROWTH) * MINOR, Symbol("c", real=True)
A = (KAPPA * C**2 - 1) / (KAPPA - 1)
E11, E12 = symbols("e_11 e_12", positive=True)


def masses(kappa: Expr, major: Expr, first: Expr, second: Expr) -> tuple[Expr, Expr]:
    """Z_1 and Z_2 of N4 with kappa majorities and as many minorities, these merged; e_11 and e_12 given."""
    return major - 1 + (kappa - 1) * major * first + kappa * MINOR * second, kappa * MINOR - 1 + kappa * major * second


def steps(loss: Loss) -> Iterator[Step]:
    yield from root()
    yield from limit()
    yield from exponential_above_tangent()
    yield from rises_with_c()
    yield from without_angle()
    yield from more_positives()
    yield from fewer_positives()
    yield from power()
    yield fact("M_oo - 1 changes sign, from + to -, between the ends of each bracket (balls)", lambda: all(map(brackets, ROOTS)))


def root() -> Iterator[Step]:
    """(i) 2 R |c| e_11 Z_2 = e_12 (Z_1 + Z_2) has a root c in (-1, 0), and |c| <= 3/(2 R e_11) at each."""
    below, above = symbols("f_1 f_2", positive=True)
    e = 1 / (1 + below)
    z1, z2 = masses(KAPPA, MAJOR, Integer(1), e)
    yield sign(
        "at c = -1, where e_11 = 1 and e_12 = e^{-2/tau} = 1/(1 + f), the left side of (i) is larger",
        2 * (1 + GROWTH) * z2 - e * (z1 + z2),
        "> 0",
    )
    z1, z2 = masses(KAPPA, MAJOR, 1 / (1 + below), 1 / (1 + above))
    yield sign("at c = 0 the right side is", -(z1 + z2) / (1 + above), "< 0")
    yield sign(
        "at a root 2 R |c| e_11 = e_12 (Z_1 + Z_2)/Z_2 < 3, with e_11, e_12 < 1: c tends to 0 as R grows",
        3 * z2 - (z1 + z2) / (1 + above),
        "> 0",
    )


def limit() -> Iterator[Step]:
    """M = (Z_1 + Z_2)^2/(4 Z_1 Z_2) e^{(2c - 1 - a)/tau} at 1/R = 0, c = 0, where e_11 and e_12 are continuous."""
    inverse = Symbol("h", positive=True)
    p, q = 1 + (KAPPA - 1) * E11, KAPPA * E12
    z1, z2 = masses(KAPPA, MINOR / inverse, E11, E12)
    yield identity(
        "Z_1/N = P - h/m + kappa h e_12 with h = 1/R and P = 1 + (kappa - 1)e_11",
        z1 * inverse / MINOR,
        p - inverse / MINOR + KAPPA * inverse * E12,
    )
    yield identity("Z_2/N = Q + kappa h - h/m with Q = kappa e_12", z2 * inverse / MINOR, q + KAPPA * inverse - inverse / MINOR)
    yield identity("at c = 0: 2c - 1 - a", (2 * C - 1 - A).subs(C, 0), -(KAPPA - 2) / (KAPPA - 1))
    y = Symbol("y", positive=True)  # e^{-1/tau}
    yield identity("kappa = 2: P - Q = (1 - e^{-1/tau})^2", 1 + y**2 - 2 * y, (1 - y) ** 2)
    gap = Symbol("g", positive=True)
    yield sign(
        "and M_oo - 1 = (P - Q)^2/(4PQ) > 0: two minorities merge for large R, at every temperature",
        (q + gap + q) ** 2 / (4 * (q + gap) * q) - 1,
        "> 0",
    )


def rises_with_c() -> Iterator[Step]:
    """log M rises with c on (-1, 0]: so M(R, c) < M(R, 0) at the root."""
    first, second = exp((A - 1) / tau), exp((C - 1) / tau)
    z1, z2 = masses(KAPPA, MAJOR, first, second)
    moved = (KAPPA - 1) * MAJOR * first * A.diff(C) + KAPPA * MINOR * second
    for name, mass, slope in (("1", z1, moved), ("2", z2, KAPPA * MAJOR * second)):
        yield identity(f"tau times the derivative of Z_{name} by c", tau * mass.diff(C), slope)
    y1, y2, d1, d2 = symbols("Z_1 Z_2 Z_1' Z_2'", real=True)
    yield identity(
        "that of 2 log(Z_1 + Z_2) - log Z_1 - log Z_2 by Z_1 and Z_2",
        2 * (d1 + d2) / (y1 + y2) - d1 / y1 - d2 / y2,
        (y1 - y2) / (y1 + y2) * (d1 / y1 - d2 / y2),
    )
    base, b, d, f, k, g = symbols("A B D F K g", positive=True)  # Z_1 = A + B + D, Z_2 = F + K, a' = -g
    y1, y2 = base + b + d, f + k
    yield identity("a' = 2 kappa c/(kappa - 1), not positive: -g", A.diff(C), 2 * KAPPA * C / (KAPPA - 1))
    yield sign(
        "tau (log M)' with Z_1 = (N - 1) + B + D, Z_2 = F + K, tau Z_1' = -gB + D, tau Z_2' = K",
        (y1 - y2) / (y1 + y2) * ((d - g * b) / y1 - k / y2) + 2 + g,
        "> 0",
    )


def without_angle() -> Iterator[Step]:
    """P > Q at c = 0, with z = 1/((kappa - 1)tau): e_11 = e^{-kappa z} and e_12 = e^{-(kappa - 1)z}."""
    z = Symbol("z", positive=True)
    yield identity(
        "e^{kappa z}(P - Q) by the tangents at z",
        exp(KAPPA * z) + (KAPPA - 1) - KAPPA * exp(z),
        exp(z) * ((exp((KAPPA - 1) * z) - 1 - (KAPPA - 1) * z) + (KAPPA - 1) * (exp(-z) - 1 + z)),
    )
    first, second = Symbol("J_1", positive=True), Symbol("J_2", nonnegative=True)
    yield sign("J_1 = e^v - 1 - v > 0 at v = (kappa - 1)z and J_2 >= 0 at v = -z: P > Q", exp(z) * (first + (KAPPA - 1) * second), "> 0")


def more_positives() -> Iterator[Step]:
    """Z_1 >= Z_2 at c = 0: M(R, 0) < M_oo."""
    gap, less = symbols("g f", positive=True)  # P - Q; E = 1/(1 + f)
    share = 1 / (1 + less)
    q = KAPPA * share
    z1, z2 = MAJOR * (q + gap) + KAPPA * MINOR * share - 1, MAJOR * q + KAPPA * MINOR - 1
    given = masses(KAPPA, MAJOR, E11, E12)
    yield identity("Z_1 = N P + kappa m e_12 - 1", given[0], MAJOR * (1 + (KAPPA - 1) * E11) + KAPPA * MINOR * E12 - 1)
    yield identity("Z_2 = N Q + kappa m - 1", given[1], MAJOR * KAPPA * E12 + KAPPA * MINOR - 1)
    yield sign("P Z_2 - Q Z_1: Z_1/Z_2 < P/Q", (q + gap) * z2 - q * z1, "> 0")
    further, rest = Symbol("s", nonnegative=True), Symbol("t", positive=True)
    r, top = 1 + further, 1 + further + rest
    yield sign("(1 + r)^2/(4r) rises for r >= 1", (1 + top) ** 2 / (4 * top) - (1 + r) ** 2 / (4 * r), "> 0")


def fewer_positives() -> Iterator[Step]:
    """Z_1 < Z_2 at c = 0 and R >= 1: (Z_1 + Z_2)^2/(4 Z_1 Z_2) - 1 <= (kappa - 1)(1 - e_11)/(2 + 8(kappa - 1)e_11)."""
    z1, z2 = masses(KAPPA, MAJOR, E11, E12)
    yield identity(
        "m(kappa - 1)(1 - e_11) - (Z_2 - Z_1) = (N - m)(P - Q)",
        MINOR * (KAPPA - 1) * (1 - E11) - (z2 - z1),
        (MAJOR - MINOR) * (1 + (KAPPA - 1) * E11 - KAPPA * E12),
    )
    excess, gap = Symbol("f", positive=True), Symbol("g", nonnegative=True)
    yield sign("which is not negative", (MAJOR - MINOR) * gap, ">= 0")
    larger = masses(KAPPA, MAJOR, E11, E11 + excess)[0]
    yield sign("Z_1 >= m/2 + 2(kappa - 1) m e_11, as e_12 = e_11 + f", larger - MINOR / 2 - 2 * (KAPPA - 1) * MINOR * E11, ">= 0")
    mass, apart = symbols("Z_1 f", positive=True)  # Z_2 = Z_1 + f
    yield identity(
        "(Z_1 + Z_2)^2/(4 Z_1 Z_2) - 1 = (Z_2 - Z_1)^2/(4 Z_1 Z_2), less than (Z_2 - Z_1)/(4 Z_1)",
        apart / (4 * mass) - ((2 * mass + apart) ** 2 / (4 * mass * (mass + apart)) - 1),
        apart / (4 * (mass + apart)),
    )


def power() -> Iterator[Step]:
    """That bound is below e^{(kappa-2)/((kappa-1)tau)} - 1 = y^j - 1, where y = e^z, e_11 = y^{-kappa}: so M(R, 0) < 1."""
    y, total, further = Symbol("y", positive=True), Symbol("Y", positive=True), Symbol("f", nonnegative=True)
    kappa = J + 2
    yield identity("with Y = 1 + y + ... + y^{j-1}, y^j - 1 = (y - 1)Y: one power more", y ** (J + 1) - 1, (y**J - 1) + (y - 1) * y**J)
    yield identity("and y^kappa - 1 = (y - 1)(Y + y^j (1 + y))", y**kappa - 1, (y**J - 1) + y**J * (y - 1) * (1 + y))
    bound = (kappa - 1) * (1 - y**-kappa) / (2 + 8 * (kappa - 1) * y**-kappa)
    yield identity("the bound", bound, (kappa - 1) * (y**kappa - 1) / (2 * y**kappa + 8 * (kappa - 1)))
    top = y**J
    yield identity(
        "Y(2 y^kappa + 8(kappa - 1)) - (kappa - 1)(Y + y^j(1 + y))",
        total * (2 * y**kappa + 8 * (kappa - 1)) - (kappa - 1) * (total + top * (1 + y)),
        total * (2 * y**kappa + 7 * (kappa - 1)) - (kappa - 1) * top * (1 + y),
    )
    part = Symbol("theta", positive=True)
    base = 1 + part / J
    yield sign("1 + y < 2y and Y >= j: with y = 1 + theta/j, first the former", 2 * base - (1 + base), "> 0")
    yield sign("and y^i = e^{iz} >= 1 + iz >= 1", 1 + J * further, "> 0")
    yield identity(
        "j(2 y^{j+2} + 7(j + 1)) - 2(j + 1) y^{j+1} = 7j(j + 1) - 2(1 - theta) y^{j+1}",
        J * (2 * y ** (J + 2) + 7 * (J + 1)) - 2 * (J + 1) * y ** (J + 1),
        7 * J * (J + 1) - 2 * (1 - J * (y - 1)) * y ** (J + 1),
    )
    yield identity(
        "for theta < 1: 1 - theta <= e^{-theta} and y <= e^{theta/j}, so (1 - theta) y^{j+1} <= e^{theta/j} < e",
        exp(-part) * exp(part / J * (J + 1)),
        exp(part / J),
    )
    more = Symbol("i", integer=True, nonnegative=True)
    yield sign("and 7j(j + 1) > 2e with j = 1 + i: e <= 4, as e^{-1/2} >= 1 - 1/2", 7 * (1 + more) * (2 + more) - 2 * 4, "> 0")


ROOTS = ((3, "0.20505036059", "0.20505036060"), (5, "0.0834538265", "0.0834538266"), (50, "0.0038518197", "0.0038518198"))


def limit_at(kappa: int, temperature: str) -> arb:
    """M_oo in balls."""
    x = 1 / arb(temperature)
    p, q = 1 + (kappa - 1) * (-kappa * x / (kappa - 1)).exp(), kappa * (-x).exp()
    return (p + q) ** 2 / (4 * p * q) * (-(kappa - 2) * x / (kappa - 1)).exp()


def brackets(root: tuple[int, str, str]) -> bool:
    """Whether M_oo > 1 at the lower temperature of a bracket and < 1 at the upper one."""
    kappa, low, high = root
    with ctx.workprec(PRECISION):
        return bool(limit_at(kappa, low) > 1) and bool(limit_at(kappa, high) < 1)


# kappa, N, m = 2, tau, the rank at the optimum: kappa where the minorities are merged, 2 kappa - 1 where they are apart
CASES = (
    (3, 20_000, Fraction(1, 5), 5),
    (3, 200_000, Fraction(1, 5), 3),
    (3, 200_000, Fraction(21, 100), 5),
    (3, 2_000_000, Fraction(21, 100), 5),
    (4, 4_000_000, Fraction(1, 10), 4),
    (4, 2_000_000, Fraction(14, 100), 7),
    (2, 20_000, Fraction(1, 5), 2),
)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for kappa, major, temperature, rank in CASES if thorough else CASES[:4]:
        word = "merged" if rank == kappa else "apart"
        yield certified(
            f"kappa = {kappa}, m = 2, N = {major}, tau = {temperature}: the minorities are {word}",
            lambda kappa=kappa, major=major, temperature=temperature, rank=rank: of_rank(loss, kappa, major, temperature, rank),
        )


def of_rank(loss: Loss, kappa: int, major: int, temperature: Fraction, rank: int) -> Decision:
    found = optimum(Problem(loss, Classes((major,) * kappa + (2,) * kappa), temperature=temperature))
    name = f"{kappa}-{major}-{temperature}".replace("/", "_")
    return Decision(found.rank == rank, f"rank {found.rank}", {f"{name}-{part}": data for part, data in found.certificates.items()})


N16 = Theorem(
    id="N16",
    title="STEP imbalance: for large ratios the minorities coincide where M_oo > 1, and where M_oo <= 1 at no ratio",
    latex=r"M_\infty = \frac{(P + Q)^2}{4PQ}\, e^{-\frac{\kappa - 2}{(\kappa - 1)\tau}},\ "
    r"P = 1 + (\kappa - 1) e^{-\frac{\kappa}{(\kappa - 1)\tau}},\ "
    r"Q = \kappa e^{-1/\tau}: \quad M_\infty > 1 \Rightarrow \text{merged for all large } R, \qquad "
    r"\kappa \ge 3,\ M_\infty \le 1 \Rightarrow "
    r"\text{apart for every } R \ge 1",
    source="theorem of this project (MATH N16)",
    question="merging",
    improves="N3 and N4 at one ratio: here all ratios, with a temperature above which merging never happens",
    hypotheses=(
        "kappa classes of N = R m and kappa of m samples, m >= 2, R >= 1; supervised contrastive loss, sphere of radius 1, any tau > 0",
        "kappa = 2: M_oo > 1 at every temperature",
        "M_oo = 1 between 0.20505036059 and 0.20505036060 for kappa = 3, 0.0834538265 and ...66 for 5, 0.0038518197 and ...98 for 50",
    ),
    assumed=(
        "N4: the minorities coincide exactly where (i) and M >= 1 for some c in (-1, 0)",
        "a continuous function takes the values between two of its own; M is continuous in 1/R and c, its denominators being positive",
    ),
    could_go_wrong=(
        "that M_oo = 1 at one temperature only is not claimed: the brackets state a change of sign",
        "different numbers of majorities and minorities",
    ),
    steps=steps,
    formal=(RISES_STRICTLY,),
    instances=instances,
)
