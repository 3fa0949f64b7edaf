"""The radius around a point: the distance of Gram matrices, class by class."""

import numpy as np
import pytest
from flint import ctx

from scverify.kernel.certificate import dyadic
from scverify.kernel.optimum.uniqueness import distance
from tests.kernel.optimum.instances import CASES, a_point, by_class, integers


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_the_distance_class_by_class(problem):
    level, point, _, m = a_point(problem, 0)
    of, gram, _ = by_class(level, point, m)
    stated = np.random.default_rng(5).uniform(-1, 1, (len(m), len(m) + 1))
    other = stated[:, :-1][np.ix_(of, of)].copy()
    np.fill_diagonal(other, stated[of, -1])
    with ctx.workprec(120):
        found = distance(level, point, dyadic(integers(stated), "gram", len(m), len(m) + 1))
    assert float(found) == pytest.approx(np.linalg.norm(gram - other), rel=1e-9)
