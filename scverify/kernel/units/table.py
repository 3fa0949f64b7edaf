"""All claims about losses on units, by type, and the version of their certificates."""

from __future__ import annotations

from typing import Any

from ..claims import Claim, Data
from . import best_scalar, claims, minimizers, several, unbounded


def version_of(claim: Data, witness: Any) -> int:
    """2 for what a reader of version 1 does not know; else 1.

    That is: witnesses that have a form, blocks or sides, kinds of nodes that are signed or fixed, and problems on classes.
    """
    problem = claim.get("problem")
    kinds = problem.get("kinds") if isinstance(problem, dict) else None
    norms = [kind.get("constraint") for kind in kinds if isinstance(kind, dict)] if isinstance(kinds, list) else []
    constrained = any(isinstance(norm, dict) and (norm.get("nonnegative") is True or norm.get("kind") == "fixed") for norm in norms)
    seen = witness.get("seen") if isinstance(witness, dict) else None
    newer = isinstance(witness, dict) and ("form" in witness or "shared" in witness or (isinstance(seen, dict) and "columns" in seen))
    return 2 if constrained or newer or (isinstance(problem, dict) and "sizes" in problem) else 1


CLAIMS: dict[str, Claim] = {
    name: claim._replace(version=version_of)
    for family in (claims, best_scalar, minimizers, several, unbounded)
    for name, claim in family.CLAIMS.items()
}
