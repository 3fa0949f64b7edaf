"""The point of a certificate on all nodes: its Gram matrix gives the loss that the certificate bounds from above."""

import numpy as np
import pytest

from scverify.certify.coq_points import node_gram
from scverify.certify.coq_terms import loss_in_terms
from scverify.errors import InputError
from tests.certify.for_coq import CLASSES, UNITS, certified, on_nodes
from tests.certify.test_coq_terms import value


@pytest.mark.parametrize("name", [*UNITS, *CLASSES])
def test_the_loss_at_the_point_is_the_optimum(name):
    certificate = on_nodes(name)
    loss = loss_in_terms(certificate["claim"]["problem"])
    gram = np.array([[float(x) for x in row] for row in node_gram(certificate, loss.places)])
    norms = [float(norm.bound) if norm.kind != "ridge" else None for norm in loss.norms]
    scales = [1 if bound is None else np.sqrt(bound / gram[i, i]) for i, bound in enumerate(norms)]
    values, vectors = np.linalg.eigh(gram * np.outer(scales, scales))
    x = vectors * np.sqrt(np.maximum(values, 0))
    numerator, _, denominator = certificate["claim"]["upper"].partition("/")
    assert value(loss, x) == pytest.approx(int(numerator) / int(denominator or 1), rel=1e-9)


def test_a_claim_without_a_point_is_refused():
    with pytest.raises(InputError, match="LowerBound"):
        node_gram({"claim": {"type": "LowerBound"}, "witness": {}}, [])


def test_a_rank_one_witness_has_its_point():
    certificate = certified(list(range(30, 8, -2)), "1/5")
    assert certificate["witness"]["form"]
    gram = node_gram(certificate, [(c, 0) for c in (0, 0, 1, 2, 3)])
    assert float(gram[0][1]) == float(gram[0][0]) == 1 and float(gram[0][2]) < 0
