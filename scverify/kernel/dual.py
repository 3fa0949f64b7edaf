"""Dual numbers: second derivatives, by carrying a derivative along one direction through the gradient (forward over reverse)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import fmpq

from .formula import Numbers, Row, Tree, value_and_gradient


@dataclass(frozen=True)
class Dual:
    """A number and its derivative along one direction: value + slope * epsilon."""

    value: Numbers
    slope: Numbers

    def __add__(self, other: Numbers) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope) if isinstance(other, Dual) else Dual(self.value + other, self.slope)

    def __mul__(self, other: Numbers) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)
        return Dual(self.value * other, self.slope * other)

    __radd__, __rmul__ = __add__, __mul__

    def __rtruediv__(self, other: Numbers) -> Dual:
        inverse = 1 / self.value
        return Dual(other * inverse, -other * inverse * inverse * self.slope)

    def exp(self) -> Dual:
        """The exponential."""
        value = self.value.exp()
        return Dual(value, value * self.slope)

    def log(self) -> Dual:
        """The natural logarithm."""
        return Dual(self.value.log(), 1 / self.value * self.slope)

    def sqrt(self) -> Dual:
        """The square root."""
        value = self.value.sqrt()
        return Dual(value, 1 / (2 * value) * self.slope)

    def root(self, n: int) -> Dual:
        """The n-th root."""
        value = self.value.root(n)
        return Dual(value, value * (1 / (n * self.value)) * self.slope)

    def __abs__(self) -> Dual:
        return Dual(abs(self.value), self.value.sign() * self.slope)

    def sign(self) -> Dual:
        """The slope of the magnitude; it has itself no slope at 0."""
        return Dual(self.value.sign(), 0 * (1 / self.value))


def row_hessian(tree: Tree, row: Row, lift: Callable[[fmpq], Numbers]) -> list[list[Numbers]]:
    """The Hessian of a tree in s at a row: the gradient's derivative along each entry."""
    zero, one = lift(fmpq(0)), lift(fmpq(1))
    result = []
    for j in range(len(row.s)):
        moved = [Dual(x, one if i == j else zero) for i, x in enumerate(row.s)]
        _, gradient = value_and_gradient(tree, Row(moved, row.c, row.q, row.tau), lift)
        result.append([x.slope if isinstance(x, Dual) else zero for x in gradient])
    return result
