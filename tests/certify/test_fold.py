"""A fold at the end of a branch: found again from the branch alone, proved by the kernel, and not told where it is not."""

from dataclasses import replace
from fractions import Fraction

import scverify as sv
from scverify.certify.branch import Branch
from scverify.certify.fold import with_fold
from scverify.kernel.certificate import digest
from tests.soundness.branches import folded, small_branch


def test_a_fold_is_found_and_its_certificate_claims_no_other():
    threshold, followed = folded()
    family = threshold.followed[0].branch
    assert followed.upper <= family.fold.lower <= family.fold.upper < family.fold.beyond
    good = family.certificate
    assert sv.verify(good).word == "VERIFIED"
    claim = good["claim"] | {"fold": good["claim"]["fold"] | {"upper": str(followed.upper)}}
    assert sv.verify(good | {"claim": claim, "digest": digest(claim)}).word == "REJECTED"


def test_a_fold_below_what_is_proved_is_none(monkeypatch):
    monkeypatch.setattr(Branch, "upper", property(lambda self: Fraction(1)))
    assert with_fold(folded()[1]) is None


def test_a_branch_that_does_not_turn_back_or_has_no_steps_has_no_fold():
    assert with_fold(small_branch()) is None
    assert with_fold(replace(folded()[1], steps=())) is None
