"""T10: STEP imbalance: three scalars, their KKT system, 50 digits, and where the minority classes begin to merge."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache

from sympy import Integer, exp, log, symbols

from scverify.certify.optimum import optimum
from scverify.conjecture.arguments import OWN, collapse, strictly_convex
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.terms import from_two
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity, sign
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

SMALLEST, TEMPERATURE, DIGITS = 3, Fraction(1, 2), 50
WITHIN, ACROSS = symbols("w c", real=True)


def steps(loss: Loss) -> Iterator[Step]:
    yield from strictly_convex(loss)
    yield from collapse(loss)
    kappa, major, minor = from_two("kappa"), class_size("1"), class_size("2")
    a, b, c = symbols("a b c", real=True)
    z1, z2 = symbols("Z_1 Z_2", positive=True)
    rows = {
        a: ClassRow(loss, major, OWN, (Seen(kappa - 1, major, WITHIN), Seen(kappa, minor, ACROSS))),
        b: ClassRow(loss, minor, OWN, (Seen(kappa - 1, minor, WITHIN), Seen(kappa, major, ACROSS))),
    }
    sums = {
        a: (major - 1) + (kappa - 1) * major * exp((a - 1) / tau) + kappa * minor * exp((c - 1) / tau),
        b: (minor - 1) + (kappa - 1) * minor * exp((b - 1) / tau) + kappa * major * exp((c - 1) / tau),
    }
    for x, row in rows.items():
        at = {OWN: 1, WITHIN: x, ACROSS: c}
        yield identity(f"the row of a class with within-group similarity {x} is log Z", row.value.subs(at), log(sums[x]))
        s_within = row.slope(WITHIN).subs(at) / (kappa - 1)
        yield identity(f"S between two of them is n^2 e^(({x}-1)/tau)/(tau Z)", s_within * sums[x], row.size**2 * exp((x - 1) / tau) / tau)
        yield sign("and positive", s_within, "> 0")
        across = row.slope(ACROSS).subs(at) / kappa
        yield identity("its share of S across the groups", across * sums[x], major * minor * exp((c - 1) / tau) / tau)
    v1, v2 = symbols("v_1 v_2", positive=True)
    first, second = (1 + (kappa - 1) * a) * v1 + kappa * c * v2, kappa * c * v1 + (1 + (kappa - 1) * b) * v2
    relation = (1 + (kappa - 1) * a) * (1 + (kappa - 1) * b) - (kappa * c) ** 2
    yield identity("with S = vv'/2, Bv = 0 on two groups", first * (1 + (kappa - 1) * b) - second * kappa * c, relation * v1)
    e_a, e_b, e_c = symbols("e_a e_b e_c", positive=True)
    w1, w2 = v1 * z1 / major, v2 * z2 / minor
    solved = {e_a: tau * w1**2 / (2 * z1), e_b: tau * w2**2 / (2 * z2), e_c: tau * w1 * w2 / (z1 + z2)}
    yield identity("S_aa = v_1^2/2", (major**2 * e_a / (tau * z1)).subs(solved), v1**2 / 2, r"\frac{n_1^2 e_a}{\tau Z_1} = \frac{v_1^2}{2}")
    yield identity("S_ac = v_1 v_2/2", (major * minor * e_c / (2 * tau) * (1 / z1 + 1 / z2)).subs(solved), v1 * v2 / 2)
    yield identity("S_bb = v_2^2/2", (minor**2 * e_b / (tau * z2)).subs(solved), v2**2 / 2, r"\frac{n_2^2 e_b}{\tau Z_2} = \frac{v_2^2}{2}")
    yield identity(
        "hence 4 Z_1 Z_2 e_a e_b = (Z_1 + Z_2)^2 e_c^2",
        (4 * z1 * z2 * e_a * e_b - (z1 + z2) ** 2 * e_c**2).subs(solved),
        Integer(0),
        r"4 Z_1 Z_2 e_a e_b = \tau^2 \omega_1^2 \omega_2^2 = (Z_1 + Z_2)^2 e_c^2",
    )
    yield certified(
        f"kappa = 2, minority size {SMALLEST}, tau = {TEMPERATURE}: minority classes apart at one ratio, merged at the next",
        lambda: merging(loss),
    )


@cache
def step_optimum(loss: Loss, kappa: int, ratio: int) -> Optimum:
    return optimum(Problem(loss, Classes.step(k=2 * kappa, n_min=SMALLEST, ratio=ratio), temperature=TEMPERATURE), digits=DIGITS)


def merging(loss: Loss) -> Decision:
    """Bisect the integer ratio between one where the minority classes are apart and one where they are merged."""
    apart, merged = 50, 200
    if not (is_apart(step_optimum(loss, 2, apart)) and is_merged(step_optimum(loss, 2, merged))):
        return Decision(None, f"at {apart} and {merged} the classes are not shown to be apart and merged")
    while merged - apart > 1:
        middle = (apart + merged) // 2
        found = step_optimum(loss, 2, middle)
        if is_apart(found):
            apart = middle
        elif is_merged(found):
            merged = middle
        else:
            return Decision(None, f"undecided at R = {middle}: {found.rank_reason}")
    certificates = {
        f"merging-R-{ratio}-{name}": data for ratio in (apart, merged) for name, data in step_optimum(loss, 2, ratio).certificates.items()
    }
    return Decision(True, f"apart at R = {apart}, merged at R = {merged}", certificates)


def similarities(found: Optimum) -> tuple[Fraction, Fraction, Fraction, Fraction] | None:
    """a, b, c of the certified Gram matrix and the radius around it, as the certificate states them; None where it states none."""
    if "uniqueness.json" not in found.certificates:
        return None
    claim = found.certificates["uniqueness.json"]["claim"]
    nodes = {c: node for node, group in enumerate(claim["groups"]) for c in group}
    first, last = nodes[0], nodes[found.problem.classes.k - 1]
    rows, unit = claim["gram"]["rows"], 2 ** claim["gram"]["bits"]
    within = [Fraction(rows[node][node], unit) for node in (first, last)]
    across = within[0] if first == last else Fraction(rows[first][last], unit)
    return within[0], within[1], across, Fraction(claim["radius"])


def is_apart(found: Optimum) -> bool:
    """Whether every minimiser has b < 1, by the certified radius."""
    known = similarities(found)
    return known is not None and known[1] + known[3] < 1


def is_merged(found: Optimum) -> bool:
    """Whether every minimiser has b = 1: eigenvalues 1 - a, 1 - b and those of the 2 x 2 block, of which one is positive.

    Two of them are positive by the certified rank, and 1 - a > 0 by the radius: nothing is left for 1 - b.
    """
    known = similarities(found)
    return found.rank == 2 and known is not None and known[0] + known[3] < 1


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for kappa in (2, 5, 50) if thorough else (2, 5):
        for ratio in (1, 10, 100):
            yield certified(
                f"kappa = {kappa}, R = {ratio}: {DIGITS} digits, and the relation of a, b, c while the minority classes are apart",
                lambda kappa=kappa, ratio=ratio: digits_of(step_optimum(loss, kappa, ratio), kappa, ratio),
            )


def digits_of(found: Optimum, kappa: int, ratio: int) -> Decision:
    known = similarities(found)
    if known is None:
        return Decision(None, f"no radius: {found.radius_reason}")
    a, b, c, radius = known
    residual = (1 + (kappa - 1) * a) * (1 + (kappa - 1) * b) - kappa**2 * c**2
    # within the radius r of the certified point the relation's left-hand side moves by less than 5 kappa^2 r (|a|, |b|, |c| <= 1, r small)
    related = abs(residual) <= 5 * kappa**2 * radius
    apart = found.rank == 2 * kappa - 1
    holds = found.gap <= Fraction(1, 10**DIGITS) and found.rank is not None and (related or not apart)
    evidence = f"a, b, c = {float(a):.12f}, {float(b):.12f}, {float(c):.12f}; gap {float(found.gap):.0e}, rank {found.rank}"
    return Decision(bool(holds), evidence, {f"kappa-{kappa}-R-{ratio}-{name}": data for name, data in found.certificates.items()})


T10 = Theorem(
    id="T10",
    title="STEP imbalance: a 2 x 2 block form with three scalars",
    latex=r"(1 + (\kappa-1)a)(1 + (\kappa-1)b) = \kappa^2c^2, \quad "
    r"4 Z_1 Z_2 e^{(a+b-2)/\tau} = (Z_1+Z_2)^2 e^{2(c-1)/\tau}, \quad v_1 : v_2 = -\kappa c : 1 + (\kappa-1)a",
    source="source paper (block form); the system is derived here",
    question="uniqueness",
    hypotheses=(
        "kappa classes of each of two sizes, kappa >= 2",
        "sphere of radius 1",
        "S of rank one for the relation: the minority classes apart",
    ),
    assumed=(
        "T11 for the block form",
        "rank S = 1 follows at each instance from the certified rank k - 1 of B (S B = 0), not in general",
        "that the merged region is an interval of R is not shown: the bracket states two neighbouring ratios",
    ),
    could_go_wrong=("once minority classes merge (b = 1) the relation fails, as the certified rank shows",),
    steps=steps,
    instances=instances,
)
