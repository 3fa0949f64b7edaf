"""Whether the small classes of STEP imbalance coincide: a witness sought in balls, decided by the kernel (MATH N3, N4, N16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import ctx, fmpq

from scverify.certify.claims import Data, certificate, confirmed
from scverify.kernel.certificate import Unresolved
from scverify.kernel.thresholds.merging import TwoSizes, between, conditions, excludes_merging

# each twice the one before, until the balls decide
BITS = (128, 256, 512)
# pieces of [-1, 0] that are looked at before a question is left undecided
MOST_PIECES = 4_000


@dataclass(frozen=True)
class StepFamily:
    """STEP imbalance with sizes that need not be whole: `large` classes of ratio * minor samples, `small` of minor."""

    large: int
    small: int
    minor: Fraction
    ratio: Fraction
    tau: Fraction

    def at(self, over: str, value: Fraction) -> StepFamily:
        """The same with another ratio or temperature."""
        return replace(self, ratio=value) if over == "ratio" else replace(self, tau=value)

    @property
    def step(self) -> TwoSizes:
        """The numbers as the kernel reads them."""
        major = self.ratio * self.minor
        exact = [fmpq(x.numerator, x.denominator) for x in (major, self.minor, self.tau)]
        return TwoSizes(self.large, self.small, *exact)

    def claim(self, kind: str) -> Data:
        """A claim of this kind about it."""
        data: Data = {"type": kind, "large": self.large, "small": self.small}
        return data | {"major": str(self.ratio * self.minor), "minor": str(self.minor), "tau": str(self.tau)}


def merging(family: StepFamily) -> tuple[bool, Data] | None:
    """Whether the small classes coincide, with a certificate of it; None where no precision decides."""
    if family.large == 1:
        return first_verified({True: (family.claim("Merged"), {}), False: (family.claim("Apart"), {})})
    for bits in BITS:
        with ctx.workprec(bits):
            found = _witness(family.step)
        if found is not None:
            merged, witness = found
            proof = certificate(family.claim("Merged" if merged else "Apart"), witness, bits)
            if confirmed(proof) == "VERIFIED":
                return merged, proof
    return None


def merging_in_the_limit(classes: int, tau: Fraction) -> tuple[bool, Data] | None:
    """Whether the small classes coincide for some ratio of sizes, with a certificate of it; None where no precision decides."""
    about: Data = {"classes": classes, "tau": str(tau)}
    return first_verified({True: ({"type": "EventuallyMerged", **about}, {}), False: ({"type": "NeverMerged", **about}, {})})


def first_verified(claims: dict[bool, tuple[Data, Data]]) -> tuple[bool, Data] | None:
    """The first of the claims, with witnesses, that the kernel verifies."""
    for answer, (claim, witness) in claims.items():
        proof = certificate(claim, witness, BITS[0])
        if confirmed(proof) == "VERIFIED":
            return answer, proof
    return None


def _witness(step: TwoSizes) -> tuple[bool, Data] | None:
    """An interval of c that shows merging, or cuts of [-1, 0] that exclude it; None where the balls decide neither."""
    cuts: list[fmpq] = []
    waiting = [(fmpq(-1), fmpq(0))]
    for _ in range(MOST_PIECES):
        if not waiting:
            return False, {"cuts": [str(c) for c in cuts[:-1]]}
        lower, upper = waiting.pop()
        if _holds(excludes_merging, step, lower, upper):
            cuts.append(upper)
        elif lower > -1 and upper < 0 and _holds(_merges, step, lower, upper):
            return True, {"lower": str(lower), "upper": str(upper)}
        else:
            middle = (lower + upper) / 2
            waiting += [(middle, upper), (lower, middle)]
    return None


def _holds(question: Callable[[TwoSizes, fmpq, fmpq], bool], step: TwoSizes, lower: fmpq, upper: fmpq) -> bool:
    try:
        return question(step, lower, upper)
    except Unresolved:
        return False


def _merges(step: TwoSizes, lower: fmpq, upper: fmpq) -> bool:
    """Whether the first condition changes its sign on a piece, and M >= 1 on it."""
    left, right = (conditions(step, between(c, c))[0] for c in (lower, upper))
    return bool((left > 0 > right or left < 0 < right) and conditions(step, between(lower, upper))[1] >= 1)
