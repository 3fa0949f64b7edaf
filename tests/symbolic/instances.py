"""Row formulas and random rows that the tests of symbolic share."""

from dataclasses import dataclass

import mpmath
import numpy as np
from hypothesis import strategies as st
from sympy import Add, Sum, Symbol, exp, lambdify, log, sqrt

from scverify.symbolic.losses import decoupled, spectral, supcon, supcon_in
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau

softplus = RowFormula("softplus", row_sum(c[a] * log(1 + exp(s[a] / tau))) + row_sum(q[a] * log(1 + exp(-s[a] / tau))))
n_pair = RowFormula("n_pair", log(1 + row_sum(c[a] * exp(s[a] / tau))))
ratio = RowFormula("ratio", row_sum(c[a] * exp(s[a] / tau)) / row_sum((c[a] + q[a]) * (1 + exp(s[a] / tau))))
mixed = RowFormula("mixed", sqrt(row_sum(c[a] * exp(2 * s[a]))) + tau * row_sum(q[a] * (s[a] - 1) ** 3) / row_sum(c[a] + q[a]))
counted = RowFormula("counted", log(row_sum(1 + c[a] * exp(s[a] / tau))))
doubled = RowFormula("doubled", log(row_sum(2 * c[a] * exp(s[a] / tau))) + log(row_sum(c[a] * exp(2 * s[a] / tau))) ** 2)

FORMULAS = {
    "supcon": supcon.formula,
    "supcon_in": supcon_in.formula,
    "decoupled": decoupled.formula,
    "spectral": spectral.formula,
    "softplus": softplus,
    "n_pair": n_pair,
    "ratio": ratio,
    "mixed": mixed,
    "counted": counted,
    "doubled": doubled,
}
CONVEX = ("supcon", "decoupled", "spectral", "softplus", "n_pair")


@dataclass(frozen=True)
class Row:
    """One row of floats; the temperature is a float too, so that every arithmetic starts from the same numbers."""

    name: str
    s: np.ndarray
    c: np.ndarray
    q: np.ndarray
    tau: float
    v: np.ndarray

    @property
    def formula(self):
        return FORMULAS[self.name]

    @property
    def arguments(self):
        return self.s, self.c, self.q, self.tau

    def in_mpmath(self, shift=0):
        """(s + shift * v, c, q, tau) as lists of mpf."""
        s_row, c_row, q_row, v_row = ([mpmath.mpf(float(x)) for x in array] for array in (self.s, self.c, self.q, self.v))
        return [x + shift * y for x, y in zip(s_row, v_row, strict=True)], c_row, q_row, mpmath.mpf(self.tau)


def make_row(name, length, temperature, seed):
    """A row with the first entries as positives; decoupled has c = 0 there, the others have one entry of coefficient zero."""
    random = np.random.default_rng(seed)
    similarities, c_row = random.uniform(-1, 1, length), random.integers(1, 9, length).astype(float)
    positives = np.arange(length) < max(1, length // 3)
    q_row = np.where(positives, random.uniform(0.1, 1, length), 0.0)
    if name == "decoupled":
        c_row[positives] = 0
    elif length > 2:
        c_row[random.integers(1, length)] = 0
    return Row(name, similarities, c_row, q_row, float(temperature), random.normal(size=length))


def rows(names=tuple(FORMULAS), lengths=(2, 7), coldest="1/20"):
    """Rows drawn by their sizes, a temperature and a seed."""
    temperatures = st.fractions(min_value=coldest, max_value=2, max_denominator=40)
    return st.builds(make_row, st.sampled_from(names), st.integers(*lengths), temperatures, st.integers(0, 2**32 - 1))


def written_out(formula, length):
    """The formula for one length with scalar symbols: (expression, symbols of s, of c, of q)."""
    names = [[Symbol(f"{base}_{i}", positive=True) for i in range(length)] for base in "scq"]
    entries = [dict(zip((s[a], c[a], q[a]), column, strict=True)) for column in zip(*names, strict=True)]
    expression = formula.expression.replace(Sum, lambda body, limits: Add(*[body.xreplace(entry) for entry in entries]))
    return expression, *names


def entrywise_numbers(expressions, symbols, row):
    """Scalar SymPy expressions at the numbers of ``row``, in mpmath's precision."""
    function = lambdify([*symbols[0], *symbols[1], *symbols[2], tau], expressions, modules="mpmath")
    s_row, c_row, q_row, temperature = row.in_mpmath()
    return function(*s_row, *c_row, *q_row, temperature)
