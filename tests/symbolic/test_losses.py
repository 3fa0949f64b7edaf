from fractions import Fraction

import numpy as np
import pytest
from sympy import Integer, Symbol, sqrt

from scverify.errors import InputError
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import (
    LOSSES,
    ClassTable,
    CoefficientRule,
    Loss,
    SampleTable,
    cross_entropy_of_labels,
    load_loss,
    n_other,
    n_own,
    soft_supcon,
    supcon,
    supcon_rule,
    two_tower,
)
from scverify.symbolic.row import RowFormula

HALF = Fraction(1, 2)


def loss_of_table(loss, gram, temperature):
    """Sum over the anchors of a SampleTable's rows."""
    table = loss.coefficients
    c_rows, q_rows = (np.array(rows, dtype=float) for rows in (table.c, table.q))
    values = evaluators(loss.formula).value(gram, c_rows, q_rows, temperature)
    return float(np.array(table.weight, dtype=float) @ values)


@pytest.fixture
def gram():
    embeddings = np.random.default_rng(7).normal(size=(3, 6))
    return embeddings.T @ embeddings


def test_named_losses_are_listed_under_their_names():
    assert {"supcon", "supcon_in", "decoupled", "spectral"} <= set(LOSSES)
    assert all(load_loss(name) is loss and loss.name == name for name, loss in LOSSES.items())


def test_supcon_rule():
    positive = supcon_rule.positive_q.subs(n_own, 5)
    assert (supcon_rule.weight, supcon_rule.positive_c, positive, supcon_rule.negative_c, supcon_rule.negative_q) == (
        1,
        1,
        Integer(1) / 4,
        1,
        0,
    )


def test_decoupled_differs_from_supcon_only_by_its_positives():
    decoupled = LOSSES["decoupled"]
    assert decoupled.formula == supcon.formula
    assert decoupled.coefficients == CoefficientRule(Integer(1), Integer(0), 1 / (n_own - 1), Integer(1), Integer(0))


def test_two_tower_is_cross_entropy_of_both_directions(gram):
    logits = gram[:3, 3:] / 0.4
    rows = np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)
    columns = np.log(np.exp(logits).sum(axis=0)) - np.diag(logits)
    assert loss_of_table(two_tower(3), gram, 0.4) == pytest.approx(rows.sum() + columns.sum(), rel=1e-13)


def test_cross_entropy_reads_class_weights_as_nodes(gram):
    labels = [1, 0, 1, 1]
    logits = gram[2:, :2] / 0.4
    expected = sum(np.log(np.exp(row).sum()) - row[label] for row, label in zip(logits, labels, strict=True))
    assert loss_of_table(cross_entropy_of_labels(labels, 2), gram, 0.4) == pytest.approx(expected, rel=1e-13)


def test_cross_entropy_refuses_unknown_labels():
    with pytest.raises(InputError, match=r"0\.\.1"):
        cross_entropy_of_labels([0, 2], 2)


def test_soft_supcon_takes_exact_targets():
    table = soft_supcon([["1/3", 0], [HALF, 1]]).coefficients
    assert table == ClassTable((1, 1), ((1, 1), (1, 1)), ((Fraction(1, 3), Fraction(0)), (HALF, Fraction(1))))


@pytest.mark.parametrize("table", [ClassTable, SampleTable])
def test_tables_are_square_and_not_negative(table):
    square, ragged = ((HALF, HALF), (HALF, HALF)), ((HALF, HALF), (HALF,))
    with pytest.raises(InputError, match="table q"):
        table((HALF, HALF), square, ragged)
    with pytest.raises(InputError, match="table c"):
        table((HALF,), square, square)
    with pytest.raises(InputError, match="negative"):
        table((HALF, HALF), ((HALF, -HALF), (HALF, HALF)), square)


@pytest.mark.parametrize("entry", [Symbol("x"), sqrt(n_own), 1 / 2])
def test_a_rule_is_rational_in_the_sizes(entry):
    with pytest.raises(InputError, match="n_own"):
        CoefficientRule(Integer(1), Integer(1), entry, Integer(1), Integer(0))


def test_the_weight_of_a_row_knows_no_other_class():
    with pytest.raises(InputError, match="weight n_other"):
        CoefficientRule(n_other, Integer(1), Integer(1), Integer(1), Integer(0))


USER_FILE = """
from sympy import exp, log
from scverify.symbolic import losses
from scverify.symbolic.row import RowFormula, row_sum

def expression(s, c, q, tau, a):
    return log(row_sum(c[a] * exp(s[a] / tau))) - row_sum(q[a] * s[a] / tau)

def formula(tau, c, a, s):
    return RowFormula("mine", row_sum(c[a] * s[a] / tau))

def loss():
    return losses.decoupled

value = losses.spectral

def stranger(temperature):
    return temperature

def broken(s):
    return s[0].nonsense

def number():
    return 3
"""


@pytest.fixture
def user_file(tmp_path):
    path = tmp_path / "user_losses.py"
    path.write_text(USER_FILE)
    return path


def test_a_users_expression_gets_supcons_rule(user_file):
    loaded = load_loss(f"{user_file}::expression")
    assert loaded == Loss("expression", RowFormula("expression", supcon.formula.expression), supcon_rule)


def test_a_users_formula_loss_and_value_are_taken_as_they_are(user_file):
    assert load_loss(f"{user_file}::formula").formula.name == "mine"
    assert load_loss(f"{user_file}::loss") is LOSSES["decoupled"]
    assert load_loss(f"{user_file}::value") is LOSSES["spectral"]


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("supconn", "unknown loss 'supconn'.*supcon, supcon_in"),
        ("{file}::missing", "has no 'missing'.*expression"),
        ("{file}::stranger", "takes temperature"),
        ("{file}::broken", "raises AttributeError"),
        ("{file}::number", "not a row formula"),
        ("{file}x::expression", "existing Python file"),
        ("{folder}/absent.py::expression", "existing Python file"),
        ("{folder}::expression", "existing Python file"),
    ],
)
def test_wrong_references_are_refused_in_one_line(user_file, reference, reason):
    with pytest.raises(InputError, match=reason) as refusal:
        load_loss(reference.format(file=user_file, folder=user_file.parent))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["1 / 0\n", "def half(:\n", "raise ValueError('two\\nlines')\n"])
def test_a_file_that_cannot_run_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "bad.py").write_text(text)
    with pytest.raises(InputError, match="raises") as refusal:
        load_loss(f"{tmp_path / 'bad.py'}::half")
    assert "\n" not in str(refusal.value)
