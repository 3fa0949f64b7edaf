"""The certificate that no minimiser of the relaxation is far from a stated Gram matrix, and its rank; or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, matrix, places_for, text
from scverify.certify.precise import exponent
from scverify.kernel.certificate import Rejected, Unresolved, dyadic
from scverify.kernel.level import Level
from scverify.kernel.optimum.feasible import FeasiblePoint
from scverify.kernel.optimum.rank import rank_bounds
from scverify.kernel.optimum.uniqueness import distance, radius_around

# 2^-10 of the radius, beside the bits that a sum over all classes takes
CENTRE_BITS = 10


@dataclass(frozen=True)
class Uniqueness:
    """A radius (Frobenius, class by class) around the stated Gram matrix and a rank of every minimiser; None with a reason.

    final: more bits would not change the answer.
    """

    radius: Fraction | None
    radius_reason: str
    rank: int | None
    rank_reason: str
    certificate: Data | None
    final: bool = False


def _may_have_radius(level: Level) -> bool:
    """Whether the curvature bound can be positive at all: on the sphere, where one of any two classes has anchors that see themselves."""
    nodes = zip(level.multiplicity, level.weight, level.c, strict=True)
    flat = sum(m for m, weight, c in nodes if weight == 0 or c[-1] == 0)
    return level.constraint.kind == "sphere" and level.exponential_part is not None and flat < 2


def uniqueness(level: Level, point: FeasiblePoint, gap: arb, problem: Data, witness: Data, precision: int) -> Uniqueness:
    """The radius and the rank that the kernel grants at its own point, with the certificate that repeats it."""
    if level.name == "samples":
        return _of_samples(problem, witness, precision)
    try:
        around = radius_around(level, point, gap)
    except (Rejected, Unresolved) as refusal:
        return Uniqueness(
            radius=None,
            radius_reason=str(refusal),
            rank=None,
            rank_reason="no radius around the optimum, hence no rank",
            certificate=None,
            final=not _may_have_radius(level),
        )
    # rounding the centre adds less than a thousandth to the radius
    gram = matrix(point.rows, CENTRE_BITS + sum(level.multiplicity).bit_length() - exponent(around))
    total = around + distance(level, point, dyadic(gram, "gram", level.nodes, level.nodes + 1))
    radius = above(total, places_for(total) - 1)
    claim: dict[str, Any] = {
        "type": "UniqueMinimizer",
        "problem": problem,
        "groups": witness["groups"],
        "gram": gram,
        "radius": text(radius),
    }
    least, most = rank_bounds(level, point, witness["lower"], around)
    rank = least if least == most else None
    if rank is not None:
        claim["rank"] = rank
    halves = {"lower": witness["lower"], "upper": witness["upper"]}
    reason = "" if rank is not None else f"only {least} to {most} is proved"
    return Uniqueness(radius=radius, radius_reason="", rank=rank, rank_reason=reason, certificate=certificate(claim, halves, precision))


def _of_samples(problem: Data, witness: Data, precision: int) -> Uniqueness:
    """The rank at the level of samples, whose rows do not see their own norms: no curvature bounds a distance."""
    from scverify.certify.sample_minimizers import MOST_SAMPLES, sample_minimizers

    radius_reason = "the curvature bound needs the class level, where the self entry is an outcome"
    known = sample_minimizers(problem, witness["upper"], precision)
    if known is None:
        reason = f"none is shown: it is asked of log-sum-exps and sigmoids, without signs, up to {MOST_SAMPLES} samples"
        return Uniqueness(radius=None, radius_reason=radius_reason, rank=None, rank_reason=reason, certificate=None, final=True)
    least, most = known.rank
    return Uniqueness(
        radius=None,
        radius_reason=radius_reason,
        rank=least if least == most else None,
        rank_reason="" if least == most else f"only {least} to {most} is proved",
        certificate=known.certificate,
        final=True,
    )
