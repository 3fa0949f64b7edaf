"""Certificates on nodes that are stated one by one, and on rows that see one copy, a choice of units or all pairs at once: forged."""

import copy

import pytest

from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.batches import mini_batches
from scverify.model.units import UnitProblem
from scverify.model.views import ntxent, uniformity

PROBLEMS = {
    "batches": UnitProblem(mini_batches([(0, 1, 2), (1, 2, 3), (0, 3)], pairs=4), 1),
    "copy": UnitProblem(ntxent(4), 1),
    "choice": UnitProblem(mini_batches("all:3", pairs=5), 1),
    "pooled": UnitProblem(uniformity(4), 1),
}


@pytest.fixture(scope="module")
def valid():
    return {name: unit_optimum(problem).certificate for name, problem in PROBLEMS.items()}


def forged(certificate, edit):
    edited = copy.deepcopy(certificate)
    edit(edited["claim"]["problem"], edited["witness"])
    return verify_data({**edited, "digest": digest(edited["claim"])})


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_controls_are_verified(valid, name):
    answer = forged(valid[name], lambda problem, witness: None)
    assert answer.word == "VERIFIED", answer.reason


FORGERIES = {
    "a row at another anchor": ("batches", lambda problem, witness: problem["rows"][0].update(anchor=1)),
    "a row at an anchor of another kind": ("batches", lambda problem, witness: problem["rows"][0].update(anchor=5)),
    "another positive": ("batches", lambda problem, witness: problem["rows"][0].update(q=[["1", [5]]])),
    "a node more": ("batches", lambda problem, witness: problem["nodes"].append(0)),
    "a node of another kind": (
        "batches",
        lambda problem, witness: (
            problem["kinds"].append({"name": "wide", "constraint": {"kind": "sphere", "rho": "2", "nonnegative": False}}),
            problem["nodes"].__setitem__(0, 2),
        ),
    ),
    "a heavier row": ("batches", lambda problem, witness: problem["rows"][0].update(weight="3/2")),
    "two rows that change places": ("batches", lambda problem, witness: problem["rows"].insert(0, problem["rows"].pop())),
    "a row that is left out": ("batches", lambda problem, witness: (problem["rows"].pop(), witness["lower"]["rows"].pop())),
    "all copies for one": (
        "copy",
        lambda problem, witness: (
            problem["units"][0].update(copies=[5]),
            problem["rows"][0]["c"].update(copies=problem["rows"][0]["c"].pop("copy")),
            problem["rows"][0]["q"].update(copies=problem["rows"][0]["q"].pop("copy")),
        ),
    ),
    "one of more copies that repels": ("copy", lambda problem, witness: problem["rows"][0]["q"].update(copy="1/2")),
    "a copy where there is none": ("copy", lambda problem, witness: problem["units"][0].update(copies=[1])),
    "fewer chosen": ("choice", lambda problem, witness: problem["rows"][0].update(choice=1)),
    "no choice": ("choice", lambda problem, witness: problem["rows"][0].pop("choice")),
    "more chosen than there are": ("choice", lambda problem, witness: problem["rows"][0].update(choice=5)),
    "a choice among two types": (
        "choice",
        lambda problem, witness: problem.update(units=[{"multiplicity": 3, "copies": [1, 1]}, {"multiplicity": 2, "copies": [1, 1]}]),
    ),
    "not pooled": ("pooled", lambda problem, witness: problem["rows"][0].pop("pooled")),
    "pooled, of two types": (
        "pooled",
        lambda problem, witness: problem.update(units=[{"multiplicity": 2, "copies": [1]}, {"multiplicity": 2, "copies": [1]}]),
    ),
    "pooled copies that repel": (
        "pooled",
        lambda problem, witness: (
            problem["units"][0].update(copies=[2]),
            problem["rows"][0]["c"].update(copies="1"),
        ),
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_refused(valid, forgery):
    name, edit = FORGERIES[forgery]
    answer = forged(valid[name], edit)
    assert answer.word in ("REJECTED", "UNDECIDED"), answer
