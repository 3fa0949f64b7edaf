"""First and second derivatives of the loss in the similarities, against dual numbers and difference quotients."""

import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.dual import row_hessian
from scverify.kernel.formula import parse
from scverify.kernel.points.orbit import gram_of
from scverify.kernel.points.slopes import first_slopes, row_at, slopes_at, value_at
from tests.kernel.points.test_orbit import system


def test_second_derivatives_in_closed_form_are_those_of_dual_numbers():
    level, layout, state = system("spurious-point")
    with ctx.workprec(160):
        gram = gram_of(layout, state)
        for row, table in zip(level.rows, slopes_at(level, gram).hessians, strict=True):
            dual = row_hessian(row.formula, row_at(level, row, gram), arb)
            pairs = [(x, row.weight * y) for p, q in zip(table, dual, strict=True) for x, y in zip(p, q, strict=True)]
            assert all(abs(x - y).upper() < 1e-30 for x, y in pairs)


def test_first_derivatives_are_the_slopes_of_the_value_under_a_ridge_too():
    for name in ("spurious-point", "point-ridge-global-minimum"):
        level, layout, state = system(name)
        with ctx.workprec(200):
            gram, h = gram_of(layout, state), arb(2) ** -60
            slopes = first_slopes(level, gram)
            for i, j in ((0, 0), (0, 1), (2, 1)):
                up, down = ([row[:] for row in gram] for _ in range(2))
                for moved, step in ((up, h), (down, -h)):
                    moved[i][j] += step
                    if i != j:
                        moved[j][i] += step
                difference = (value_at(level, up) - value_at(level, down)) / (2 * h)
                assert abs(difference - (slopes[i][j] if i == j else 2 * slopes[i][j])).upper() < 1e-25


@pytest.mark.parametrize("formula", [None, parse(["sum", ["mul", "q", ["pow", "s", 2]]])], ids=["log-sum-exp", "squares"])
def test_second_derivatives_are_multiplied_with_the_weight_of_their_row(formula):
    level, layout, state = system("spurious-point")
    light = level._replace(rows=[row._replace(formula=formula or row.formula, weight=fmpq(1)) for row in level.rows])
    heavy = light._replace(rows=[row._replace(weight=fmpq(row.anchor + 2)) for row in light.rows])
    with ctx.workprec(160):
        gram = gram_of(layout, state)
        one, more = (slopes_at(at, gram).hessians for at in (light, heavy))
        for i, (first, second) in enumerate(zip(one, more, strict=True)):
            pairs = [(x, y) for p, q in zip(first, second, strict=True) for x, y in zip(p, q, strict=True)]
            assert any(x != 0 for x, _ in pairs) and all(abs((i + 2) * x - y).upper() < 1e-30 for x, y in pairs)
