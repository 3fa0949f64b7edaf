from fractions import Fraction

import pytest

import scverify as sv
from scverify.results.threshold import Family, Followed, Threshold, TurningPoint

PROBLEM = sv.Problem(sv.supcon, sv.Classes((4, 2)), dim=3, temperature="1/20")
FOLD = TurningPoint(lower=Fraction("0.0937"), upper=Fraction("0.0938"), beyond=Fraction("0.0939"))


def threshold(*followed, refused=(), interrupted=False):
    low, high = Fraction(1, 20), Fraction(1, 10)
    return Threshold(
        problem=PROBLEM,
        kind="spurious minimum",
        lower=low,
        upper=high,
        origin=low,
        followed=followed,
        refused=refused,
        interrupted=interrupted,
        seconds=1.0,
    )


def family(fold=None, upper="0.0936"):
    return Family(lower=Fraction(1, 20), upper=Fraction(upper), steps=3, excess=Fraction(1), fold=fold, certificate={"claim": {}})


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_a_fold_is_told_with_both_sides(width):
    found = threshold(Followed(branch=family(FOLD), ending="fold", reason=""))
    shown = found.text(width)
    assert "0.0937" in shown and "0.0938" in shown and all(len(line) <= width for line in shown.splitlines())
    assert found.to_json()["bracket"] == {"lower": str(Fraction("0.0936")), "upper": str(Fraction("0.0938"))}


def test_nothing_found_proves_nothing():
    assert "none was found; that proves nothing" in str(threshold()) and threshold().to_json()["trust"] == "none"


def test_what_was_proved_before_an_interrupt_is_kept():
    found = threshold(Followed(branch=family(), ending="unproved", reason="it was interrupted"), interrupted=True)
    assert "interrupted" in str(found) and "beyond: unproved" in str(found)
    assert found.bracket is None and set(found.certificates) == {"branch-000.json"}


def test_a_page_and_a_line_are_short():
    found = threshold(Followed(branch=family(FOLD), ending="fold", reason=""))
    assert len(found._repr_html_()) < 2000 and len(repr(found)) < 250
