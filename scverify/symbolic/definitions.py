"""The named rows, as SymPy expressions: what rows.json keeps is derived from these.

After a change here: python -m scverify.symbolic.definitions
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sympy import Expr, exp, log

from scverify.symbolic.parametric import template_of
from scverify.symbolic.row import RowFormula, restored_row
from scverify.symbolic.symbols import a, c, q, row_sum, s, tau
from scverify.symbolic.templates import TEMPLATES

_LOG_SUM_EXP = log(row_sum(c[a] * exp(s[a] / tau)))

ROWS: dict[str, Expr] = {
    "supcon": _LOG_SUM_EXP - row_sum(q[a] * s[a] / tau),
    "supcon_in": _LOG_SUM_EXP - log(row_sum(q[a] * exp(s[a] / tau))),
    "lifted": _LOG_SUM_EXP + log(row_sum(q[a] * exp(-s[a] / tau))),
    "mse": row_sum(q[a] * (s[a] / tau - 1) ** 2) / 2 + row_sum(c[a] * (s[a] / tau) ** 2) / 2,
    "spectral": row_sum(c[a] * s[a] ** 2) - 2 * row_sum(q[a] * s[a]),
    "uniformity": _LOG_SUM_EXP,
}


def derived_rows() -> dict[str, dict[str, Any]]:
    """What rows.json keeps, derived anew: the kernel's tree, and lines of NumPy source."""
    rows = {name: RowFormula(name, expression) for name, expression in ROWS.items()}
    rows |= {name: restored_row({"name": name, "expression": template_of(name, names)}) for name, names in TEMPLATES.items()}
    return {name: {"tree": row.tree, "source": row.source.split("\n")} for name, row in rows.items()}


if __name__ == "__main__":
    Path(__file__).with_name("rows.json").write_text(json.dumps(derived_rows(), indent=1) + "\n")
