"""Small instances on nodes, and what is true of one configuration of them: by the searcher's derivatives, which know no box."""

from fractions import Fraction
from itertools import combinations

import numpy as np

import scverify as sv
from scverify.kernel.landscapes.node_claims import landscape_level, node_domain
from scverify.kernel.landscapes.node_enclosures import NodeEnclosures
from scverify.kernel.landscapes.node_rows import box_rows
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM
from scverify.model.collapsed import collapsed_problem
from scverify.search.batch import Batch
from tests.kernel.landscapes.instances import points_of, random_boxes


def on_classes(sizes, loss, tau, dim):
    return collapsed_problem(sv.Problem(loss, sizes, dim=dim, temperature=tau))


CASES = {
    "clip": sv.UnitProblem(sv.losses.clip(2), "1/2", dim=3),
    "hard negatives": sv.UnitProblem(sv.losses.mnrl(2, hard=1), 1, dim=2),
    "sigmoid": sv.UnitProblem(sv.losses.siglip(2, bias=-2), "1/3", dim=2),
    "a larger sphere": sv.UnitProblem(sv.losses.siglip(2, bias=1), 2, "sphere:3/2", dim=3),
    "cross-entropy": sv.UnitProblem(sv.losses.cross_entropy((2, 1), "1/10"), "1/2", dim=2),
    "a margin": sv.UnitProblem(sv.losses.cosface((1, 1)), 1, dim=3),
    "both": sv.UnitProblem(sv.losses.supcon_cross_entropy((2, 2)), 1, dim=2),
    "classes": on_classes((3, 2, 2), "supcon", "1/2", 2),
    "classes alike": on_classes((4, 4, 4), "supcon", 1, 3),
}


def level_of(problem):
    """The level of the claim about a problem."""
    return landscape_level({"type": "UnitLandscape", "problem": problem.data, "dim": problem.dim, "statement": EVERY_MINIMUM})


def of(problem):
    """The rows with all orderings, and the domain."""
    level = level_of(problem)
    return node_domain(level, list(combinations(range(len(level.norms)), 2)))


def boxes_of(problem, width, count=60, seed=3):
    """What is known in random boxes, and a configuration (d, n) of each."""
    rng = np.random.default_rng(seed)
    rows, domain = of(problem)
    boxes = random_boxes(domain, rng, count, width)
    h, _ = points_of(boxes, rng, problem.dim)
    return NodeEnclosures(rows, boxes), [h[:, :, place] for place in range(count)]


def truth(problem, h):
    """Gradient on the spheres and Hessian of a critical point at unit vectors h, both over kappa and the largest weight."""
    rows = box_rows(level_of(problem))
    rho = float(getattr(problem.constraints[0], "rho", Fraction(1)))
    scale = float(rows[0].kappa) * rho**2 * float(max(row.weight for row in rows))
    d, n = h.shape
    batch = Batch.of(problem)

    def product(u):
        return rho**2 * batch.hessian_product(rho * h, u)

    gradient = rho * batch.value_and_gradient(rho * h)[1]
    radial = (h * gradient).sum(axis=0)
    frames = np.zeros((d * n, (d - 1) * n))
    for i in range(n):
        frames[i::n, i * (d - 1) : (i + 1) * (d - 1)] = np.linalg.svd(h[:, i : i + 1])[0][:, 1:]
    images = np.array([product(u.reshape(d, n)).ravel() - (radial * u.reshape(d, n)).ravel() for u in frames.T])
    return (gradient - h * radial) / scale, (frames.T @ images.T) / scale
