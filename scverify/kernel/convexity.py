"""The rules by which a formula is known to be convex in the similarities, and what convexity says of its slopes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import arb, fmpq

from .certificate import at_most, require
from .formula import Row, Tree, mentions, value_and_gradient


@dataclass(frozen=True)
class Convexity:
    """What composition shows of a tree as a function of s on all of R^m, for all c, q >= 0 and tau > 0. False: not shown.

    log_convex: the tree is identically 0, or positive with a convex logarithm.
    """

    convex: bool = False
    concave: bool = False
    log_convex: bool = False
    nonnegative: bool = False


AFFINE = Convexity(convex=True, concave=True)


@lru_cache(1 << 12)  # trees within a tree are asked about more than once, at every level of it
def convexity_of(tree: Tree) -> Convexity:
    """The convexity of a tree by composition (Boyd and Vandenberghe, Convex Optimization, 2004; sections at the rules)."""
    if not isinstance(tree, tuple):
        nonnegative = tree in ("c", "q", "tau") if isinstance(tree, str) else tree >= 0
        return AFFINE if tree == "s" else Convexity(True, True, bool(nonnegative), bool(nonnegative))
    head, xs = tree[0], [convexity_of(x) for x in tree[1:] if not isinstance(x, int)]
    if not mentions(tree, "s"):
        # a constant in s; 0 * inf and logs of what may be negative surface as non-finite balls when the row is evaluated
        known = head in ("exp", "sqrt") or (head == "log" and isinstance(tree[1], fmpq) and tree[1] >= 1)
        sign = known or (head != "log" and (all(x.nonnegative for x in xs) or (head == "pow" and tree[2] % 2 == 0)))
        return Convexity(True, True, sign, sign)
    if head == "sum":
        return xs[0]
    if head == "add":  # 3.2.1; log-convex: 3.5.2
        return Convexity(*(all(getattr(x, field) for x in xs) for field in Convexity.__dataclass_fields__))
    if head == "mul":
        return _convexity_of_product(tree[1:])
    if head == "pow":
        return _convexity_of_power(xs[0], tree[2])
    if head == "exp":  # 3.2.4
        return Convexity(convex=xs[0].convex, log_convex=xs[0].convex, nonnegative=True)
    if head == "log":  # the definition of 3.5.1
        return Convexity(convex=xs[0].log_convex, nonnegative=_is_at_least_one(tree[1]))
    return Convexity(nonnegative=True)


def _is_at_least_one(tree: Tree) -> bool:
    """Whether a tree is a sum of terms that are not negative, one of them a rational of at least 1."""
    if not isinstance(tree, tuple) or tree[0] != "add":
        return False
    terms = tree[1:]
    return any(isinstance(x, fmpq) and x >= 1 for x in terms) and all(convexity_of(x).nonnegative for x in terms)


def _convexity_of_product(factors: tuple[Tree, ...]) -> Convexity:
    constants = [x for x in factors if not mentions(x, "s")]
    varying = [convexity_of(x) for x in factors if mentions(x, "s")]
    if len(varying) == 1:
        result = varying[0]
    else:
        log_convex = all(x.log_convex for x in varying)  # 3.5.2
        result = Convexity(log_convex, False, log_convex, all(x.nonnegative for x in varying))
    negatives = sum(isinstance(x, fmpq) and x < 0 for x in constants)
    signs_known = all(convexity_of(x).nonnegative or isinstance(x, fmpq) for x in constants)
    if not signs_known:
        return AFFINE if result.convex and result.concave else Convexity()
    if negatives % 2:
        return Convexity(convex=result.concave, concave=result.convex)
    return result


def _convexity_of_power(base: Convexity, exponent: int) -> Convexity:
    if exponent < 1:
        return Convexity()
    even, affine = exponent % 2 == 0, base.convex and base.concave
    # 3.2.2 for an affine base, 3.2.4 for one that is convex and not negative
    convex = exponent == 1 or (even and affine) or (base.convex and base.nonnegative)
    return Convexity(base.convex if exponent == 1 else convex, base.concave and exponent == 1, base.log_convex, even or base.nonnegative)


def check_falling(tree: Tree, row: Row, place: int, reason: str) -> None:
    """Prove that a convex row never rises in one entry: `row` holds balls of all values of the others, and its largest value.

    There its slope is largest. Addends whose sums have no coefficient of the entry do not depend on it, and are left out.
    """
    names = [name for name in "cq" if getattr(row, name)[place] != 0]
    addends = tree[1:] if isinstance(tree, tuple) and tree[0] == "add" else (tree,)
    seen = ("add", fmpq(0), *(addend for addend in addends if mentions(addend, *names)))
    slope = value_and_gradient(seen, row, arb)[1][place]
    require(bool(slope.is_finite()), reason)
    at_most(slope, 0, reason)
