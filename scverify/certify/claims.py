"""A claim with its witness as a certificate, and the kernel's word on it."""

from __future__ import annotations

from typing import Any

from scverify.kernel.certificate import FORMAT, digest
from scverify.kernel.claims import claim_of
from scverify.kernel.verify import verify_data

Data = dict[str, Any]


def certificate(claim: Data, witness: Data, precision: int) -> Data:
    """A certificate as written to a file."""
    return {
        "format": FORMAT,
        "version": claim_of(claim["type"]).version(claim, witness),
        "claim": claim,
        "witness": witness,
        "precision": precision,
        "digest": digest(claim),
    }


def confirmed(data: Data) -> str:
    """The kernel's word on a certificate: "VERIFIED", "REJECTED" or "UNDECIDED"."""
    return verify_data(data).word
