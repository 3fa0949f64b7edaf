"""Losses on units with a name: those of the package are recognised by kinds, copies and rows, and nothing else is."""

import copy

import pytest

from scverify.kernel.units.named import name_of_units
from scverify.kernel.units.problem import read_unit_problem
from scverify.model.named import clip, mnrl, siglip
from scverify.model.units import UnitProblem
from scverify.model.views import ntxent
from scverify.model.weights import cross_entropy, label_smoothing

NAMED = {
    "clip": clip(4),
    "mnrl": mnrl(4),
    "cross_entropy": cross_entropy((3, 2)),
    "ntxent": ntxent(4, 3),
    "siglip": siglip(4),
}


def stated(loss):
    return copy.deepcopy(UnitProblem(loss, "1/2").data)


def name(data):
    return name_of_units(data, read_unit_problem(data))


@pytest.mark.parametrize("known", NAMED)
def test_a_named_loss_is_recognised(known):
    assert name(stated(NAMED[known])).startswith(f"{known} (")


@pytest.mark.parametrize("bias", ["0", "-10", "1/3"])
def test_the_bias_of_sigmoids_is_said(bias):
    shown = {"0": "e^-(s/tau)", "-10": "e^-(s/tau - 10)", "1/3": "e^-(s/tau + 1/3)"}[bias]
    assert shown in name(stated(siglip(4, bias)))


def test_a_bias_that_is_added_is_said():
    assert "the scalar bias added to each s/tau)" in name(stated(siglip(4, "free"))) and "added" not in name(stated(siglip(4)))
    assert "the scalar bias added to each s/tau with weight nodes)" in name(stated(cross_entropy((3, 2), bias="free")))


@pytest.mark.parametrize("other", [mnrl(4, hard=1), mnrl(4, repeats=2), label_smoothing((3, 2))], ids=str)
def test_a_variant_has_no_name(other):
    assert name(stated(other)) is None


CHANGES = {
    "another copy": lambda data: data["units"][0]["copies"].__setitem__(0, 2),
    "another kind": lambda data: _renamed(data, data["kinds"][0]["name"], "other"),
    "one more kind": lambda data: _with_a_kind(data),
    "one more row": lambda data: data["rows"].append(copy.deepcopy(data["rows"][0])),
    "another weight": lambda data: data["rows"][0].update(weight="2"),
    "no positives": lambda data: data["rows"][0].update(q={}),
    "another positive": lambda data: data["rows"][0]["q"].update(self="1"),
    "no negatives": lambda data: data["rows"][0]["c"].pop("others"),
    "a row for all": lambda data: data["rows"][0].update(pooled=True),
    "a choice": lambda data: data["rows"][0].update(choice=1),
    "another formula": lambda data: data["rows"][0].update(formula=["sum", ["mul", "c", "s"]]),
}


def _with_a_kind(data):
    data["kinds"].append({**data["kinds"][0], "name": "further"})
    for unit in data["units"]:
        unit["copies"].append(1)


def _renamed(data, old, new):
    data["kinds"][0]["name"] = new
    for row in data["rows"]:
        row["anchor"] = new if row["anchor"] == old else row["anchor"]
        for rules in (row["c"], row["q"]):
            for place in set(rules) & {"own", "others"}:
                rules[place] = {new if kind == old else kind: rule for kind, rule in rules[place].items()}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("known", NAMED)
def test_what_differs_in_anything_has_no_name(known, change):
    if (known, change) in {("ntxent", "another copy")}:
        return  # any number of views is NT-Xent
    # choices and rows for all need units of one type
    data = stated(cross_entropy((3,) * 2) if known == "cross_entropy" else NAMED[known])
    if len(data["units"]) > 1 and change in ("a row for all", "a choice"):
        data["units"] = [{**data["units"][0], "multiplicity": 2}]
    CHANGES[change](data)
    assert name(data) is None


def test_rows_with_different_biases_have_no_name():
    data = stated(clip(4))
    assert name(data) is not None
    data["scalars"] = [{"name": "bias", "domain": {}}]
    data["rows"][0]["shift"] = "bias"
    assert name(data) is None
