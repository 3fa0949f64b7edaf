"""Row formulas as fast functions of arrays: value, gradient and Hessian product, printed from SymPy and cached (MATH 2).

The printed source runs on float64 arrays and on object arrays of balls (flint.arb). The maximum of the exponents is subtracted before any
exponential (see ``stabilised``), over entries whose coefficient is not zero, so that small temperatures neither overflow nor underflow.
For floats the logarithm of a sum near 1 is taken by log1p of what the largest term leaves: where that term and its coefficient are 1 (one
positive, supcon), the value keeps its relative accuracy however small it is. A gradient entry is accurate to rounding of 1 / tau.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.symbolic.row import RowFormula

Array = NDArray[Any]

# log(total) errs by 1e-16/|log total|. From 1/256 to 1/2 candidates of 13 problems were as good; with 0 one was 0.08 off
_NEAR_ONE = 1 / 16


@dataclass(frozen=True)
class Evaluators:
    """A row formula on arrays. ``s`` has the shape (..., m); ``c`` and ``q`` broadcast against it; rows lie along the last axis.

    ``tau`` > 0 is a number of the arrays' kind. Float arrays and object arrays of flint.arb are both served; balls contain the true value.
    """

    formula: RowFormula
    source: str
    _value: Callable[..., Array]
    _value_and_gradient: Callable[..., tuple[Array, Array]]
    _hessian_product: Callable[..., Array]

    def value(self, s: Array, c: Array, q: Array, tau: Any) -> Array:
        """The row's value, shape (...)."""
        arguments = _prepared(s, c, q, tau)
        return _row_shaped(self._value(*arguments), arguments[0])

    def value_and_gradient(self, s: Array, c: Array, q: Array, tau: Any) -> tuple[Array, Array]:
        """The row's value, shape (...), and its derivative by each similarity, shape (..., m)."""
        arguments = _prepared(s, c, q, tau)
        value, slope = self._value_and_gradient(*arguments)
        return _row_shaped(value, arguments[0]), _entry_shaped(slope, arguments)

    def hessian_product(self, s: Array, c: Array, q: Array, tau: Any, v: Array) -> Array:
        """The row's Hessian in s applied to the direction ``v`` (which broadcasts against s), shape (..., m)."""
        arguments = _prepared(s, c, q, tau, v)
        return _entry_shaped(self._hessian_product(*arguments), arguments)


@lru_cache(maxsize=256)
def evaluators(formula: RowFormula) -> Evaluators:
    """The compiled value, gradient and Hessian product of ``formula``; compiled once per formula."""
    names: dict[str, Any] = {
        "np": np,
        "scaled_exponentials": scaled_exponentials,
        "ceiling": ceiling,
        "row_total": row_total,
        "log_total": log_total,
        "log_terms": log_terms,
    }
    exec(compile(formula.source, f"<row formula {formula.name}>", "exec"), names)
    return Evaluators(
        formula=formula,
        source=formula.source,
        _value=names["value"],
        _value_and_gradient=names["value_and_gradient"],
        _hessian_product=names["hessian_product"],
    )


def scaled_exponentials(exponent: Array, coefficient: Array | None = None) -> tuple[Array, Array]:
    """(exp(exponent - peak), peak): ``peak`` (..., 1) is the row's largest exponent whose coefficient is not zero.

    Entries of coefficient zero give 0, whatever their exponent. A peak of balls is an exact number near the maximum of their midpoints. A
    row without coefficients has the peak 0.
    """
    if coefficient is not None and coefficient.shape[-1] != exponent.shape[-1]:
        # an exponent that is one number per row, under coefficients that differ along it
        exponent = np.broadcast_to(exponent, np.broadcast_shapes(exponent.shape, coefficient.shape))
    scaled = exponent.copy()
    kind = _kind(exponent)
    if coefficient is not None and not np.all(coefficient):
        np.copyto(scaled, -np.inf, where=np.equal(coefficient, 0))
    peak = _numbers(scaled).max(axis=-1, keepdims=True)
    peak[peak == -np.inf] = 0
    peak = _of_kind(peak, kind)
    np.subtract(scaled, peak, out=scaled)
    np.exp(scaled, out=scaled)
    return scaled, peak


def ceiling(*exponents: Any) -> Array:
    """The largest of ``exponents``, entry by entry; for balls an exact number near it."""
    arrays = [np.asarray(exponent) for exponent in exponents]
    largest = reduce(np.maximum, [_numbers(array) for array in arrays])
    return _of_kind(largest, _kind(max(arrays, key=lambda array: array.dtype == object)))


def row_total(first: Array, second: Array | None = None) -> Array:
    """The sum of ``first`` (times ``second``) over the last axis, which is kept with length 1."""
    if second is None or object in (first.dtype, second.dtype):
        summed: Array = (first if second is None else first * second).sum(axis=-1, keepdims=True)
        return summed
    small, large = sorted((first, second), key=lambda array: array.size)
    shared = small.size == small.shape[-1]
    total: Array = np.matmul(large, small.reshape(-1)) if shared else np.vecdot(large, small)
    return total[..., np.newaxis]


def log_total(total: Array, *factors: Array) -> Array:
    """log(total), where ``total`` (..., 1) is the sum over the last axis of the product of ``factors``.

    Where a float total is near 1, the largest term is set apart and log1p takes the rest: terms far below 1 are not lost.
    """
    result = np.log(total)
    if total.dtype == object:
        return result
    near = np.abs(total[..., 0] - 1) < _NEAR_ONE
    if near.any():
        shape = np.broadcast_shapes(*(factor.shape for factor in factors))
        terms = reduce(np.multiply, [np.broadcast_to(factor, shape)[near] for factor in factors])
        largest = terms.argmax(axis=-1)[:, np.newaxis]
        top = np.take_along_axis(terms, largest, axis=-1)
        np.put_along_axis(terms, largest, 0, axis=-1)
        result[near] = np.log1p((top - 1) + terms.sum(axis=-1, keepdims=True))
    return result


def log_terms(*terms: Array) -> Array:
    """The logarithm of a sum of ``terms``, entry by entry, as accurate near 1 as ``log_total``."""
    stacked = np.stack(np.broadcast_arrays(*terms), axis=-1)
    return log_total(stacked.sum(axis=-1, keepdims=True), stacked)[..., 0]


def _numbers(array: Array) -> Array:
    """Floats near the entries; balls give their midpoints."""
    return array.astype(np.float64) if array.dtype == object else array


def _kind(array: Array) -> type | None:
    """The class of the objects in an array; None for an array of floats."""
    return type(array.flat[0]) if array.dtype == object else None


def _of_kind(numbers: Array, kind: type | None) -> Array:
    """Floats as exact numbers of that kind."""
    if kind is None:
        return numbers
    return np.asarray(np.frompyfunc(kind, 1, 1)(numbers), dtype=object)


def _prepared(s: Array, c: Array, q: Array, tau: Any, *directions: Array) -> tuple[Any, ...]:
    """The printed functions' arguments (s, c, q, tau, unit[, v]); the last axis of c, q and v is as long as that of s."""
    similarities = np.asarray(s)
    if similarities.dtype != object:
        tau = float(tau)
        if similarities.dtype.kind != "f":
            similarities = similarities.astype(np.float64)
    length = similarities.shape[-1]
    return similarities, _widened(c, length), _widened(q, length), tau, tau * 0 + 1, *(_widened(v, length) for v in directions)


def _widened(array: Array, length: int) -> Array:
    entries = np.asarray(array)
    return entries if entries.shape[-1:] == (length,) else np.broadcast_to(entries, (*entries.shape[:-1], length))


def _row_shaped(value: Array, s: Array) -> Array:
    return value[..., 0] if value.shape[:-1] == s.shape[:-1] else np.broadcast_to(value[..., 0], s.shape[:-1]).copy()


def _entry_shaped(array: Any, arguments: Sequence[Any]) -> Array:
    """The array in the shape of s; a copy where it is one of the caller's own."""
    shape = arguments[0].shape
    if np.shape(array) == shape and not any(array is argument for argument in arguments):
        return np.asarray(array)
    return np.broadcast_to(array, shape).copy()


@dataclass(frozen=True)
class MpmathEvaluators:
    """A row formula in mpmath's working precision: lists of mpf for ``s``, ``c``, ``q`` (length m), an mpf for ``tau``.

    A slow second route: the derivative is the same, but nothing is stabilised or rearranged.
    """

    formula: RowFormula
    _value: Callable[..., Any]
    _slope: Callable[..., Any]

    def value(self, s: Sequence[Any], c: Sequence[Any], q: Sequence[Any], tau: Any) -> Any:
        """The row's value, an mpf."""
        return self._value(s, c, q, tau)

    def gradient(self, s: Sequence[Any], c: Sequence[Any], q: Sequence[Any], tau: Any) -> list[Any]:
        """The row's derivative by each similarity, a list of m mpf."""
        return [self._slope(s, c, q, tau, entry) for entry in range(len(s))]


@lru_cache(maxsize=256)
def mpmath_evaluators(formula: RowFormula) -> MpmathEvaluators:
    """Value and gradient of ``formula`` in mpmath; compiled once per formula."""
    from sympy import Symbol

    from scverify.symbolic.calculus import gradient
    from scverify.symbolic.printers import to_mpmath

    index = Symbol("b", integer=True, nonnegative=True)
    return MpmathEvaluators(formula, to_mpmath(formula.expression), to_mpmath(gradient(formula, index), index))
