"""A claim of many minimisers in words."""

from scverify.kernel.units.several import several_said
from scverify.model.named import cross_entropy
from scverify.model.units import UnitProblem


def test_words():
    words = several_said({"problem": UnitProblem(cross_entropy((4, 4), "1/10"), "1/5").data, "distance": "1/100"})
    assert words.endswith("lie at least 1/100 (Frobenius) apart.") and "tau = 1/5" in words
