"""Signed and fixed nodes, forged: a false claim or a witness that breaks one hypothesis, beside the control that is verified."""

import copy

import pytest

from scverify.certify.claims import certificate
from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.constraints import NonNegative, Sphere
from scverify.model.fixed import Fixed
from scverify.model.named import clip
from scverify.model.units import UnitProblem

PROBLEMS = {
    "signed": UnitProblem(clip(3), "1/2", {"image": NonNegative(), "text": NonNegative()}),
    "one signed": UnitProblem(clip(3), "1/2", {"image": NonNegative(), "text": Sphere()}),
    "fixed": UnitProblem(clip(3), "1/2", {"image": Fixed(others="1/2"), "text": Sphere()}),
    "plain": UnitProblem(clip(3), "1/2"),
}


@pytest.fixture(scope="module")
def valid():
    return {name: unit_optimum(problem).certificate for name, problem in PROBLEMS.items()}


def norm_of(claim, kind):
    return claim["problem"]["kinds"][kind]["constraint"]


def negated(table):
    table["rows"] = [[-x for x in row] for row in table["rows"]]


FORGERIES = {
    "a sign that only the bound has": ("signed", lambda claim, witness: norm_of(claim, 1).update(nonnegative=False)),
    "no signs, and their bound": ("signed", lambda claim, witness: [norm_of(claim, kind).update(nonnegative=False) for kind in (0, 1)]),
    "a sign claimed on an unsigned kind": ("one signed", lambda claim, witness: norm_of(claim, 1).update(nonnegative=True)),
    "signs that the point does not have": ("plain", lambda claim, witness: norm_of(claim, 0).update(nonnegative=True)),
    "a negative coordinate": ("signed", lambda claim, witness: negated(witness["upper"]["means"])),
    "no means beside a spread": (
        "signed",
        lambda claim, witness: witness["upper"]["means"].update(rows=[row[1:] for row in witness["upper"]["means"]["rows"]]),
    ),
    "no dual between signed nodes": ("one signed", lambda claim, witness: witness["lower"]["factor"].update(rows=[[], []])),
    "a block that is not semidefinite": ("fixed", lambda claim, witness: claim["problem"]["fixed"].update(others=[["-3/4"]])),
    "another block": ("fixed", lambda claim, witness: claim["problem"]["fixed"].update(others=[["1/3"]])),
    "another norm": ("fixed", lambda claim, witness: claim["problem"]["fixed"].update(own=[["2"]])),
    "no block": ("fixed", lambda claim, witness: claim["problem"].pop("fixed")),
    "fixed nodes that are free": (
        "fixed",
        lambda claim, witness: (
            claim["problem"].pop("fixed"),
            claim["problem"]["kinds"][0].update(constraint={"kind": "sphere", "rho": "1", "nonnegative": False}),
        ),
    ),
    "a fixed node that moves": (
        "fixed",
        lambda claim, witness: witness["upper"]["means"]["rows"][0].__setitem__(0, witness["upper"]["means"]["rows"][0][0] + 1),
    ),
    "a fixed spread that moves": (
        "fixed",
        lambda claim, witness: witness["upper"]["spreads"][0]["rows"][0].__setitem__(0, witness["upper"]["spreads"][0]["rows"][0][0] - 1),
    ),
    "a field more in a claim": ("plain", lambda claim, witness: claim.update(note="proved")),
    "a field more in a block": ("fixed", lambda claim, witness: claim["problem"]["fixed"].update(note="proved")),
    "a field more in a point": ("plain", lambda claim, witness: witness["upper"].update(note="proved")),
    "a field more in a dual": ("plain", lambda claim, witness: witness["lower"].update(note="proved")),
    "a field more in a row": ("plain", lambda claim, witness: witness["lower"]["rows"][0].update(note="proved")),
    "a temperature that is not chosen": ("plain", lambda claim, witness: witness["upper"].update(inverse="2")),
    "free nodes that are fixed": (
        "plain",
        lambda claim, witness: (
            claim["problem"]["kinds"][0].update(constraint={"kind": "fixed"}),
            claim["problem"].update(fixed={"own": [["1"]], "others": [["0"]]}),
        ),
    ),
}


def answer_to(certificate, edit=lambda claim, witness: None, version=None):
    edited = copy.deepcopy(certificate)
    edit(edited["claim"], edited["witness"])
    kinds = edited["claim"]["problem"]["kinds"]
    new = any(kind["constraint"]["kind"] == "fixed" or kind["constraint"]["nonnegative"] for kind in kinds)
    return verify_data({**edited, "version": version or 1 + new, "digest": digest(edited["claim"])})


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_controls_are_verified_in_their_own_version(valid, name):
    assert answer_to(valid[name]).word == "VERIFIED"
    assert valid[name]["version"] == (1 if name == "plain" else 2)
    assert answer_to(valid[name], version=3 - valid[name]["version"]).word == "REJECTED"


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_not_verified(valid, name):
    control, edit = FORGERIES[name]
    answer = answer_to(valid[control], edit)
    assert answer.word == "REJECTED", answer.reason
    assert "version" not in answer.reason


@pytest.mark.parametrize(("kinds", "word"), [((0, 1), "VERIFIED"), ((0,), "REJECTED"), ((1,), "REJECTED"), ((), "REJECTED")])
def test_a_sign_counts_where_both_nodes_have_it(kinds, word):
    """Two pairs, all outcomes on the other one: the loss is at least 4 (s_other - s_own) >= -4 where s_other >= 0, and -8 else."""
    signs = {name: NonNegative() if kind in kinds else Sphere() for kind, name in enumerate(("image", "text"))}
    rows = [{"form": "gibbs", "bits": 0, "row": [0, 1, 0, 0]}, {"form": "gibbs", "bits": 0, "row": [1, 0, 0, 0]}]
    none = {"bits": 0, "rows": [[], []]}
    claim = {"type": "UnitLowerBound", "problem": UnitProblem(clip(2), 1, signs).data, "lower": "-4"}
    assert verify_data(certificate(claim, {"lower": {"rows": rows, "factor": none, "spreads": [none]}}, 64)).word == word
