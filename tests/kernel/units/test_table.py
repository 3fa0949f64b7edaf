"""The table of claims on units: every claim is said by its own type."""

from scverify.kernel.claims import claim_of
from scverify.kernel.units.table import CLAIMS


def test_every_claim_is_found_by_its_type():
    assert "UnitOptimum" in CLAIMS and "UnitBestScalar" in CLAIMS
    assert all(claim_of(kind) is claim for kind, claim in CLAIMS.items())
