"""The standard properties tell losses apart: each table is the right one. SCVERIFY_PROFILE=thorough: every property of every loss."""

import os
from dataclasses import replace
from fractions import Fraction

import pytest

import scverify as sv
from scverify.conjecture import standard
from scverify.conjecture.falsify import _proofs, check
from scverify.symbolic.losses import LOSSES

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"
SIGN_SLIP = '''
import sympy as sp

def sign_slip(s, c, q, tau, a, m):
    """The positives are pushed away."""
    return sp.log(sp.Sum(c[a] * sp.exp(s[a] / tau), (a, 0, m - 1))) + sp.Sum(q[a] * s[a] / tau, (a, 0, m - 1))
'''
# In the order of the properties; lower case: only in the thorough profile, because it takes seconds.
TABLES = {
    "supcon": "supported PROVED PROVED PROVED PROVED PROVED REFUTED supported SUPPORTED supported supported",
    "supcon_in": "supported REFUTED PROVED UNDECIDED SUPPORTED SUPPORTED supported supported supported supported REFUTED",
    "sign_slip": "supported PROVED PROVED UNDECIDED REFUTED supported undecided undecided undecided undecided REFUTED",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_loss_has_the_table_that_it_should(name, tmp_path):
    (tmp_path / "broken.py").write_text(SIGN_SLIP)
    reference = name if name in LOSSES else f"{tmp_path / 'broken.py'}::{name}"
    for stated, word in zip(standard.PROPERTIES, TABLES[name].split(), strict=True):
        if THOROUGH or word.isupper():
            verdict = check(stated.with_loss(reference), budget=600)
            assert verdict.word == word.upper(), str(verdict)
            assert (verdict.certificate is not None) == (word.upper() == "REFUTED")


def test_a_property_that_cannot_be_put_to_a_loss_is_undecided_and_says_why(tmp_path):
    (tmp_path / "three.py").write_text(
        "from scverify.symbolic.losses import soft_supcon\nthree = soft_supcon([[1, 0, 0], [0, 1, 0], [0, 0, 1]])"
    )
    verdicts = standard.suite(f"{tmp_path / 'three.py'}::three", budget=1)
    assert len(verdicts) == len(standard.PROPERTIES)
    told = {verdict.conjecture.name: (verdict.word, verdict.reason) for verdict in verdicts}
    word, reason = told["benign_on_the_ball"]
    assert word == "UNDECIDED" and "whose table has 3 classes" in reason


def test_a_refuted_property_can_be_seen_again():
    verdict = check(standard.benign_on_the_sphere.with_loss("supcon"), budget=600)
    names = {}
    exec(verdict.counterexample.snippet(verdict.conjecture).replace("print(", "told = ("), names)
    assert (names["told"].value, names["told"].trust) == (False, "ball")


def test_the_thorough_profile_draws_more_and_keeps_the_dimension_possible():
    wide = standard._widened(standard.benign_in_k_minus_1_dimensions, "thorough")
    assert len(wide.classes.listed) == 35 and not wide.is_finite
    assert all(problem.dim == 2 for problem in wide.listed())


def test_wrong_input_is_refused():
    wrong_ones = (
        {"loss": "nonsense"},
        {"loss": "supcon", "profile": "slow"},
        {"loss": "absent.py::mine"},
        {"loss": 3},
        {"loss": "triplet"},
        {"loss": "supcon", "parameters": {"pairs": 2}},
        {"loss": "clip", "parameters": {"views": 2}},
        {"loss": "clip", "parameters": {"pairs": 1}},
        {"loss": "mini_batches"},
        {"loss": "soft_supcon"},
    )
    for wrong in wrong_ones:
        with pytest.raises(sv.InputError):
            standard.suite(**wrong)


def test_no_argument_speaks_for_a_loss_of_negative_weight(tmp_path):
    (tmp_path / "turned.py").write_text(
        "from dataclasses import replace\nfrom sympy import Integer\nfrom scverify.symbolic.losses import Loss, supcon_row, supcon_rule\n"
        'turned = Loss("turned", supcon_row, replace(supcon_rule, weight=Integer(-1)))'
    )
    for stated in (standard.convex_in_the_gram_matrix, standard.tight_relaxation, standard.unique_gram_matrix):
        assert all(proof.verdict != "PROVED" for proof in _proofs(stated.with_loss(f"{tmp_path / 'turned.py'}::turned")))
        assert all(proof.verdict == "PROVED" for proof in _proofs(stated.with_loss("supcon")))


UNITS = {
    "sv.losses.clip(pairs=3)": "SUPPORTED PROVED PROVED PROVED PROVED supported supported supported supported supported REFUTED",
    "sv.losses.label_smoothing(sizes=(2, 2))": "supported PROVED PROVED UNDECIDED supported REFUTED",
}


@pytest.mark.parametrize("python", UNITS)
def test_a_loss_on_units_has_the_table_that_it_should(python):
    losses = {python: eval(python, {"sv": sv})}
    for stated, word in zip(standard.PROPERTIES, UNITS[python].split(), strict=False):
        if THOROUGH or word.isupper():
            verdict = check(standard._about(stated, losses, "fast"), budget=600)
            assert verdict.word == word.upper(), str(verdict)
            assert (verdict.certificate is not None) == (word.upper() == "REFUTED")
            if verdict.counterexample is not None:
                names = {}
                exec(verdict.counterexample.snippet(verdict.conjecture).replace("print(", "told = ("), names)
                assert (names["told"].value, names["told"].trust) == (False, "ball")


def test_a_named_loss_is_asked_about_at_small_counts_and_at_those_that_are_given(monkeypatch):
    monkeypatch.setattr(standard, "PROPERTIES", (standard.convex_in_the_gram_matrix, standard.benign_in_k_minus_1_dimensions))
    convex, _ = told = standard.suite("uniformity", budget=1)
    assert (
        told.loss == "uniformity (3 samples; 4 samples)"
        and convex.word == "PROVED"
        and "uniformity (3 samples)" in " ".join(str(told).split())
    )
    convex, benign = told = standard.suite("clip", budget=1, parameters={"pairs": 2})
    assert (told.loss, convex.word, benign.word) == ("clip (2 pairs of image and text)", "PROVED", "UNDECIDED")
    assert "fewer than 3 units" in benign.reason
    assert standard.suite(sv.losses.clip(2), budget=1).loss == told.loss
    assert standard.suite("multi_similarity", budget=1, parameters={"alpha": 1})[0].word == "PROVED"
    assert len(standard._about(standard.convex_in_the_gram_matrix, {"": sv.losses.clip(2)}, "thorough").temperature.listed) > 2


def test_a_row_on_units_that_is_not_convex_is_found_out():
    inside = replace(
        sv.losses.clip(2).rows[0], formula=sv.losses.supcon_in.formula, q={"own": {"text": 1}, "others": {"text": Fraction(1, 2)}}
    )
    losses = {"": replace(sv.losses.clip(2), rows=(inside,))}
    assert check(standard._about(standard.convex_in_the_gram_matrix, losses, "fast"), budget=600).word == "REFUTED"
