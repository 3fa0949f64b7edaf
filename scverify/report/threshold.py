"""What became of a threshold, as text and as a JSON object."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scverify.report.decimals import at_least, rounded_up

if TYPE_CHECKING:
    from scverify.certify.threshold import Followed, Threshold

_DIGITS = 10


def text(found: Threshold) -> str:
    """The account of a threshold for people."""
    head = f"{found.kind}, tau from {found.lower} to {found.upper}: {found.problem.classes}, dim {found.problem.dim}"
    lines = [head, *(line for number, one in enumerate(found.followed) for line in _lines(found, number, one))]
    lines += [f"an orbit could not be followed {reason}" for reason in found.refused]
    if len(lines) == 1:
        return f"{head}\n  none was found; that proves nothing"
    lines.append(f"orbits were sought at tau = {found.origin}; a search may miss some ({found.seconds:.1f} s)")
    return "\n  ".join(lines)


def _lines(found: Threshold, number: int, one: Followed) -> list[str]:
    branch, fold = one.branch, one.branch.fold
    excess = "" if branch.excess is None else f", at least {at_least(branch.excess, 6)} above a better point"
    lines = [f"orbit {number}: {found.kind} for every tau in [{_from(branch.lower)}, {_to(branch.upper)}] (proved{excess})"]
    if fold is not None:
        lines.append(
            f"  proved: its curve turns back at a tau in [{at_least(fold.lower, _DIGITS)}, {rounded_up(fold.upper, _DIGITS)}]; near it "
            f"no critical point for tau up to {at_least(fold.beyond, _DIGITS)}"
        )
    elif one.after is not None:
        lines.append(f"  proved: strict saddles for every tau in [{_from(one.after.lower)}, {_to(one.after.upper)}]; {one.reason}")
    elif one.reason:
        lines.append(f"  beyond: unproved ({one.reason})")
    return lines


def _from(value: Fraction) -> str:
    return rounded_up(value, _DIGITS)


def _to(value: Fraction) -> str:
    return at_least(value, _DIGITS)


def json_object(found: Threshold) -> dict[str, Any]:
    """The JSON object of `scverify threshold`: fractions as text, exact."""
    told: dict[str, Any] = {
        "kind": found.kind,
        "sizes": list(found.problem.classes.sizes),
        "dim": found.problem.dim,
        "tau": {"lower": str(found.lower), "upper": str(found.upper)},
        "origin": str(found.origin),
        "ending": found.ending,
        "trust": "ball" if found.followed else "none",
        "orbits": [_orbit(one) for one in found.followed],
        "seconds": found.seconds,
    }
    if found.refused:
        told["refused"] = list(found.refused)
    if found.bracket is not None:
        told["bracket"] = {"lower": str(found.bracket[0]), "upper": str(found.bracket[1])}
    if found.interrupted:
        told["interrupted"] = True
    return told


def _orbit(one: Followed) -> dict[str, Any]:
    branch, fold = one.branch, one.branch.fold
    told: dict[str, Any] = {
        "proved": {"lower": str(branch.lower), "upper": str(branch.upper)},
        "steps": len(branch.steps),
        "ending": one.ending,
    }
    if branch.excess is not None:
        told["excess"] = str(branch.excess)
    if fold is not None:
        told["fold"] = {"lower": str(fold.lower), "upper": str(fold.upper), "beyond": str(fold.beyond)}
    if one.after is not None:
        told["saddles"] = {"lower": str(one.after.lower), "upper": str(one.after.upper)}
    if one.reason:
        told["unproved"] = one.reason
    return told
