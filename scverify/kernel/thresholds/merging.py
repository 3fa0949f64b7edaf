"""Merged, Apart, EventuallyMerged, NeverMerged: whether the small classes of STEP imbalance coincide at the optimum (MATH N3, N4, N16).

The loss is supervised contrast on the unit sphere, at the level of its classes: with class sizes n_c > 1, which need not be whole,

    f(B) = sum_c n_c log( n_c - 1 + sum_{d != c} n_d e^{(B_cd - 1)/tau} ),   B positive semidefinite with unit diagonal.

f is strictly convex in the entries off the diagonal, so its minimiser is unique and invariant under swaps of equal classes: the small
classes all coincide there, or no two of them do.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

from flint import arb, fmpq

from ..balls import checked_finite
from ..certificate import Rejected, Unresolved, at_most, fields, integer, items, rational, require
from ..claims import Claim, Data
from ..limits import afford
from ..words import number

# sums are closed in the counts: their size costs nothing
MOST_CLASSES = 1 << 20
# between every two of them a bound is evaluated
_MOST_CUTS = 100_000


class TwoSizes(NamedTuple):
    """`large` classes of `major` and `small` classes of `minor` samples at a temperature."""

    large: int
    small: int
    major: fmpq
    minor: fmpq
    tau: fmpq


def read_step(claim: Data) -> TwoSizes:
    """The problem of a claim, every hypothesis on its numbers checked."""
    fields(claim, "type large small major minor tau")
    step = TwoSizes(
        large=integer(claim["large"], "the number of large classes", 1, MOST_CLASSES),
        small=integer(claim["small"], "the number of small classes", 2, MOST_CLASSES),
        major=rational(claim["major"], "the large size"),
        minor=rational(claim["minor"], "the small size"),
        tau=rational(claim["tau"], "tau"),
    )
    require(step.major > 1 and step.minor > 1, "a class size is not above 1")
    require(step.tau > 0, "tau is not positive")
    return step


def check_merged(claim: Data, witness: Any) -> None:
    """N3 for one large class; else N4: some c in (-1, 0) solves (i) and has M >= 1, by the intermediate value theorem."""
    step = read_step(claim)
    if step.large == 1:
        fields(witness, "")
        at_most(0, margin_of_one(step), "the small classes are apart")
        return
    fields(witness, "lower upper")
    lower, upper = rational(witness["lower"], "an end"), rational(witness["upper"], "an end")
    require(-1 < lower < upper < 0, "the interval of c does not lie in (-1, 0)")
    residual_below, residual_above = (conditions(step, arb(c))[0] for c in (lower, upper))
    if not (residual_below > 0 > residual_above or residual_below < 0 < residual_above):
        raise Unresolved("no c in the interval is shown to solve the first condition")
    at_most(1, conditions(step, between(lower, upper))[1], "M is below 1")


def check_apart(claim: Data, witness: Any) -> None:
    """N3 for one large class; else N4: on every piece of [-1, 0] no c solves (i), or M < 1."""
    step = read_step(claim)
    if step.large == 1:
        fields(witness, "")
        below_zero(margin_of_one(step), "the small classes coincide")
        return
    fields(witness, "cuts")
    inner = [rational(c, "a cut") for c in items(witness["cuts"], "cuts")]
    require(len(inner) <= _MOST_CUTS, "too many cuts")
    cuts = [fmpq(-1), *inner, fmpq(0)]
    for lower, upper in pairwise(cuts):
        afford("the pieces of an interval")
        require(lower < upper, "the cuts do not increase from -1 to 0")
        if not excludes_merging(step, lower, upper):
            raise Unresolved("on a piece merging is not excluded")


def excludes_merging(step: TwoSizes, lower: fmpq, upper: fmpq) -> bool:
    """Whether no c of a piece solves (i) with M >= 1."""
    residual, ratio = conditions(step, between(lower, upper))
    return bool(residual > 0 or residual < 0 or ratio < 1)


def margin_of_one(step: TwoSizes) -> arb:
    """N e (Z_min + Z_maj) - 2 kappa m Z_maj, at least 0 exactly where the small classes coincide (N3)."""
    e = (-2 / arb(step.tau)).exp()
    major, minor, small = arb(step.major), arb(step.minor), step.small
    z_minor = small * minor - 1 + major * e
    z_major = major - 1 + small * minor * e
    return checked_finite(major * e * (z_minor + z_major) - 2 * small * minor * z_major, "the margin of merging")


def conditions(step: TwoSizes, c: arb) -> tuple[arb, arb]:
    """(i) 2 N kappa_1 |c| e_11 Z_2 = kappa_2 m e_12 (Z_1 + Z_2), left less right, and M = (Z_1 + Z_2)^2/(4 Z_1 Z_2) e_12^2/e_11 (N4).

    a = (kappa_1 c^2 - 1)/(kappa_1 - 1), e_11 = e^{(a - 1)/tau}, e_12 = e^{(c - 1)/tau}.
    """
    major, minor, tau = arb(step.major), arb(step.minor), arb(step.tau)
    a = (step.large * c * c - 1) / (step.large - 1)
    e11, e12 = ((a - 1) / tau).exp(), ((c - 1) / tau).exp()
    z1 = major - 1 + (step.large - 1) * major * e11 + step.small * minor * e12
    z2 = step.small * minor - 1 + step.large * major * e12
    residual = -2 * major * step.large * c * e11 * z2 - step.small * minor * e12 * (z1 + z2)
    # (Z_1 + Z_2)^2/(4 Z_1 Z_2) = 1 + (Z_1 - Z_2)^2/(4 Z_1 Z_2) is narrower in balls
    ratio = (1 + (z1 - z2) * (z1 - z2) / (4 * z1 * z2)) * ((2 * c - 1 - a) / tau).exp()
    return checked_finite(residual, "a condition of merging"), checked_finite(ratio, "M")


def check_limit(claim: Data, witness: Any, merged: bool) -> None:
    """N16, kappa large and kappa small classes: M > 1 in the limit merges from some ratio on; M <= 1 and kappa >= 3 never does."""
    fields(claim, "type classes tau")
    fields(witness, "")
    kappa, tau = integer(claim["classes"], "the number of classes of a size", 2, MOST_CLASSES), rational(claim["tau"], "tau")
    require(tau > 0, "tau is not positive")
    if merged:
        below_zero(-limit_margin(kappa, tau), "M is at most 1 in the limit")
        return
    require(kappa >= 3, "two small classes coincide for large ratios at every temperature")
    at_most(limit_margin(kappa, tau), 0, "M is above 1 in the limit")


def limit_margin(kappa: int, tau: fmpq) -> arb:
    """M - 1 as the ratio of sizes grows: M = (P + Q)^2/(4 P Q) e^{-(kappa - 2)/((kappa - 1) tau)} (N16)."""
    x = 1 / arb(tau)
    p, q = 1 + (kappa - 1) * (-kappa * x / (kappa - 1)).exp(), kappa * (-x).exp()
    return checked_finite((1 + (p - q) * (p - q) / (4 * p * q)) * (-(kappa - 2) * x / (kappa - 1)).exp() - 1, "M in the limit")


def between(lower: fmpq, upper: fmpq) -> arb:
    """A ball that holds an interval."""
    return arb(lower).union(arb(upper))


def below_zero(value: arb, reason: str) -> None:
    """Prove value < 0: Rejected where it is false, Unresolved where the ball does not say."""
    if value >= 0:
        raise Rejected(reason)
    if not value < 0:
        raise Unresolved(f"it is not decided whether {reason}")


def _said(claim: Data, merged: bool) -> str:
    step = read_step(claim)
    sizes = f"{step.large} classes of {number(claim['major'])} and {step.small} of {number(claim['minor'])} samples"
    who = "all of the" if merged else "no two of the"
    return (
        f"Supervised contrast at the level of classes, {sizes}, sizes being real numbers above 1, tau = {number(claim['tau'])}, "
        f"unit sphere: at the unique optimum {who} {step.small} classes of the second size coincide."
    )


def _limit_said(claim: Data, merged: bool) -> str:
    kappa = claim["classes"]
    head = (
        f"Supervised contrast at the level of classes, {kappa} classes of R m and {kappa} of m, tau = {number(claim['tau'])}, unit sphere"
    )
    if merged:
        return f"{head}: for every real m > 1 there is an R from which on all {kappa} classes of m coincide at the unique optimum."
    return f"{head}: for all real R >= 1 and m >= 2 no two of the {kappa} classes of m coincide at the unique optimum."


CLAIMS = {
    "Merged": Claim(check_merged, lambda claim: _said(claim, merged=True)),
    "Apart": Claim(check_apart, lambda claim: _said(claim, merged=False)),
    "EventuallyMerged": Claim(
        lambda claim, witness: check_limit(claim, witness, merged=True), lambda claim: _limit_said(claim, merged=True)
    ),
    "NeverMerged": Claim(lambda claim, witness: check_limit(claim, witness, merged=False), lambda claim: _limit_said(claim, merged=False)),
}
