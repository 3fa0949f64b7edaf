"""Losses on units at written-out embeddings, by plain loops: the columns unit by unit, in it kind by kind and copy by copy."""

import numpy as np

from scverify.model import named
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ridge
from scverify.model.units import UnitProblem
from tests.oracles import written_out


def siglip(images, texts, bias, tau):
    total = 0.0
    for i, x in enumerate(images):
        for j, y in enumerate(texts):
            logit = x @ y / tau + bias
            total += np.log(1 + np.exp(-logit if i == j else logit))
    return total


def _pairs(x):
    return x[0::2], x[1::2]


def _classes(sizes):
    """Places of the weight vectors, and of the features with their labels."""
    weights, features, labels, place = [], [], [], 0
    for label, size in enumerate(sizes):
        weights.append(place)
        features += range(place + 1, place + 1 + size)
        labels += [label] * size
        place += 1 + size
    return weights, features, labels


def _cross_entropy(sizes, tau):
    weights, features, labels = _classes(sizes)
    targets = np.eye(len(sizes))[labels]
    return lambda x: written_out.cross_entropy(x[weights], x[features], targets, tau)


def _batches(x):
    return written_out.clip(x[:4], x[4:], [(0, 1, 2), (1, 2, 3), (0, 3)], 0.5)


# problem, and the loss of vectors (n, d) by loops
CASES = {
    "clip": (UnitProblem(named.clip(3), "1/2", dim=3), lambda x: written_out.clip(*_pairs(x), [range(3)], 0.5)),
    "siglip": (UnitProblem(named.siglip(3, bias=-2), "1/2", dim=3), lambda x: siglip(*_pairs(x), -2, 0.5)),
    "ntxent": (UnitProblem(named.ntxent(3), "1/2", dim=3), lambda x: written_out.ntxent(x, [0, 0, 1, 1, 2, 2], 0.5)),
    "dhel": (UnitProblem(named.dhel(3), "1/2", dim=2), lambda x: written_out.dhel(*_pairs(x), 0.5)),
    "mnrl": (
        UnitProblem(named.mnrl(3, hard=1), "1/2", dim=3),
        lambda x: written_out.mnrl(x[0::3], x[1::3], x[2::3], 0.5),
    ),
    "cross_entropy": (UnitProblem(named.cross_entropy((3, 2, 1)), "1/2", dim=3), _cross_entropy((3, 2, 1), 0.5)),
    "ridges": (
        UnitProblem(named.cross_entropy((2, 1)), 1, {"weight": Ridge("1/5"), "feature": Ridge("1/10")}, dim=2),
        lambda x: _cross_entropy((2, 1), 1)(x) + (x[[0, 3]] ** 2).sum() / 10 + (x[[1, 2, 4]] ** 2).sum() / 20,
    ),
    "batches": (UnitProblem(mini_batches([(0, 1, 2), (1, 2, 3), (0, 3)], pairs=4), "1/2", dim=2), _batches),
    "choices": (
        UnitProblem(mini_batches("all:2", pairs=3), "1/2", dim=2),
        lambda x: written_out.clip(*_pairs(x), [(0, 1), (0, 2), (1, 2)], 0.5),
    ),
    "triples": (
        UnitProblem(mini_batches("all:3", pairs=4), "1/2", dim=2),
        lambda x: written_out.clip(*_pairs(x), [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)], 0.5),
    ),
}
