"""Krawczyk's operator on boxes, against difference quotients and critical points found otherwise."""

import numpy as np
import pytest

from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.contraction import contracted, critical_equations, derivatives, free_coordinates
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.rows import domain_of
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.critical import critical_candidates
from scverify.symbolic.losses import supcon
from tests.kernel.landscapes.instances import CASES, of, points_of, random_boxes, truth


def kept(rows):
    return [i * (rows.d - 1) + c for i, c in free_coordinates(rows.n, rows.d)]


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_equations_and_derivatives(sizes, d, tau):
    rng = np.random.default_rng(0)
    problem, level, rows = of(sizes, d, tau)
    assert len(kept(rows)) == rows.n * (d - 1) - d * (d - 1) // 2
    boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 12, 0.0)
    slopes, step = derivatives(Enclosures(rows, boxes)), 1e-6
    for place, row in enumerate(kept(rows)):
        moved = []
        for sign in (1, -1):
            ends = boxes.low.copy()
            ends[row] += sign * step
            moved.append(critical_equations(Enclosures(rows, Boxes(boxes.faces, ends, ends))).middle())
        quotient = (moved[0] - moved[1]) / (2 * step)
        assert np.abs(quotient - slopes[:, place].middle()).max() < 1e-7
    wide = random_boxes(domain_of(problem, level, problem.tau), rng, 12, 0.2)
    found = derivatives(Enclosures(rows, wide))
    inside = wide.low + (wide.high - wide.low) * rng.random(wide.low.shape)
    thin = derivatives(Enclosures(rows, Boxes(wide.faces, inside, inside)))
    assert (found.low <= thin.high).all() and (thin.low <= found.high).all()


def test_the_equations_are_the_gradient():
    rng = np.random.default_rng(1)
    problem, level, rows = of((3, 2), 3, "1/2")
    boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 20, 0.0)
    found = critical_equations(Enclosures(rows, boxes)).middle()
    h, rate = points_of(boxes, rng, 3)
    for place in range(20):
        force = h[:, :, place] @ truth(level, h[:, :, place], rate[place])[3]
        for number, (i, c) in enumerate(free_coordinates(rows.n, 3)):
            axis = boxes.faces[i, place] // 2
            assert found[number, place] == pytest.approx(force[c if c < axis else c + 1, i], abs=1e-12)


def test_boxes_around_a_critical_point_shrink_to_it_and_others_empty():
    problem, level, rows = of((2, 2), 2, "1/2")
    search = critical_candidates(Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2"), 60, 0)
    domain = domain_of(problem, level, problem.tau)
    shrunk = emptied = 0
    for point in (point for point in search.points if point.rank == 2):
        h = point.embeddings
        rotation = np.array([h[:, 0], [-h[1, 0], h[0, 0]]])
        h = rotation @ h
        h *= np.array([[1.0], [1.0 if h[1, 1] >= 0 else -1.0]])
        axis = np.abs(h).argmax(axis=0)
        own = h[axis, range(4)]
        faces, y = (2 * axis + (own < 0))[:, None], (h[1 - axis, range(4)] / np.abs(own))[:, None]
        for shift, away in ((0.0005, False), (0.3, True)):
            low, high = y - 0.001 + shift, y + 0.001 + shift
            low[0] = high[0] = 0.0
            box = Boxes(faces, np.vstack([low, domain.low[-1:, :1]]), np.vstack([high, domain.high[-1:, :1]]))
            narrow, empty = contracted(rows, box, 6)
            if away:
                emptied += int(empty[0])
                continue
            assert not empty[0]
            shrunk += int((narrow.high[1:-1] - narrow.low[1:-1]).max() < 1e-10)
            assert (narrow.low[1:-1] <= y[1:] + 1e-9).all() and (y[1:] - 1e-9 <= narrow.high[1:-1]).all()
    assert shrunk >= 1 and emptied >= 1
