"""How a landscape is told to a person: sentences, and the JSON object of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scverify.report.points import point_object

if TYPE_CHECKING:
    from scverify.certify.landscape import Landscape
    from scverify.certify.listing import Listing


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


def listing_text(found: Listing) -> str:
    """The verdict on a complete list, and the list."""
    lines = [f"{found.verdict}: {found.claim}", f"  problem: {found.problem}"]
    if found.reason:
        lines.append(f"  reason: {found.reason}")
    lines.append("  up to rotation and interchangeable samples:")
    for point, count in zip(found.points, found.copies, strict=True):
        inertia = "not proved" if point.inertia is None else ", ".join(map(str, point.inertia))
        lines.append(f"    {point.kind}, value {float(point.lower):.12g}, rank {point.rank}, inertia {inertia}, {count} copies")
    if found.euler is not None:
        lines.append(f"  sum of (-1)^index over all copies, the Euler number of the torus: {found.euler}")
    lines.append(f"  boxes: {found.boxes}; trust: {found.trust}; {found.seconds:.1f} s")
    return "\n".join(lines)


def listing_object(found: Listing) -> dict[str, Any]:
    """The object that --json prints for a complete list."""
    problem = found.problem
    told: dict[str, Any] = {
        "sizes": list(problem.classes.sizes),
        "tau": str(problem.temperature),
        "constraint": str(problem.constraint),
        "loss": problem.loss.name,
        "dim": problem.dim,
        "claim": found.claim,
        "verdict": found.verdict,
        "reason": found.reason or None,
        "trust": found.trust,
        "boxes": found.boxes,
        "points": [{**point_object(point), "copies": count} for point, count in zip(found.points, found.copies, strict=True)],
        "euler": found.euler,
        "interrupted": found.interrupted,
        "seconds": found.seconds,
    }
    return {key: value for key, value in told.items() if value is not None}
