"""N3 and N4, theorems of this project: when minority classes coincide at the optimum, exactly."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache

from flint import arb, ctx, fmpq
from sympy import Integer, Matrix, Symbol, exp, symbols

from scverify.certify.optimum import Optimum, optimum
from scverify.conjecture.arguments import OWN, collapse, repulsion, strictly_convex
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

ACROSS, WITHIN = symbols("x y", real=True)
KAPPA, MAJOR, MINOR = from_two("kappa"), class_size("1"), class_size("2")
E = exp(-2 / tau)
Z_MAJOR, Z_MINOR = (MAJOR - 1) + KAPPA * MINOR * E, (MINOR - 1) + (KAPPA - 1) * MINOR + MAJOR * E
MERGED = {OWN: 1, ACROSS: -1, WITHIN: 1}


def steps(loss: Loss) -> Iterator[Step]:
    yield from strictly_convex(loss)
    yield from collapse(loss)
    major = ClassRow(loss, MAJOR, OWN, (Seen(KAPPA, MINOR, ACROSS),))
    minor = ClassRow(loss, MINOR, OWN, (Seen(KAPPA - 1, MINOR, WITHIN), Seen(1, MAJOR, ACROSS)))
    s12 = (major.slope(ACROSS).subs(MERGED) / KAPPA + minor.slope(ACROSS).subs(MERGED)) / 2
    s23 = minor.slope(WITHIN).subs(MERGED) / (KAPPA - 1)
    yield identity("S_12 at the merged point", s12, MAJOR * MINOR * E * (1 / Z_MAJOR + 1 / Z_MINOR) / (2 * tau))
    yield identity("S_23 at the merged point", s23, MINOR**2 / (tau * Z_MINOR))
    yield sign("S_12 > 0", s12, "> 0")
    yield from spectrum()
    yield identity(
        "the sign of S_12 - kappa S_23, multiplied by 2 tau Z_1 Z_2/m > 0",
        (s12 - KAPPA * s23) * 2 * tau * Z_MAJOR * Z_MINOR / MINOR,
        MAJOR * E * (Z_MINOR + Z_MAJOR) - 2 * KAPPA * MINOR * Z_MAJOR,
    )
    yield repulsion(loss)  # only if: with all minorities at one point the loss falls with the angle to the majority, so it is antipodal


def spectrum() -> Iterator[Step]:
    """Sv = 0 with v = (1, -1, ..., -1) fixes the diagonal of S; its eigenvalues then."""
    first, second = symbols("S_12 S_23", positive=True)
    s22 = first - (KAPPA - 1) * second
    yield identity(
        "Sv = 0: row 1 is S_11 - kappa S_12 = 0; row 2 with S_22 = S_12 - (kappa - 1) S_23", first - s22 - (KAPPA - 1) * second, Integer(0)
    )
    yield identity("on minority differences, (0, 1, -1, 0, ...): the eigenvalue S_22 - S_23", s22 - second, first - KAPPA * second)
    block = Matrix([[KAPPA * first, KAPPA * first], [first, s22 + (KAPPA - 1) * second]])  # on (1, 0) and the sum of the minorities
    yield identity("on the majority and the sum of the minorities: determinant", block.det(), Integer(0))
    yield sign("and trace: eigenvalues 0 and (kappa + 1) S_12 > 0", block.trace(), "> 0")


@cache
def one_majority(loss: Loss, kappa: int, major: int, minor: int, temperature: Fraction) -> Optimum:
    return optimum(Problem(loss, Classes((major, *[minor] * kappa)), temperature=temperature))


def merges(kappa: int, major: int, minor: int, temperature: Fraction) -> bool:
    """The criterion, in floats: it is decided by the certificates."""
    from math import exp as float_exp

    e = float_exp(-2 / temperature)
    z_major, z_minor = major - 1 + kappa * minor * e, minor - 1 + (kappa - 1) * minor + major * e
    return major * e * (z_minor + z_major) >= 2 * kappa * minor * z_major


def threshold(kappa: int, minor: int, temperature: Fraction) -> int:
    """The least size of the majority from which on the criterion holds."""
    low, high = 2, 4
    while not merges(kappa, high, minor, temperature):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if merges(kappa, middle, minor, temperature) else (middle, high)
    return high


CASES = ((2, 2, Fraction(1)), (2, 3, Fraction(1, 2)), (3, 2, Fraction(1)), (4, 5, Fraction(2)), (9, 2, Fraction(3, 2)))


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for kappa, minor, temperature in CASES if thorough else CASES[:2]:
        at = threshold(kappa, minor, temperature)
        for major, rank in ((at, 1), (at - 1, kappa)):
            word = "merged" if rank == 1 else "apart"
            yield certified(
                f"kappa = {kappa}, m = {minor}, tau = {temperature}, N = {major}: the minorities are {word}",
                lambda kappa=kappa, major=major, minor=minor, temperature=temperature, rank=rank: of_rank(
                    one_majority(loss, kappa, major, minor, temperature), rank, f"one-{kappa}-{major}-{minor}-{temperature}"
                ),
            )


def of_rank(found: Optimum, rank: int, name: str) -> Decision:
    """Whether every minimiser has the rank; the certificate of the radius states it."""
    evidence = f"rank {found.rank}" if found.rank is not None else f"no rank: {found.rank_reason}"
    certificates = {f"{name.replace('/', '_')}-{part}": data for part, data in found.certificates.items()}
    return Decision(found.rank == rank, evidence, certificates)


N3 = Theorem(
    id="N3",
    title="one majority class: the minorities coincide exactly from a threshold on",
    latex=r"n = (N, m, \dots, m),\ e = e^{-2/\tau}:\quad B^\star = vv^{\mathsf T},\ v = (1, -1, \dots, -1) \iff "
    r"N e (Z_{\min} + Z_{\mathrm{maj}}) \ge 2 \kappa m Z_{\mathrm{maj}}, \quad "
    r"Z_{\min} = m - 1 + (\kappa - 1) m + N e,\ Z_{\mathrm{maj}} = N - 1 + \kappa m e",
    source="theorem of this project (MATH N3); minority collapse past a threshold: Nguyen et al. 2026 for other losses",
    question="merging",
    improves="collapse of minorities past some threshold (Nguyen et al. 2026, other losses): here the threshold itself",
    hypotheses=("one class of N and kappa >= 2 classes of m samples, N, m >= 2", "sphere of radius 1, any tau > 0"),
    assumed=(),
    could_go_wrong=("several majority classes: N4, N16",),
    steps=steps,
    formal=(
        "Merging.N3_merged_is_optimal: if",
        "Merging.N3_merged_only_if: only if",
    ),
    instances=instances,
)


K1, K2, RATIO = from_two("kappa_1"), from_two("kappa_2"), Symbol("R", positive=True)
A, C = symbols("a c", real=True)


def step_steps(loss: Loss) -> Iterator[Step]:
    yield from strictly_convex(loss)
    yield from collapse(loss)
    major, minor = (
        ClassRow(loss, MAJOR, OWN, (Seen(K1 - 1, MAJOR, WITHIN), Seen(K2, MINOR, ACROSS))),
        ClassRow(loss, MINOR, OWN, (Seen(K2 - 1, MINOR, WITHIN), Seen(K1, MAJOR, ACROSS))),
    )
    e11, e12 = exp((A - 1) / tau), exp((C - 1) / tau)
    z1, z2 = MAJOR - 1 + (K1 - 1) * MAJOR * e11 + K2 * MINOR * e12, K2 * MINOR - 1 + K1 * MAJOR * e12
    at_major, at_minor = {OWN: 1, WITHIN: A, ACROSS: C}, {OWN: 1, WITHIN: 1, ACROSS: C}
    entries = {
        "S_w": (major.slope(WITHIN).subs(at_major) / (K1 - 1), MAJOR**2 * e11 / (tau * z1)),
        "S_m": (minor.slope(WITHIN).subs(at_minor) / (K2 - 1), MINOR**2 / (tau * z2)),
        "S_c": (
            (major.slope(ACROSS).subs(at_major) / K2 + minor.slope(ACROSS).subs(at_minor) / K1) / 2,
            MAJOR * MINOR * e12 * (1 / z1 + 1 / z2) / (2 * tau),
        ),
    }
    for name, (slope, value) in entries.items():
        yield identity(f"{name} with the minorities merged", slope, value)
        yield sign(f"{name} > 0", slope, "> 0")
    yield from step_conditions()
    yield from never_all_merged()
    x1, x2, y1, y2 = symbols("e_11 e_12 Z_1 Z_2", positive=True)
    w, mm, cc = MAJOR**2 * x1 / (tau * y1), MINOR**2 / (tau * y2), MAJOR * MINOR * x2 * (1 / y1 + 1 / y2) / (2 * tau)
    yield identity(
        "S_c^2 = M S_w S_m with M = (Z_1 + Z_2)^2/(4 Z_1 Z_2) e_12^2/e_11", cc**2, (y1 + y2) ** 2 / (4 * y1 * y2) * x2**2 / x1 * w * mm
    )
    yield identity("e_12^2/e_11 = e^((2c - 1 - a)/tau)", e12**2 / e11, exp((2 * C - 1 - A) / tau))
    yield certified(f"kappa = 2 + 2, m = 3, tau = 1/2: R* lies in [{BRACKET[0]}, {BRACKET[1]}]", lambda: bracket(loss))


def step_conditions() -> Iterator[Step]:
    """SB = 0 with the minorities at one point, in block sums: d_1, d_2 are the diagonal entries of S."""
    w, m, s = symbols("S_w S_m S_c", positive=True)
    size = Symbol("c'", positive=True)  # c = -c' < 0
    yield identity(
        "Bv = 0 for v = (-kappa_2, kappa_1 c) on the two groups: the minorities' row", K1 * C * (-K2) + K2 * (K1 * C), Integer(0)
    )
    yield identity("and the majorities' row: 1 + (kappa_1 - 1) a = kappa_1 c^2", -K2 * (K1 * C**2) + K2 * C * (K1 * C), Integer(0))
    d1, d2 = w, K1 * size * s - (K2 - 1) * m
    yield identity(
        "majority differences lie in the range of B where a < 1, so d_1 = S_w; SB = 0 at the minorities' column (c, 1): (i) "
        "kappa_1 c' S_w = kappa_2 S_c",
        -size * (d1 + (K1 - 1) * w) + K2 * s,
        K2 * s - K1 * size * w,
    )
    yield identity("and d_2 = kappa_1 c' S_c - (kappa_2 - 1) S_m", -K1 * size * s + d2 + (K2 - 1) * m, Integer(0))
    yield identity(
        "the eigenvalue on minority differences with (i): kappa_2 (S_c^2 - S_w S_m)/S_w",
        (d2 - m).subs(size, K2 * s / (K1 * w)),
        K2 * (s**2 - w * m) / w,
    )
    blocks = Matrix([[K1 * w, K2 * s], [K1 * s, (d2 + (K2 - 1) * m)]]).subs(size, K2 * s / (K1 * w))
    yield identity("on sums of the groups the determinant is 0", blocks.det(), Integer(0))
    yield sign("and the trace positive: S >= 0 iff S_c^2 >= S_w S_m", blocks.trace(), "> 0")


def never_all_merged() -> Iterator[Step]:
    """c = -1, so a = 1, is never optimal: it would need S_c^2 >= S_w S_m at e = e^(-2/tau), Z_1 = kappa_1 N - 1 + kappa_2 m e and so on."""
    further = Symbol("f", positive=True)
    e = 1 / (1 + further)
    z1, z2 = K1 * MAJOR - 1 + K2 * MINOR * e, K2 * MINOR - 1 + K1 * MAJOR * e
    yield sign("there Z_2 > e Z_1, with e = 1/(1 + f) < 1", z2 - e * z1, "> 0")
    yield sign("and Z_1 > e Z_2", z1 - e * z2, "> 0")
    over, under, w, m = symbols("f_1 f_2 S_w S_m", positive=True)  # over = Z_2 - e Z_1, under = Z_1 - e Z_2
    y1, y2 = (under + e * over) / (1 - e**2), (over + e * under) / (1 - e**2)
    yield identity("Z_1 and Z_2 from these differences", y2 - e * y1, over)
    yield identity("and", y1 - e * y2, under)
    yield sign("so 4 Z_1 Z_2 > (Z_1 + Z_2)^2 e^2, that is S_c^2 < S_w S_m", 4 * y1 * y2 - (y1 + y2) ** 2 * e**2, "> 0")
    more, less = symbols(
        "g_1 g_2", nonnegative=True
    )  # the eigenvalues kappa_2 S_c - kappa_1 S_w and kappa_1 S_c - kappa_2 S_m on differences
    yield sign("while S >= 0 would give S_c^2 >= S_w S_m", (K1 * w + more) * (K2 * m + less) - K1 * w * K2 * m, ">= 0")


BRACKET = ("131.664319348", "131.664319349")


def residual(c: arb, ratio: arb, minor: int, inverse: int) -> tuple[arb, arb]:
    """(i), left minus right side, and M, for 2 + 2 classes with a = 2c^2 - 1 at the inverse temperature."""
    a = 2 * c * c - 1
    e11, e12 = (inverse * (a - 1)).exp(), (inverse * (c - 1)).exp()
    z1, z2 = ratio * minor * (1 + e11) - 1 + 2 * minor * e12, 2 * minor - 1 + 2 * ratio * minor * e12
    return -4 * ratio * c * e11 * z2 - 2 * e12 * (z1 + z2), (z1 + z2) ** 2 / (4 * z1 * z2) * e12**2 / e11


def is_merged(ratio: str) -> bool | None:
    """Whether some c in (-1, 0) has (i) and M >= 1; False where every c that may solve (i) has M < 1."""
    at, open_, roots = arb(fmpq(*Fraction(ratio).as_integer_ratio())), [(Fraction(-1), Fraction(0))], []
    for _ in range(400):
        if not open_:
            break
        low, high = open_.pop()
        c = arb(fmpq(*low.as_integer_ratio())).union(arb(fmpq(*high.as_integer_ratio())))
        value, margin = residual(c, at, 3, 2)
        if value != 0 or margin < 1:
            continue
        if margin > 1:
            roots.append((low, high))
            continue
        middle = (low + high) / 2
        open_ += [(low, middle), (middle, high)]
    else:
        return None
    ends = [tuple(residual(arb(fmpq(*x.as_integer_ratio())), at, 3, 2)[0] for x in interval) for interval in roots]
    return True if any(left * right < 0 for left, right in ends) else None if roots else False


def bracket(loss: Loss) -> Decision:
    """The criterion in balls just below and above R*, and certified optima at the neighbouring ratios 394/3 and 395/3 of whole sizes."""
    with ctx.workprec(192):
        below, above = (is_merged(ratio) for ratio in BRACKET)
    apart, merged = (optimum(Problem(loss, Classes((n, n, 3, 3)), temperature=Fraction(1, 2))) for n in (394, 395))
    holds = below is False and above is True and apart.rank == 3 and merged.rank == 2
    evidence = f"N = 394: rank {apart.rank}, N = 395: rank {merged.rank}; at the ends of the bracket: {below}, {above}"
    certificates = {f"step-{n}-{part}": data for n, found in ((394, apart), (395, merged)) for part, data in found.certificates.items()}
    return Decision(holds, evidence, certificates)


N4 = Theorem(
    id="N4",
    title="STEP imbalance: the minorities coincide exactly where M >= 1",
    latex=r"\exists c \in (-1, 0):\ 2 R \kappa_1 |c| e_{11} Z_2 = \kappa_2 e_{12} (Z_1 + Z_2),\quad "
    r"M = \frac{(Z_1 + Z_2)^2}{4 Z_1 Z_2}\, e^{(2c - 1 - a)/\tau} \ge 1,\quad a = \frac{\kappa_1 c^2 - 1}{\kappa_1 - 1}",
    source="theorem of this project (MATH N4)",
    question="merging",
    improves="T10, which describes the classes while the minorities are apart: here when they cease to be",
    hypotheses=(
        "kappa_1 >= 2 classes of N = R m and kappa_2 >= 2 classes of m samples, N, m >= 2",
        "e_11 = e^((a - 1)/tau), e_12 = e^((c - 1)/tau), Z_1 = N - 1 + (kappa_1 - 1) N e_11 + kappa_2 m e_12, Z_2 = kappa_2 m "
        "- 1 + kappa_1 N e_12",
        "sphere of radius 1, any tau > 0",
    ),
    assumed=(
        "T11: the majorities are interchangeable at the optimum",
        "conditions of Karush, Kuhn and Tucker are necessary (Slater: B = I) and sufficient for the convex class problem; T5 "
        "makes the optimum unique",
        "S_c > 0 makes B singular on the sums of the two groups (T3)",
    ),
    could_go_wrong=("that one R* separates apart from merged for all R is not shown: the bracket states its two ends",),
    steps=step_steps,
)
