"""Minorants at a point: the kernel's slopes are the row's, and exactly 0 in free scalars."""

import pytest
from flint import ctx, fmpq

from scverify.certify.minorants import minorants_at
from scverify.kernel.units.bounds import unit_point
from scverify.kernel.units.minorants import minorant
from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy, siglip
from scverify.model.units import UnitProblem


def totals(level, slopes):
    found = [fmpq(0)] * len(level.scalars)
    for row, table in zip(level.rows, slopes, strict=True):
        for x, k in zip(table, row.shift, strict=True):
            if k >= 0:
                found[k] += x
    return found


@pytest.mark.parametrize(
    ("problem", "scalars"),
    [
        (UnitProblem(siglip(5, "free"), "3/7"), ["-22/7"]),
        (UnitProblem(cross_entropy((7, 3, 3), bias="free"), 2, Ridge("1/2")), ["1/2", "-1/5"]),
    ],
    ids=str,
)
def test_slopes_in_free_scalars_are_exactly_zero(problem, scalars):
    level = problem.level
    table = {"bits": 3, "rows": [[3, 1], [2, 4], [-1, 2], [1, 5]][: level.nodes]}
    with ctx.workprec(128):
        point = unit_point(level, {"means": table, "spreads": [{"bits": 0, "rows": [[], []]}] * level.types, "scalars": scalars})
        entries, _ = minorants_at(level, point, 64, 0.0)
        found = minorant(level, entries)
    assert totals(level, found.slopes) == [0] * len(level.scalars)


def test_without_scalars_the_slopes_are_those_of_the_rows():
    level = UnitProblem(siglip(5, -1), "3/7").level
    with ctx.workprec(128):
        point = unit_point(level, {"means": {"bits": 0, "rows": [[3, 1], [2, 4]]}, "spreads": [{"bits": 0, "rows": [[], []]}]})
        entries, slopes = minorants_at(level, point, 64, 0.0)
        found = minorant(level, entries)
    assert all(abs(x - level.rows[0].weight * y) < 1e-12 for x, y in zip(found.slopes[0], slopes[0], strict=True))
