"""Certificates on units, forged: one for each hypothesis, beside the control that is verified; and false claims under many witnesses."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip, cosface, cross_entropy, siglip
from scverify.model.units import UnitProblem

PROBLEMS = {
    "clip": UnitProblem(clip(5), "1/2"),
    "ball": UnitProblem(clip(3), 1, Ball()),
    "siglip": UnitProblem(siglip(4, -1), 1),
    "ridge": UnitProblem(cross_entropy((6, 3, 3)), 1, Ridge("1/2")),
}


@pytest.fixture(scope="module")
def valid():
    return {name: unit_optimum(problem).certificate for name, problem in PROBLEMS.items()}


def sealed(certificate):
    return {**certificate, "digest": digest(certificate["claim"])}


def forged(certificate, edit):
    edited = copy.deepcopy(certificate)
    edit(edited["claim"], edited["witness"])
    return verify_data(sealed(edited))


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_controls_are_verified_from_their_text(valid, name):
    answer = verify_data(json.loads(json.dumps(valid[name])))
    assert answer.word == "VERIFIED", answer.reason
    assert "tau" in answer.claim and "units" in answer.claim


def raised(text):
    return str(int(text.split("/")[0]) + 10 ** (len(text) // 2)) + "/" + text.split("/")[1]


FORGERIES = {
    "a higher lower bound": lambda claim, witness: claim.update(lower=claim["upper"], upper=raised(claim["upper"])),
    "outcomes that do not sum to one": lambda claim, witness: witness["lower"]["rows"][0]["row"].__setitem__(
        -1, witness["lower"]["rows"][0]["row"][-1] + 1
    ),
    "a negative outcome": lambda claim, witness: witness["lower"]["rows"][0]["row"].__setitem__(0, -1),
    "no dual": lambda claim, witness: witness["lower"]["factor"].update(rows=[[] for _ in witness["lower"]["factor"]["rows"]]),
    "another temperature": lambda claim, witness: claim["problem"].update(tau="1/3"),
    "another scale": lambda claim, witness: claim["problem"].update(scale="2"),
    "a negative scale": lambda claim, witness: claim["problem"].update(scale="-1"),
    "more units": lambda claim, witness: claim["problem"]["units"][0].update(multiplicity=7),
    "no units": lambda claim, witness: claim["problem"].update(units=[]),
    "a kind twice": lambda claim, witness: claim["problem"]["kinds"].append(claim["problem"]["kinds"][0]),
    "an anchor of no kind": lambda claim, witness: claim["problem"]["rows"][0].update(anchor="nothing"),
    "a row of negative weight": lambda claim, witness: claim["problem"]["rows"][0].update(weight="-1"),
    "a row that sees nothing": lambda claim, witness: claim["problem"]["rows"][0].update(c={}),
    "a negative coefficient": lambda claim, witness: claim["problem"]["rows"][0].update(c={"others": {"text": "-1"}, "own": {"text": "1"}}),
    "a row that is not convex": lambda claim, witness: claim["problem"]["rows"][0].update(
        formula=["mul", "-1", ["log", ["sum", ["mul", "c", ["exp", "s"]]]]]
    ),
    "a formula that is not linear in c": lambda claim, witness: claim["problem"]["rows"][0].update(formula=["sum", ["mul", "c", "c", "s"]]),
    "its own entry under own": lambda claim, witness: claim["problem"]["rows"][0].update(c={"own": {"image": "1"}}),
    "signs": lambda claim, witness: claim["problem"]["kinds"][0]["constraint"].update(nonnegative=True),
    "another radius": lambda claim, witness: claim["problem"]["kinds"][0]["constraint"].update(rho="2"),
    "another kind of constraint": lambda claim, witness: claim["problem"]["kinds"][0].update(
        constraint={"kind": "ridge", "weight": "1", "nonnegative": False}
    ),
    "another positive": lambda claim, witness: claim["problem"]["rows"][0].update(q={"others": {"text": "1/4"}}),
    "copies that repel": lambda claim, witness: (
        claim["problem"]["units"][0].update(copies=[2, 1]),
        claim["problem"]["rows"][0]["c"].update(copies="1"),
    ),
    "a spread of another shape": lambda claim, witness: witness["upper"]["spreads"][0]["rows"].append([1]),
    "an unknown form": lambda claim, witness: witness["lower"]["rows"][0].update(form="guess"),
    "a missing row": lambda claim, witness: witness["lower"]["rows"].pop(),
    "a decimal for an integer": lambda claim, witness: witness["lower"]["rows"][0]["row"].__setitem__(0, "1"),
    "a rule that divides by zero": lambda claim, witness: claim["problem"]["rows"][0].update(weight=["pow", ["add", "n_own", "-1"], -1]),
    "an endless rule": lambda claim, witness: claim["problem"]["rows"][0].update(weight=["add", *["1"] * 500]),
    "too many kinds": lambda claim, witness: claim["problem"].update(
        kinds=[{"name": f"k{i}", "constraint": claim["problem"]["kinds"][0]["constraint"]} for i in range(20)]
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_refused(valid, forgery):
    answer = forged(valid["clip"], FORGERIES[forgery])
    assert answer.word in ("REJECTED", "UNDECIDED"), answer


def test_a_single_unit_has_no_spread(valid):
    answer = forged(valid["ridge"], lambda claim, witness: witness["upper"]["spreads"].__setitem__(0, {"bits": 0, "rows": [[1], [1]]}))
    assert answer.word == "REJECTED" and "single unit" in answer.reason


def test_ridges_that_no_row_bounds_are_not_bounded(valid):
    """With q beyond a probability the rows fall without end, and only the ridge is left: the kernel knows no bound of the norms."""

    def edit(claim, witness):
        claim["problem"]["rows"][0]["q"] = {"own": {"weight": "3/2"}}

    assert forged(valid["ridge"], edit).word != "VERIFIED"


def test_a_mixture_of_ridge_and_sphere_needs_a_dual_that_costs_nothing(valid):
    def edit(claim, witness):
        claim["problem"]["kinds"][0]["constraint"] = {"kind": "sphere", "rho": "1", "nonnegative": False}

    assert forged(valid["ridge"], edit).word != "VERIFIED"


@pytest.mark.parametrize("name", PROBLEMS)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(0, 40))
def test_no_witness_proves_a_lower_bound_above_the_minimum(valid, name, seed, size):
    """The claim is false by a relative 1e-9; entries of the witness are moved at random."""
    generator = np.random.default_rng(seed)
    edited = copy.deepcopy(valid[name])
    upper = edited["claim"]["upper"]
    numerator, denominator = (int(x) for x in upper.split("/"))
    edited["claim"]["lower"] = f"{numerator * 1_000_000_001}/{denominator * 1_000_000_000}"
    edited["claim"]["upper"] = f"{numerator * 1_000_000_003}/{denominator * 1_000_000_000}"
    for key in ("lower", "upper"):
        from fractions import Fraction

        edited["claim"][key] = str(Fraction(edited["claim"][key]))
    tables = [edited["witness"]["lower"]["factor"]["rows"], *(entry["rows"] for entry in edited["witness"]["lower"]["spreads"])]
    for _ in range(size):
        table = tables[generator.integers(len(tables))]
        row = table[generator.integers(len(table))] if table else []
        if row:
            place = generator.integers(len(row))
            row[place] = int(row[place] * (1 + 10.0 ** -generator.integers(1, 12) * generator.standard_normal()))
    entry = edited["witness"]["lower"]["rows"][generator.integers(len(edited["witness"]["lower"]["rows"]))]
    row = entry["row"] if "row" in entry else entry["rows"][generator.integers(len(entry["rows"]))]
    moved, to = generator.integers(len(row)), generator.integers(len(row))
    amount = row[moved] >> int(generator.integers(1, 60))
    row[moved], row[to] = row[moved] - amount, row[to] + amount
    assert verify_data(sealed(edited)).word != "VERIFIED"


def test_margins_are_part_of_a_bound():
    """A lower bound of cosface whose formula is given a smaller margin, or none, is that of a smaller loss: not verified."""
    control = unit_optimum(UnitProblem(cosface((4, 3), "1/5"), "1/2", Ridge("1/10"))).certificate
    assert verify_data(control).word == "VERIFIED"
    for margin in ("1/10", "0"):
        formula = UnitProblem(cosface((4, 3), margin), "1/2", Ridge("1/10")).data["rows"][0]["formula"]
        assert (
            forged(control, lambda claim, witness, formula=formula: claim["problem"]["rows"][0].update(formula=formula)).word == "REJECTED"
        )
