"""Second derivatives in closed form against automatic ones in balls, on random problems: the kernel's, and those of the search."""

from dataclasses import replace

import numpy as np
from flint import arb, ctx, fmpq
from hypothesis import given, settings

from scverify.kernel.dual import DualNumber, row_hessian
from scverify.kernel.formula import Row, value_and_gradient
from scverify.kernel.points.nodes import point_level
from scverify.kernel.points.orbit import Layout, State, gram_of, half_hessian
from scverify.kernel.points.slopes import row_at, slopes_at
from scverify.model.level import sample_level
from scverify.search.surface import Surface
from tests.properties.problems import FEW, norms, problems, seeds

few = settings(max_examples=FEW)
drawn = problems(size=(1, 3), dims=(2, 3), on=norms)


def state_of(problem, seed):
    """The sample level, a layout of full height, and random embeddings and multipliers in balls."""
    level = point_level(sample_level(problem))
    draws = np.random.default_rng(seed)
    h = [[arb(float(x)) for x in row] for row in draws.standard_normal((problem.dim, len(level.norms)))]
    multipliers = [arb(float(x)) for x in draws.standard_normal(len(level.norms))]
    return level, Layout(problem.dim, len(level.norms), [], list(range(problem.dim))), State(h, multipliers, [])


def close(x, y):
    return x.overlaps(y) and abs(x - y).upper() < 1e-25 * (1 + abs(y).upper())


@given(drawn, seeds)
def test_row_hessians_are_those_of_dual_numbers(problem, seed):
    level, layout, state = state_of(problem, seed)
    with ctx.workprec(256):
        gram = gram_of(layout, state)
        tables = slopes_at(level, gram).hessians
        for row in level.rows:
            dual = row_hessian(row.formula, row_at(level, row, gram), arb)
            lines = zip(tables[row.anchor], dual, strict=True)
            assert all(close(x, row.weight * y) for line, other in lines for x, y in zip(line, other, strict=True))


def carried(level, state, b, j):
    """The derivative of H S along the entry (b, j) of H, by a derivative that is carried through gram, gradients and product."""
    r, n = len(state.h), len(level.norms)
    h = [[DualNumber(x, arb(int((a, i) == (b, j)))) for i, x in enumerate(row)] for a, row in enumerate(state.h)]
    zero = DualNumber(arb(0), arb(0))
    slopes = [[zero] * n for _ in range(n)]
    for row in level.rows:
        of = row_at(level, row, [[arb(0)] * n] * n)
        similarities = [sum((h[a][row.anchor] * h[a][k] for a in range(r)), zero) for k in range(n)]
        found = value_and_gradient(row.formula, Row(similarities, of.c, of.q, of.tau), arb)[1]
        slopes[row.anchor] = [x + row.weight * y for x, y in zip(slopes[row.anchor], found, strict=True)]
    s = [[(slopes[i][k] + slopes[k][i]) * fmpq(1, 2) for k in range(n)] for i in range(n)]
    for i in range(n):
        s[i][i] = s[i][i] + level.norms[i].weight / 2 + state.multipliers[i]
    return [[sum((h[a][k] * s[k][i] for k in range(n)), zero).slope for i in range(n)] for a in range(r)]


@few
@given(drawn, seeds)
def test_half_the_hessian_is_the_derivative_of_the_equations(problem, seed):
    level, layout, state = state_of(problem, seed)
    with ctx.workprec(256):
        table = half_hessian(state, slopes_at(level, gram_of(layout, state)))
        n = len(level.norms)
        for b, j in ((0, 0), (layout.r - 1, n - 1), (0, seed % n)):
            expected = carried(level, state, b, j)
            assert all(close(table[a * n + i][b * n + j], expected[a][i]) for a in range(layout.r) for i in range(n))


@given(drawn, seeds)
def test_the_search_bends_as_the_rows_do(problem, seed):
    surface = Surface.of(problem, problem.dim)
    draws = np.random.default_rng(seed)
    local = surface.local(surface.normalised(draws.standard_normal((3, surface.height, problem.classes.n))))
    parts = tuple(replace(part, rate=None) for part in surface.batch.parts)
    plain = replace(surface, batch=replace(surface.batch, parts=parts)).local(local.points)
    np.testing.assert_allclose(local.hessian(), plain.hessian(), atol=1e-11 * (1 + np.abs(plain.hessian()).max()))
