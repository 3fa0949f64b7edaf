"""Verdicts: what they say of themselves, and Python that makes the same problem again."""

from dataclasses import replace

import pytest

import scverify as sv
from scverify.conjecture.strategies import classes, some
from scverify.conjecture.tally import Tally
from scverify.conjecture.verdict import Counterexample, Suite, Verdict, problem_in_python
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.symbolic.losses import LOSSES

PROBLEM = sv.Problem(sv.supcon, sv.Classes((3, 2)), dim=2, temperature="1/3")
stated = sv.conjecture(classes=classes(k=2, size=(2, 3)))(lambda problem: True)


def verdict(word="SUPPORTED", counterexample=None, expect=None, interrupted=False):
    return Verdict(
        conjecture=replace(stated, expect=expect),
        word=word,
        trust="ball",
        reason="as it is",
        tried=Tally(problems=3),
        counterexample=counterexample,
        seconds=1.5,
        seed=7,
        interrupted=interrupted,
    )


def refuted(**change):
    found = Counterexample(problem=PROBLEM, evidence=("it is false",), certificate={"digest": "1"}, trust="ball", smallest=True, scanned=4)
    return verdict("REFUTED", replace(found, **change))


@pytest.mark.parametrize(
    "problem",
    [
        PROBLEM,
        replace(PROBLEM, constraint=Ball("3/2")),
        replace(PROBLEM, constraint=NonNegative(Sphere()), dim=None),
        replace(PROBLEM, constraint=Ridge("1/7"), reduction="mean"),
        sv.Problem(LOSSES["decoupled"], sv.Classes((3, 1)), dim=2, temperature="1/3", singletons="ignore"),
    ],
    ids=str,
)
def test_the_python_of_a_problem_makes_the_same_problem(problem):
    assert eval(problem_in_python(problem, stated), {"sv": sv}) == problem


def test_a_loss_without_a_name_is_told_by_its_place_in_the_conjecture():
    own = replace(sv.supcon, name="own", coefficients=LOSSES["decoupled"].coefficients)
    listing = sv.conjecture(classes=[(2, 2)], loss=some([sv.supcon, own]))(lambda problem: True)
    assert f"{listing.name}.loss.listed[1]" in problem_in_python(replace(PROBLEM, loss=own), listing)


def test_as_expected_is_the_word_asked_or_else_no_refutation():
    assert verdict("UNDECIDED").as_expected and not refuted().as_expected
    assert not verdict("SUPPORTED", expect="PROVED").as_expected
    assert replace(refuted(), conjecture=replace(stated, expect="REFUTED")).as_expected


def test_whether_smaller_instances_were_tried_is_told():
    assert "no smaller listed instance is refuted; 4 scanned" in refuted().text(width=300)
    assert "smaller instances were not all tried; 4 scanned" in refuted(smallest=False).text(width=300)
    assert "seed 7; interrupted" in verdict(interrupted=True).text(width=300)


def test_what_there_is_not_has_no_key():
    assert not {"counterexample", "certificate", "snippet"} & set(verdict().to_json())
    told = refuted().to_json()
    assert told["counterexample"]["scanned"] == 4 and "certificate" not in told and told["verdict"] == "REFUTED"


def test_a_suite_counts_words_and_says_that_support_is_no_proof():
    both = Suite(loss="supcon", profile="quick", verdicts=(verdict(), refuted()))
    assert both.headline() == "supcon: 1 SUPPORTED, 1 REFUTED" and len(both.certificates) == 1 and not both.interrupted
    assert "which is not a proof" in both.text(width=300)
    assert "which is not a proof" not in Suite(loss="supcon", profile="quick", verdicts=(refuted(),)).text(width=300)
    assert Suite(loss="supcon", profile="quick", verdicts=(refuted(), verdict(interrupted=True))).interrupted
