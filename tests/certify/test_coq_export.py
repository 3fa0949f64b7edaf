"""What goes to which theorem of Coq, and what is refused before it costs anything."""

import pytest

from scverify.certify.coq import CoqCertificate
from scverify.certify.coq_export import coq_export
from scverify.certify.coq_nodes import NodeCertificate
from scverify.errors import InputError, NotVerified
from scverify.kernel.certificate import digest
from scverify.model.constraints import NonNegative, Sphere
from scverify.symbolic.losses import load_loss
from tests.certify.for_coq import certified, on_nodes


def test_classes_and_nodes_go_to_their_theorems():
    assert isinstance(coq_export(certified([3, 2], "1/2")), CoqCertificate)
    assert all(isinstance(coq_export(on_nodes(name)), NodeCertificate) for name in ("clip", "supcon under a ridge"))


def test_what_the_kernel_does_not_accept_is_not_exported():
    good = certified([3, 2], "1/2")
    claim = good["claim"] | {"upper": good["claim"]["lower"]}
    with pytest.raises(NotVerified, match="the kernel says"):
        coq_export(good | {"claim": claim, "digest": digest(claim)})


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"constraint": NonNegative(Sphere())}, "H >= 0"),
        ({"loss": load_loss("spectral")}, "rows of another kind"),
        ({"loss": load_loss("decoupled"), "sizes": [40, 30]}, "at most 40"),
    ],
)
def test_what_has_no_theorem_is_refused_by_name(options, named):
    with pytest.raises(InputError, match=named):
        coq_export(certified(**{"sizes": [3, 2], "tau": "1/2", **options}))
