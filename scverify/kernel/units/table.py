"""All claims about losses on units, by type."""

from . import best_scalar, claims

CLAIMS = {**claims.CLAIMS, **best_scalar.CLAIMS}
