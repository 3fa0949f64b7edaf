"""0 under ridges on units: the form of slopes against the loss by differences, closed forms, and forgeries."""

import copy
from itertools import combinations

import numpy as np
import pytest

import scverify as sv
from scverify.kernel.certificate import Rejected, digest
from scverify.kernel.thresholds.unit_zero import unit_slopes_at_zero
from scverify.kernel.units.nodes import stated_level
from scverify.kernel.verify import verify_data
from scverify.model.points import written_nodes
from scverify.search.batch import Batch

CASES = {
    "clip": sv.UnitProblem(sv.losses.clip(3), "1/2", "ridge:3/2", dim=1),
    "classes of two sizes": sv.UnitProblem(
        sv.losses.cross_entropy((4, 2, 2), "1/10"), 1, {"weight": "ridge:1", "feature": "ridge:2"}, dim=1
    ),
    "copies": sv.UnitProblem(sv.losses.mnrl(2, hard=2, repeats=2), "1/3", "ridge:1", dim=1),
    "batches": sv.UnitProblem(sv.losses.mini_batches([[0, 1], [1, 2]], pairs=3), 1, "ridge:1", dim=1),
}


@pytest.mark.parametrize("name", CASES)
def test_the_form_is_the_gradient_at_zero(name):
    """Along H = t z, with z the same for all copies of a node, the loss moves by t^2 z'Sz."""
    problem, step = CASES[name], 1e-4
    spreads, means = unit_slopes_at_zero(stated_level(problem.data))
    level, nodes, batch = stated_level(problem.data), written_nodes(problem), Batch.of(problem)

    def slope(z):
        at = np.array([[z(node) for node in nodes]])
        return float(batch.value_and_gradient(step * at)[0] - batch.value_and_gradient(0 * at)[0]) / step**2

    rng = np.random.default_rng(1)
    z = rng.standard_normal(level.nodes)
    stated = np.array([[float(x) for x in row] for row in means])
    assert z @ stated @ z == pytest.approx(slope(lambda node: z[node.type * level.kinds + node.kind % level.kinds]), rel=1e-4)
    for t, spread in enumerate(spreads):
        units = sorted({node.unit for node in nodes if node.type == t})
        for one, other in list(combinations(units, 2))[:1]:
            y = rng.standard_normal(level.kinds)
            found = slope(lambda node, y=y, one=one, other=other: y[node.kind] * ((node.unit == one) - (node.unit == other)))
            assert 2 * y @ np.array([[float(x) for x in row] for row in spread]) @ y == pytest.approx(found, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    ("loss", "tau", "weight"),
    [
        (sv.losses.clip(5), "1/2", 4),  # A - B = [[w/2, -1/tau], [-1/tau, w/2]]
        (sv.losses.ntxent(4), 1, "16/7"),  # 2 n/((n - 1) tau), N6
        (sv.losses.cross_entropy((4, 4)), 1, 2),  # the ridge at which a class's n_c(1 - 1/k) pulls it off: sqrt(n_c)
    ],
    ids=["clip", "ntxent", "cross_entropy"],
)
def test_closed_forms_and_both_sides_of_them(loss, tau, weight):
    found = sv.bracket(sv.UnitProblem(loss, tau), "zero", "ridge", (1, 9), digits=6)
    low, high = found.bracket
    assert low < sv.UnitProblem(loss, 1, f"ridge:{weight}").constraints[0].weight <= high and found.trust == "exact"
    assert {verify_data(side.certificate).word for side in (found.lower, found.upper)} == {"VERIFIED"}
    assert "H = 0 minimises the loss" in verify_data(found.upper.certificate).claim


def forged(original, edit):
    copied = copy.deepcopy(original)
    edit(copied["claim"], copied["witness"])
    copied["digest"] = digest(copied["claim"])
    return verify_data(copied)


def test_forgeries_are_rejected_and_their_controls_verified():
    found = sv.bracket(sv.UnitProblem(sv.losses.clip(5), "1/2"), "zero", "ridge", (1, 9), digits=3)
    zero, other = found.upper.certificate, found.lower.certificate
    assert {verify_data(zero).word, verify_data(other).word} == {"VERIFIED"}

    def lighter(claim, _):
        for kind in claim["problem"]["kinds"]:
            kind["constraint"]["weight"] = "399/100"

    assert forged(zero, lighter).word == "REJECTED"
    assert forged(zero, lambda claim, _: claim.update(type="ZeroNotOptimal")).word == "REJECTED"
    assert forged(other, lambda claim, _: claim.update(type="ZeroOptimal")).word == "REJECTED"
    assert "along the direction" in forged(other, lambda _, witness: witness.update(direction=["1", "-1"])).reason
    assert forged(other, lambda _, witness: witness.pop("spread")).word == "REJECTED"
    assert "spheres" not in forged(zero, lambda claim, _: claim["problem"].update(tau="1/4")).reason
    assert forged(zero, lambda claim, _: claim["problem"].update(tau="1/4")).word == "REJECTED"


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (sv.UnitProblem(sv.losses.clip(3), 1), "under a ridge"),
        (sv.UnitProblem(sv.losses.clip(3), 1, {"image": "ridge:1", "text": "sphere"}), "under a ridge"),
        (sv.UnitProblem(sv.losses.siglip(3), 1, "ridge:1"), "log-sum-exp"),
        (sv.UnitProblem(sv.losses.cosface((2, 2)), 1, "ridge:1"), "log-sum-exp"),
        (sv.UnitProblem(sv.losses.cross_entropy((2, 2), bias="free"), 1, "ridge:1"), "free scalars"),
        (sv.UnitProblem(sv.losses.clip(3), 1, sv.NonNegative(sv.Ridge(1))), "signed"),
    ],
    ids=range(6),
)
def test_every_hypothesis_is_asked_for(problem, reason):
    with pytest.raises(Rejected, match=reason):
        unit_slopes_at_zero(stated_level(problem.data))
    with pytest.raises(sv.InputError):
        sv.bracket(problem, "zero", "tau", (1, 2))


def test_an_endless_elimination_is_refused(monkeypatch):
    monkeypatch.setattr("scverify.kernel.thresholds.unit_zero._MOST_UNIT_NODES", 1)
    with pytest.raises(Rejected, match="more than 1 nodes"):
        unit_slopes_at_zero(stated_level(CASES["clip"].data))
