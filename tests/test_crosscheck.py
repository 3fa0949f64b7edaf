"""The cross-check agrees with itself on sound routes, and each broken route is named."""

import json

import pytest
from flint import arb

from scverify import crosscheck as run
from scverify import routes
from scverify.crosscheck import Comparison
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.routes import Routes
from scverify.search.batch import Batch
from scverify.search.objective import Objective
from scverify.symbolic.entrywise import Entrywise
from scverify.symbolic.losses import LOSSES, decoupled, load_loss, supcon, two_tower
from tests.oracles.placed import CASES

SOUND = routes.value_and_gradient
PROBLEM = Problem(supcon, Classes((2, 2)), dim=2, temperature="1/3")


def disagreements(problem=PROBLEM, seed=0):
    """(question, first route, second route) of each comparison that fails."""
    return {(row.question, row.first, row.second) for row in run(problem, seed).rows if not row.ok}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
@pytest.mark.parametrize("constraint", [None, Ridge("1/3")], ids=str)
def test_sound_routes_agree(loss, constraint):
    table = run(Problem(loss, Classes((2, 2)), dim=2, temperature="1/3", constraint=constraint))
    assert table.ok, str(table)
    names = {name for row in table.rows for name in (row.first, row.second)}
    assert names == {"NumPy", "NumPy, batch", "mpmath", "balls", "written out", "Taylor slope", "order 2", "order 3"}


@pytest.mark.parametrize(
    "problem",
    [
        Problem(supcon, Classes((2, 2)), dim=1, temperature="1/1000"),
        Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2", constraint=NonNegative(Ball("1/2"))),
        Problem(supcon, Classes((3, 1)), dim=2, reduction="mean", singletons="ignore"),
        Problem(two_tower(2), Classes((2, 2)), dim=2),
        # affine rows: Taylor's polynomial of order 2 leaves nothing, and no slope can be measured
        Problem(decoupled, Classes((2, 1)), dim=1, temperature="1/20", singletons="ignore"),
    ],
    ids=str,
)
def test_sound_routes_agree_at_the_edges(problem):
    table = run(problem, seed=3)
    assert table.ok, str(table)


@pytest.mark.parametrize("name", CASES)
def test_sound_routes_agree_on_units(name):
    table = run(CASES[name][0])
    assert table.ok, str(table)
    assert {row.first for row in table.rows} == {"NumPy, batch", "balls", "Taylor slope"} and "entries" in table.left_out


def scaled(method, index, factor):
    """The method with one of its answers multiplied by a factor."""

    def wrong(*arguments, **named):
        answers = list(method(*arguments, **named))
        answers[index] = answers[index] * factor
        return tuple(answers)

    return wrong


NUMPY, BATCH, BALLS = "NumPy", "NumPy, batch", "balls"


def test_a_wrong_gradient_of_the_level(monkeypatch):
    monkeypatch.setattr(Objective, "value_and_gradient", scaled(Objective.value_and_gradient, 1, 1 + 1e-9))
    found = disagreements()
    assert ("gradient", NUMPY, "mpmath") in found and ("gradient", NUMPY, "written out") in found
    assert not any(BATCH in row or row[1] == BALLS or "Taylor slope" in row for row in found if row[0] != "Hessian product")


def test_a_wrong_value_of_the_level(monkeypatch):
    monkeypatch.setattr(Objective, "value_and_gradient", scaled(Objective.value_and_gradient, 0, 1 - 1e-9))
    assert disagreements() == {("value", NUMPY, "mpmath"), ("value", NUMPY, "written out")}


def test_a_wrong_hessian_product_in_the_embeddings(monkeypatch):
    sound = Batch.hessian_product
    monkeypatch.setattr(Batch, "hessian_product", lambda self, point, change: sound(self, point, change) + 1e-6)
    assert disagreements() == {("Hessian product", BATCH, BALLS)}


def test_a_kernel_that_is_off_in_the_thirtieth_digit(monkeypatch):
    monkeypatch.setattr(routes, "value_and_gradient", scaled(routes.value_and_gradient, 0, 1 + arb(10) ** -30))
    assert disagreements() == {("value", BALLS, "mpmath")}


def test_a_kernel_that_reads_another_formula(monkeypatch):
    for name in ("value_and_gradient", "row_hessian"):
        sound = getattr(routes, name)
        monkeypatch.setattr(routes, name, lambda tree, row, lift, sound=sound: sound(tree, row._replace(tau=2 * row.tau), lift))
    found = disagreements()
    assert {("value", BALLS, "mpmath"), ("gradient", BALLS, "mpmath"), ("Hessian product", NUMPY, BALLS)} <= found
    assert ("value", NUMPY, "mpmath") not in found


def test_balls_too_wide_for_the_comparison_disagree(monkeypatch):
    monkeypatch.setattr(routes, "BITS", 60)
    assert ("value", BALLS, "mpmath") in disagreements()


def test_a_gradient_wrong_on_every_route_is_caught_by_taylor(monkeypatch):
    """Routes that share a mistake agree with one another: only the value's own slope can tell."""
    factor = 1 + 2.0**-10

    def wrong_in_balls(*row):
        value, slopes = SOUND(*row)
        return value, [factor * slope for slope in slopes]

    for home in (Objective, Batch):
        monkeypatch.setattr(home, "value_and_gradient", scaled(home.value_and_gradient, 1, factor))
    monkeypatch.setattr(Routes, "mpmath_value_and_gradient", scaled(Routes.mpmath_value_and_gradient, 1, factor))
    monkeypatch.setattr(routes, "value_and_gradient", wrong_in_balls)
    found = disagreements()
    assert ("gradient", "Taylor slope", "order 2") in found
    assert ("gradient", NUMPY, "mpmath") not in found and ("gradient", BALLS, "mpmath") not in found


def test_a_hessian_wrong_in_balls_and_floats_is_caught_by_taylor(monkeypatch):
    factor, sound = 1 + 2.0**-10, Batch.hessian_product
    monkeypatch.setattr(routes, "_ball_answers", scaled(routes._ball_answers, 2, arb(factor)))
    monkeypatch.setattr(Batch, "hessian_product", lambda self, *arguments: factor * sound(self, *arguments))
    monkeypatch.setattr(Objective, "factor_product", scaled(Objective.factor_product, 0, factor))
    found = disagreements()
    assert {("Hessian product", "Taylor slope", "order 3"), ("Hessian product", NUMPY, "written out")} <= found
    assert ("Hessian product", NUMPY, BALLS) not in found


def test_a_wrong_entry_of_the_loss_written_out(monkeypatch):
    sound = Entrywise.gradient
    monkeypatch.setattr(Entrywise, "gradient", lambda self, point: sound(self, point) + point * 1e-8)
    assert disagreements() == {("gradient", NUMPY, "written out"), ("Hessian product", NUMPY, "written out")}


@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_no_number_disagrees(monkeypatch):
    monkeypatch.setattr(Objective, "value_and_gradient", scaled(Objective.value_and_gradient, 0, float("nan")))
    assert ("value", NUMPY, "mpmath") in disagreements()
    assert not Comparison("value", "one", "other", float("nan"), 1.0).ok


MINE = """
from sympy import exp, log
from scverify.symbolic.row import row_sum

def mine(s, c, q, tau, a):
    return row_sum(c[a] * log(1 + exp(s[a] / tau))) - row_sum(q[a] * s[a])
"""


def test_a_loss_of_the_user(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    table = run(Problem(load_loss(f"{tmp_path / 'mine.py'}::mine"), Classes((2, 2)), dim=2, temperature="1/2"))
    assert table.ok, str(table)


def test_the_table_tells_a_person_and_a_program(monkeypatch):
    table = run(PROBLEM, seed=5)
    assert str(table).startswith("Cross-check of supcon, sizes 2,2") and str(table).endswith("all routes agree")
    told = json.loads(json.dumps(table.to_json()))
    assert told["ok"] is True and told["seed"] == 5 and len(told["rows"]) == len(table.rows)
    assert run(PROBLEM, seed=5) == table and run(PROBLEM, seed=6) != table
    monkeypatch.setattr(Objective, "value_and_gradient", scaled(Objective.value_and_gradient, 0, 2))
    broken = run(PROBLEM, seed=5)
    assert not broken.ok and str(broken).count("DISAGREE") == 3 and broken.to_json()["ok"] is False


def test_large_instances():
    with pytest.raises(InputError, match="at most 40"):
        run(Problem(supcon, Classes((39, 2))))
    large = run(Problem(supcon, Classes((20, 12)), dim=2))
    assert large.ok and "written-out entries: 2 x 32" in large.left_out and large.to_json()["left_out"] == large.left_out


def test_what_rounding_leaves_of_a_value_that_is_zero_is_no_difference():
    # one exponential, and it is the only negative: log(e^x) - x in every row
    table = run(Problem(decoupled, Classes((1, 2)), dim=1, temperature="1/4", constraint=Sphere("1/2"), singletons="ignore"), 1)
    assert table.ok, str(table)


def test_what_rounding_leaves_of_a_gradient_that_cancels_is_no_difference():
    # p and q agree to 1e-15 here: a float gradient holds what is left of entries of size 1/tau
    table = run(Problem(supcon, Classes((1, 2)), dim=1, temperature="1/20", singletons="ignore"), 2)
    assert table.ok, str(table)
