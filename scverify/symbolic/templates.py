"""Named rows with parameters, from what is kept of them in rows.json: their numbers are put in its place, without SymPy (MATH 1)."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

from scverify.symbolic.row import KernelTree, RowFormula, kept_rows, restored_row

# the parameters of each template; where one is 0 terms are left out, so that such rows have a template of their own
TEMPLATES: dict[str, tuple[str, ...]] = {
    "logistic with bias": ("p_bias", "p_minus_bias"),
    "logistic": (),
    "multi_similarity with margin": (
        "p_minus_alpha",
        "p_alpha_inverse",
        "p_alpha_margin",
        "p_beta",
        "p_beta_inverse",
        "p_minus_beta_margin",
    ),
    "multi_similarity": ("p_minus_alpha", "p_alpha_inverse", "p_beta", "p_beta_inverse"),
    "cosface with margin": ("p_minus_margin",),
    "cosface": (),
}


def logistic_row(bias: Fraction) -> RowFormula:
    """The row of sigmoids with a rational bias."""
    return _row("binary_logistic", "logistic with bias", (bias, -bias)) if bias else _row("binary_logistic", "logistic", ())


def multi_similarity_row(alpha: Fraction, beta: Fraction, margin: Fraction) -> RowFormula:
    """1/alpha log(1 + sum q e^{-alpha (s/tau - margin)}) + 1/beta log(1 + sum c e^{beta (s/tau - margin)})."""
    if margin:
        values = (-alpha, 1 / alpha, alpha * margin, beta, 1 / beta, -beta * margin)
        return _row("multi_similarity", "multi_similarity with margin", values)
    return _row("multi_similarity", "multi_similarity", (-alpha, 1 / alpha, beta, 1 / beta))


def cosface_row(margin: Fraction) -> RowFormula:
    """Cross-entropy whose label, q = 1, has the logit (s - margin)/tau; c = 1 on the other weights."""
    return _row("cosface", "cosface with margin", (-margin,)) if margin else _row("cosface", "cosface", ())


@lru_cache(maxsize=256)
def _row(name: str, template: str, values: tuple[Fraction, ...]) -> RowFormula:
    """One object for the same numbers; SymPy is asked where a factor is 1, which a formula leaves out."""
    numbers = dict(zip(TEMPLATES[template], values, strict=True))
    if any(abs(x) == 1 and not parameter.endswith(("bias", "margin")) for parameter, x in numbers.items()):
        from scverify.symbolic.parametric import expression_at

        return RowFormula(name, expression_at(template, numbers))
    kept = kept_rows()[template]
    source = re.sub(r"\bp_\w+\b", lambda found: _in_source(numbers[found[0]]), "\n".join(kept["source"]))
    return restored_row(
        {"name": name, "_tree": _filled(kept["tree"], numbers), "source": source, "scale": 1, "template": (template, numbers)}
    )


def _in_source(number: Fraction) -> str:
    """A number of the arrays' kind."""
    return f"({number})" if number.denominator == 1 else f"(unit * {number.numerator} / {number.denominator})"


def _filled(tree: Any, numbers: dict[str, Fraction]) -> KernelTree:
    """The tree with numbers for the names of parameters."""
    if isinstance(tree, list):
        return [_filled(part, numbers) for part in tree]
    return str(numbers[tree]) if tree in numbers else tree
