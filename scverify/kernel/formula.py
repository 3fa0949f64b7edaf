"""The formula language: one row of a loss as a tree, its value and gradient, and its split into a log-sum-exp and an affine remainder.

A tree is "s" | "c" | "q" | "tau" | a rational as text | ["add", x, ...] | ["mul", x, ...] | ["pow", x, integer]
| ["exp", x] | ["log", x] | ["sqrt", x] | ["sum", body]. s (similarities) and c, q >= 0 (coefficients) run over the entries of
the row and stand inside one "sum"; tau > 0 is the temperature.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, reduce
from math import prod
from operator import add, mul
from typing import Any, NamedTuple

from flint import fmpq

from .certificate import Rejected, integer, is_short, items, rational, require, total

Tree = Any
Numbers = Any
VECTORS = ("s", "c", "q")
# no loss of the field is nested deeper than 10; recursion stays far from the interpreter's limit
MAX_DEPTH = 40


def parse(data: Any, inside_sum: bool = False, depth: int = 0) -> Tree:
    """Check a tree against the grammar and make its rationals exact; Rejected otherwise."""
    require(depth < MAX_DEPTH, "the formula is nested too deeply")
    if isinstance(data, str):
        if data in VECTORS:
            require(inside_sum, f"{data} stands outside a sum")
            return data
        return "tau" if data == "tau" else rational(data, "a constant of the formula")
    head, *arguments = items(data, "a formula") or [""]
    if head == "pow":
        require(len(arguments) == 2, "pow takes a tree and an integer")
        return ("pow", parse(arguments[0], inside_sum, depth + 1), integer(arguments[1], "an exponent", -64, 64))
    if head == "sum":
        require(len(arguments) == 1 and not inside_sum, "a sum takes one tree, and sums do not nest")
        return ("sum", parse(arguments[0], True, depth + 1))
    require(head in ("add", "mul", "exp", "log", "sqrt"), f"unknown operation {head!r}")
    require(len(arguments) == 1 or (head in ("add", "mul") and len(arguments) > 1), f"{head} with {len(arguments)} arguments")
    return (head, *(parse(x, inside_sum, depth + 1) for x in arguments))


class Row(NamedTuple):
    """What one anchor sees: similarities and coefficients of equal length, and the temperature."""

    s: list[Numbers]
    c: list[Numbers]
    q: list[Numbers]
    tau: Numbers


Pullback = Callable[[Numbers], None] | None
Leaf = Callable[[Tree], tuple[Numbers, Pullback]]


def value_and_gradient(tree: Tree, row: Row, lift: Callable[[fmpq], Numbers]) -> tuple[Numbers, list[Numbers]]:
    """Value of a tree at a row and its gradient in s, by reverse accumulation; `lift` makes a number of a rational."""
    gradient = [lift(fmpq(0))] * len(row.s)
    value, back = with_pullback(tree, lambda node: _leaf(node, row, lift, gradient), len(row.s))
    if back is not None:
        back(lift(fmpq(1)))
    return value, gradient


def with_pullback(tree: Tree, leaf: Leaf, length: int = 0) -> tuple[Numbers, Pullback]:
    """Value of a tree, and the function that carries the value's adjoint back to the leaves; None where no leaf takes one.

    `leaf` gives the value of an atom, a list of `length` numbers for what runs over the row, and what becomes of its adjoint, if anything.
    """

    def spread(x: Numbers) -> list[Numbers]:
        return x if isinstance(x, list) else [x] * length

    def visit(node: Tree) -> tuple[Numbers, Pullback]:
        if not isinstance(node, tuple):
            return leaf(node)
        if node[0] == "sum":
            body, back = visit(node[1])
            if back is None:
                return total(spread(body)), None
            return total(spread(body)), lambda adjoint: back(adjoint if not isinstance(body, list) else spread(adjoint))
        children = [visit(x) for x in node[1:] if not isinstance(x, int)]
        result, slope = _derive(node, [x for x, _ in children])
        moving = [(i, x, back) for i, (x, back) in enumerate(children) if back is not None]

        def back_all(adjoint: Numbers) -> None:
            for i, x, back in moving:
                scaled = adjoint if node[0] == "add" else _times(adjoint, slope(i))
                back(total(scaled) if isinstance(scaled, list) and not isinstance(x, list) else scaled)

        return result, back_all if moving else None

    return visit(tree)


def _leaf(node: Tree, row: Row, lift: Callable[[fmpq], Numbers], gradient: list[Numbers]) -> tuple[Numbers, Pullback]:
    def into_gradient(adjoint: Numbers) -> None:
        gradient[:] = _plus(gradient, adjoint)

    if node == "s":
        return row.s, into_gradient
    return getattr(row, node) if isinstance(node, str) else lift(node), None


def _power(x: Numbers, n: int) -> Numbers:
    if hasattr(x, "power"):  # a kind of number that knows more of its powers than a product of itself
        return x.power(n)
    # repeated multiplication: the library's power of a ball around 0 is not finite
    if isinstance(x, fmpq):
        require(is_short(x), "a constant of the formula has too many digits")
    if n < 0:
        return 1 / _power(x, -n)
    return prod([x] * n, start=1 + 0 * x)


# functions of one number, n the integer that stands with some: the value at y, and the slope there from y and the value v
FUNCTIONS: dict[str, tuple[Callable[..., Numbers], Callable[..., Numbers]]] = {
    "pow": (_power, lambda y, v, n: n * _power(y, n - 1) if n else 0 * y),
    "exp": (lambda y, n: y.exp(), lambda y, v, n: v),
    "log": (lambda y, n: y.log(), lambda y, v, n: 1 / y),
    "sqrt": (lambda y, n: y.sqrt(), lambda y, v, n: 1 / (2 * v)),
    "root": (lambda y, n: y.root(n), lambda y, v, n: v * (1 / (n * y))),
    "abs": (lambda y, n: abs(y), lambda y, v, n: y.sign()),
}


def _derive(node: Tree, xs: list[Numbers]) -> tuple[Numbers, Callable[[int], Numbers]]:
    """Value of a node from its children's, and its slope in the i-th child (a sum's are 1 and not asked for)."""
    if node[0] == "add":
        return reduce(_plus, xs), lambda i: 1
    if node[0] == "mul":
        return reduce(_times, xs), lambda i: reduce(_times, [*xs[:i], *xs[i + 1 :]] or [1])
    (function, slope), n = FUNCTIONS[node[0]], node[2] if len(node) > 2 else None
    value = _each(function, xs[0], n)
    return value, lambda i: _each(lambda y, v: slope(y, v, n), xs[0], value)


def _each(f: Callable[[Numbers, Numbers], Numbers], x: Numbers, y: Numbers) -> Numbers:
    """f entry by entry; what is not a list counts for every entry."""
    if isinstance(x, list):
        return [f(u, v) for u, v in zip(x, y, strict=True)] if isinstance(y, list) else [f(u, y) for u in x]
    return [f(x, v) for v in y] if isinstance(y, list) else f(x, y)


_plus, _times = partial(_each, add), partial(_each, mul)


def mentions(tree: Tree, *names: str) -> bool:
    """Whether any of the names, of letters or operations, stands in the tree, which may not have been read yet."""
    return tree in names if isinstance(tree, str) else isinstance(tree, tuple | list) and any(mentions(x, *names) for x in tree)


def is_affine(tree: Tree) -> bool:
    """Whether a tree is affine in s by composition, for all c, q and tau."""
    if not isinstance(tree, tuple) or not mentions(tree, "s"):
        return True
    if tree[0] == "pow":
        return tree[2] == 1 and is_affine(tree[1])
    in_one_factor = tree[0] == "mul" and sum(mentions(x, "s") for x in tree[1:]) == 1
    return (tree[0] in ("add", "sum") or in_one_factor) and all(map(is_affine, tree[1:]))


def is_additive(tree: Tree) -> bool:
    """Whether every sum is linear in (c, q): then entries with equal similarities merge by adding their coefficients."""

    def degree_one(x: Tree) -> bool:
        if isinstance(x, tuple) and x[0] == "add":
            return all(map(degree_one, x[1:]))
        if isinstance(x, tuple) and x[0] == "mul":
            holders = [factor for factor in x[1:] if mentions(factor, "c", "q")]
            return len(holders) == 1 and degree_one(holders[0])
        return x in ("c", "q") if isinstance(x, str) else False

    if not isinstance(tree, tuple):
        return True
    return degree_one(tree[1]) if tree[0] == "sum" else all(is_additive(x) for x in tree[1:] if not isinstance(x, int))


class SplitTree(NamedTuple):
    """A row log(sum c exp(kappa s)) + remainder, kappa free of s, c and q, the remainder affine in s; both rational expressions."""

    kappa: Tree
    remainder: Tree


@lru_cache(maxsize=64)
def log_sum_exp(tree: Tree) -> SplitTree | None:
    """The split of a row into a log-sum-exp and an affine remainder, or None."""
    terms = list(tree[1:]) if isinstance(tree, tuple) and tree[0] == "add" else [tree]
    found = [(i, kappa) for i, term in enumerate(terms) if (kappa := exponent_rate(term, "c")) is not None]
    if len(found) != 1:
        return None
    index, kappa = found[0]
    remainder = ("add", fmpq(0), *terms[:index], *terms[index + 1 :])
    return SplitTree(kappa, remainder) if is_affine(remainder) and is_rational(kappa) and is_rational(remainder) else None


def is_convex(tree: Tree) -> bool:
    """Whether a tree is known to be convex in s for all c, q >= 0 (R2): as a log-sum-exp and an affine remainder, or by composition."""
    if log_sum_exp(tree) is not None:
        return True
    from .convexity import convexity_of

    return convexity_of(tree).convex


def is_rational(tree: Tree) -> bool:
    """Whether a tree has no exponential, logarithm or root, so that exact numbers have an exact value."""
    return not isinstance(tree, tuple) or (tree[0] in ("add", "mul", "pow", "sum") and all(map(is_rational, tree[1:])))


def exponent_rate(term: Tree, coefficient: str) -> Tree | None:
    """kappa of the term log(sum c exp(kappa s)), c the coefficient of that name; None for any other term."""
    match term:
        case ("log", ("sum", ("mul", found, ("exp", argument)))) | ("log", ("sum", ("mul", ("exp", argument), found))):
            factors = argument[1:] if isinstance(argument, tuple) and argument[0] == "mul" else (argument,)
        case _:
            return None
    rates = [x for x in factors if x != "s"]
    if found != coefficient or len(rates) + 1 != len(factors) or any(mentions(x, *VECTORS) for x in rates):
        return None
    return ("mul", fmpq(1), *rates)


def evaluate_constant(tree: Tree, tau: Numbers, lift: Callable[[fmpq], Numbers]) -> Numbers:
    """Value of a tree without s, c and q, and without sums: a sum of constants counts the entries of a row."""
    if mentions(tree, *VECTORS, "sum"):
        raise Rejected("a constant of the formula depends on the row")
    return value_and_gradient(tree, Row([], [], [], tau), lift)[0]
