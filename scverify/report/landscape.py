"""How a landscape is told to a person: sentences, and the JSON object of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scverify.report.points import point_object

if TYPE_CHECKING:
    from scverify.certify.landscape import Landscape


def text(found: Landscape) -> str:
    """The verdict, what it rests on, and what was found."""
    upper = "" if found.tau_upper == found.problem.temperature else f" (for all tau up to {found.tau_upper})"
    lines = [f"{found.verdict}: {found.claim}", f"  problem: {found.problem}{upper}"]
    if found.reason:
        lines.append(f"  reason: {found.reason}")
    if found.verdict != "REFUTED":
        lines.append(f"  boxes: {found.boxes}, {100 * found.settled:.4g} % of all configurations settled")
        lines += [f"    {count} × {name.replace('_', ' ')}" for name, count in found.reasons.items() if count]
    lines.append(f"  critical points that a search found: {len(found.points)}")
    lines.append(f"  trust: {found.trust}; {found.seconds:.1f} s")
    return "\n".join(lines)


def json_object(found: Landscape) -> dict[str, Any]:
    """The object that --json prints; what is not known has no key."""
    problem = found.problem
    told: dict[str, Any] = {
        "sizes": list(problem.classes.sizes),
        "tau": str(problem.temperature),
        "tau_upper": None if found.tau_upper == problem.temperature else str(found.tau_upper),
        "constraint": str(problem.constraint),
        "loss": problem.loss.name,
        "dim": problem.dim,
        "claim": found.claim,
        "verdict": found.verdict,
        "reason": found.reason or None,
        "trust": found.trust,
        "boxes": found.boxes,
        "settled": found.settled,
        "reasons": found.reasons,
        "points": [point_object(point) for point in found.points],
        "interrupted": found.interrupted,
        "seconds": found.seconds,
    }
    return {key: value for key, value in told.items() if value is not None}
