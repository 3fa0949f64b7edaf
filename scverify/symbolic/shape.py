"""What the kernel's rules show of a row formula. There is one rulebook of convexity and of log-sum-exps: the kernel's."""

from __future__ import annotations

from functools import lru_cache

from scverify.errors import InputError
from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import is_convex, log_sum_exp, mentions, parse
from scverify.symbolic.row import RowFormula


@lru_cache(maxsize=256)
def is_known_convex(formula: RowFormula) -> bool:
    """Whether composition shows the row to be convex in s for all c, q >= 0 and tau > 0; False for what the kernel cannot read."""
    try:
        return is_convex(parse(formula.tree))
    except (InputError, Rejected):
        return False


def is_log_sum_exp(formula: RowFormula) -> bool:
    """Whether the row is log(sum c exp(kappa s)) and an affine remainder; InputError for what the kernel cannot read."""
    return log_sum_exp(parse(formula.tree)) is not None


def has_temperature(formula: RowFormula) -> bool:
    """Whether tau stands in the row; InputError for what the kernel cannot read."""
    return mentions(parse(formula.tree), "tau")
