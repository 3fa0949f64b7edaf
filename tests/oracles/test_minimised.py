"""Every named loss against SciPy, which minimises plain loops of its published formula over vectors of the samples, in floats."""

import numpy as np
import pytest

from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.model import named
from scverify.model.catalogue import CATALOGUE
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from tests.oracles import written_out
from tests.oracles.minimised import least


def exponentials(similarities, rate):
    return sum(np.exp(rate * x) for x in similarities)


def supervised(loss, sizes, tau, row):
    """A loss of classes on the sphere; row(positives, negatives, labels of the negatives, own label, tau)."""
    labels, t = np.repeat(np.arange(len(sizes)), sizes), float(tau)

    def loops(x, _):
        return written_out.supervised(x, labels, lambda p, n, others, own: row(p, n, others, own, t))

    return Problem(loss, Classes(sizes), temperature=str(tau)), loops, [None] * len(labels)


def out(p, n, others, own, t):
    return np.log(exponentials(p + n, 1 / t)) - sum(p) / len(p) / t


def of_means(sizes):
    def row(p, n, others, own, t):
        outcomes = exponentials(p, 1 / t) / len(p) + sum(np.exp(x / t) / sizes[c] for x, c in zip(n, others, strict=True))
        return np.log(outcomes) - sum(p) / len(p) / t

    return row


def soft(targets):
    def row(p, n, others, own, t):
        pulled = targets[own][own] * sum(p) + sum(targets[own][c] * x for x, c in zip(n, others, strict=True))
        return np.log(exponentials(p + n, 1 / t)) - pulled / t

    return row


def sigmoids(bias):
    def row(p, n, others, own, t):
        return sum(np.log(1 + np.exp(-x / t - bias)) for x in p) + sum(np.log(1 + np.exp(x / t + bias)) for x in n)

    return row


def similar(alpha, beta, margin):
    def row(p, n, others, own, t):
        pulled, pushed = (exponentials([x / t - margin for x in some], rate) for some, rate in ((p, -alpha), (n, beta)))
        return np.log(1 + pulled) / alpha + np.log(1 + pushed) / beta

    return row


def on_nodes(loss, loops, nodes, tau=0.5, ridges=None):
    """A loss on nodes of its own, on the sphere; ridges: a weight by kind, and the kind of each node."""
    if ridges is None:
        return UnitProblem(loss, str(tau)), loops, [None] * nodes
    weights, kinds = ridges
    return UnitProblem(loss, str(tau), {kind: Ridge(w) for kind, w in weights.items()}), loops, [eval(weights[kind]) for kind in kinds]


def classified(loss, targets, tau=0.5, ridges=None, loops=None):
    """Weight vectors first, then a feature for each row of targets."""
    k = len(targets[0])

    def entropy(x, _):
        return written_out.cross_entropy(x[:k], x[k:], targets, tau)

    kinds = None if ridges is None else (ridges, ["weight"] * k + ["feature"] * len(targets))
    return on_nodes(loss, loops or entropy, k + len(targets), tau, kinds)


def one_hot(sizes, smoothing=0.0):
    k = len(sizes)
    return [[(c == y) * (1 - smoothing) + smoothing / k for c in range(k)] for y, size in enumerate(sizes) for _ in range(size)]


def biased(sizes, tau, value):
    """Logits with a free bias for each class, each feature paying value(logits, label)."""
    labels = np.repeat(np.arange(len(sizes)), sizes)

    def loops(x, bias):
        k = len(sizes)
        return sum(value([w @ h / tau + b for w, b in zip(x[:k], bias, strict=True)], y) for h, y in zip(x[k:], labels, strict=True))

    return loops


def squared(logits, y):
    return 0.5 * sum((logit - (c == y)) ** 2 for c, logit in enumerate(logits))


def entropy(logits, y):
    return np.log(sum(np.exp(logit) for logit in logits)) - logits[y]


def ssem(classes, images, share, tau):
    n, m = 2 * images * classes, 2 * images
    targets = [[(i // m == j // m) * (1 - share) / (m - 1) + (j == i ^ 1) * share for j in range(n)] for i in range(n)]
    return lambda x, _: written_out.soft_contrast(x, targets, tau)


def y_aware(kernel, views, tau):
    n = len(kernel) * views
    whole = np.array([[kernel[i // views][j // views] * (i != j) for j in range(n)] for i in range(n)])
    return lambda x, _: written_out.soft_contrast(x, whole / whole.sum(axis=1, keepdims=True), tau)


def labelled(sets, tau):
    k = 1 + max(map(max, sets))
    labels = [(i, label) for i, found in enumerate(sets) for label in found]
    targets = [[float(c == label) for c in range(k)] for _, label in labels]
    return lambda x, _: written_out.cross_entropy(x[:k], [x[k + i] for i, _ in labels], targets, tau)


def siglip(pairs, tau, bias=None):
    def loops(x, numbers):
        b, total = numbers[0] if bias is None else bias, 0.0
        for i in range(pairs):
            for j in range(pairs):
                logit = x[i] @ x[pairs + j] / tau + b
                total = total + np.log(1 + np.exp(-logit if i == j else logit))
        return total

    return loops


def in_form(p, n, others, own, t):
    return np.log(exponentials(p + n, 1 / t)) - np.log(exponentials(p, 1 / t) / len(p))


def pairs_of(x):
    half = len(x) // 2
    return x[:half], x[half:]


def hybrid(sizes, share, tau):
    labels, k = np.repeat(np.arange(len(sizes)), sizes), len(sizes)

    def loops(x, _):
        contrast = written_out.supcon(x[k:], labels, [range(len(labels))], tau)
        return share * contrast + (1 - share) * written_out.cross_entropy(x[:k], x[k:], one_hot(sizes), tau)

    return loops


TARGETS = [["1/2", "1/10"], ["0", "1"]]
KERNEL = [["1", "1/2", "0"], ["1/2", "1", "1/5"], ["0", "1/5", "1"]]
SETS = [[0], [1], [2], [0, 1], [0, 1, 2]]
BATCHES = [(0, 1, 2), (1, 3), (0, 2, 3)]
THREE = [0, 0, 1, 1, 2, 2]


def floats(table):
    return [[float(eval(x)) for x in row] for row in table]


# problem, loops over vectors and free numbers, and for each vector None (unit length) or the weight of its ridge
CASES = {
    "supcon": supervised(named.supcon, (3, 2, 2), 0.5, out),
    "supcon_in": supervised(named.supcon_in, (3, 2), 0.5, in_form),
    "supcon_weighted": supervised(named.supcon_weighted, (3, 2), 0.5, lambda *row: of_means((3, 2))(*row) / (3, 2)[row[3]]),
    "bcl": supervised(named.bcl, (4, 2), 0.5, of_means((4, 2))),
    "soft_supcon": supervised(named.soft_supcon(TARGETS), (3, 2), 0.5, soft(floats(TARGETS))),
    "decoupled": supervised(named.decoupled, (3, 2, 2), 0.5, lambda p, n, *_: np.log(exponentials(n, 2)) - 2 * sum(p) / len(p)),
    "spectral": supervised(named.spectral, (3, 2, 2), 1, lambda p, n, *_: sum(x * x for x in p + n) - 2 * sum(p) / len(p)),
    "lifted": supervised(named.lifted, (3, 2), 0.5, lambda p, n, *_: np.log(exponentials(n, 2)) + np.log(exponentials(p, -2))),
    "multi_similarity": supervised(named.multi_similarity(2, 10, "1/4"), (3, 2), 0.5, similar(2, 10, 0.25)),
    "binary_logistic": supervised(named.binary_logistic("1/3"), (3, 2, 2), 1, sigmoids(1 / 3)),
    "sincere": on_nodes(named.sincere((3, 2)), lambda x, _: written_out.sincere(x, [0, 0, 0, 1, 1], 0.5), 5),
    "nscl": on_nodes(named.nscl((2, 1)), lambda x, _: written_out.nscl(x, [0, 0, 0, 0, 1, 1], [1, 0, 3, 2, 5, 4], 0.5), 6),
    "ssem": on_nodes(named.ssem(2, 2, "4/5"), ssem(2, 2, 0.8, 0.5), 8),
    "ntxent": on_nodes(named.ntxent(3), lambda x, _: written_out.ntxent(x, THREE, 0.5), 6),
    "infonce": on_nodes(named.infonce(2, 3), lambda x, _: written_out.ntxent(x, [0, 0, 0, 1, 1, 1], 0.5), 6),
    "dhel": on_nodes(named.dhel(3), lambda x, _: written_out.dhel(*pairs_of(x), 0.5), 6),
    "uniformity": on_nodes(named.uniformity(5), lambda x, _: written_out.uniformity(x, 0.5), 5),
    "clip": on_nodes(named.clip(3), lambda x, _: written_out.clip(*pairs_of(x), [range(3)], 0.5), 6),
    "mnrl": on_nodes(named.mnrl(3, 1), lambda x, _: written_out.mnrl(x[:3], x[3:6], x[6:], 0.5), 9),
    "siglip": on_nodes(named.siglip(3, "-1/2"), siglip(3, 2, -0.5), 6, 2),
    "siglip, free": on_nodes(named.siglip(3, "free"), siglip(3, 0.5), 6),
    "mini_batches": on_nodes(named.mini_batches(BATCHES, pairs=4), lambda x, _: written_out.clip(*pairs_of(x), BATCHES, 0.5), 8),
    "mini_batches, all": on_nodes(
        named.mini_batches("all:2", pairs=3), lambda x, _: written_out.clip(*pairs_of(x), [(0, 1), (0, 2), (1, 2)], 0.5), 6
    ),
    "mini_batches, labels": on_nodes(
        named.mini_batches([[0, 1, 2, 3], [0, 1, 4, 5]], labels=THREE),
        lambda x, _: written_out.supcon(x, THREE, [(0, 1, 2, 3), (0, 1, 4, 5)], 0.5),
        6,
    ),
    "y_aware": on_nodes(named.y_aware(KERNEL), y_aware(floats(KERNEL), 2, 0.5), 6),
    "cross_entropy": classified(named.cross_entropy((3, 2, 1)), one_hot((3, 2, 1))),
    "cross_entropy, ridges": classified(named.cross_entropy((2, 2, 2)), one_hot((2, 2, 2)), 1, {"weight": "1/10", "feature": "1/5"}),
    "cross_entropy, free": classified(
        named.cross_entropy((3, 1), bias="free"), one_hot((3, 1)), 1, {"weight": "1/2", "feature": "1/5"}, biased((3, 1), 1, entropy)
    ),
    "label_smoothing": classified(named.label_smoothing((3, 2), "1/5"), one_hot((3, 2), 0.2)),
    "mse": classified(
        named.mse((3, 2)),
        one_hot((3, 2)),
        1,
        {"weight": "1/10", "feature": "1/5"},
        lambda x, _: written_out.mse(x[:2], x[2:], [0, 0, 0, 1, 1], 1),
    ),
    "mse, free": classified(
        named.mse((2, 2), "free"), one_hot((2, 2)), 1, {"weight": "1/10", "feature": "1/5"}, biased((2, 2), 1, squared)
    ),
    "cosface": classified(
        named.cosface((3, 2)), one_hot((3, 2)), loops=lambda x, _: written_out.cosface(x[:2], x[2:], [0, 0, 0, 1, 1], 0.35, 0.5)
    ),
    "mixup": classified(named.mixup(2, "2/3"), [[1, 0], [2 / 3, 1 / 3], [1 / 3, 2 / 3], [0, 1]]),
    "multi_label": on_nodes(named.multi_label(SETS), labelled(SETS, 0.5), 8),
    "supcon_cross_entropy": on_nodes(named.supcon_cross_entropy((3, 2), "1/3"), hybrid((3, 2), 1 / 3, 0.5), 7),
}


def test_every_named_loss_is_minimised():
    assert {name.partition(",")[0] for name in CASES} == set(CATALOGUE)


@pytest.mark.parametrize("name", CASES)
def test_the_least_that_scipy_finds_is_the_certified_value(name):
    problem, loops, norms = CASES[name]
    found = (optimum if isinstance(problem, Problem) else unit_optimum)(problem)
    free = sum(scalar.count for scalar in problem.level.scalars) if isinstance(problem, UnitProblem) else 0
    value, scale = least(loops, norms, numbers=free), max(1.0, abs(float(found.upper)))
    assert float(found.lower) - 1e-9 * scale <= value <= float(found.upper) + 1e-6 * scale
