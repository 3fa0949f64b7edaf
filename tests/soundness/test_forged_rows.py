"""A row of positive weight without a single c > 0 is log 0: it is REJECTED for every type of claim that states a problem."""

import base64
import copy
import zlib
from fractions import Fraction

import pytest

from scverify.kernel.verify import verify_data
from tests.kernel.kept import kept
from tests.kernel.landscapes.test_complete import of_one_rank
from tests.soundness.controls import sealed

CONTROLS = {
    "LowerBound": "sphere-lower",
    "UpperBound": "sphere-upper",
    "Optimum": "sphere",
    "UniqueMinimizer": "sphere-unique",
    "CriticalOrbit": "criticalorbit",
    "Inertia": "spurious-inertia",
    "StrictSaddle": "point-sphere-strict-saddle",
    "StrictMinimum": "strictminimum",
    "SpuriousMinimum": "spurious-point",
    "GlobalMinimum": "point-sphere-global-minimum",
    "StrictBranch": "branch-strict",
    "SpuriousBranch": "branch-spurious",
    "SaddleBranch": "branch-saddle",
    "Landscape": "landscape",
    "a list of one rank": "list-landscape-rank-2",
    "Counterexample": "counterexample",
}


def forged(name, edit):
    data = kept(name)
    claims = data["claim"].get("facts", [data["claim"]])
    for claim in claims:
        edit(claim["problem"])
    return verify_data(sealed(data))


def without_outcomes(problem):
    """No coefficient c at all, by the rule."""
    problem["coefficients"].update(positive_c="0", negative_c="0")


def as_table(problem):
    """The coefficients of supcon for every two samples."""
    label = [c for c, size in enumerate(problem["sizes"]) for _ in range(size)]
    n = range(len(label))
    q = [[str(Fraction(int(i != j and label[i] == label[j]), label.count(label[i]) - 1)) for j in n] for i in n]
    c = [[str(int(i != j)) for j in n] for i in n]
    problem["coefficients"] = {"kind": "samples", "weight": ["1"] * len(label), "c": c, "q": q}


def one_row_without_outcomes(problem):
    """One sample whose row has no c, in a table by samples."""
    as_table(problem)
    problem["coefficients"]["c"][0] = ["0"] * sum(problem["sizes"])


@pytest.mark.parametrize("edit", ["without_outcomes", "one_row_without_outcomes"])
def test_a_complete_list_needs_outcomes_in_every_rank(edit):
    data = of_one_rank()
    assert verify_data(data).word == "VERIFIED"
    globals()[edit](data["claim"]["problem"])
    answer = verify_data(sealed(data))
    assert answer.word == "REJECTED" and ("log 0" in answer.reason or "no c > 0" in answer.reason)


BY_SAMPLES = [name for name in CONTROLS if name not in ("LowerBound", "UpperBound", "Optimum", "UniqueMinimizer", "Counterexample")]


@pytest.mark.parametrize("kind", CONTROLS)
def test_rows_without_outcomes_are_rejected(kind):
    assert verify_data(kept(CONTROLS[kind])).word == "VERIFIED"
    answer = forged(CONTROLS[kind], without_outcomes)
    assert answer.word == "REJECTED" and "it is log 0" in answer.reason


@pytest.mark.parametrize("kind", BY_SAMPLES)
def test_one_row_without_outcomes_is_rejected(kind):
    answer = forged(CONTROLS[kind], one_row_without_outcomes)
    assert answer.word == "REJECTED" and "row 0 has a weight and no c > 0" in answer.reason


def test_the_hole_that_was_there():
    """With no more samples than dimensions the theorem asks nothing of S, and no row was ever evaluated."""
    data = kept("landscape")
    data["claim"]["problem"]["dim"] = 4
    data["witness"] = {"orderings": [], "trees": [{"boxes": 105, "tree": tree_of_twos(105)}]}
    assert verify_data(sealed(copy.deepcopy(data))).word == "VERIFIED"
    without_outcomes(data["claim"]["problem"])
    answer = verify_data(sealed(data))
    assert answer.word == "REJECTED" and "log 0" in answer.reason


def tree_of_twos(count):
    return base64.b64encode(zlib.compress(bytes([2] * count))).decode("ascii")


def test_a_row_of_weight_0_may_have_no_outcome():
    """It does not count: the claim is about the other rows alone."""

    def edit(problem):
        one_row_without_outcomes(problem)
        problem["coefficients"]["weight"][0] = "0"

    for name in ("criticalorbit", "landscape"):
        assert "log 0" not in forged(name, edit).reason


@pytest.mark.parametrize("entry", ["weight", "positive_c", "negative_c", "positive_q"])
@pytest.mark.parametrize("name", ["sphere", "sphere-unique", "spurious-point", "branch-strict", "landscape"])
def test_numbers_beyond_float64_are_answered_in_words(name, entry):
    answer = forged(name, lambda problem: problem["coefficients"].update({entry: "1" + "0" * 400}))
    # the same factor in every row changes no landscape
    assert (answer.word == "VERIFIED") == ((name, entry) == ("landscape", "weight")) and "malformed" not in answer.reason


@pytest.mark.parametrize("name", ["sphere-unique", "landscape"])
def test_a_loss_of_weight_0_is_answered_in_words(name):
    answer = forged(name, lambda problem: problem["coefficients"].update(weight="0"))
    assert answer.word in ("REJECTED", "UNDECIDED") and "malformed" not in answer.reason
