"""The symbols of rows and rules, and the modules that pass them on."""

import pytest
from sympy import Sum

from scverify.symbolic import losses, row, symbols


def test_a_row_sum_runs_over_the_whole_row():
    assert symbols.row_sum(symbols.s[symbols.a]) == Sum(symbols.s[symbols.a], (symbols.a, 0, symbols.m - 1))


@pytest.mark.parametrize(("module", "names"), [(row, "a c m q row_sum s tau"), (losses, "k n_anchors n_other n_own n_samples")])
def test_rows_and_losses_pass_their_symbols_on(module, names):
    assert all(getattr(module, name) is getattr(symbols, name) for name in names.split())
    with pytest.raises(AttributeError, match="nonsense"):
        module.nonsense  # noqa: B018
