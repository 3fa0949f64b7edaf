"""Rows of classes in symbols: a loss's own formula and rule, for class sizes and numbers of classes that stay letters (MATH 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb
from sympy import Add, Expr, Integer, Sum, Symbol, Tuple

from scverify.conjecture.formulas import in_balls, whole_number
from scverify.conjecture.terms import Assignment, Term, from_two, in_latex, letters, term
from scverify.errors import InputError
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import CoefficientRule, Loss, n_other, n_own
from scverify.symbolic.row import a, c, q, s, tau


def class_size(name: str) -> Expr:
    """The size of a class in symbols: any whole number of at least 2."""
    return from_two(f"n_{name}" if name else "n")


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
        return self.size * self.rule.weight.subs(n_own, self.size)

    @property
    def value(self) -> Term:
        """The row as a term in its similarities and sizes."""
        return term(_Value(self))

    def slope(self, similarity: Symbol) -> Term:
        """The derivative of the weighted row by one of its similarities, as a term."""
        return term(_Slope(self, similarity))

    @property
    def formula(self) -> Expr:
        """The row as an expression in its similarities and sizes."""
        if not self.loss.formula.is_additive:
            raise InputError(f"the row {self.loss.formula.name}", "a row linear in its coefficients", "its equal similarities do not merge")
        return self.loss.formula.expression.replace(Sum, self._merged)

    @property
    def letters(self) -> set[Symbol]:
        """The letters of sizes, numbers of classes and similarities, and the temperature."""
        parts = [self.size, self.own, *(part for group in self.seen for part in (group.classes, group.size, group.similarity))]
        return letters(Tuple(*parts)) | {tau}

    @property
    def rule(self) -> CoefficientRule:
        """The rule of the loss's coefficients."""
        rule = self.loss.coefficients
        if not isinstance(rule, CoefficientRule):
            raise InputError(f"loss {self.loss.name}", "a loss whose coefficients follow a rule", "its classes cannot stay letters")
        if self.rest and n_other in (rule.negative_c + rule.negative_q).free_symbols:
            raise InputError(f"loss {self.loss.name}", "negatives whose coefficients do not depend on their class", "name every class")
        return rule

    def _merged(self, body: Expr, limits: tuple[Expr, ...]) -> Expr:
        """One Sum over the row, merged: entries of equal similarity count as often as there are samples behind them."""
        positive, negative = self._coefficients
        terms = [(self.size - 1) * body.xreplace({**positive, s[a]: self.own})]
        for group in self.seen:
            entry = body.xreplace({**negative, s[a]: group.similarity}).subs(n_other, group.size)
            terms.append(group.classes * group.size * entry)
        if self.rest:
            terms.append(Sum(body.xreplace(negative), limits))
        return Add(*terms).subs({n_own: self.size, n_other: self.size}).xreplace({Sum(Integer(0), limits): Integer(0)})

    @property
    def _coefficients(self) -> tuple[dict[Expr, Expr], dict[Expr, Expr]]:
        rule = self.rule
        return {c[a]: rule.positive_c, q[a]: rule.positive_q}, {c[a]: rule.negative_c, q[a]: rule.negative_q}

    def measured(self, assignment: Assignment) -> tuple[arb, list[tuple[Expr, arb]]]:
        """The row sample by sample, by the compiled loss: its value, and the derivative by each entry with the similarity it stands for."""
        positive, negative = self._coefficients
        own = in_balls(self.size, assignment)
        entries = [(self.own, positive, own)] * (whole_number(self.size, assignment) - 1)
        for group in self.seen:
            copies = whole_number(group.size * group.classes, assignment)
            entries += [(group.similarity, negative, in_balls(group.size, assignment))] * copies
        at = [in_balls(similarity, assignment) for similarity, _, _ in entries]
        rows = [[self._coefficient(rule[x], own, other, assignment) for _, rule, other in entries] for x in (c[a], q[a])]
        if self.rest:
            at += assignment.row.s
            for row, x in zip(rows, (c[a], q[a]), strict=True):
                row += [self._coefficient(negative[x], own, own, assignment)] * len(assignment.row.s)
        similarities, c_row, q_row = (np.array(row, dtype=object) for row in (at, *rows))
        value, gradient = evaluators(self.loss.formula).value_and_gradient(similarities, c_row, q_row, assignment.letters[tau])
        total: arb = value.item()
        return total, [(similarity, slope) for (similarity, _, _), slope in zip(entries, gradient, strict=False)]

    @staticmethod
    def _coefficient(entry: Expr, own: arb, other: arb, assignment: Assignment) -> arb:
        return in_balls(entry, Assignment({**assignment.letters, n_own: own, n_other: other}))


@dataclass(frozen=True)
class _Value:
    row: ClassRow

    @property
    def name(self) -> str:
        return rf"\ell_{{{in_latex(self.row.size)}}}"

    @property
    def formula(self) -> Expr:
        return self.row.formula

    @property
    def letters(self) -> set[Symbol]:
        return self.row.letters

    def measured(self, assignment: Assignment) -> arb:
        return self.row.measured(assignment)[0]


@dataclass(frozen=True)
class _Slope:
    row: ClassRow
    similarity: Symbol

    @property
    def name(self) -> str:
        return rf"\partial_{{{in_latex(self.similarity)}}} L_{{{in_latex(self.row.size)}}}"

    @property
    def formula(self) -> Expr:
        return self.row.weight * self.row.formula.diff(self.similarity)

    @property
    def letters(self) -> set[Symbol]:
        return self.row.letters

    def measured(self, assignment: Assignment) -> arb:
        _, slopes = self.row.measured(assignment)
        weight = in_balls(self.row.weight, assignment)
        return weight * sum((slope for similarity, slope in slopes if similarity == self.similarity), arb(0))
