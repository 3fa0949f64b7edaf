import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, log

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.entrywise import Entrywise
from scverify.symbolic.losses import (
    LOSSES,
    CoefficientRule,
    Loss,
    k,
    n_anchors,
    n_other,
    n_own,
    n_samples,
    soft_supcon,
    supcon,
    two_tower,
)
from tests.oracles import naive


def embeddings_of(problem, seed=0):
    return np.random.default_rng(seed).normal(size=(problem.dim, problem.classes.n))


def sample_rows(problem):
    """(weight, c, q) of a rule, by plain loops over pairs of samples."""
    labels, rule = problem.classes.labels, problem.loss.coefficients
    n = len(labels)
    counts = {k: problem.classes.k, n_samples: n, n_anchors: sum(size for size in problem.classes.sizes if size > 1)}
    weight, c_rows, q_rows = np.zeros(n), np.eye(n), np.zeros((n, n))
    for i in range(n):
        own = int(np.sum(labels == labels[i]))
        if own == 1:
            continue
        c_rows[i, i] = 0
        for j in range(n):
            values = {**counts, n_own: own, n_other: int(np.sum(labels == labels[j]))}
            weight[i] = rule.weight.subs(values)
            if j != i:
                pair = (rule.positive_c, rule.positive_q) if labels[i] == labels[j] else (rule.negative_c, rule.negative_q)
                c_rows[i, j], q_rows[i, j] = (entry.subs(values) for entry in pair)
    return weight, c_rows, q_rows


sizes = st.lists(st.integers(2, 3), min_size=2, max_size=3).filter(lambda counts: sum(counts) <= 5)


@settings(max_examples=2 * settings.default.max_examples // 5)
@given(sizes, st.integers(1, 2), st.fractions("1/5", 2, max_denominator=20), st.integers(0, 2**32 - 1))
def test_supcon_is_the_naive_loop(counts, dim, temperature, seed):
    problem = Problem(supcon, Classes(counts), dim=dim, temperature=temperature)
    written, at = Entrywise(problem), embeddings_of(problem, seed)
    labels = list(problem.classes.labels)
    expected = naive.loss(at, labels, float(temperature))
    assert written.value(at) == pytest.approx(expected, rel=1e-11)
    slopes = naive.gradient(at, labels, float(temperature))
    assert written.gradient(at) == pytest.approx(slopes, abs=1e-11 * (1 + np.abs(slopes).max()))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("counts", "dim"), [((2, 2), 2), ((3, 1, 2), 1)])
def test_value_gradient_and_hessian_are_those_of_the_compiled_rows(name, counts, dim):
    problem = Problem(LOSSES[name], Classes(counts), dim=dim, temperature="1/2", singletons="ignore")
    written, rows, at = Entrywise(problem), evaluators(LOSSES[name].formula), embeddings_of(problem)
    weight, c_rows, q_rows = sample_rows(problem)
    gram = at.T @ at
    anchors = weight > 0
    value, slope = rows.value_and_gradient(gram[anchors], c_rows[anchors], q_rows[anchors], 0.5)
    slopes = np.zeros_like(gram)
    slopes[anchors] = weight[anchors, None] * slope
    assert written.value(at) == pytest.approx(weight[anchors] @ value, rel=1e-12)
    assert written.gradient(at) == pytest.approx(at @ (slopes + slopes.T), abs=1e-10)
    hessian = written.hessian(at)
    assert np.array_equal(hessian, hessian.T)
    for seed in range(3):
        move = embeddings_of(problem, seed + 1)
        moved_gram = at.T @ move + move.T @ at
        bends = np.zeros_like(gram)
        bends[anchors] = weight[anchors, None] * rows.hessian_product(
            gram[anchors], c_rows[anchors], q_rows[anchors], 0.5, moved_gram[anchors]
        )
        expected = move @ (slopes + slopes.T) + at @ (bends + bends.T)
        assert (hessian @ move.ravel()).reshape(at.shape) == pytest.approx(expected, abs=1e-9)


def test_every_symbol_of_a_rule_is_used():
    rule = CoefficientRule(n_own / n_anchors, n_other / k, 1 / n_samples, n_other / n_own, 1 / n_anchors)
    problem = Problem(Loss("all", supcon.formula, rule), Classes((3, 2, 1)), dim=1, temperature=1, singletons="ignore")
    weight, c_rows, q_rows = sample_rows(problem)
    at = embeddings_of(problem)
    values = evaluators(supcon.formula).value(at.T @ at, c_rows, q_rows, 1)
    assert weight[0] == pytest.approx(3 / 5)
    assert Entrywise(problem).value(at) == pytest.approx(float(weight @ values), rel=1e-12)


def test_the_mean_divides_by_the_anchors():
    total, mean = (
        Problem(supcon, Classes((2, 1, 3)), dim=2, temperature=1, singletons="ignore", reduction=reduction) for reduction in ("sum", "mean")
    )
    at = embeddings_of(total)
    assert Entrywise(mean).value(at) == pytest.approx(Entrywise(total).value(at) / 5, rel=1e-14)
    assert Entrywise(mean).gradient(at) == pytest.approx(Entrywise(total).gradient(at) / 5, rel=1e-12)


@pytest.mark.parametrize("loss", [two_tower(2), soft_supcon([["1/2", "1/4"], [0, 1]])])
def test_tables_of_numbers(loss):
    problem = Problem(loss, Classes((2, 2)), dim=2, temperature="2/3")
    table, labels, at = loss.coefficients, problem.classes.labels, embeddings_of(problem)
    if len(table.weight) == 4:
        weight, c_rows, q_rows = (np.array(numbers, dtype=float) for numbers in (table.weight, table.c, table.q))
    else:
        off_diagonal = 1 - np.eye(4)
        weight, c_rows, q_rows = np.ones(4), off_diagonal, np.array(table.q, dtype=float)[np.ix_(labels, labels)] * off_diagonal
    values = evaluators(loss.formula).value(at.T @ at, c_rows, q_rows, 2 / 3)
    assert Entrywise(problem).value(at) == pytest.approx(float(weight @ values), rel=1e-12)


def test_mpmath_arithmetic_sees_a_loss_below_float_resolution():
    problem = Problem(supcon, Classes((2, 2)), dim=1, temperature="1/40")
    with mpmath.workdps(60):
        at = np.array([[mpmath.mpf(1), mpmath.mpf(1), mpmath.mpf(-1), mpmath.mpf(-1)]])
        written = Entrywise(problem, arithmetic="mpmath")
        value = written.value(at)
        assert mpmath.almosteq(value, 4 * mpmath.log(1 + 2 * mpmath.exp(-80)), rel_eps=mpmath.mpf(10) ** -20)
        assert 0 < max(abs(x) for x in written.gradient(at).ravel()) < 1e-30
        assert written.hessian(at).shape == (4, 4)


@pytest.mark.parametrize(("dim", "counts"), [(None, (2, 2)), (7, (5, 4))])
def test_an_instance_without_dimension_or_too_large_is_refused(dim, counts):
    with pytest.raises(InputError, match="at most 60"):
        Entrywise(Problem(supcon, Classes(counts), dim=dim, temperature=1))


def test_expression_holds_scalars_only():
    written = Entrywise(Problem(supcon, Classes((2, 2)), dim=1, temperature=1))
    assert written.expression.free_symbols == set(written.variables)
    assert written.expression.subs(dict.fromkeys(written.variables, Integer(0))) == 4 * log(3)
