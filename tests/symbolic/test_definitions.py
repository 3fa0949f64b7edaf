"""What is kept of the named rows is what SymPy derives from their definitions."""

from scverify.symbolic.definitions import ROWS, derived_rows
from scverify.symbolic.losses import LOSSES
from scverify.symbolic.row import kept_rows


def test_the_kept_rows_are_derived_from_their_definitions():
    assert kept_rows() == derived_rows(), "python -m scverify.symbolic.definitions"


def test_every_row_of_a_named_loss_is_defined():
    assert {loss.formula.name for loss in LOSSES.values()} | {"mse", "uniformity"} == set(ROWS)
