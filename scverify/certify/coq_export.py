"""What is exported for Coq: an optimum that the kernel accepts, by the theorem on classes where it speaks of it, else on nodes."""

from __future__ import annotations

from scverify.certify.claims import Data
from scverify.certify.coq import CoqCertificate, coq_certificate
from scverify.certify.coq_case import on_classes
from scverify.certify.coq_nodes import NodeCertificate, node_certificate
from scverify.errors import InputError, NotVerified
from scverify.kernel.verify import verify_data


def coq_export(certificate: Data) -> CoqCertificate | NodeCertificate:
    """The certified optimum as data for Coq.

    Raises InputError for a claim or a loss without a theorem in Coq, or too large for it; NotVerified where the kernel does not accept
    the certificate; Undecided where the most bits are too few.
    """
    answer = verify_data(certificate)
    if answer.word != "VERIFIED":
        raise NotVerified(f"the certificate is not exported: the kernel says {answer}")
    if answer.type not in ("Optimum", "UnitOptimum"):
        raise InputError(f"a certificate of type {answer.type}", "an Optimum or UnitOptimum", "export an optimum.json")
    return coq_certificate(certificate) if answer.type == "Optimum" and on_classes(certificate) else node_certificate(certificate)
