"""A fold at the end of a branch: found again from the branch alone, proved by the kernel, and not told where it is not."""

from dataclasses import replace
from fractions import Fraction

import pytest

import scverify as sv
from scverify.certify import ending as ending_module
from scverify.certify.branch import Branch
from scverify.certify.fold import with_fold
from scverify.kernel.certificate import digest
from tests.soundness.branches import small_branch


@pytest.fixture(scope="module")
def followed():
    """The branch that `threshold` follows up to a fold, as it is handed over to find that fold."""
    handed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ending_module, "with_fold", lambda branch: handed.append(branch) or with_fold(branch))
        sv.threshold(sv.Problem(sv.supcon, sv.Classes((3, 2)), dim=2), tau=("11/100", "28/250"), starts=100)
    [branch] = handed
    return branch


def test_a_fold_is_found_and_its_certificate_claims_no_other(followed):
    found = with_fold(followed)
    assert followed.upper <= found.fold.lower <= found.fold.upper < found.fold.beyond
    good = found.certificate
    assert sv.verify(good).word == "VERIFIED"
    claim = good["claim"] | {"fold": good["claim"]["fold"] | {"upper": str(followed.upper)}}
    assert sv.verify(good | {"claim": claim, "digest": digest(claim)}).word == "REJECTED"


def test_a_fold_below_what_is_proved_is_none(followed, monkeypatch):
    monkeypatch.setattr(Branch, "upper", property(lambda self: Fraction(1)))
    assert with_fold(followed) is None


def test_a_branch_that_does_not_turn_back_or_has_no_steps_has_no_fold(followed):
    assert with_fold(small_branch()) is None
    assert with_fold(replace(followed, steps=())) is None
