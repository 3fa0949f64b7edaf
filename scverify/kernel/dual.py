"""Dual numbers: second derivatives, by carrying a derivative along one direction through the gradient (forward over reverse)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import fmpq

from .formula import Numbers, Row, Tree, value_and_gradient


@dataclass(frozen=True)
class DualNumber:
    """A number and its derivative along one direction: value + slope * epsilon."""

    value: Numbers
    slope: Numbers

    def __add__(self, other: Numbers) -> DualNumber:
        if isinstance(other, DualNumber):
            return DualNumber(self.value + other.value, self.slope + other.slope)
        return DualNumber(self.value + other, self.slope)

    def __mul__(self, other: Numbers) -> DualNumber:
        if isinstance(other, DualNumber):
            return DualNumber(self.value * other.value, self.slope * other.value + self.value * other.slope)
        return DualNumber(self.value * other, self.slope * other)

    __radd__, __rmul__ = __add__, __mul__

    def __rtruediv__(self, other: Numbers) -> DualNumber:
        inverse = 1 / self.value
        return DualNumber(other * inverse, -other * inverse * inverse * self.slope)

    def exp(self) -> DualNumber:
        """The exponential."""
        value = self.value.exp()
        return DualNumber(value, value * self.slope)

    def log(self) -> DualNumber:
        """The natural logarithm."""
        return DualNumber(self.value.log(), 1 / self.value * self.slope)

    def sqrt(self) -> DualNumber:
        """The square root."""
        value = self.value.sqrt()
        return DualNumber(value, 1 / (2 * value) * self.slope)

    def root(self, n: int) -> DualNumber:
        """The n-th root."""
        value = self.value.root(n)
        return DualNumber(value, value * (1 / (n * self.value)) * self.slope)

    def __abs__(self) -> DualNumber:
        return DualNumber(abs(self.value), self.value.sign() * self.slope)

    def sign(self) -> DualNumber:
        """The slope of the magnitude; it has itself no slope at 0."""
        return DualNumber(self.value.sign(), 0 * (1 / self.value))


def row_hessian(tree: Tree, row: Row, lift: Callable[[fmpq], Numbers]) -> list[list[Numbers]]:
    """The Hessian of a tree in s at a row: the gradient's derivative along each entry."""
    zero, one = lift(fmpq(0)), lift(fmpq(1))
    result = []
    for j in range(len(row.s)):
        moved = [DualNumber(x, one if i == j else zero) for i, x in enumerate(row.s)]
        _, gradient = value_and_gradient(tree, Row(moved, row.c, row.q, row.tau), lift)
        result.append([x.slope if isinstance(x, DualNumber) else zero for x in gradient])
    return result
