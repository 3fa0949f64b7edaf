"""Tangents of convex rows lie below them."""

import random
from dataclasses import replace

import pytest
from flint import arb, ctx

from scverify.kernel.certificate import Rejected, dyadic
from scverify.kernel.formula import parse
from scverify.kernel.optimum.feasible import evaluated_row
from scverify.kernel.optimum.tangent import tangent_minorant
from tests.kernel.kept import kept, level_in


def softplus():
    """Precision, level and the point of the tangents."""
    data = kept("softplus")
    level = level_in(data, data["witness"]["level"], data["witness"].get("groups"))
    return data["precision"], level, dyadic(data["witness"]["lower"]["point"], "the point", level.nodes, level.nodes + 1)


def test_the_tangents_lie_below_the_rows():
    precision, level, point = softplus()
    draws = random.Random(1)
    with ctx.workprec(precision):
        minorant = tangent_minorant(level, point)
        for _ in range(20):
            rows = [[arb(draws.uniform(-2, 2)) for _ in range(level.nodes + 1)] for _ in range(level.nodes)]
            loss = sum(w * evaluated_row(level, g, row)[0] for g, (w, row) in enumerate(zip(level.weight, rows, strict=True)))
            below = sum(x * y for slopes, row in zip(minorant.slopes, rows, strict=True) for x, y in zip(slopes, row, strict=True))
            assert minorant.constant + below < loss


def test_a_row_that_is_not_convex_has_no_tangents_below_it():
    _, level, point = softplus()
    concave = replace(level, formula=parse(["mul", "-1", ["sum", ["mul", "c", ["exp", "s"]]]]))
    with pytest.raises(Rejected, match="convex by composition"):
        tangent_minorant(concave, point)
