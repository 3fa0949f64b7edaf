"""The named losses: a row formula and a rule for the coefficients (weight, c, q) that it is given (MATH 1).

A rule is written in the class sizes, so that one loss is for every problem; a table holds numbers for one problem. SymPy is imported
where an expression is asked for: named losses run without.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from scverify.errors import InputError, must_be
from scverify.symbolic.modules import load_module, one_line
from scverify.symbolic.row import RowFormula, named_row

if TYPE_CHECKING:
    from sympy import Expr

    from scverify.symbolic.symbols import k as k
    from scverify.symbolic.symbols import n_anchors as n_anchors
    from scverify.symbolic.symbols import n_other as n_other
    from scverify.symbolic.symbols import n_own as n_own
    from scverify.symbolic.symbols import n_samples as n_samples

_RULE_SYMBOLS = ("k", "n_anchors", "n_other", "n_own", "n_samples")

FractionTable = tuple[tuple[Fraction, ...], ...]
TableEntry = int | str | Fraction
_ENTRIES = ("weight", "positive_c", "positive_q", "negative_c", "negative_q")


def __getattr__(name: str) -> object:
    """The symbols of a rule: SymPy is imported when one is asked for."""
    if name in _RULE_SYMBOLS:
        return getattr(import_module("scverify.symbolic.symbols"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@dataclass(frozen=True, eq=False)
class CoefficientRule:
    """Coefficients that depend on classes alone, written in n_own, n_other, k, n_samples and n_anchors; c_ii = q_ii = 0.

    ``n_own`` is the size of the anchor's class, ``n_other`` the size of the other sample's class. ``weight`` is the weight of one
    anchor's row; ``positive_*`` holds for other samples of the anchor's class, ``negative_*`` for the rest. InputError on any other symbol.
    """

    weight: Expr
    positive_c: Expr
    positive_q: Expr
    negative_c: Expr
    negative_q: Expr

    if TYPE_CHECKING:
        stated: dict[str, Any]  # the entries as a claim writes them

    def __post_init__(self) -> None:
        """Refuse entries that are not rational expressions in the sizes, and a weight that depends on the other sample's class."""
        from scverify.symbolic.rules import stated_rule

        if "n_other" in {symbol.name for symbol in getattr(self.weight, "free_symbols", ())}:
            raise InputError(f"weight {self.weight}", "n_own, k, n_samples, n_anchors", "a row belongs to its anchor: leave n_other out")
        self.__dict__["stated"] = {name: stated_rule(getattr(self, name)) for name in _ENTRIES}

    def __getattr__(self, name: str) -> Any:
        """An entry of a named rule as a SymPy expression, made when it is first asked for."""
        if name not in _ENTRIES:
            raise AttributeError(f"CoefficientRule has no attribute {name!r}")
        from scverify.symbolic.rules import expression_of

        self.__dict__[name] = expression_of(self.stated[name])
        return self.__dict__[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CoefficientRule) and self.stated == other.stated

    def __hash__(self) -> int:
        return hash(str(self.stated))


@dataclass(frozen=True)
class ClassTable:
    """Coefficients by class: ``weight[i's class]`` (k), ``c`` and ``q`` [anchor's class][other sample's class] (k x k), for a != i."""

    weight: tuple[Fraction, ...]
    c: FractionTable
    q: FractionTable

    def __post_init__(self) -> None:
        """Refuse tables that are not square or hold a negative coefficient c."""
        _check_tables(self.weight, self.c, self.q)


@dataclass(frozen=True)
class SampleTable:
    """Coefficients by sample: ``weight`` (n), ``c`` and ``q`` [anchor][sample] (n x n), the anchor's own entry included."""

    weight: tuple[Fraction, ...]
    c: FractionTable
    q: FractionTable

    def __post_init__(self) -> None:
        """Refuse tables that are not square or hold a negative coefficient c."""
        _check_tables(self.weight, self.c, self.q)


@dataclass(frozen=True, repr=False)
class Loss:
    """A loss: its name, its row formula, and its coefficients (a rule in the class sizes, or a table of numbers).

    A rational factor of the row, as in 2 (log(...) - ...), moves into the weights: the theorems are about rows without one.
    """

    name: str
    formula: RowFormula
    coefficients: CoefficientRule | ClassTable | SampleTable

    def __post_init__(self) -> None:
        """Move the formula's factor into the weights; raises InputError where the parts are none of a loss."""
        must_be(self.formula, RowFormula, "formula", "a RowFormula")
        must_be(
            self.coefficients, (CoefficientRule, ClassTable, SampleTable), "coefficients", "a CoefficientRule, ClassTable or SampleTable"
        )
        if (scale := self.formula.scale) != 1:
            object.__setattr__(self, "formula", self.formula.over(scale))
            object.__setattr__(self, "coefficients", _heavier(self.coefficients, scale))

    def __repr__(self) -> str:
        return f"<Loss: {self.name}>"


def times(loss: Loss, factor: Fraction) -> Loss:
    """The loss times a positive rational."""
    from sympy import Rational as Number

    heavier = _heavier(loss.coefficients, Number(factor.numerator, factor.denominator))
    return replace(loss, name=f"{factor} {loss.name}", coefficients=heavier)


def _heavier(table: CoefficientRule | ClassTable | SampleTable, scale: Any) -> CoefficientRule | ClassTable | SampleTable:
    """The same coefficients with the weights times a positive rational of SymPy."""
    if isinstance(table, CoefficientRule):
        return replace(table, weight=table.weight * scale)
    return replace(table, weight=tuple(weight * Fraction(int(scale.p), int(scale.q)) for weight in table.weight))


def _named_rule(**stated: Any) -> CoefficientRule:
    """A rule from its entries as a claim writes them."""
    rule = object.__new__(CoefficientRule)
    rule.__dict__["stated"] = stated
    return rule


_MEAN = ["pow", ["add", "-1", "n_own"], -1]
supcon_rule = _named_rule(weight="1", positive_c="1", positive_q=_MEAN, negative_c="1", negative_q="0")
supcon_row = named_row("supcon")

supcon = Loss("supcon", supcon_row, supcon_rule)
supcon_in = Loss("supcon_in", named_row("supcon_in"), supcon_rule)
decoupled = Loss("decoupled", supcon_row, _named_rule(weight="1", positive_c="0", positive_q=_MEAN, negative_c="1", negative_q="0"))
# each class counts once among the outcomes (Zhu et al. 2022), and once among the anchors too
_ONCE = {"positive_c": _MEAN, "positive_q": _MEAN, "negative_c": ["pow", "n_other", -1], "negative_q": "0"}
bcl = Loss("bcl", supcon_row, _named_rule(weight="1", **_ONCE))
supcon_weighted = Loss("supcon_weighted", supcon_row, _named_rule(weight=["pow", "n_own", -1], **_ONCE))
# q = 1 on positives, c = 1 on negatives
pairwise_rule = _named_rule(weight="1", positive_c="0", positive_q="1", negative_c="1", negative_q="0")
lifted = Loss("lifted", named_row("lifted"), pairwise_rule)
spectral = Loss("spectral", named_row("spectral"), supcon_rule)

LOSSES: dict[str, Loss] = {loss.name: loss for loss in (supcon, supcon_in, supcon_weighted, bcl, decoupled, lifted, spectral)}


def soft_supcon(targets: Sequence[Sequence[TableEntry]]) -> Loss:
    """SupCon with soft positives: ``targets[y][z] >= 0`` (k x k) is q for an anchor of class y and another sample of class z."""
    q_table = square_table(targets, "targets")
    ones = tuple(Fraction(1) for _ in q_table)
    return Loss("soft_supcon", supcon_row, ClassTable(ones, tuple(ones for _ in q_table), q_table))


def two_tower(pairs: int) -> Loss:
    """Contrast of two modalities (CLIP): nodes 0..pairs-1 and pairs..2 pairs-1; a row of one sees the columns of the other."""
    n = 2 * pairs
    c_rows = [[int((i < pairs) != (j < pairs)) for j in range(n)] for i in range(n)]
    q_rows = [[int(abs(i - j) == pairs) for j in range(n)] for i in range(n)]
    return Loss("two_tower", supcon_row, SampleTable(tuple(Fraction(1) for _ in range(n)), _exact(c_rows), _exact(q_rows)))


def cross_entropy_of_labels(labels: Sequence[int], classes: int) -> Loss:
    """Cross-entropy under the unconstrained-features model: nodes are ``classes`` weight vectors, then one node a sample.

    Rows of weight vectors have weight 0.
    """
    if not all(0 <= label < classes for label in labels):
        raise InputError(f"labels {list(labels)}", f"0..{classes - 1}", "number the classes from 0")
    n = classes + len(labels)
    weight = tuple(Fraction(int(node >= classes)) for node in range(n))
    c_rows = [[int(j < classes) for j in range(n)] for _ in range(n)]
    q_rows = [[int(node >= classes and j == labels[node - classes]) for j in range(n)] for node in range(n)]
    return Loss("cross_entropy", supcon_row, SampleTable(weight, _exact(c_rows), _exact(q_rows)))


def load_loss(reference: str) -> Loss:
    """The loss called ``reference``: a name of LOSSES, or ``FILE::NAME``, a function (or a value) in a Python file of the user.

    The file is executed. The function takes no argument or any of ``s, c, q, tau, a, m`` by name, and returns a SymPy expression in
    these symbols, a RowFormula or a Loss; an expression and a RowFormula get supcon's coefficients. InputError where this fails.

    >>> load_loss("decoupled").name
    'decoupled'
    """
    must_be(reference, str, "loss", "the name of a loss, or FILE::NAME")
    if "::" not in reference:
        if reference not in LOSSES:
            raise InputError(f"unknown loss {reference!r}", ", ".join(sorted(LOSSES)) + " or FILE::NAME", "choose one of these")
        return LOSSES[reference]
    file, _, name = reference.rpartition("::")
    module = load_module(Path(file), "loss file")
    if not hasattr(module, name):
        public = sorted(key for key in vars(module) if not key.startswith("_")) or ["nothing"]
        raise InputError(f"{file} has no {name!r}", f"a name defined there ({', '.join(public)})", "check the part after '::'")
    found = getattr(module, name)
    return _as_loss(name, _called(reference, found) if callable(found) else found)


def _called(reference: str, function: Callable[..., object]) -> object:
    """Call a user's function with the symbols that it asks for by name."""
    names = ("s", "c", "q", "tau", "a", "m")
    wanted = list(inspect.signature(function).parameters)
    if not set(wanted) <= set(names):
        raise InputError(f"{reference} takes {', '.join(wanted)}", f"any of {', '.join(names)}", "rename its arguments")
    symbols = import_module("scverify.symbolic.symbols")
    try:
        return function(**{name: getattr(symbols, name) for name in wanted})
    except Exception as error:
        raise InputError(f"{reference} raises {one_line(error)}", "a function that returns a row formula", "call it to see why") from error


def _as_loss(name: str, found: object) -> Loss:
    if isinstance(found, Loss):
        return found
    if isinstance(found, RowFormula):
        return Loss(name, found, supcon_rule)
    return Loss(name, RowFormula(name, cast("Expr", found)), supcon_rule)


# a search in floats has nothing to hold on to beside larger ones
MOST_ENTRY = 10**12


def square_table(entries: Sequence[Sequence[Any]], name: str) -> FractionTable:
    """A square table of at least two rows, of exact numbers >= 0; raises InputError for any other."""
    if not isinstance(entries, list | tuple) or not all(isinstance(row, list | tuple) for row in entries):
        raise InputError(f"{name} {entries!r}", "a square table of numbers", f"give {name} as a list of rows")
    lengths = [len(row) for row in entries]
    if len(entries) < 2 or set(lengths) != {len(entries)}:
        raise InputError(f"{name} of {len(entries)} rows with {lengths} entries", "a square table of two rows or more", "complete it")
    rows = tuple(tuple(_exact_entry(x, name) for x in row) for row in entries)
    if (least := min(x for row in rows for x in row)) < 0:
        raise InputError(f"{name} with the entry {least}", "entries of at least 0", "correct it")
    if (most := max(x for row in rows for x in row)) > MOST_ENTRY:
        raise InputError(f"{name} with the entry {most}", f"entries of at most {MOST_ENTRY}", "rescale it")
    return rows


def _exact_entry(value: Any, name: str) -> Fraction:
    if isinstance(value, int | str | float | Fraction | Decimal) and not isinstance(value, bool):
        try:
            exact = Fraction(value)
            if not isinstance(value, float) or Fraction(repr(value)) == exact:
                return exact
        except (ValueError, ZeroDivisionError, OverflowError):
            pass
    raise InputError(f"{name} with the entry {value!r}", 'exact numbers such as 1, "1/3" or "0.05"', "write it as text")


def _exact(rows: Sequence[Sequence[TableEntry]]) -> FractionTable:
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)


def _check_tables(weight: tuple[Fraction, ...], c_table: FractionTable, q_table: FractionTable) -> None:
    """Raise InputError unless both tables are square of the size of ``weight`` and no weight, c or q is negative."""
    size = len(weight)
    for name, table in (("c", c_table), ("q", q_table)):
        if len(table) != size or any(len(row) != size for row in table):
            raise InputError(f"table {name} of {len(table)} rows", f"{size} x {size}, the length of weight", "give a square table")
    if min((entry for row in (weight, *c_table, *q_table) for entry in row), default=Fraction(0)) < 0:
        raise InputError("a negative entry in a table of coefficients", "weight, c and q >= 0", "change its sign")
