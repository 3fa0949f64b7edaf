"""Bounds of a loss with a constant factor: one forgery for each hypothesis, beside the control that is verified."""

import copy

import pytest
import sympy

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import Rejected, digest
from scverify.kernel.formula import parse
from scverify.kernel.optimum.scaled import constant_factor
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss, supcon, supcon_rule
from scverify.symbolic.row import RowFormula
from scverify.symbolic.symbols import tau

BITS = ["pow", ["log", "2"], -1]
SEES = ["log", ["add", "2", ["sum", ["mul", "c", "s"]]]]
FACTORS = [(tau, 0.5), (2 * tau, 1.0), (sympy.sqrt(2), 2**0.5), (tau / sympy.log(2), 0.5 / 0.6931471805599453)]


def scaled(factor):
    return Loss("scaled", RowFormula("scaled", factor * supcon.formula.expression), supcon_rule)


@pytest.fixture(scope="module")
def valid():
    return optimum(Problem(scaled(1 / sympy.log(2)), (4, 3, 2), temperature="1/2", constraint=Ball())).certificate


def answer(data, edit=lambda claim, witness: None):
    data = copy.deepcopy(data)
    edit(data["claim"], data["witness"])
    return verify_data({**data, "digest": digest(data["claim"])})


def test_the_control_is_verified(valid):
    assert valid["claim"]["problem"]["formula"][:2] == ["mul", BITS] and valid["witness"]["form"] == "scaled"
    found = answer(valid)
    assert found.word == "VERIFIED" and "balls" not in found.claim, found.reason


def formula(tree):
    return lambda claim, witness: claim["problem"].update(formula=tree(claim["problem"]["formula"]))


FORGERIES = {
    "a higher lower bound": (lambda c, w: c.update(lower=c["upper"]), "does not prove the lower bound"),
    "a lower upper bound": (lambda c, w: c.update(upper=c["lower"]), "does not prove the upper bound"),
    "a larger factor": (formula(lambda f: ["mul", ["log", "2"], f[2]]), "does not prove the lower bound"),
    "a smaller factor": (formula(lambda f: ["mul", "2", f[2]]), "does not prove the upper bound"),
    "a negative factor": (formula(lambda f: ["mul", ["mul", "-1", BITS], f[2]]), "the factor of the loss"),
    "a factor of nothing": (formula(lambda f: ["mul", "0", f[2]]), "the factor of the loss"),
    "a factor that sees the row": (
        formula(lambda f: ["mul", SEES, f[2]]),
        "row times a constant",
    ),
    "a factor that counts the entries of the row": (
        formula(lambda f: ["mul", ["mul", ["add", "1", ["sum", "1"]], BITS], f[2]]),
        "depends on the row",
    ),
    "no product": (formula(lambda f: f[2]), "not a product"),
    "a row alone": (formula(lambda f: ["mul", f[2]]), "row times a constant"),
    "a ridge": (lambda c, w: c["problem"].update(constraint={"kind": "ridge", "weight": "1", "nonnegative": False}), "a ridge is added"),
    "bounds that the inner witness does not prove": (lambda c, w: w.update(lower=w["upper"]), "does not prove the lower bound"),
    "inner bounds the wrong way round": (lambda c, w: w.update(lower="99", upper="0"), "above the upper"),
    "another temperature": (lambda c, w: c["problem"].update(tau="1/3"), "does not prove"),
    "a field too many": (lambda c, w: w.update(more="1"), "unknown: more"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_not_verified(valid, name):
    edit, reason = FORGERIES[name]
    found = answer(valid, edit)
    assert found.word in ("REJECTED", "UNDECIDED") and reason in found.reason, found


@pytest.fixture(scope="module", params=["rank-one", "general"])
def unique(request):
    found = optimum(
        Problem(scaled(1 / sympy.log(2)), (4, 3, 2), temperature="1/2"), solver="auto" if request.param == "general" else "rank-one"
    )
    return found.certificates["uniqueness.json"]


def test_the_minimisers_are_those_without_the_factor(unique):
    found = answer(unique)
    assert found.word == "VERIFIED" and "rank 2" in found.claim and "/log(2)" in found.claim, found


FORGED_MINIMISERS = {
    "a smaller radius": (lambda c, w: c.update(radius="0"), "does not prove the radius"),
    "another rank": (lambda c, w: c.update(rank=1), "the rank"),
    "a negative factor": (formula(lambda f: ["mul", ["mul", "-1", BITS], f[2]]), "the factor of the loss"),
    "a factor of nothing": (formula(lambda f: ["mul", "0", f[2]]), "the factor of the loss"),
    "a factor that sees the row": (formula(lambda f: ["mul", SEES, f[2]]), "row times a constant"),
    "no product": (formula(lambda f: f[2]), "not a product"),
    "a ridge": (lambda c, w: c["problem"].update(constraint={"kind": "ridge", "weight": "1", "nonnegative": False}), "a ridge is added"),
    "a ball": (lambda c, w: c["problem"].update(constraint={"kind": "ball", "rho": "1", "nonnegative": False}), "sphere"),
    "another temperature": (lambda c, w: c["problem"].update(tau="1/3"), "radius"),
    "a witness of the factor alone": (lambda c, w: w.update(lower="0"), "unknown: lower"),
    "no inner witness": (lambda c, w: w.pop("witness"), "missing: witness"),
}


@pytest.mark.parametrize("name", FORGED_MINIMISERS)
def test_forged_minimisers_are_not_verified(unique, name):
    edit, reason = FORGED_MINIMISERS[name]
    found = answer(unique, edit)
    assert found.word in ("REJECTED", "UNDECIDED") and reason in found.reason, found


@pytest.mark.parametrize("data", ["s", ["add", "1", "tau"], ["mul", "tau", "2"], ["mul", ["sum", "s"], ["sum", "c"]]])
def test_what_is_no_row_times_a_constant(data):
    with pytest.raises(Rejected):
        constant_factor(("add",) if data == "s" else parse(data))


@pytest.mark.parametrize(("factor", "number"), FACTORS)
def test_the_optimum_is_the_factor_times_that_without_it(factor, number):
    with_factor, without = (optimum(Problem(loss, (4, 3, 2), temperature="1/2")) for loss in (scaled(factor), supcon))
    assert with_factor.solver == without.solver == "rank-one" and answer(with_factor.certificate).word == "VERIFIED"
    assert float(with_factor.lower) == pytest.approx(number * float(without.lower), rel=1e-12)
    assert with_factor.gap <= 2 * without.gap
