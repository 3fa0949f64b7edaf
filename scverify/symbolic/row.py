"""A loss as one row formula: what one anchor pays for the similarities that it sees (MATH 1).

A row formula is a SymPy expression in the similarities ``s[a]``, the coefficients ``c[a]`` and ``q[a]`` (``a = 0 .. m-1``) and
the temperature ``tau``. What a run needs of it, the kernel's tree and NumPy source, is derived by SymPy; for the named rows it is kept in
rows.json, so that they start without SymPy (tests/symbolic/test_definitions.py compares it with the derivation).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sympy import Expr

    from scverify.symbolic.grammar import LogSumExp
    from scverify.symbolic.symbols import a as a
    from scverify.symbolic.symbols import c as c
    from scverify.symbolic.symbols import m as m
    from scverify.symbolic.symbols import q as q
    from scverify.symbolic.symbols import row_sum as row_sum
    from scverify.symbolic.symbols import s as s
    from scverify.symbolic.symbols import tau as tau

KernelTree = str | list[Any]
_SYMBOLS = ("a", "c", "m", "q", "row_sum", "s", "tau")


def __getattr__(name: str) -> object:
    """The symbols of a row: SymPy is imported when one is asked for."""
    if name in _SYMBOLS:
        return getattr(import_module("scverify.symbolic.symbols"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@dataclass(frozen=True, eq=False)
class RowFormula:
    """What one anchor pays for its row of similarities: a name and a SymPy expression (MATH 1).

    ``expression`` may use ``s[a]``, ``c[a]``, ``q[a]`` (only inside a ``Sum`` over the whole row), ``tau``, rational numbers, sums,
    products, rational powers, ``exp`` and ``log``. Anything else raises InputError: the checkers know this small language only.

    >>> from scverify.symbolic.row import a, c, m, q, s, tau
    >>> attraction = sympy.Sum(c[a] * sympy.exp(s[a] / tau) - q[a] * s[a] / tau, (a, 0, m - 1))
    >>> RowFormula("spread", attraction).name
    'spread'
    """

    name: str
    expression: Expr

    def __post_init__(self) -> None:
        """Refuse an expression that is not a row formula."""
        from scverify.symbolic.grammar import check_grammar

        check_grammar(self.name, self.expression)

    def __getattr__(self, name: str) -> Any:
        """The expression of a named row, which is looked up when it is first asked for."""
        if name != "expression":
            raise AttributeError(f"RowFormula has no attribute {name!r}")
        if "template" in self.__dict__:
            from scverify.symbolic.parametric import expression_at

            self.__dict__["expression"] = expression_at(*self.__dict__["template"])
            return self.expression
        from scverify.symbolic.definitions import ROWS

        self.__dict__["expression"] = ROWS[self.name]
        return self.expression

    def __reduce__(self) -> tuple[Any, ...]:
        """A named row is pickled by its name: another process compares it, and works, without SymPy."""
        if self.name in kept_rows() and self is named_row(self.name):
            return named_row, (self.name,)
        return restored_row, (self.__dict__,)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, RowFormula) and self.name == other.name and bool(self.expression == other.expression))

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def tree(self) -> KernelTree:
        """The formula as the kernel's nested lists; InputError where its language does not hold it."""
        return _copied(self._tree)  # lists can be changed by who holds them

    @cached_property
    def _tree(self) -> KernelTree:
        from scverify.symbolic.printers import to_kernel

        return to_kernel(self.expression)

    @cached_property
    def source(self) -> str:
        """NumPy source of the value, the gradient and the Hessian product (see ``compiled``)."""
        from scverify.symbolic.printers import row_source

        return row_source(self)

    @cached_property
    def is_additive(self) -> bool:
        """Whether each Sum is linear and homogeneous in (c[a], q[a]): equal similarities may then be merged by adding coefficients."""
        from sympy import Sum

        from scverify.symbolic.grammar import is_linear

        return all(is_linear(total.function) for total in self.expression.atoms(Sum))

    @cached_property
    def scale(self) -> Expr | int:
        """The positive rational factor of the row's only logarithm; 1 where it has none or several."""
        from scverify.symbolic.grammar import factor_of

        return factor_of(self.expression)

    @cached_property
    def without_factor(self) -> RowFormula | None:
        """The row without a positive constant that multiplies all of it; None where there is none."""
        if self.tree[0] != "mul":
            return None
        from scverify.symbolic.grammar import positive_factor

        factor = positive_factor(self.expression)
        return None if factor is None else RowFormula(self.name, self.expression / factor)

    def over(self, factor: Expr | int) -> RowFormula:
        """The formula divided by a number, term by term."""
        from sympy import Add

        return RowFormula(self.name, Add(*[term / factor for term in Add.make_args(self.expression)]))

    @cached_property
    def log_sum_exp(self) -> LogSumExp | None:
        """The split into log(Sum(coefficient * exp(kappa * s))) and an affine remainder, or None where the row has no such form."""
        from scverify.symbolic.grammar import split

        return split(self.expression)

    def _repr_latex_(self) -> str:
        from sympy import latex

        return f"$\\displaystyle {latex(self.expression)}$"


def restored_row(parts: dict[str, Any]) -> RowFormula:
    """A row from what is known of it; its expression is looked up when it is asked for."""
    row = object.__new__(RowFormula)
    row.__dict__.update(parts)
    return row


def _copied(tree: KernelTree) -> KernelTree:
    return [_copied(part) for part in tree] if isinstance(tree, list) else tree


@lru_cache(maxsize=1)
def kept_rows() -> dict[str, dict[str, Any]]:
    """What is kept of the named rows: name -> {"tree": ..., "source": lines}."""
    rows: dict[str, dict[str, Any]] = json.loads(files("scverify.symbolic").joinpath("rows.json").read_text())
    return rows


@cache
def named_row(name: str) -> RowFormula:
    """The row of that name in rows.json, one object a process."""
    kept = kept_rows()[name]
    # scale: no named row has a factor before its logarithm
    return restored_row({"name": name, "_tree": kept["tree"], "source": "\n".join(kept["source"]), "scale": 1})
