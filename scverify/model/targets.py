"""Named losses whose targets belong to samples: kernel matrices, mixed classes, sets of labels. Every node is stated (MATH 9)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scverify.errors import InputError
from scverify.model.exact import Rational, exact_rational, listed, whole
from scverify.model.nodes import NodeLoss, NodeRow
from scverify.symbolic.losses import square_table, supcon_row

_ONE = Fraction(1)
# every node is a row and a column of the certificate
MOST_NODES = 400


def y_aware(kernel: Sequence[Sequence[Rational]], views: int = 2) -> NodeLoss:
    """y-aware InfoNCE (Dufumier et al. 2021): positives in proportion to a kernel of the samples' continuous labels.

    kernel: symmetric, entries >= 0, one row per sample; views: of each sample, at least 1. For views i != j of samples a and b the target
    is q_ij = K_ab / (sum over views l != i of its K), and all other views are outcomes.
    """
    rows, copies = square_table(kernel, "kernel matrix"), whole(views, "views", 1)
    n = len(rows)
    for a, row in enumerate(rows):
        if (b := next((b for b in range(a) if row[b] != rows[b][a]), None)) is not None:
            raise InputError(f"kernel matrix with {row[b]} at ({a}, {b}) and {rows[b][a]} at ({b}, {a})", "a symmetric one", "correct it")
    _few(n * copies, "views")
    found = []
    for i in range(n * copies):
        others = [j for j in range(n * copies) if j != i]
        weights = {j: rows[i // copies][j // copies] for j in others}
        if not any(weights.values()):
            raise InputError(f"sample {i // copies} without a positive", "a kernel with an entry above 0 beside each view", "correct it")
        whole_weight = sum(weights.values(), Fraction(0))
        targets = {j: weight / whole_weight for j, weight in weights.items()}
        found.append(NodeRow(i, supcon_row, _ONE, dict.fromkeys(others, _ONE), targets))
    return NodeLoss("y_aware", ("view",), (0,) * (n * copies), tuple(found), n * copies)


def mixup(classes: int, share: Rational = "1/2") -> NodeLoss:
    """Cross-entropy of mixed samples (Zhang et al. 2018; Fisher et al. 2024): one free feature for every ordered pair of classes (y, z).

    Its target is share at y and 1 - share at z (1 where y = z). classes: 2 to 15; share: from 0 to 1. Weights, then features in order.
    """
    k, part = whole(classes, "classes", 2), exact_rational(share, "share")
    if not 0 <= part <= 1:
        raise InputError(f"share {share}", "0 <= share <= 1", "correct share")
    targets = []
    for y in range(k):
        for z in range(k):
            targets.append({y: part, z: 1 - part} if y != z else {y: _ONE})
    _few(k + k * k, "weights and features")
    return _classified("mixup", k, [(_ONE, target) for target in targets])


def multi_label(labels: Sequence[Sequence[int]]) -> NodeLoss:
    """Pick-all-labels cross-entropy (Li et al. 2023): a sample pays the cross-entropy of each of its labels.

    labels: for each sample its labels, numbered from 0; at least two labels in all, each of some sample.
    """
    sets, remedy = [], "list the labels of each sample"
    for given in listed(labels, "labels", "a list of lists of labels", remedy):
        found = [whole(label, "label", 0) for label in listed(given, "labels of a sample,", "a list of labels", remedy)]
        if not found or len(set(found)) != len(found):
            raise InputError(f"labels {found} of a sample", "at least one label, none twice", "correct them")
        sets.append(found)
    k = 1 + max((label for found in sets for label in found), default=0)
    if k < 2 or {label for found in sets for label in found} != set(range(k)):
        raise InputError(f"labels of {k} class(es)", "at least two classes 0, 1, ..., each of some sample", "number the labels from 0")
    _few(k + len(sets), "weights and features")
    rows = [(Fraction(len(found)), dict.fromkeys(found, Fraction(1, len(found)))) for found in sets]
    return _classified("multi_label", k, rows)


def _classified(name: str, classes: int, samples: list[tuple[Fraction, dict[int, Fraction]]]) -> NodeLoss:
    """Cross-entropy of samples with weights and targets, on the nodes of the weight vectors and then the features."""
    outcomes = dict.fromkeys(range(classes), _ONE)
    rows = tuple(NodeRow(classes + i, supcon_row, weight, outcomes, target) for i, (weight, target) in enumerate(samples))
    return NodeLoss(name, ("weight", "feature"), (0,) * classes + (1,) * len(samples), rows, len(samples))


def _few(nodes: int, what: str) -> None:
    if nodes > MOST_NODES:
        raise InputError(f"{nodes} {what}", f"at most {MOST_NODES}", "give fewer")
