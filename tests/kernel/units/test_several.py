"""A claim of many minimisers in words."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.nodes import stated_level
from scverify.kernel.units.several import _check_pairs, several_said
from scverify.model.named import cross_entropy
from scverify.model.units import UnitProblem


def test_words():
    words = several_said({"problem": UnitProblem(cross_entropy((4, 4), "1/10"), "1/5").data, "distance": "1/100"})
    assert words.endswith("lie at least 1/100 (Frobenius) apart.") and "tau = 1/5" in words


def test_a_row_that_sees_its_anchor_is_refused():
    data = UnitProblem(cross_entropy((4, 4), "1/10"), "1/5").data
    _check_pairs(stated_level(data))
    data["units"][0]["copies"] = [1, 1]
    data["rows"][0]["c"]["self"] = "1"
    level = stated_level(data)
    assert isinstance(level, UnitLevel)
    with pytest.raises(Rejected, match="anchor"):
        _check_pairs(level)
