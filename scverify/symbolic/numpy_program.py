"""SymPy expressions printed as straight-line NumPy source: a Sum over the row becomes a reduction over the last axis.

The source calls NumPy and the helpers of ``compiled``. It holds for float64 arrays and for object arrays (balls): rational numbers are
built from ``unit``, the number one in the arithmetic of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from sympy import Add, Expr, Indexed, IndexedBase, Integer, Mul, Pow, Rational, Sum, exp, log

from scverify.symbolic.stabilised import Ceiling, RowPeak, Stabiliser
from scverify.symbolic.symbols import PARAMETERS, a, c, q, s, tau

direction = IndexedBase("v", real=True)


class _Extent(IntEnum):
    """What a printed name holds: a number, one number per row (..., 1), a broadcastable row (..., m), or an array of s's own shape."""

    NUMBER = 0
    ROWS = 1
    ENTRIES = 2
    FULL = 3


@dataclass(frozen=True)
class _Value:
    """A printed operand: a name or a literal, and its shape."""

    text: str
    extent: _Extent


@dataclass(frozen=True)
class _Step:
    """One printed line: ``targets = function(arguments)``."""

    targets: tuple[_Value, ...]
    function: str
    arguments: tuple[_Value, ...]

    @property
    def line(self) -> str:
        """The step as a line of source; numbers, which need not be NumPy's own, meet by operators."""
        targets, arguments = (", ".join(value.text for value in values) for values in (self.targets, self.arguments))
        if self.targets[0].extent == _Extent.NUMBER and self.function in _INFIX:
            arguments = f" {_INFIX[self.function]} ".join(value.text for value in self.arguments)
            return f"{targets} = {arguments}"
        return f"{targets} = {self.function}({arguments})"


_INPUTS = {s[a]: _Value("s", _Extent.FULL), c[a]: _Value("c", _Extent.ENTRIES), q[a]: _Value("q", _Extent.ENTRIES)}
_INFIX = {"np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/"}
_ONE = _Value("1", _Extent.NUMBER)


class NumpyProgram:
    """A function of (s, c, q, tau, unit[, v]) under construction.

    Equal subexpressions are computed once. ``s[a]`` and ``s[b]`` are the same array, so the free index of a gradient must be renamed to
    ``a`` before printing.
    """

    def __init__(self) -> None:
        """Start an empty program."""
        self._stabiliser = Stabiliser()
        self._steps: list[_Step] = []
        self._mapped: dict[tuple[str | _Value, ...], _Value] = {}
        self._known: dict[Expr, _Value] = {
            **_INPUTS,
            tau: _Value("tau", _Extent.NUMBER),
            **{x: _Value(name, _Extent.NUMBER) for name, x in PARAMETERS.items()},
            direction[a]: _Value("v", _Extent.ENTRIES),
        }

    def source(self, name: str, arguments: Sequence[str], results: Sequence[Expr]) -> str:
        """The source of a function ``name(*arguments)`` that returns ``results``; one number per row has the shape (..., 1)."""
        rewritten = [self._stabiliser.rewrite(result) for result in results]
        for definition in self._stabiliser.definitions:
            self._define(definition)
        outputs = [self._print(expression) for expression in rewritten]
        body = [*self._lines(outputs), f"return {', '.join(output.text for output in outputs)}"]
        return "\n    ".join([f"def {name}({', '.join(arguments)}):", *body]) + "\n"

    def _define(self, definition: RowPeak | Ceiling) -> None:
        """Compute a peak with its scaled exponentials, or a ceiling."""
        if isinstance(definition, Ceiling):
            exponents = [self._print(exponent) for exponent in definition.exponents]
            shape = max(exponent.extent for exponent in exponents)
            self._known[definition.level] = self._call("ceiling", exponents, shape)
            return
        arguments = [self._print(definition.exponent)]
        if definition.coefficient != 1:
            arguments.append(self._print(definition.coefficient))
        scaled, peak = self._name(max(argument.extent for argument in arguments)), self._name(_Extent.ROWS, 1)
        self._steps.append(_Step((scaled, peak), "scaled_exponentials", tuple(arguments)))
        self._known[definition.scaled[a]], self._known[definition.peak] = scaled, peak

    def _print(self, expression: Expr) -> _Value:
        """The value of ``expression``, computed now unless it is known."""
        if expression not in self._known:
            self._known[expression] = self._compute(expression)
        return self._known[expression]

    def _compute(self, expression: Expr) -> _Value:
        match expression:
            case Rational():
                return _number(expression)
            case Add():
                return self._compute_add(expression)
            case Mul():
                return self._compute_product(Mul.make_args(expression))
            case Pow():
                return self._compute_power(expression)
            case exp():
                return self._map("np.exp", self._print(expression.args[0]))
            case log():
                return self._compute_log(expression.args[0])
            case Sum():
                return self._compute_sum(expression)
            case _:
                raise TypeError(f"no NumPy source for {expression} ({type(expression).__name__})")

    def _compute_add(self, expression: Expr) -> _Value:
        """Add from left to right; logarithms come last, so that large terms cancel before a small logarithm joins them."""
        first, *others = sorted(expression.args, key=lambda term: (term.has(log), term.could_extract_minus_sign()))
        value = self._print(first)
        for term in others:
            negative = term.could_extract_minus_sign()
            value = self._map("np.subtract" if negative else "np.add", value, self._print(-term if negative else term))
        return value

    def _compute_product(self, factors: Sequence[Expr]) -> _Value:
        """Multiply entries first, then numbers and row-wise factors at once, then divide by entries."""
        above, below, outer = self._split(factors)
        if not above and not below:
            return outer
        value = self._chain(above) if above else outer
        if above and outer != _ONE:
            value = self._map("np.multiply", value, outer)
        return self._map("np.divide", value, self._chain(below)) if below else value

    def _split(self, factors: Sequence[Expr]) -> tuple[list[Expr], list[Expr], _Value]:
        """Factors with entries above and below the fraction bar, and the product of all the others."""
        above: list[Expr] = []
        below: list[Expr] = []
        outer, divisor = _ONE, _ONE
        for factor in sorted(factors, key=_rank):
            inverse = isinstance(factor, Pow) and factor.exp.is_negative
            part = Pow(factor.base, -factor.exp) if inverse else factor
            value = self._print(part)
            if value.extent >= _Extent.ENTRIES:
                (below if inverse else above).append(part)
            elif inverse:
                divisor = value if divisor == _ONE else self._map("np.multiply", divisor, value)
            else:
                outer = value if outer == _ONE else self._map("np.multiply", outer, value)
        return above, below, outer if divisor == _ONE else self._map("np.divide", outer, divisor)

    def _chain(self, factors: Sequence[Expr]) -> _Value:
        """The product of ``factors`` from left to right; each partial product is kept for others that begin alike."""
        product = factors[0]
        for factor in factors[1:]:
            longer = product * factor
            if longer not in self._known:
                self._known[longer] = self._map("np.multiply", self._print(product), self._print(factor))
            product = longer
        return self._print(product)

    def _compute_power(self, expression: Expr) -> _Value:
        base, exponent = expression.base, expression.exp
        if exponent.is_negative:
            return self._map("np.divide", _ONE, self._print(Pow(base, -exponent)))
        value = self._print(base)
        if exponent == 2:
            return self._map("np.square", value)
        if exponent == Rational(1, 2):
            return self._map("np.sqrt", value)
        return self._map("np.power", value, _number(exponent))

    def _compute_log(self, argument: Expr) -> _Value:
        """A logarithm; where its argument is a sum near 1, the helper takes log1p of what the largest term leaves."""
        total = self._print(argument)
        if isinstance(argument, Sum):
            above, below, outer = self._split(Mul.make_args(argument.function))
            if not below and outer == _ONE:
                return self._call("log_total", [total, *(self._print(factor) for factor in above)], _Extent.ROWS)
        if isinstance(argument, Add):
            return self._call("log_terms", [self._print(term) for term in argument.args], total.extent)
        return self._map("np.log", total)

    def _compute_sum(self, total: Expr) -> _Value:
        """A reduction over the last axis: a dot product of two arrays where the body is a product."""
        above, below, outer = self._split(Mul.make_args(total.function))
        if below:
            entries = [self._compute_product([*above, *(1 / factor for factor in below)])]
        else:
            entries = [self._chain(above[:-1]), self._print(above[-1])] if len(above) > 1 else [self._print(part) for part in above]
        value = self._call("row_total", entries, _Extent.ROWS) if entries else _Value("s.shape[-1]", _Extent.NUMBER)
        return value if outer == _ONE else self._map("np.multiply", value, outer)

    def _map(self, function: str, *arguments: _Value) -> _Value:
        """Apply a function entry by entry, once for the same arguments."""
        key: tuple[str | _Value, ...] = (function, *arguments)
        if key not in self._mapped:
            self._mapped[key] = self._name(max(argument.extent for argument in arguments))
            self._steps.append(_Step((self._mapped[key],), function, arguments))
        return self._mapped[key]

    def _call(self, function: str, arguments: Sequence[_Value], shape: _Extent) -> _Value:
        target = self._name(shape)
        self._steps.append(_Step((target,), function, tuple(arguments)))
        return target

    def _name(self, shape: _Extent, offset: int = 0) -> _Value:
        return _Value(f"t{2 * len(self._steps) + offset}", shape)

    def _lines(self, outputs: Sequence[_Value]) -> list[str]:
        """The steps that the outputs need, as lines."""
        needed = {output.text for output in outputs}
        kept: list[_Step] = []
        for step in reversed(self._steps):
            if any(target.text in needed for target in step.targets):
                kept.insert(0, step)
                needed |= {argument.text for argument in step.arguments}
        return [step.line for step in kept]


def _number(value: Expr) -> _Value:
    """A rational number; a fraction is made by dividing, so that it is exact to the precision of the call."""
    text = str(value) if isinstance(value, Integer) else f"(unit * {value.p} / {value.q})"
    return _Value(text, _Extent.NUMBER)


def _rank(factor: Expr) -> tuple[int, str]:
    """Order of factors: coefficients, exponentials of the row, other arrays, the direction; so that products begin alike."""
    base = factor.base if isinstance(factor, Pow) else factor
    if not isinstance(base, Indexed):
        return 2, str(factor)
    place = {c: 0, q: 0, s: 2, direction: 3}.get(base.base, 1)
    return place, str(factor)
