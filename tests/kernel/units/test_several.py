"""A claim of many minimisers in words."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.nodes import stated_level
from scverify.kernel.units.several import _check_pairs, check_several, several_said
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


@pytest.mark.parametrize("many", [{"choice": 1}, {"pooled": True}])
def test_a_row_that_shares_what_it_sees_is_refused(many):
    """Each choice of units sees the pair within the anchor's unit, and a row of all anchors sees pairs of each."""
    data = UnitProblem(cross_entropy((4, 4), "1/10"), "1/5").data
    data["rows"][0].update(many)
    with pytest.raises(Rejected, match="shares what it sees"):
        _check_pairs(stated_level(data))


def test_a_point_whose_spreads_are_singular_shows_nothing():
    """Targets 4/7, 1/7, 1/7, 1/7 ask for similarities that differ by log 4 > 4/3: the only minimiser is the simplex.

    At the point all weights are one vector, all features another at right angles: means have the eigenvalue 4 and spreads 0, and
    differences are missed by 3.4 in all, which is less than 4.
    """
    problem = UnitProblem(cross_entropy((1,) * 4), 1).data
    problem["rows"][0].update(weight="1", q={"own": {"weight": "4/7"}, "others": {"weight": "1/7"}})
    assert problem["rows"][0]["c"] == {"own": {"weight": "1"}, "others": {"weight": "1"}}
    ones = {"bits": 0, "rows": [[1, 0], [0, 1]]}
    witness = {"point": {"means": ones, "spreads": [{"bits": 0, "rows": [[], []]}]}, "frames": {"means": ones, "spreads": [ones]}}
    with pytest.raises(Rejected, match="too near a singular one"):
        check_several({"type": "SeveralUnitMinimizers", "problem": problem, "distance": "1"}, witness)
