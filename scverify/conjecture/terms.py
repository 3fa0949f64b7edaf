"""Quantities of a loss as terms of a formula: a term unfolds into SymPy's expression, and the compiled loss measures it in balls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flint import arb
from sympy import Expr, Function, IndexedBase, Symbol, SympifyError, latex, sympify

from scverify.errors import must_be
from scverify.symbolic.row import m


@dataclass(frozen=True)
class RowEntries:
    """Entries of a row of any length, in balls: similarities, coefficients c >= 0 and q >= 0, and a direction v."""

    s: Sequence[arb] = ()
    c: Sequence[arb] = ()
    q: Sequence[arb] = ()
    v: Sequence[arb] = ()


@dataclass(frozen=True)
class Assignment:
    """Where a formula is evaluated: a ball for every letter, and a row for s[a], c[a], q[a] and v[a]."""

    letters: Mapping[Symbol, arb] = field(default_factory=dict)
    row: RowEntries = field(default_factory=RowEntries)


class Quantity(Protocol):
    """What a term stands for: its name in LaTeX, the expression that SymPy derived, and the same by the compiled loss."""

    @property
    def name(self) -> str:
        """The name in LaTeX."""

    @property
    def formula(self) -> Expr:
        """The expression in its letters."""

    @property
    def letters(self) -> set[Symbol]:
        """The letters that it is measured at; those of the formula may be fewer."""

    def measured(self, assignment: Assignment) -> arb:
        """The value at letters and a row, by the compiled loss."""


class Term(Function):  # type: ignore[misc]
    """A quantity of a loss at arguments, one per letter of its formula: substitution reaches the arguments only."""

    quantity: Quantity
    letters: tuple[Symbol, ...]

    def unfolded(self) -> Expr:
        """The expression that the term stands for."""
        return self.quantity.formula.xreplace(dict(zip(self.letters, self.args, strict=True)))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        moved = [(x, at) for x, at in zip(self.letters, self.args, strict=True) if at not in (x, readable(x))]
        values = ", ".join(f"{printer.doprint(readable(x))} = {printer.doprint(readable(at))}" for x, at in moved)
        name = self.quantity.name + (rf"\bigl|_{{{values}}}" if values else "")
        return name if exp is None else rf"\left({name}\right)^{{{exp}}}"


def term(quantity: Quantity) -> Term:
    """The quantity as a term, each letter at itself."""
    names = tuple(sorted(letters(quantity.formula) | quantity.letters, key=str))

    class Named(Term):
        """One quantity."""

    Named.quantity, Named.letters = quantity, names
    return Named(*names)


def letters(expression: Expr) -> set[Symbol]:
    """The free symbols of an expression, without the row's length and the names of its entries."""
    entries = {base.label for base in expression.atoms(IndexedBase)}
    return {x for x in expression.free_symbols if isinstance(x, Symbol)} - entries - {m}


def unfolded(expression: Expr) -> Expr:
    """The expression with every term of a loss written out."""
    return expression.replace(lambda x: isinstance(x, Term), lambda x: x.unfolded())


def has_terms(expression: Expr) -> bool:
    """Whether a quantity of a loss stands in the expression."""
    return bool(expression.atoms(Term))


def as_expression(given: object) -> Expr:
    """What a step says something of, as an expression of SymPy; InputError for anything else."""
    try:
        found = sympify(given)
    except (SympifyError, TypeError, ValueError, AttributeError):
        found = None
    must_be(found, Expr, f"expression {given!r},", "a number or an expression of SymPy")
    result: Expr = found
    return result


def from_two(name: str) -> Expr:
    """A whole number of at least 2 called `name`, as a letter >= 0 plus 2: SymPy then knows that it is above 1."""
    return Symbol(f"{name} - 2", integer=True, nonnegative=True) + 2


def readable(expression: Expr) -> Expr:
    """The expression with the letters of `from_two` put back: what is called n - 2 becomes the difference of n and 2."""
    shifted = {x: Symbol(str(x.name).removesuffix(" - 2")) - 2 for x in letters(expression) if str(x.name).endswith(" - 2")}
    return expression.xreplace(shifted)


def in_latex(expression: Expr) -> str:
    """The expression in LaTeX, terms by their names."""
    return str(latex(readable(expression)))
