"""The problems that are measured."""

import numpy as np

from scverify.certify.optimum import optimum
from scverify.certify.pairwise import Sample, SizeCoefficients, bounded_loss
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon

SIX = (
    ((7, 3, 3, 2, 2), "37/100"),
    ((5, 4, 3, 2), "1/10"),
    ((9, 2, 2), "3/4"),
    ((6, 6, 2, 2), "1/2"),
    ((30, 11, 4, 2), "1/5"),
    (Classes.named("cifar10-lt").sizes, "1/10"),
)
SAMPLES, DIMENSION, CLASSES = 2000, 64, 10


def problem(classes, tau="1/10", constraint=None):
    """A supcon problem from sizes or Classes."""
    return Problem(supcon, classes if isinstance(classes, Classes) else Classes(classes), temperature=tau, constraint=constraint)


def growing(k, level):
    """k classes with a Pareto tail: at level "groups" small sizes repeat, at level "classes" no two are equal."""
    sizes = (
        Classes.pareto(k, 1280, 5) if level == "groups" else Classes(c + 1_000 * n for c, n in enumerate(Classes.pareto(k, 1280, 5).sizes))
    )
    return problem(sizes)


def warm():
    """One tiny solve, so that imports are not measured."""
    optimum(problem((3, 2), "1/2"))


def embeddings():
    """Unit embeddings (64, 2000) of ten classes of 200 samples, and their problem."""
    columns = np.random.default_rng(0).standard_normal((DIMENSION, SAMPLES))
    return problem(Classes.balanced(CLASSES, SAMPLES // CLASSES)), columns / np.linalg.norm(columns, axis=0)


def bounded():
    """Value and gradient with bounds of their errors on one thread, the problem, and the embeddings (d, n)."""
    problem, columns = embeddings()
    label = np.array(problem.classes.labels)
    others = problem.classes.sizes[0] - 1.0
    coefficients = SizeCoefficients(np.ones(1), np.ones(1), np.array([1 / others]), np.ones((1, 1)))
    rate = 1 / float(problem.temperature)

    def work():
        sample = Sample.of(columns.T, label, np.zeros_like(label))
        return bounded_loss(sample, coefficients, rate)

    return work, problem, columns
