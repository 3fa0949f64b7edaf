"""What rows are at least: 0 for a loss that is never negative, said where the kernel proves it and nowhere else."""

import math

import pytest
from flint import arb, ctx, fmpq

from scverify.certify.claims import certificate
from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import Unresolved
from scverify.kernel.formula import parse
from scverify.kernel.least import least_by_sign, least_of_rows, least_of_softmax
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ridge
from scverify.model.level import group_level, sample_level
from scverify.model.named import clip, siglip
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import decoupled, spectral, supcon
from scverify.symbolic.printers import to_kernel


def tree(problem):
    return parse(to_kernel(problem.loss.formula.expression))


def claimed(problem, lower, form="rows"):
    claim = {"type": "LowerBound", "problem": optimum(problem).certificate["claim"]["problem"], "lower": lower}
    return verify_data(certificate(claim, {"level": "samples", "lower": {"form": form}}, 128))


@pytest.mark.parametrize("level", [group_level, sample_level])
@pytest.mark.parametrize("sizes", [(2, 2), (3, 3, 2), (5, 4)])
def test_supcon_is_at_least_the_logs_of_its_positives(level, sizes):
    """log sum c e^(s/tau) - mean of the positives >= log(n_c - 1), with equality where nothing else is near."""
    with ctx.workprec(100):
        found = least_of_rows(level(Problem(supcon, sizes, temperature="1/2")))
    assert float(found) == pytest.approx(sum(n * math.log(n - 1) for n in sizes), abs=1e-12)


def test_a_row_that_falls_without_end_has_no_least_value():
    """Where the positive is no outcome the row falls with it; where the outcomes' shares are no probability it falls along the diagonal."""
    with pytest.raises(Unresolved, match="bounded below"):
        least_of_rows(sample_level(Problem(decoupled, (2, 2), temperature="1/2")))
    one, half = fmpq(1), fmpq(1, 2)
    assert least_of_softmax(one, fmpq(0), [-half, -half], [one, one]).overlaps(arb(2).log())
    assert least_of_softmax(one, fmpq(0), [-half, -half], [one, fmpq(0)]) is None
    assert least_of_softmax(one, fmpq(0), [-half, fmpq(0)], [one, one]) is None
    assert least_of_softmax(one, fmpq(0), [-2 * one, one], [one, one]) is None
    assert least_of_softmax(fmpq(0), fmpq(0), [fmpq(0)], [one]) is None


def test_signs_are_seen_by_composition():
    assert least_by_sign(parse(["sum", ["mul", "q", ["log", ["add", "1", ["exp", "s"]]]]])) == 0
    assert least_by_sign(parse(["sum", ["mul", "q", ["log", ["add", "1/2", ["exp", "s"]]]]])) is None
    assert least_by_sign(parse(["sum", ["mul", "q", ["log", ["add", "1", "s"]]]])) is None
    assert least_by_sign(tree(Problem(spectral, (2, 2)))) is None


@pytest.mark.parametrize(("lower", "word"), [("0", "VERIFIED"), ("-1", "VERIFIED"), ("1/10000000000000000000000000000000", "REJECTED")])
def test_no_more_than_0_is_granted(lower, word):
    assert claimed(Problem(supcon, (2, 2), temperature="1/2"), lower).word == word


def test_a_loss_without_a_least_value_is_not_granted_0():
    assert claimed(Problem(decoupled, (2, 2), temperature="1/2"), "-1000000").word == "UNDECIDED"


@pytest.mark.parametrize("constraint", [None, Ridge("1/10")])
def test_an_optimum_that_floats_cannot_tell_from_0_is_not_said_to_be_negative(constraint):
    found = optimum(Problem(supcon, (2, 2), temperature="1/5000", constraint=constraint), max_precision=512)
    assert found.lower >= 0 and verify_data(found.certificate).word == "VERIFIED"


@pytest.mark.parametrize("loss", [clip(pairs=3), siglip(pairs=3)])
def test_nor_is_one_on_units(loss):
    found = unit_optimum(UnitProblem(loss, temperature="1/1000"))
    assert found.lower >= 0 and verify_data(found.certificate).word == "VERIFIED"
    forged = {**found.certificate["claim"], "lower": "1/1000"}
    assert verify_data(certificate(forged, {**found.certificate["witness"], "lower": {"form": "rows"}}, 128)).word != "VERIFIED"
