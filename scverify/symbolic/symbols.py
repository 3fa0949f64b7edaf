"""The symbols in which losses are written: those of a row, and those of a rule of coefficients (MATH 1).

The row length ``m`` stays symbolic: everything derived from a formula holds for every length.
"""

from __future__ import annotations

from sympy import Expr, IndexedBase, Sum, Symbol

s = IndexedBase("s", real=True)
c = IndexedBase("c", nonnegative=True)
q = IndexedBase("q", nonnegative=True)
tau = Symbol("tau", positive=True)
a = Symbol("a", integer=True, nonnegative=True)
m = Symbol("m", integer=True, positive=True)

n_own, n_other, k, n_samples, n_anchors = (
    Symbol(name, integer=True, positive=True) for name in ("n_own", "n_other", "k", "n_samples", "n_anchors")
)

# numbers of the kept rows that have parameters (see ``templates``)
_MULTI_SIMILARITY = ("p_minus_alpha", "p_alpha_inverse", "p_alpha_margin", "p_beta", "p_beta_inverse", "p_minus_beta_margin")
PARAMETERS = {name: Symbol(name, real=True) for name in ("p_bias", "p_minus_bias", *_MULTI_SIMILARITY, "p_minus_margin")}


def row_sum(body: Expr) -> Expr:
    """The sum of ``body`` over the whole row, ``a = 0 .. m-1``."""
    return Sum(body, (a, 0, m - 1))
