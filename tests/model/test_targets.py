"""Losses whose targets belong to samples: closed forms, plain loops, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.kernel.verify import verify_data
from scverify.model.targets import mixup, multi_label, y_aware
from scverify.model.units import UnitProblem
from tests.oracles import written_out


def entropy(*shares):
    return -sum(p * math.log(p) for p in shares)


def points_of(found):
    return np.array([vectors[0] for _, vectors in written_out.configuration(found)])


@given(samples=st.integers(2, 4), tau=st.sampled_from(["1/2", "1"]))
def test_a_kernel_of_equal_labels_alone_is_ntxent_of_two_views(samples, tau):
    identity = [[int(a == b) for b in range(samples)] for a in range(samples)]
    found, t = unit_optimum(UnitProblem(y_aware(identity), tau)), float(eval(tau))
    exact = 2 * samples * math.log1p(2 * (samples - 1) * math.exp(-samples / ((samples - 1) * t)))
    assert float(found.lower) == pytest.approx(exact, rel=1e-12)


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1), views=st.integers(1, 2))
def test_plain_loops_of_a_kernel(seed, views):
    generator, n = np.random.default_rng(seed), 3
    labels = generator.integers(0, 4, n)
    kernel = [[str(round(float(np.exp(-((a - b) ** 2) / 2)), 3)) for b in labels] for a in labels]
    found = unit_optimum(UnitProblem(y_aware(kernel, views), "1/2"))
    whole = np.array([[float(kernel[i // views][j // views]) * (i != j) for j in range(n * views)] for i in range(n * views)])
    targets = whole / whole.sum(axis=1, keepdims=True)
    assert written_out.soft_contrast(points_of(found), targets, 0.5) == pytest.approx(float(found.upper), rel=1e-9)
    assert written_out.soft_contrast(written_out.on_spheres(generator, n * views), targets, 0.5) >= float(found.lower)
    assert verify_data(found.certificate).word == "VERIFIED"


@given(share=st.sampled_from(["1/2", "3/5", "4/5"]), tau=st.sampled_from(["1/2", "1"]))
def test_two_mixed_classes_have_the_entropy_of_their_shares(share, tau):
    """w = -w': a mixed feature reaches the logit log(p/(1 - p)) where it is at most 2/tau."""
    found, p, t = unit_optimum(UnitProblem(mixup(2, share), tau)), eval(share), float(eval(tau))
    assert float(found.lower) == pytest.approx(2 * math.log1p(math.exp(-2 / t)) + 2 * entropy(p, 1 - p), rel=1e-10)


def test_plain_loops_of_three_mixed_classes():
    found = unit_optimum(UnitProblem(mixup(3, "2/3"), 1))
    targets = [[(y == c) * 2 / 3 + (z == c) / 3 for c in range(3)] for y in range(3) for z in range(3)]
    points = points_of(found)
    assert written_out.cross_entropy(points[:3], points[3:], targets, 1.0) == pytest.approx(float(found.upper), rel=1e-9)
    points = written_out.on_spheres(np.random.default_rng(0), 12)
    assert written_out.cross_entropy(points[:3], points[3:], targets, 1.0) >= float(found.lower)
    assert found.gap <= found.upper / 10**10


def test_samples_of_all_labels_pay_their_entropy():
    found = unit_optimum(UnitProblem(multi_label([[0], [1], [0, 1]]), 1))
    assert float(found.lower) == pytest.approx(2 * math.log1p(math.exp(-2)) + 2 * math.log(2), rel=1e-12)
    singles = unit_optimum(UnitProblem(multi_label([[0], [1], [2], [2], [0], [1]]), "1/2"))
    assert float(singles.lower) == pytest.approx(6 * math.log1p(2 * math.exp(-3)), rel=1e-12)


def test_plain_loops_of_label_sets():
    sets = [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]]
    found = unit_optimum(UnitProblem(multi_label(sets), 1))

    def loops(points):
        rows = [(h, label) for h, labels in zip(points[3:], sets, strict=True) for label in labels]
        targets = [[float(c == label) for c in range(3)] for _, label in rows]
        return written_out.cross_entropy(points[:3], [h for h, _ in rows], targets, 1.0)

    assert loops(points_of(found)) == pytest.approx(float(found.upper), rel=1e-9)
    assert loops(written_out.on_spheres(np.random.default_rng(1), 9)) >= float(found.lower)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: y_aware([[1, "1/2"], ["1/3", 1]]), "symmetric"),
        (lambda: y_aware([[1, 0], [0]]), "square"),
        (lambda: y_aware([[1, -1], [-1, 1]]), "at least 0"),
        (lambda: y_aware([[1, 0.1], [0.1, 1]]), "text"),
        (lambda: y_aware([[1, "x"], ["x", 1]]), "text"),
        (lambda: y_aware([[1, 0], [0, 1]], views=1), "without a positive"),
        (lambda: y_aware("kernel"), "list of rows"),
        (lambda: mixup(1), "classes"),
        (lambda: mixup(20), "at most"),
        (lambda: mixup(3, "3/2"), "share"),
        (lambda: multi_label([[0], []]), "at least one label"),
        (lambda: multi_label([[0], [0, 0]]), "none twice"),
        (lambda: multi_label([[0], [2]]), "number the labels"),
        (lambda: multi_label([0, 1]), "list"),
    ],
)
def test_targets_that_make_no_loss_are_refused_in_one_line(make, words):
    with pytest.raises(InputError, match=words) as refusal:
        make()
    assert "\n" not in str(refusal.value)
