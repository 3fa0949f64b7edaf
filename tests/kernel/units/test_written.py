"""Problems on units and nodes written out: values and derivatives against plain loops, and what is refused."""

import copy

import numpy as np
import pytest
from flint import arb, ctx

from scverify.kernel.certificate import Rejected
from scverify.kernel.points.nodes import stated_points
from scverify.kernel.points.orbit import prove_orbit
from scverify.kernel.points.slopes import first_slopes, slopes_at, value_at
from scverify.kernel.units.written import value_near, written_level
from scverify.model import named
from scverify.model.constraints import NonNegative, Ridge
from scverify.model.points import points_claim
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import supcon
from tests.oracles.placed import CASES


def gram_of(x):
    return [[arb(float(v)) for v in row] for row in x @ x.T]


def points(problem, seed=0):
    level = stated_points(points_claim(problem))
    return level, np.random.default_rng(seed).standard_normal((len(level.norms), problem.dim)) / 2


@pytest.mark.parametrize("name", CASES)
def test_the_loss_is_that_of_plain_loops(name):
    problem, loss = CASES[name]
    level, x = points(problem)
    assert float(value_at(level, gram_of(x)).mid()) == pytest.approx(loss(x), rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_its_gradient_and_hessian_are_those_of_plain_loops(name):
    problem, loss = CASES[name]
    level, x = points(problem, 1)
    u, h = np.random.default_rng(2).standard_normal(x.shape), 1e-4
    slopes = np.array([[float(v.mid()) for v in row] for row in first_slopes(level, gram_of(x))])
    along = (2 * (slopes @ x) * u).sum()
    values = [loss(x + step * h * u) for step in (-2, -1, 0, 1, 2)]
    assert along == pytest.approx((values[0] - 8 * values[1] + 8 * values[3] - values[4]) / (12 * h), rel=1e-7, abs=1e-7)
    change = x @ u.T + u @ x.T
    tables = np.array([[[float(v.mid()) for v in row] for row in table] for table in slopes_at(level, gram_of(x)).hessians])
    bend = 2 * (slopes * (u @ u.T)).sum() + np.einsum("iab,ia,ib->", tables, change, change)
    second = (-values[0] + 16 * values[1] - 30 * values[2] + 16 * values[3] - values[4]) / (12 * h * h)
    assert bend == pytest.approx(second, rel=1e-4, abs=1e-4)


def test_the_scale_multiplies_rows_and_no_ridge():
    problem, loss = CASES["ridges"]
    x = points(problem)[1]
    mean = points(problem.replace(reduction="mean"))[0]
    ridge = (x[[0, 3]] ** 2).sum() / 10 + (x[[1, 2, 4]] ** 2).sum() / 20
    assert float(value_at(mean, gram_of(x)).mid()) == pytest.approx((loss(x) - ridge) / problem.loss.anchors + ridge)


def test_the_scale_multiplies_rows_that_are_stated_one_by_one():
    problem, loss = CASES["batches"]
    x = points(problem)[1]
    whole, halved = (written_level(problem.data | {"scale": scale}, 2) for scale in ("1", "1/2"))
    assert float(value_at(halved, gram_of(x)).mid()) == pytest.approx(loss(x) / 2)
    tables = zip(first_slopes(whole, gram_of(x)), first_slopes(halved, gram_of(x)), strict=True)
    assert all(abs(a - 2 * b) < 1e-12 for rows in tables for a, b in zip(*rows, strict=True))


def test_rules_see_the_copies_of_both_nodes():
    """Units of 3 and of 2 copies of one node: a rule knows how many there are of the anchor, and of the node that it sees."""
    data = copy.deepcopy(UnitProblem(named.on_units(supcon, (3, 2)), 1).data)
    data["rows"][0].update(c={"copies": "1", "others": {"feature": ["add", ["mul", "10", "n_own"], "n_other"]}}, weight="n_own")
    rows = written_level(data, 2).rows
    assert [row.weight for row in rows] == [3, 3, 3, 2, 2]
    assert rows[0].c == [0, 1, 1, 32, 32] and rows[4].c == [23, 23, 23, 1, 0]


def test_rows_of_weight_0_do_not_count():
    data = copy.deepcopy(CASES["batches"][0].data)
    most = len(written_level(data, 2).rows)
    data["rows"][0]["weight"] = "0"
    assert len(written_level(data, 2).rows) == most - 1
    for row in data["rows"]:
        row["weight"] = "0"
    with pytest.raises(Rejected, match="every row has weight 0"):
        written_level(data, 2)


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        (named.ntxent(3, views=3), "which one of the anchor's copies"),
        (named.uniformity(4), "no anchor of its own"),
        (named.siglip(3, bias="free"), "free scalars"),
        (named.clip(600), "too many to be written out"),
        (named.mini_batches("all:20", pairs=40), "too many to be written out"),
    ],
)
def test_what_is_not_written_out_is_refused(loss, reason):
    with pytest.raises(Rejected, match=reason):
        written_level(UnitProblem(loss, 1).data, 2)


@pytest.mark.parametrize("which", ["c", "q"])
def test_one_of_three_copies_is_refused_wherever_it_is_seen(which):
    data = copy.deepcopy(UnitProblem(named.ntxent(3, views=3), 1).data)
    data["rows"][0][which] = {"copies": "1", "others": {"view": "1"}}
    with pytest.raises(Rejected, match="which one of the anchor's copies"):
        written_level(data, 2)


def test_fixed_nodes_and_signs_are_refused():
    fixed = UnitProblem(named.cross_entropy((2, 2)), 1, {"weight": "fixed:simplex", "feature": "sphere"})
    with pytest.raises(Rejected, match="fixed nodes"):
        written_level(fixed.data, 2)
    signed = UnitProblem(named.clip(2), 1, NonNegative())
    with pytest.raises(Rejected, match="H >= 0"):
        prove_orbit(written_level(signed.data, 2), {"embeddings": {}}, {})


def test_a_free_temperature_is_refused():
    with pytest.raises(Rejected, match="given temperature"):
        written_level({**UnitProblem(named.clip(2), 1).data, "tau": {"least": "1", "most": "2"}}, 2)
    with pytest.raises(Rejected, match="a problem is an object"):
        written_level(None, 2)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda row: row.update(weight="-1"), "negative weight"),
        (lambda row: row.update(c=[["-1", [4]]]), "negative coefficient"),
        (lambda row: row.update(q=[["-1", [4]]]), "negative coefficient"),
        (lambda row: row.update(c=[]), "log 0"),
    ],
)
def test_signs_and_outcomes_are_checked(edit, reason):
    data = copy.deepcopy(CASES["batches"][0].data)
    edit(data["rows"][0])
    with pytest.raises(Rejected, match=reason):
        written_level(data, 2)


def test_a_row_of_another_kind_needs_no_outcomes():
    data = copy.deepcopy(CASES["batches"][0].data)
    data["formulas"].append(["sum", ["mul", "q", "s"]])
    data["rows"][0].update(formula=1, c=[])
    assert max(written_level(data, 2).rows[0].c) == 0


def test_a_better_point_is_scaled_onto_its_norms_and_has_no_more_dimensions():
    problem, loss = CASES["clip"]
    level = stated_points(points_claim(problem))
    rows = [[3, -5, 2, 1, -4, 1], [1, 2, 2, -3, 0, 1]]
    with ctx.workprec(128):
        value = value_near(level, {"bits": 2, "rows": rows})
        x = np.array(rows, dtype=float).T
        assert float(value.mid()) == pytest.approx(loss(x / np.linalg.norm(x, axis=1, keepdims=True)))
        with pytest.raises(Rejected, match="more dimensions"):
            value_near(level, {"bits": 2, "rows": [*rows, *rows]})
        with pytest.raises(Rejected, match="norm of node 1 is not positive"):
            value_near(level, {"bits": 2, "rows": [[1, 0, 1, 1, 1, 1]]})
        inside = stated_points(points_claim(problem.replace(constraint="ball")))
        assert float(value_near(inside, {"bits": 3, "rows": rows}).mid()) == pytest.approx(loss(x / 8))


def test_a_better_point_outside_of_a_ball_is_scaled_and_a_ridge_pays_for_its_norms():
    problem, loss = CASES["clip"]
    rows = [[3, -5, 2, 1, -4, 1], [1, 2, 2, -3, 0, 1]]
    x = np.array(rows, dtype=float).T / 2
    length = np.linalg.norm(x, axis=1, keepdims=True)
    assert length.min() < 1 < length.max()
    at_most_one, free = (
        value_near(stated_points(points_claim(problem.replace(constraint=norm))), {"bits": 1, "rows": rows}) for norm in ("ball", Ridge(1))
    )
    assert float(at_most_one.mid()) == pytest.approx(loss(x / np.maximum(length, 1)))
    assert float(free.mid()) == pytest.approx(loss(x) + (x**2).sum() / 2)
