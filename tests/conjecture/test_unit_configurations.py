"""A loss on units at explicit nodes: as the source writes it, copies and all, and a slack below 0 is found."""

from fractions import Fraction

import numpy as np
from flint import arb

from scverify.conjecture.unit_configurations import UnitConfiguration, at_unit_configurations, nodes_of
from scverify.model.named import clip, cross_entropy, siglip
from tests.conjecture.steps import all_hold


def configuration(loss, tau):
    numbers = np.random.default_rng(0)
    embeddings = {node: np.array([arb(float(x)) for x in numbers.standard_normal(3)], dtype=object) for node in nodes_of(loss)}
    return UnitConfiguration(loss, tau, embeddings)


def logits(at, rows, columns):
    return np.array([[float(at.similarity(x, y)) for y in at.of_kind(columns)] for x in at.of_kind(rows)]) / float(at.tau)


def cross(logits, labels):
    return sum(np.log(np.exp(row).sum()) - row[label] for row, label in zip(logits, labels, strict=True))


def test_clip_is_cross_entropy_in_both_directions():
    at = configuration(clip(3), Fraction(1, 2))
    table = logits(at, "image", "text")
    assert abs(float(at.value) - cross(table, range(3)) - cross(table.T, range(3))) < 1e-12


def test_siglip_counts_pairs_and_the_others():
    at = configuration(siglip(3, -1), Fraction(1, 2))
    table = logits(at, "image", "text") - 1
    signs = 2 * np.eye(3) - 1
    assert abs(float(at.value) - np.log1p(np.exp(-signs * table)).sum()) < 1e-12


def test_every_copy_of_a_feature_has_its_row():
    at = configuration(cross_entropy([3, 1, 1], "1/10"), Fraction(1))
    table, labels = logits(at, "feature", "weight"), [node.unit for node in at.of_kind("feature")]
    assert len(labels) == 5
    smooth = 0.9 * cross(table, labels) + 0.1 * sum(np.log(np.exp(row).sum()) - row.mean() for row in table)
    assert abs(float(at.value) - smooth) < 1e-12


def test_a_slack_below_zero_is_found():
    cases = [(clip(2), Fraction(1))]
    assert all_hold([at_unit_configurations("clip is positive", cases, lambda at: at.value)])
    assert not all_hold([at_unit_configurations("clip is negative", cases, lambda at: -at.value)])
