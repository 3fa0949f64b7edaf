"""Certificates with free scalars, forged: one for each hypothesis, beside the controls that are verified."""

import copy
import json
from fractions import Fraction

import pytest

from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy, siglip
from scverify.model.units import UnitProblem
from scverify.model.weights import mse

PROBLEMS = {
    "free": UnitProblem(siglip(5, "free"), 1),
    "interval": UnitProblem(siglip(4, "free:-9,9"), "free:1/3,2"),
    "ridge": UnitProblem(cross_entropy((4, 2), bias="ridge:1/2"), 2, Ridge("1/3")),
    "classes": UnitProblem(cross_entropy((4, 2), bias="free"), 2, Ridge("1/3")),
    "squares": UnitProblem(mse((4, 4), "free"), 1, Ridge("1/3")),
}


@pytest.fixture(scope="module")
def valid():
    found = {name: unit_optimum(problem) for name, problem in PROBLEMS.items()}
    best = {f"{name} {scalar}": each.certificate for name, result in found.items() for scalar, each in result.scalars.items()}
    return {**{name: result.certificate for name, result in found.items()}, **best}


def forged(certificate, edit):
    edited = copy.deepcopy(certificate)
    edit(edited["claim"], edited["witness"])
    return verify_data({**edited, "digest": digest(edited["claim"])})


def moved(row):
    """Outcomes moved by one in the last place: of one term of sigmoids, or from one outcome of a row to another."""
    if "rows" in row:
        row["rows"][0] = [x + 1 for x in row["rows"][0]]
        return
    places = sorted((a for a in range(len(row["row"])) if row["row"][a] > 0), key=lambda a: row["row"][a])
    row["row"][places[0]] -= 1
    row["row"][places[-1]] += 1


def domain(**given):
    return lambda claim, witness: claim["problem"]["scalars"][0].update(domain=given)


FORGERIES = {
    "a slope that is not 0 in a free scalar": ("free", lambda claim, witness: moved(witness["lower"]["rows"][0]), "slope"),
    "slopes that are not 0 in free scalars of classes": ("classes", lambda claim, witness: moved(witness["lower"]["rows"][0]), "slope"),
    "a tangent of squares whose slope in a free scalar is not 0": (
        "squares",
        lambda claim, witness: witness["lower"]["rows"][0]["row"].__setitem__(0, witness["lower"]["rows"][0]["row"][0] + 1),
        "slope",
    ),
    "a tangent for a free scalar": (
        "free",
        lambda claim, witness: witness["lower"]["rows"].__setitem__(0, {"form": "tangent", "bits": 1, "row": [0, -1, 0, 2]}),
        "not exact",
    ),
    "a ridged scalar said to be free": ("ridge", domain(), "slope"),
    "an interval of no width": ("interval", domain(least="1", most="1"), "width"),
    "an interval without the point's scalar": ("interval", domain(least="1", most="2"), "outside its domain"),
    "a wider interval": ("interval", domain(least="-10" + "0" * 60, most="9"), ""),
    "half an interval": ("interval", domain(least="1"), "interval or a ridge"),
    "a smaller ridge": ("ridge", domain(ridge="1/100"), ""),
    "a negative ridge": ("ridge", domain(ridge="-1"), "not positive"),
    "a point without its scalar": ("free", lambda claim, witness: witness["upper"].pop("scalars"), "scalars"),
    "another scalar": ("free", lambda claim, witness: witness["upper"].update(scalars=["3"]), ""),
    "a point without its temperature": ("interval", lambda claim, witness: witness["upper"].pop("inverse"), "no temperature"),
    "a temperature outside": ("interval", lambda claim, witness: witness["upper"].update(inverse="4"), "outside"),
    "a temperature chosen where it is given": ("free", lambda claim, witness: witness["upper"].update(inverse="1"), "not chosen"),
    "a colder temperature allowed": (
        "interval",
        lambda claim, witness: claim["problem"].update(tau={"least": "1/9", "most": "2"}),
        "",
    ),
    "a temperature of no width": ("interval", lambda claim, witness: claim["problem"].update(tau={"least": "1", "most": "1"}), "width"),
    "a free temperature under a ridge": (
        "ridge",
        lambda claim, witness: claim["problem"].update(tau={"least": "1", "most": "2"}),
        "ridge the norms",
    ),
    "rows that know similarities beside the temperature": (
        "free",
        lambda claim, witness: claim["problem"]["rows"][0].update(
            formula=json.loads(json.dumps(claim["problem"]["rows"][0]["formula"]).replace('["pow", "tau", -1]', '"1"'))
        ),
        "alone",
    ),
    "a row that no longer sees the scalar": ("free", lambda claim, witness: claim["problem"]["rows"][0].pop("shift"), ""),
    "a shift by an unknown scalar": (
        "free",
        lambda claim, witness: claim["problem"]["rows"][0].update(shift="slope"),
        "none of the scalars",
    ),
    "an outcome beyond 1": (
        "free",
        lambda claim, witness: witness["lower"]["rows"][0]["rows"][0].__setitem__(0, 1 << 4000),
        "outside [0, 1]",
    ),
    "copies beside a free scalar": (
        "free",
        lambda claim, witness: (
            claim["problem"]["units"][0].update(copies=[2, 1]),
            claim["problem"]["rows"][0]["c"].update(copies="1"),
        ),
        "R3",
    ),
    "a narrower interval at every minimiser": (
        "free bias",
        lambda claim, witness: claim.update(least=str(Fraction(claim["most"]) - Fraction(1, 10**14))),
        "",
    ),
    "an end too near the point's scalar": (
        "free bias",
        lambda claim, witness: claim.update(least=str(Fraction(witness["upper"]["scalars"][0]) - Fraction(1, 10**14))),
        "as small below",
    ),
    "nothing said of one side": ("free bias", lambda claim, witness: witness.pop("above"), "above the interval"),
    "an end that is none of the domain": (
        "interval inverse_temperature",
        lambda claim, witness: (witness.pop("below", None), witness.pop("above", None)),
        "unless its domain ends there",
    ),
    "the interval of another scalar": ("free bias", lambda claim, witness: claim["scalar"].update(name="slope"), "no such scalar"),
    "the interval of a temperature that is given": (
        "free bias",
        lambda claim, witness: claim.update(scalar={"name": "inverse_temperature"}),
        "not free",
    ),
    "an interval beyond the domain": (
        "interval bias",
        lambda claim, witness: claim.update(least="-10", most="10"),
        "leaves the scalar's domain",
    ),
    "an interval without the point": ("free bias", lambda claim, witness: claim.update(least="5", most="7"), "outside the interval"),
    "an interval upside down": ("free bias", lambda claim, witness: claim.update(least="7", most="5"), "width"),
    "the bias of another type": ("ridge bias0", lambda claim, witness: claim["scalar"].update(type=1), ""),
}


def test_the_controls_are_verified_from_their_text(valid):
    assert set(valid) >= {name for name, _, _ in FORGERIES.values()}
    for certificate in valid.values():
        answer = verify_data(json.loads(json.dumps(certificate)))
        assert answer.word == "VERIFIED", answer.reason


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_refused(valid, forgery):
    name, edit, reason = FORGERIES[forgery]
    answer = forged(valid[name], edit)
    assert answer.word in ("REJECTED", "UNDECIDED") and reason in answer.reason, answer
