"""Rows of classes in symbols: a loss's own formula and rule, for class sizes and numbers of classes that stay letters (MATH 3)."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Integer, Sum, Symbol

from scverify.errors import InputError
from scverify.symbolic.losses import CoefficientRule, Loss, n_other, n_own
from scverify.symbolic.row import a, c, q, s


def class_size(name: str) -> Expr:
    """The size of a class in symbols: any whole number of at least 2."""
    return Symbol(f"N_{name}", integer=True, nonnegative=True) + 2


@dataclass(frozen=True)
class Seen:
    """What an anchor's class sees of other classes: `classes` of them, each of `size` samples, all at one similarity."""

    classes: Expr | int
    size: Expr
    similarity: Expr


@dataclass(frozen=True)
class ClassRow:
    """The row of a class of `size` samples, `own` its self entry, for the classes that it sees.

    `rest` adds a Sum over any number of further samples of other classes, with similarities s[a]. Raises InputError for a loss without a
    rule, or whose formula does not merge equal similarities.
    """

    loss: Loss
    size: Expr
    own: Symbol
    seen: tuple[Seen, ...]
    rest: bool = False

    @property
    def weight(self) -> Expr:
        """The weight of the row: that of all anchors of the class."""
        return self.size * self._rule.weight.subs(n_own, self.size)

    @property
    def value(self) -> Expr:
        """The row as an expression in its similarities."""
        if not self.loss.formula.is_additive:
            raise InputError(f"the row {self.loss.formula.name}", "a row linear in its coefficients", "its equal similarities do not merge")
        return self.loss.formula.expression.replace(Sum, self._merged)

    def slope(self, similarity: Symbol) -> Expr:
        """The derivative of the weighted row by one of its similarities."""
        return self.weight * self.value.diff(similarity)

    @property
    def _rule(self) -> CoefficientRule:
        rule = self.loss.coefficients
        if not isinstance(rule, CoefficientRule):
            raise InputError(f"loss {self.loss.name}", "a loss whose coefficients follow a rule", "its classes cannot stay letters")
        return rule

    def _merged(self, body: Expr, limits: tuple[Expr, ...]) -> Expr:
        """One Sum over the row, merged: entries of equal similarity count as often as there are samples behind them."""
        rule = self._rule
        terms = [(self.size - 1) * body.xreplace({c[a]: rule.positive_c, q[a]: rule.positive_q, s[a]: self.own})]
        terms += [
            group.classes
            * group.size
            * body.xreplace({c[a]: rule.negative_c, q[a]: rule.negative_q, s[a]: group.similarity}).subs(n_other, group.size)
            for group in self.seen
        ]
        if self.rest:
            terms.append(Sum(body.xreplace({c[a]: rule.negative_c, q[a]: rule.negative_q}), limits))
        return Add(*terms).subs({n_own: self.size, n_other: self.size}).xreplace({Sum(Integer(0), limits): Integer(0)})
