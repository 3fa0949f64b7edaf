"""Signed nodes by hand: which pairs cost nothing, and which points have coordinates >= 0."""

import numpy as np
import pytest
from flint import arb

from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import Rejected
from scverify.kernel.units.bounds import unit_lower_bound, unit_point
from scverify.kernel.units.claims import unit_bounds_said
from scverify.kernel.units.nodes import constrained_level, stated_level
from scverify.kernel.units.signs import both_signed
from scverify.model.constraints import NonNegative
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem

SIGNED = {"image": NonNegative(), "text": NonNegative()}


def dyadic(rows, bits=0):
    return {"bits": bits, "rows": rows}


def level_of(constraint, pairs=2):
    return constrained_level(UnitProblem(clip(pairs), 1, constraint).data)


def test_a_positive_slope_between_two_signed_nodes_costs_nothing():
    """p = 1 on the text of the other pair: rows s_other - s_own, least -1 where s_other >= 0, and -2 where it may be -1."""
    rows = [{"form": "gibbs", "bits": 0, "row": [0, 1, 0, 0]}, {"form": "gibbs", "bits": 0, "row": [1, 0, 0, 0]}]
    witness = {"rows": rows, "factor": dyadic([[], []]), "spreads": [dyadic([[], []])]}
    assert abs(unit_lower_bound(level_of(SIGNED), witness) + 4) < 1e-12
    for constraint in (None, SIGNED | {"text": "sphere"}, SIGNED | {"image": "sphere"}):
        assert abs(unit_lower_bound(level_of(constraint), witness) + 8) < 1e-12


def test_both_nodes_have_to_be_signed():
    level = level_of(SIGNED | {"text": "sphere"})
    assert [[both_signed(level, i, j) for j in range(2)] for i in range(2)] == [[True, False], [False, False]]


@pytest.mark.parametrize(
    ("means", "spread", "good"),
    [
        ([[1], [1]], [[1], [1]], True),  # m = 2: x >= K, orthogonal vectors
        ([[1], [1]], [[-1], [1]], True),  # at the place of the other unit
        ([[1], [1]], [[2], [1]], False),
        ([[1], [1]], [[1], [-2]], False),
        ([[-1], [1]], [[0], [0]], False),
        ([[0, 1], [0, -1]], [[0], [0]], False),
        ([[], []], [[1], [1]], False),
    ],
)
def test_a_point_of_signed_nodes_has_coordinates(means, spread, good):
    witness = {"means": dyadic(means), "spreads": [dyadic(spread)]}
    unit_point(level_of(None), {"means": dyadic([[1], [1]]), "spreads": [dyadic([[1], [1]])]})
    if good:
        assert all(x >= -arb("1e-12") for row in unit_point(level_of(SIGNED), witness).similar for x in row)
    else:
        with pytest.raises(Rejected, match=r"negative coordinate|no column"):
            unit_point(level_of(SIGNED), witness)


def test_three_units_share_a_mean_of_the_spread_over_the_root_of_two():
    level = level_of(SIGNED, pairs=3)
    for mean, good in ((71, True), (70, False)):  # 100/sqrt(2) = 70.7...
        witness = {"means": dyadic([[mean], [mean]]), "spreads": [dyadic([[100], [100]])]}
        if good:
            unit_point(level, witness)
        else:
            with pytest.raises(Rejected, match="negative coordinate"):
                unit_point(level, witness)
    witness = {"means": dyadic([[142], [142]]), "spreads": [dyadic([[-100], [-100]])]}
    unit_point(level, witness)
    with pytest.raises(Rejected, match="negative coordinate"):
        unit_point(level, {"means": dyadic([[141], [141]]), "spreads": [dyadic([[-100], [-100]])]})


@pytest.mark.parametrize(
    ("type_0", "type_1", "good"),
    [
        ([1, 0], [0, 1], True),  # each type in the column of its own spread, and 0 in that of the other
        ([1, 5], [5, 1], True),
        ([0, 1], [0, 1], False),
        ([1, 0], [1, 0], False),
        ([0, 1], [1, 0], False),
    ],
)
def test_each_type_has_its_own_columns_of_the_means(type_0, type_1, good):
    signed = {"weight": NonNegative(), "feature": NonNegative()}
    level = constrained_level(UnitProblem(cross_entropy((3, 3, 2, 2)), 1, signed).data)
    assert level.multiplicity == [2] * 4
    witness = {"means": dyadic([type_0, type_0, type_1, type_1]), "spreads": [dyadic([[1], [1]])] * 2}
    if good:
        assert all(x >= -arb("1e-12") for row in unit_point(level, witness).similar for x in row)
    else:
        with pytest.raises(Rejected, match="negative coordinate"):
            unit_point(level, witness)


@pytest.mark.parametrize(("mean", "good"), [(15, True), (14, False)])
def test_each_type_has_its_own_number_of_units(mean, good):
    """Three units with a spread of -10 have coordinates >= 0 from a mean of 10 sqrt 2 = 14.1... on, two from 10 on."""
    level = constrained_level(UnitProblem(cross_entropy((3, 3, 2, 2, 2)), 1, {"weight": NonNegative(), "feature": NonNegative()}).data)
    assert level.multiplicity == [2, 2, 3, 3]
    means, spread = [[10, 0], [10, 0], [0, mean], [0, mean]], dyadic([[-10], [-10]])
    if good:
        unit_point(level, {"means": dyadic(means), "spreads": [spread] * 2})
    else:
        with pytest.raises(Rejected, match="negative coordinate"):
            unit_point(level, {"means": dyadic(means), "spreads": [spread] * 2})


def test_other_theorems_refuse_signed_nodes():
    with pytest.raises(Rejected, match="signed and fixed nodes"):
        stated_level(UnitProblem(clip(2), 1, SIGNED).data)


def test_signs_are_said():
    data = UnitProblem(clip(2), 1, {"image": NonNegative(), "text": None}).data
    said = unit_bounds_said({"type": "UnitLowerBound", "problem": data, "lower": "0"})
    assert "image of squared norm 1, H >= 0; text of squared norm 1;" in said


def test_no_configuration_with_coordinates_of_at_least_zero_has_a_smaller_loss():
    found = unit_optimum(UnitProblem(clip(3), "1/2", SIGNED))
    draws = np.random.default_rng(0)
    for _ in range(200):
        x, y = (np.abs(draws.standard_normal((3, 3))) ** draws.integers(1, 5) for _ in range(2))
        x, y = x / np.linalg.norm(x, axis=1, keepdims=True), y / np.linalg.norm(y, axis=1, keepdims=True)
        logits = 2 * x @ y.T
        loss = sum(np.log(np.exp(table[i] - table[i, i]).sum()) for table in (logits, logits.T) for i in range(3))
        assert loss >= float(found.lower)
    # orthogonal pairs: a row is log(1 + 2 e^-2)
    assert float(found.lower) == pytest.approx(6 * np.log(1 + 2 * np.exp(-2)), rel=1e-12)
