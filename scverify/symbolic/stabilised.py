"""Exponentials kept in range, for every formula and in this one place: the largest exponent is taken out before exp is called.

An expression is written as ``exp(L) * X`` with the exponentials of ``X`` at most 1. A Sum of terms ``coefficient * exp(L[a])`` gives up
the maximum ``M`` of ``L[a]`` over the entries whose coefficient is not zero; an Add gives up the largest exponent of its terms. Powers,
products and logarithms carry ``L`` along, so that it cancels symbolically in ratios and leaves a logarithm as a plain summand.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Add, Expr, Indexed, IndexedBase, Integer, Mul, Pow, Sum, Symbol, exp, expand_mul, log

from scverify.symbolic.symbols import a, c, q, row_sum, s


@dataclass(frozen=True)
class RowPeak:
    """``peak`` = max of ``exponent[a]`` where ``coefficient[a]`` != 0; ``scaled[a]`` = exp(exponent[a] - peak), 0 at coefficient 0."""

    peak: Symbol
    scaled: IndexedBase
    exponent: Expr
    coefficient: Expr


@dataclass(frozen=True)
class Ceiling:
    """``level`` = the largest of ``exponents``, entry by entry (``level`` is Indexed) or row by row (a Symbol)."""

    level: Expr
    exponents: tuple[Expr, ...]


@dataclass
class Stabiliser:
    """Rewrites expressions in which every entry has the index ``a``; ``definitions`` grows, in the order in which they are needed."""

    definitions: list[RowPeak | Ceiling] = field(default_factory=list)

    def rewrite(self, expression: Expr) -> Expr:
        """The same quantity with every exponential at most 1, up to a factor exp(L) that no other factor cancels."""
        terms = Add.make_args(expand_mul(expression, deep=False))
        return Add(*[self._rewrite_term(term) for term in terms])

    def _rewrite_term(self, term: Expr) -> Expr:
        exponent, rest = self._scale(term)
        exponent = exponent.expand()
        entry_part = Add(*[part for part in Add.make_args(exponent) if part.has(Indexed)])
        if entry_part == 0 or self._is_bounded(entry_part):
            return exp(exponent) * rest
        peak = self._matching_peak(entry_part, rest)
        return exp((exponent - entry_part + peak.peak).expand()) * peak.scaled[a] * rest

    def _scale(self, expression: Expr) -> tuple[Expr, Expr]:
        """(L, X) with ``expression`` = exp(L) * X and every exponential in X at most 1."""
        if isinstance(expression, exp):
            return self.rewrite(expression.args[0]), Integer(1)
        if isinstance(expression, log):
            exponent, rest = self._scale(expression.args[0])
            return Integer(0), exponent.expand() + log(rest)
        if isinstance(expression, Pow):
            exponent, rest = self._scale(expression.base)
            return expression.exp * exponent, rest**expression.exp
        if isinstance(expression, Mul):
            pairs = [self._scale(factor) for factor in expression.args]
            return Add(*[pair[0] for pair in pairs]).expand(), Mul(*[pair[1] for pair in pairs])
        if isinstance(expression, Add):
            return self._scale_terms([self._scale(term) for term in expression.args])
        if isinstance(expression, Sum):
            return self._scale_sum(expression.function)
        return Integer(0), expression

    def _scale_terms(self, pairs: list[tuple[Expr, Expr]]) -> tuple[Expr, Expr]:
        exponents = tuple(dict.fromkeys(exponent for exponent, _ in pairs))
        if len(exponents) == 1:
            return exponents[0], Add(*[rest for _, rest in pairs])
        level = self._ceiling(exponents)
        return level, Add(*[exp((exponent - level).expand()) * rest for exponent, rest in pairs])

    def _scale_sum(self, body: Expr) -> tuple[Expr, Expr]:
        if any(isinstance(factor, Add) and factor.has(exp) for factor in Mul.make_args(body)):
            terms = Add.make_args(expand_mul(body, deep=False))
            if len(terms) > 1:
                return self._scale_terms([self._scale_sum(term) for term in terms])
        exponent, rest = self._scale(body)
        if not exponent.has(Indexed):
            return exponent, row_sum(rest)
        common = Add(*[part for part in Add.make_args(exponent) if not part.has(Indexed)])
        peak = self._row_peak(exponent - common, _coefficient(rest))
        return peak.peak + common, row_sum(peak.scaled[a] * rest)

    def _row_peak(self, exponent: Expr, coefficient: Expr) -> RowPeak:
        for known in self.definitions:
            if isinstance(known, RowPeak) and (known.exponent, known.coefficient) == (exponent, coefficient):
                return known
        number = len(self.definitions)
        peak = RowPeak(Symbol(f"peak{number}", real=True), IndexedBase(f"scaled{number}", nonnegative=True), exponent, coefficient)
        self.definitions.append(peak)
        return peak

    def _ceiling(self, exponents: tuple[Expr, ...]) -> Expr:
        for known in self.definitions:
            if isinstance(known, Ceiling) and set(known.exponents) == set(exponents):
                return known.level
        name = f"level{len(self.definitions)}"
        entrywise = any(exponent.has(Indexed) for exponent in exponents)
        level = IndexedBase(name, real=True)[a] if entrywise else Symbol(name, real=True)
        self.definitions.append(Ceiling(level, exponents))
        return level

    def _is_bounded(self, exponent: Expr) -> bool:
        """Whether a ceiling has been subtracted from ``exponent`` already."""
        return any(isinstance(known, Ceiling) and exponent.has(known.level) for known in self.definitions)

    def _matching_peak(self, exponent: Expr, rest: Expr) -> RowPeak:
        """The peak of ``exponent``; its coefficient is a factor of ``rest``, so that ``rest`` is 0 where the scaled exponential is."""
        factors = set(Mul.make_args(rest))
        for known in self.definitions:
            if (
                isinstance(known, RowPeak)
                and known.exponent == exponent
                and set(Mul.make_args(known.coefficient)) <= factors | {Integer(1)}
            ):
                return known
        return self._row_peak(exponent, _coefficient(rest))


def _coefficient(product: Expr) -> Expr:
    """The factors of ``product`` made of c and q alone: where they vanish, the exponential beside them does not count."""
    return Mul(*[factor for factor in Mul.make_args(product) if factor.has(c, q) and not factor.has(s)])
