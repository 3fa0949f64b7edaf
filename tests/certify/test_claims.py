"""A claim with its witness as a certificate."""

from scverify.certify.claims import certificate, confirmed
from scverify.kernel.certificate import digest
from tests.certify.certified import INSTANCES, certified


def test_a_certificate_pins_its_claim_by_digest():
    made = certificate({"type": "Optimum"}, {"w": 1}, 53)
    assert made["digest"] == digest({"type": "Optimum"})
    assert (made["claim"], made["witness"], made["precision"]) == ({"type": "Optimum"}, {"w": 1}, 53)


def test_the_kernels_word_is_the_kernels():
    sound = certified(INSTANCES["5,4,3,2"]).certificate
    assert confirmed(sound) == "VERIFIED"
    claim = {**sound["claim"], "upper": sound["claim"]["lower"]}
    assert confirmed(certificate(claim, sound["witness"], sound["precision"])) == "REJECTED"
