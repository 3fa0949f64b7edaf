"""Row formulas as NumPy source."""

import pytest

from scverify.symbolic.losses import supcon
from scverify.symbolic.printers import to_numpy_source
from scverify.symbolic.row import a, row_sum, s, tau


def test_numpy_source_reduces_over_the_row_and_calls_exp_once():
    source = to_numpy_source("value", [supcon.formula.expression])
    assert source.startswith("def value(s, c, q, tau, unit, v=None):\n")
    assert source.count("row_total") == 2
    assert source.count("scaled_exponentials") == 1
    assert "np.exp" not in source


def test_numpy_source_refuses_what_is_no_row_language():
    with pytest.raises(TypeError, match="no NumPy source"):
        to_numpy_source("value", [row_sum(s[a]).func(s[a], (a, 0, 3)) + tau.as_dummy()])
