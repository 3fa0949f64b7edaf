"""Inequalities on boxes (MATH 4.7): a subdivision whose every leaf is proved, or one point at which the inequality fails."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Any

from flint import arb, fmpq

from ..certificate import Rejected, Unresolved, digest, fields, integer, items, rational, require, size_of
from ..claims import Claim, Data
from ..limits import afford
from .enclosure import ExactInterval
from .scalar import Box, Scalar, infix, parse_scalar, variable_name

# of derivatives along a variable: each is as long as the one before times the formula
_MOST_ORDER = 6
# a box is named by an interval for each
_MOST_VARIABLES = 64
# a page of text: a longer expression is pinned by its digest
_MOST_LETTERS = 4_000


@dataclass(frozen=True)
class Region:
    """A closed box with rational ends."""

    lower: tuple[fmpq, ...]
    upper: tuple[fmpq, ...]

    def box(self, about: tuple[fmpq, ...] | None = None) -> Box:
        """The box as enclosures, as seen from a point if one is given."""
        origin = about or (fmpq(0),) * len(self.lower)
        return [ExactInterval.between(low - a, high - a) for low, high, a in zip(self.lower, self.upper, origin, strict=True)]

    def middle(self) -> tuple[fmpq, ...]:
        """The centre, exact."""
        return tuple((low + high) / 2 for low, high in zip(self.lower, self.upper, strict=True))

    def parts(self, i: int, cut: fmpq | None = None) -> tuple[Region, Region]:
        """The two closed parts on both sides of a cut of variable i, by default in the middle; they cover the box."""
        cut = self.middle()[i] if cut is None else cut
        require(self.lower[i] <= cut <= self.upper[i], "a cut lies outside its box")
        return (
            Region(self.lower, (*self.upper[:i], cut, *self.upper[i + 1 :])),
            Region((*self.lower[:i], cut, *self.lower[i + 1 :]), self.upper),
        )

    def holds(self, point: tuple[fmpq, ...]) -> bool:
        """Whether a point lies in the box."""
        return all(low <= x <= high for low, x, high in zip(self.lower, point, self.upper, strict=True))


@dataclass(frozen=True)
class Inequality:
    """expression > 0 (strict) or >= 0 on a box of its variables."""

    formula: Scalar
    region: Region
    strict: bool

    def proved_by(self, bound: arb) -> bool:
        """Whether a lower bound of the expression is enough; never for a bound that is not a number."""
        return bool(bound > 0 if self.strict else bound >= 0)


def read_inequality(claim: Data) -> Inequality:
    """The inequality of a claim, checked field by field."""
    require(type(claim["strict"]) is bool, "strict is neither true nor false")
    given = [fields(entry, "name lower upper") for entry in items(claim["variables"], "variables")]
    require(len(given) <= _MOST_VARIABLES, "too many variables")
    names = [variable_name(entry["name"]) for entry in given]
    require(len(set(names)) == len(names), "a variable is named twice")
    lower, upper = (tuple(rational(entry[end], f"the {end} end") for entry in given) for end in ("lower", "upper"))
    require(all(low <= high for low, high in zip(lower, upper, strict=True)), "a lower end lies above the upper one")
    return Inequality(Scalar(parse_scalar(claim["expression"], names), names), Region(lower, upper), claim["strict"])


def check_inequality(claim: Data, witness: Any) -> None:
    """Inequality: the witness's tree, written root first, splits the box, and each of its leaves is proved."""
    fields(claim, "type expression variables strict")
    fields(witness, "tree")
    inequality = read_inequality(claim)
    tree = iter(items(witness["tree"], "the tree"))
    waiting = [inequality.region]
    while waiting:
        afford("the leaves of a subdivision")
        region, node = waiting.pop(), next(tree, None)
        require(node is not None, "the tree ends before the box is covered")
        if type(node) is int:
            waiting += reversed(region.parts(_variable(node, region)))
        elif isinstance(node, dict) and "cut" in node:
            fields(node, "cut at")
            waiting += reversed(region.parts(_variable(node["cut"], region), rational(node["at"], "a cut")))
        elif not inequality.proved_by(leaf_bound(inequality.formula, region, node)):
            raise Unresolved("a leaf is not proved")
    require(next(tree, None) is None, "the tree goes on after the box is covered")


def check_failure(claim: Data, witness: Any) -> None:
    """InequalityFails: at a stated point of the box the expression is at most 0 (strict), or below 0."""
    fields(claim, "type expression variables strict point")
    fields(witness, "")
    inequality = read_inequality(claim)
    point = _point(claim["point"], inequality.region)
    value = inequality.formula.value([ExactInterval.of(x) for x in point])
    if not fails(inequality, value):
        raise (Rejected if inequality.proved_by(value.lower) else Unresolved)("the inequality is not shown to fail at the point")


def fails(inequality: Inequality, value: ExactInterval) -> bool:
    """Whether the inequality is certainly false for an expression in this range."""
    return bool(value.upper <= 0 if inequality.strict else value.upper < 0)


def leaf_bound(formula: Scalar, region: Region, node: Any) -> arb:
    """A lower bound of a formula on a box, by the method that a leaf names; not a number where there is none."""
    if node == "direct":
        return _range(formula, region)
    if node == "mean":
        return _mean_value(formula, region)
    if node == "monotone":
        return _monotone(formula, region)
    fields(node, "order point")
    point = _point(node["point"], region)
    order = integer(node["order"], "the order", 1, _MOST_ORDER)
    if len(point) == 1:
        return _taylor(formula, region, point, order)
    require(order == 2, "in several variables the order is 2")
    return _quadratic(formula, region, point)


def _variable(data: Any, region: Region) -> int:
    return integer(data, "the variable of a cut", 0, len(region.lower) - 1)


def _range(formula: Scalar, region: Region) -> arb:
    value: ExactInterval = formula.value(region.box())
    return value.lower


def _point(data: Any, region: Region) -> tuple[fmpq, ...]:
    point = tuple(rational(x, "a coordinate") for x in items(data, "a point", len(region.lower)))
    require(region.holds(point), "a point lies outside its box")
    return point


def _exactly(point: tuple[fmpq, ...]) -> Box:
    return [ExactInterval.of(x) for x in point]


def _inner(left: Box, right: Box) -> ExactInterval:
    return sum((x * y for x, y in zip(left, right, strict=True)), ExactInterval.of(0))


def _where_defined(values: Box, bound: ExactInterval) -> arb:
    """The bound's lower end if the formula and its derivatives are defined on the whole box."""
    return bound.lower if all(x.defined for x in values) else arb("nan")


def _mean_value(formula: Scalar, region: Region) -> arb:
    """f(x) = f(m) + <g, x - m>, g a slope between m and x (where f has kinks: Lebourg's theorem, Clarke 1983, Theorem 2.3.7)."""
    middle = region.middle()
    value, gradient = formula.value_and_gradient(region.box())
    return _where_defined([value], formula.value(_exactly(middle)) + _inner(gradient, region.box(middle)))


def _monotone(formula: Scalar, region: Region) -> arb:
    """Variables with slopes of one sign move to their worst end; the rest by range or mean value."""
    value, gradient = formula.value_and_gradient(region.box())
    if not value.defined:
        return arb("nan")
    lower, upper = list(region.lower), list(region.upper)
    for i, slope in enumerate(gradient):
        if slope.lower >= 0:
            upper[i] = lower[i]
        elif slope.upper <= 0:
            lower[i] = upper[i]
    face = Region(tuple(lower), tuple(upper))
    bounds = (_range(formula, face), _mean_value(formula, face))
    return bounds[1] if bounds[1] > bounds[0] or not bounds[0].is_finite() else bounds[0]


def _taylor(formula: Scalar, region: Region, point: tuple[fmpq, ...], order: int) -> arb:
    """Taylor's formula in one variable about a point, the last derivative over the whole box."""
    # nested dual numbers: a product of order m takes 3^m products
    afford(f"a leaf of order {order}", seconds=1e-6 * formula.size * 3**order)
    [moved] = region.box(point)
    remainder = formula.derivatives(region.box()[0], order)
    coefficients = [*formula.derivatives(ExactInterval.of(point[0]), order - 1), remainder[-1]]
    terms = [c * moved.power(j) * fmpq(1, factorial(j)) for j, c in enumerate(coefficients)]
    return _where_defined(remainder, sum(terms, ExactInterval.of(0)))


def _quadratic(formula: Scalar, region: Region, point: tuple[fmpq, ...]) -> arb:
    """Taylor's formula of order 2 in several variables; a positive definite Hessian costs nothing."""
    moved, hessian = region.box(point), formula.hessian(region.box())
    value, gradient = formula.value_and_gradient(_exactly(point))
    bound = value + _inner(gradient, moved)
    if not positive_definite(hessian):
        bound += _inner([_inner(row, moved) for row in hessian], moved) * fmpq(1, 2)
    return _where_defined([formula.value(region.box()), *(x for row in hessian for x in row)], bound)


def positive_definite(matrix: list[Box]) -> bool:
    """Whether elimination shows every symmetric matrix of the enclosure to be positive definite."""
    rows = [list(row) for row in matrix]
    for p, pivot_row in enumerate(rows):
        if not pivot_row[p].lower > 0:
            return False
        for row in rows[p + 1 :]:
            factor = row[p] * (1 / pivot_row[p])
            row[p + 1 :] = [x - factor * y for x, y in zip(row[p + 1 :], pivot_row[p + 1 :], strict=True)]
    return True


def in_words(claim: Data) -> str:
    """What a claim says of an expression on a box, or at a point."""
    names = [entry["name"] for entry in claim["variables"]]
    tree = parse_scalar(claim["expression"], names)
    expression = infix(tree)
    if len(expression) > _MOST_LETTERS:
        expression = f"an expression of {size_of(claim['expression'])} entries and SHA-256 {digest(claim['expression'])}"
    said = f"{expression} {'>' if claim['strict'] else '>='} 0"
    if claim["type"] == "InequalityFails":
        return f"It is false that {said} at {', '.join(f'{name} = {x}' for name, x in zip(names, claim['point'], strict=True))}."
    box = ", ".join(f"{entry['name']} in [{entry['lower']}, {entry['upper']}]" for entry in claim["variables"])
    return f"For all real {box}: {said}." if box else f"{said}."


CLAIMS = {"Inequality": Claim(check_inequality, in_words), "InequalityFails": Claim(check_failure, in_words)}
