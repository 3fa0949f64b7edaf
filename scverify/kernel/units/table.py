"""All claims about losses on units, by type."""

from . import best_scalar, claims, minimizers, several, unbounded

CLAIMS = {**claims.CLAIMS, **best_scalar.CLAIMS, **minimizers.CLAIMS, **several.CLAIMS, **unbounded.CLAIMS}
