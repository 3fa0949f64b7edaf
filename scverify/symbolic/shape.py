"""What the kernel's rules of composition show of a row formula. There is one rulebook of convexity: the kernel's."""

from __future__ import annotations

from functools import lru_cache

from scverify.errors import InputError
from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import is_convex, parse
from scverify.symbolic.printers import to_kernel
from scverify.symbolic.row import RowFormula


@lru_cache(maxsize=256)
def is_known_convex(formula: RowFormula) -> bool:
    """Whether composition shows the row to be convex in s for all c, q >= 0 and tau > 0; False for what the kernel cannot read."""
    try:
        return is_convex(parse(to_kernel(formula.expression)))
    except (InputError, Rejected):
        return False
