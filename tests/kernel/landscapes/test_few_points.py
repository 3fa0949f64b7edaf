"""Landscapes of balls without boxes: where the theorem reaches, each of its hypotheses, and that no search contradicts it."""

import os
from fractions import Fraction

import pytest
from flint import fmpq

from scverify.certify.claims import certificate
from scverify.certify.points import critical_points
from scverify.kernel.landscapes.few_points import attracts, most_points
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable, Loss, decoupled, supcon, supcon_row

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"


def answer(sizes, dim, tau="1/20", upper=None, loss=supcon, constraint=None, witness=None, stated=None, **more):
    problem = Problem(loss, Classes(sizes), dim=dim, temperature=tau, constraint=constraint or Ball(), **more)
    claim = {"type": "Landscape", "problem": problem_data(problem) | (stated or {}), "statement": EVERY_MINIMUM}
    if upper is not None:
        claim["tau_upper"] = upper
    return verify_data(certificate(claim, witness or {"orderings": [], "trees": []}, 128))


@pytest.mark.parametrize(("sizes", "dim"), [((3, 2), 3), ((4, 2), 3), ((3, 3), 3), ((3, 2), 2), ((2, 2), 2), ((2, 2, 2), 2), ((20, 3), 20)])
def test_few_points_at_every_temperature(sizes, dim):
    for tau, upper in (("1/20", None), ("1/1000000", "1000000")):
        found = answer(sizes, dim, tau, upper)
        assert found.word == "VERIFIED" and found.reason.endswith("exact arithmetic, by the theorem of few points on a ball (MATH N20)")
    assert answer(sizes, dim, constraint=Ball("5/2")).word == "VERIFIED"


@pytest.mark.parametrize(("sizes", "dim"), [((4, 2), 2), ((3, 3), 2), ((2, 2), 1), ((5, 5), 6), ((2, 2, 2, 2), 2), ((20, 3), 19)])
def test_one_dimension_less_is_not_claimed(sizes, dim):
    found = answer(sizes, dim)
    assert found.word == "REJECTED" and "dimension" in found.reason


def test_warm_temperatures_need_fewer_dimensions():
    """Sizes 4, 2: e^(-2/tau) >= 1/2 from tau = 2/log 2 = 2.885... on."""
    assert answer((4, 2), 2, "2886/1000").word == "VERIFIED" and "balls" not in answer((4, 2), 2, "3").reason
    assert "ball arithmetic" in answer((4, 2), 2, "3").reason
    assert answer((4, 2), 2, "2885/1000").word == "REJECTED" and answer((4, 2), 2, "2885/1000", "5").word == "REJECTED"
    assert answer((4, 2), 2, "3", constraint=Ball(2)).word == "REJECTED"


def table(w=(1, 1), c=((1, 1), (1, 1)), q=((Fraction(1, 2), 0), (0, 1))):
    rows = (tuple(tuple(map(Fraction, row)) for row in rows) for rows in (c, q))
    return Loss("table", supcon_row, ClassTable(tuple(map(Fraction, w)), *rows))


@pytest.mark.parametrize(
    "loss",
    [
        table(w=(1, 0)),
        table(c=((1, 2), (1, 1))),
        table(c=((0, 1), (1, 1))),
        table(q=((Fraction(1, 3), 0), (0, 1))),
        table(q=((Fraction(1, 2), Fraction(1, 9)), (0, 1))),
        decoupled,
    ],
)
def test_rows_of_another_kind_are_rejected(loss):
    assert answer((3, 2), 3, loss=table(w=(5, 1))).word == "VERIFIED"
    assert answer((3, 2), 3, loss=loss).word == "REJECTED"


def test_every_other_hypothesis():
    assert answer((3, 2), 4, constraint=NonNegative(Ball())).word == "REJECTED"
    assert answer((3, 2), 4, constraint=Ridge(1)).word == "REJECTED"
    assert answer((3, 3, 1), 6, singletons="ignore").word == "REJECTED" and answer((3, 3), 6).word == "VERIFIED"
    assert "two classes" in answer((3, 4), 6, stated={"sizes": [7]}).reason
    assert answer((3, 2), 3, "1", "1/2").word == "REJECTED"
    assert "no boxes" in answer((3, 2), 3, witness={"orderings": [], "trees": [{"boxes": 0, "tree": ""}]}).reason


def test_the_numbers_of_points_and_the_temperature():
    assert [most_points(m) for m in (1, 2, 3, 6)] == [1, 1, 2, 5]
    assert attracts(2, 5, fmpq(10**6)) and attracts(4, 6, fmpq(34, 100)) and not attracts(4, 6, fmpq(35, 100))


@pytest.mark.parametrize(("sizes", "dim", "tau"), [((4, 2), 3, "1/10")] + [((3, 3), 3, "1/20"), ((5, 2), 4, "1/10")] * THOROUGH)
def test_no_search_contradicts_it(sizes, dim, tau):
    assert answer(sizes, dim, tau).word == "VERIFIED"
    found = critical_points(Problem(supcon, Classes(sizes), dim=dim, temperature=tau, constraint=Ball()), 200 if THOROUGH else 30)
    assert found.points and not found.of_kind("spurious minimum")
