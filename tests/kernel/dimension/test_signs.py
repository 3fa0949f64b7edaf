"""One dimension: the least loss of all signs against the loss written out for every configuration of samples."""

from itertools import product

import numpy as np
import pytest
from flint import ctx

from scverify import Classes, Problem
from scverify.kernel.certificate import Rejected
from scverify.kernel.dimension.collapse import class_problem
from scverify.kernel.dimension.signs import least_of_signs
from scverify.kernel.problem import read_problem
from scverify.model.level import interchangeable


def supcon_loss(h, labels, tau):
    """Supervised contrast of samples in one dimension, from its definition."""
    value = 0.0
    for i in range(len(h)):
        others = [a for a in range(len(h)) if a != i]
        positives = [a for a in others if labels[a] == labels[i]]
        mass = np.log(sum(np.exp(h[i] * h[a] / tau) for a in others))
        value += sum(mass - h[i] * h[j] / tau for j in positives) / len(positives)
    return value


@pytest.mark.parametrize(("sizes", "tau"), [((2, 2), "1/2"), ((3, 2, 2), "1"), ((4, 2, 2), "1/5"), ((2, 2, 2, 2), "3")])
def test_no_signs_of_the_samples_do_better(sizes, tau):
    problem = Problem("supcon", Classes(sizes), dim=1, temperature=tau)
    with ctx.workprec(96):
        least = least_of_signs(class_problem(read_problem(problem.data), [list(group) for group in interchangeable(problem)]))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    every = (supcon_loss(h, labels, float(problem.temperature)) for h in product((1, -1), repeat=sum(sizes)) if h[0] == 1)
    assert float(least) == pytest.approx(min(every), rel=1e-12)


def test_too_many_signs_and_other_dimensions_are_refused(monkeypatch):
    problem = Problem("supcon", Classes((3, 2)), dim=1)
    classes = class_problem(read_problem(problem.data), [[0], [1]])
    monkeypatch.setattr("scverify.kernel.dimension.signs.MOST_CONFIGURATIONS", 3)
    with pytest.raises(Rejected, match="more than 3"):
        least_of_signs(classes)
    with pytest.raises(Rejected, match="one dimension"):
        least_of_signs(classes._replace(dim=2))
