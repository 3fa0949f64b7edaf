"""The kernel's word as a result."""

from scverify.results.verification import Verification

VERIFIED = Verification(word="VERIFIED", reason="checked in balls", claim="1 < 2.\n2 < 3.", type="")


def test_a_verification_is_true_where_it_is_verified():
    assert VERIFIED and not Verification(word="UNDECIDED", reason="", claim="") and not Verification(word="REJECTED", reason="", claim="")


def test_claims_are_a_list_whatever_their_number():
    assert VERIFIED.to_json() == {"answer": "VERIFIED", "reason": "checked in balls", "claims": ["1 < 2.", "2 < 3."]}
    assert Verification(word="REJECTED", reason="no", claim="", type="Optimum").to_json()["claims"] == []


def test_a_long_reason_is_cut_in_a_line_and_whole_in_the_text():
    long = Verification(word="REJECTED", reason="word " * 100, claim="")
    assert len(repr(long)) < 150 and long.text(60).split().count("word") == 100
