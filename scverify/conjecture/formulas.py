"""Formulas that a proof states, and their values at random rational points: in balls, quantities of the loss by the compiled loss."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Literal

from flint import arb, ctx, fmpq
from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Rational, S, Sum, Symbol, exp, log

from scverify.conjecture.terms import Assignment, RowEntries, Term, has_terms, in_latex, letters, unfolded
from scverify.symbolic.row import m

Relation = Literal["=", "> 0", ">= 0", "< 0", "<= 0"]
# bits, about twice those of _SHARP: half of them may cancel
PRECISION = 192
# a wrong identity of analytic functions holds at almost no rational point; three, for what a row happens to hide
POINTS = 3
# of a row: its sums, those without one entry and those without two differ
LENGTH = 5
# wider balls would let unequal sides overlap
_SHARP = arb(2) ** -100


class NotEvaluated(Exception):
    """A formula that has no real value to compare: matrices as letters, or a logarithm of what is not positive."""


@dataclass(frozen=True)
class Formula:
    """left = right, or the sign of left (right is then 0)."""

    left: Expr
    relation: Relation
    right: Expr = S.Zero

    @property
    def latex(self) -> str:
        """The formula in LaTeX: where it speaks of the loss, first by name and then written out; "" where both sides read the same."""
        left, right = ([in_latex(side), in_latex(unfolded(side))] for side in (self.left, self.right))
        if self.relation == "=":
            sides = list(dict.fromkeys([*left, *reversed(right)]))
            return " = ".join(sides) if len(sides) > 1 else ""
        sign = {"> 0": ">", ">= 0": r"\ge", "< 0": "<", "<= 0": r"\le"}[self.relation]
        return f"{' = '.join(dict.fromkeys(left))} {sign} 0"

    @property
    def of_the_loss(self) -> bool:
        """Whether a quantity of the loss stands in it."""
        return has_terms(self.left) or has_terms(self.right)

    def fails_at(self, assignment: Assignment) -> bool:
        """Whether the balls exclude it, or a side as the compiled loss measures it from the side as SymPy writes it.

        Raises NotEvaluated where a side has no value, or no sharp one.
        """
        sides = [in_balls(side, assignment) for side in (self.left, self.right)]
        written = [in_balls(unfolded(side), assignment) for side in (self.left, self.right)]
        if not all(x.is_finite() and x.rad() <= _SHARP * (1 + abs(x)) for x in (*sides, *written)):
            raise NotEvaluated("no finite, sharp value")
        if not all(x.overlaps(y) for x, y in zip(sides, written, strict=True)):
            return True
        value = sides[0]
        match self.relation:
            case "=":
                return not value.overlaps(sides[1])
            case "> 0":
                return not value > 0
            case "< 0":
                return not value < 0
            case ">= 0":
                return bool(value < 0)
            case "<= 0":
                return bool(value > 0)


def evaluated(formula: Formula, seed: str) -> tuple[int, str | None]:
    """At how many of a few random rational points the formula agrees, and where it fails (None: at none of them)."""
    numbers = random.Random(seed)
    agreed = 0
    with ctx.workprec(PRECISION):
        for assignment in _assignments(formula, numbers):
            try:
                if formula.fails_at(assignment):
                    letters_at = [f"{x} = {value.str(8, radius=False)}" for x, value in assignment.letters.items()]
                    return agreed, ", ".join(letters_at) or "a random row"
            except NotEvaluated:
                continue
            agreed += 1
    return agreed, None


def _assignments(formula: Formula, numbers: random.Random) -> Iterator[Assignment]:
    names = sorted({x for side in (formula.left, formula.right) for x in letters(side) | letters(unfolded(side))}, key=str)
    for _ in range(POINTS):
        yield Assignment({name: _ball(_number(name, numbers)) for name in names}, _row(numbers))


def _number(letter: Symbol, numbers: random.Random) -> Rational:
    """A rational that keeps the assumptions of the letter; the index of an entry is below LENGTH."""
    if letter.is_integer:
        least = 1 if letter.is_positive else 0
        return Integer(numbers.randrange(least, LENGTH))
    size = Rational(numbers.randrange(1, 40), 20)
    if letter.is_nonnegative:
        return size
    return -size if letter.is_nonpositive else Rational(numbers.randrange(-20, 21), 20)


def _row(numbers: random.Random) -> RowEntries:
    """Entries of a row: similarities and directions in [-1, 1], coefficients of which at least one is positive."""
    signed, weights = ([Rational(numbers.randrange(-20, 21), 20) for _ in range(LENGTH)] for _ in range(2)), (0, 1, 1, Rational(1, 2), 3)
    s, v = ([_ball(x) for x in row] for row in signed)
    c, q = ([_ball(Rational(x)) for x in numbers.sample(weights, LENGTH)] for _ in range(2))
    return RowEntries(s, c, q, v)


def in_balls(expression: Expr, assignment: Assignment) -> arb:
    """The value of an expression; terms of a loss by the compiled loss. Raises NotEvaluated."""
    match expression:
        case Rational():
            return _ball(expression)
        case _ if expression is S.Exp1:
            return arb(1).exp()
        case Term():
            at = {x: in_balls(argument, assignment) for x, argument in zip(expression.letters, expression.args, strict=True)}
            return expression.quantity.measured(Assignment(at, assignment.row))
        case Symbol() if expression == m:
            return arb(LENGTH)
        case Symbol() if expression in assignment.letters and expression.is_commutative:
            return assignment.letters[expression]
        case Indexed():
            return _entry(expression, assignment)
        case Sum():
            return _total(expression, assignment)
        case Add():
            return sum((in_balls(x, assignment) for x in expression.args), arb(0))
        case Mul():
            return reduce(mul, (in_balls(x, assignment) for x in expression.args), arb(1))
        case Pow() if isinstance(expression.exp, Integer):
            return in_balls(expression.base, assignment) ** int(expression.exp)
        case Pow():
            return in_balls(expression.base, assignment) ** in_balls(expression.exp, assignment)
        case exp() | log():
            inner = in_balls(expression.args[0], assignment)
            return inner.exp() if isinstance(expression, exp) else inner.log()
    raise NotEvaluated(f"{expression} is not a real number")


def whole_number(expression: Expr, assignment: Assignment) -> int:
    """The value of an expression that is a whole number. Raises NotEvaluated."""
    number = in_balls(expression, assignment).unique_fmpz()
    if number is None:
        raise NotEvaluated(f"{expression} is not a whole number")
    return int(number)


def _entry(entry: Indexed, assignment: Assignment) -> arb:
    [index] = entry.indices
    entries: dict[str, Sequence[arb]] = vars(assignment.row)
    return entries[str(entry.base.label)][whole_number(index, assignment)]


def _total(total: Sum, assignment: Assignment) -> arb:
    [(index, low, high)] = total.limits
    first, last = whole_number(low, assignment), whole_number(high, assignment)
    parts = (in_balls(total.function, Assignment({**assignment.letters, index: arb(i)}, assignment.row)) for i in range(first, last + 1))
    return sum(parts, arb(0))


def _ball(number: Rational) -> arb:
    return arb(fmpq(int(number.p), int(number.q)))
