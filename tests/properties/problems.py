"""Random problems, drawn by sizes, rationals and a seed; arrays are made from the seed."""

from fractions import Fraction

import hypothesis
import numpy as np
from hypothesis import strategies as st

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable, Loss, SampleTable, decoupled, spectral, supcon, supcon_in, supcon_row
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s

FEW = max(5, hypothesis.settings.default.max_examples // 4)
NAMED = {loss.name: loss for loss in (supcon, supcon_in, decoupled, spectral)}
QUARTIC = RowFormula("quartic", row_sum(c[a] * (s[a] - 1) ** 4) + row_sum(q[a] * s[a] ** 2) * row_sum(c[a] * s[a]))

temperatures = st.fractions("1/20", 2, max_denominator=40)
seeds = st.integers(0, 2**32 - 1)
norms = st.one_of(
    st.builds(Sphere, st.sampled_from(["1/2", 1, "3/2"])),
    st.builds(Ball, st.sampled_from(["1/2", 1, "3/2"])),
    st.builds(Ridge, st.sampled_from(["1/10", 1, 5])),
)
constraints = norms | st.builds(NonNegative, norms)


def rationals(generator, shape, least=0):
    """A table of small rationals, at least `least` / 4."""
    return tuple(tuple(Fraction(int(x), 4) for x in row) for row in generator.integers(least, 9, shape))


def class_table(k, seed):
    generator = np.random.default_rng(seed)
    tables = (rationals(generator, (k, k), 1), rationals(generator, (k, k)))
    return Loss("class table", supcon_row, ClassTable(rationals(generator, (1, k))[0], *tables))


def sample_table(n, seed, formula=supcon_row):
    generator = np.random.default_rng(seed)
    tables = (rationals(generator, (n, n), 1), rationals(generator, (n, n)))
    return Loss("sample table", formula, SampleTable(rationals(generator, (1, n))[0], *tables))


@st.composite
def problems(draw, classes=(2, 3), size=(1, 4), dims=(1, 4), losses=(*NAMED, "class table", "sample table", "quartic"), on=constraints):
    """A problem with a dimension; a class of one sample is ignored."""
    sizes = draw(st.lists(st.integers(*size), min_size=classes[0], max_size=classes[1]).filter(lambda sizes: max(sizes) > 1))
    name, seed = draw(st.sampled_from(losses)), draw(seeds)
    if name in NAMED:
        loss = NAMED[name]
    elif name == "class table":
        loss = class_table(len(sizes), seed)
    else:
        loss = sample_table(sum(sizes), seed, QUARTIC if name == "quartic" else supcon_row)
    reduction = draw(st.sampled_from(["sum", "mean"]))
    return Problem(loss, Classes(sizes), draw(st.integers(*dims)), draw(temperatures), draw(on), reduction, "ignore")


def embeddings(problem, seed, count=1):
    """Arrays (count, d, n) of standard normal numbers."""
    return np.random.default_rng(seed).standard_normal((count, problem.dim, problem.classes.n))


def orthogonal(size, generator):
    """A random rotation or reflection."""
    turn, upper = np.linalg.qr(generator.standard_normal((size, size)))
    return turn * np.sign(np.diag(upper))


def assert_close(found, wanted, tolerance=1e-11):
    """Equal up to rounding of the largest number wanted."""
    wanted = np.asarray(wanted, dtype=float)
    np.testing.assert_allclose(np.asarray(found, dtype=float), wanted, rtol=0, atol=tolerance * max(1.0, np.abs(wanted).max(initial=0)))
