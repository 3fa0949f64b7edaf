"""Formulas of real variables: reading, ranges over boxes, gradients, Hessians and higher derivatives along one variable.

A formula is a variable's name, a rational as text, or ["add", x, ...], ["mul", x, ...], ["pow", x, integer], ["root", x, n],
["exp", x], ["log", x], ["sqrt", x], ["abs", x]. It shares its derivatives with the row formulas.
"""

from __future__ import annotations

import re
from typing import Any

from flint import fmpq

from ..certificate import integer, items, rational, require, size_of
from ..dual import DualNumber
from ..formula import Numbers, Tree, with_pullback
from .enclosure import ExactInterval

# an expression is evaluated at every leaf
_MOST_ENTRIES = 50_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# recursion stays far from the interpreter's limit; powers are repeated multiplications
_MAX_DEPTH = 60
_MOST = 64
Box = list[ExactInterval]


def variable_name(data: Any) -> str:
    """The name of a variable: letters, digits and _."""
    require(isinstance(data, str) and _NAME.fullmatch(data) is not None, "a variable's name is not a plain name")
    return str(data)


def parse_scalar(data: Any, names: list[str], depth: int = 0) -> Tree:
    """Check a formula of the named variables and make its rationals exact; a variable becomes its name."""
    require(depth > 0 or size_of(data) <= _MOST_ENTRIES, f"the expression has more than {_MOST_ENTRIES} entries")
    require(depth < _MAX_DEPTH, "the expression is nested too deeply")
    if isinstance(data, str):
        return data if data in names else rational(data, f"the atom {data[:40]!r}")
    head, *arguments = items(data, "an expression") or [""]
    if head in ("pow", "root"):
        require(len(arguments) == 2, f"{head} takes an expression and an integer")
        least = -_MOST if head == "pow" else 2
        return (head, parse_scalar(arguments[0], names, depth + 1), integer(arguments[1], f"the number of a {head}", least, _MOST))
    require(head in ("add", "mul", "exp", "log", "sqrt", "abs"), f"unknown operation {head!r}")
    require(len(arguments) == 1 or (head in ("add", "mul") and len(arguments) > 1), f"{head} with {len(arguments)} arguments")
    return (head, *(parse_scalar(x, names, depth + 1) for x in arguments))


class Scalar:
    """A formula of named variables, with its range and derivatives at points and boxes."""

    def __init__(self, tree: Tree, names: list[str]) -> None:
        """A parsed tree, and the names in the order of the coordinates."""
        self._tree = tree
        self.size = _entries(tree)
        self._names = names

    def value(self, at: list[Numbers]) -> Numbers:
        """Value at numbers or enclosures, one per variable."""
        return self._traced(at, [])[0]

    def value_and_gradient(self, at: list[Numbers]) -> tuple[Numbers, list[Numbers]]:
        """Value and gradient; where a magnitude may be 0 its slope is anything from -1 to 1 (Clarke's generalised gradient)."""
        gradient: list[Numbers] = [ExactInterval.of(0)] * len(at)
        value, back = self._traced(at, gradient)
        if back is not None:
            back(ExactInterval.of(1))
        return value, gradient

    def hessian(self, at: Box) -> list[Box]:
        """Second derivatives; undefined where a magnitude may be 0."""
        columns = []
        for j in range(len(at)):
            moved = [DualNumber(x, ExactInterval.of(int(i == j))) for i, x in enumerate(at)]
            columns.append([_slope(x) for x in self.value_and_gradient(moved)[1]])
        return columns

    def derivatives(self, at: ExactInterval, order: int) -> Box:
        """Value and derivatives up to `order`, of a formula of one variable."""
        result = []
        for m in range(order + 1):
            moved: Numbers = at
            for level in range(m):
                moved = DualNumber(moved, _constant(1, level))
            value = self.value([moved])
            for _ in range(m):
                value = _slope(value)
            result.append(value)
        return result

    def _traced(self, at: list[Numbers], gradient: list[Numbers]) -> Any:
        def leaf(node: Tree) -> Any:
            if not isinstance(node, str):
                return ExactInterval.of(node), None
            index = self._names.index(node)

            def into_gradient(adjoint: Numbers) -> None:
                gradient[index] = gradient[index] + adjoint

            return at[index], into_gradient

        return with_pullback(self._tree, leaf)


def _entries(tree: Tree) -> int:
    return 1 + sum(map(_entries, tree[1:])) if isinstance(tree, tuple) else 1


def _constant(value: int, level: int) -> Numbers:
    """A number with zero slopes, `level` of them nested."""
    return ExactInterval.of(value) if level == 0 else DualNumber(_constant(value, level - 1), _constant(0, level - 1))


def _slope(value: Numbers) -> Numbers:
    return value.slope if isinstance(value, DualNumber) else ExactInterval.of(0)


def infix(tree: Tree) -> str:
    """A formula as people write it, every operation in brackets."""
    if isinstance(tree, fmpq):
        return str(tree) if tree >= 0 and tree.q == 1 else f"({tree})"
    if not isinstance(tree, tuple):
        return str(tree)
    head, *xs = tree
    if head in ("add", "mul"):
        return "(" + (" + " if head == "add" else "*").join(map(infix, xs)) + ")"
    if head in ("pow", "root"):
        base = infix(xs[0])
        # a tower of powers is read from the right
        tower = isinstance(xs[0], tuple) and xs[0][0] in ("pow", "root")
        return (f"({base})^" if tower else f"{base}^") + (f"({xs[1]})" if head == "pow" else f"(1/{xs[1]})")
    return f"{head}({infix(xs[0])})"
