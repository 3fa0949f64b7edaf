"""Supervised losses with parameters, and those that see one positive at a time: closed forms and plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.errors import InputError, Undecided
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.problem import Problem
from scverify.model.supervised import binary_logistic, multi_similarity, nscl, sincere, ssem
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import bcl, lifted, supcon_weighted
from tests.oracles import written_out

TAUS = st.sampled_from(["1/4", "1/2", "1"])
# an optimum costs a quarter of a second: a quarter of the profile's examples, and fewer where several losses are drawn
SOME, FEW = max(6, settings().max_examples // 4), max(2, settings().max_examples // 10)
LOW = -1  # the similarity of two classes of a simplex is LOW/(k - 1)


def logistic(x):
    return math.log1p(math.exp(x))


# by balanced classes: value of one anchor's row at the simplex, from n positives and their similarity 1, m negatives at b
ROWS = {
    "bcl": (bcl, lambda n, m, k, b, t: math.log1p((k - 1) * math.exp((b - 1) / t))),
    "lifted": (lifted, lambda n, m, k, b, t: math.log(m) + b / t + math.log(n) - 1 / t),
    "multi_similarity": (
        multi_similarity(2, 10, "1/2"),
        lambda n, m, k, b, t: math.log1p(n * math.exp(-2 * (1 / t - 0.5))) / 2 + math.log1p(m * math.exp(10 * (b / t - 0.5))) / 10,
    ),
    "binary_logistic": (binary_logistic("-1/2"), lambda n, m, k, b, t: n * logistic(0.5 - 1 / t) + m * logistic(b / t - 0.5)),
}


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=FEW)
@given(k=st.integers(2, 6), size=st.integers(2, 5), tau=TAUS)
def test_balanced_classes_are_a_simplex(name, k, size, tau):
    loss, row = ROWS[name]
    found, t = optimum(Problem(loss, Classes((size,) * k), temperature=tau)), float(eval(tau))
    exact = k * size * row(size - 1, (k - 1) * size, k, -1 / (k - 1), t)
    assert float(found.lower) == pytest.approx(exact, rel=1e-12) and found.level == "groups"
    assert verify_data(found.certificates["optimum.json"]).word == "VERIFIED"


@given(sizes=st.lists(st.integers(2, 40), min_size=2, max_size=6), tau=TAUS)
def test_classes_that_count_once_are_a_simplex_whatever_their_sizes(sizes, tau):
    found, k, t = optimum(Problem(supcon_weighted, Classes(sizes), temperature=tau)), len(sizes), float(eval(tau))
    assert float(found.lower) == pytest.approx(k * math.log1p((k - 1) * math.exp(-k / ((k - 1) * t))), rel=1e-12)


def balanced_row(p, n, labels, own, sizes, t):
    """The mean over positives of -log of a share among class means."""
    others = sum(np.exp(y / t) / sizes[c] for y, c in zip(n, labels, strict=True))
    return -np.mean([np.log(np.exp(x / t) / (np.mean(np.exp(np.array(p) / t)) + others)) for x in p])


# one anchor by plain sums: similarities to positives and negatives, labels of the negatives, own label, class sizes, tau
PLAIN = {
    "bcl": balanced_row,
    "supcon_weighted": lambda p, n, labels, own, sizes, t: balanced_row(p, n, labels, own, sizes, t) / sizes[own],
    "lifted": lambda p, n, labels, own, sizes, t: np.log(np.sum(np.exp(np.array(n) / t))) + np.log(np.sum(np.exp(-np.array(p) / t))),
    "multi_similarity": lambda p, n, labels, own, sizes, t: (
        np.log1p(np.sum(np.exp(-2 * (np.array(p) / t - 0.5)))) / 2 + np.log1p(np.sum(np.exp(10 * (np.array(n) / t - 0.5)))) / 10
    ),
    "binary_logistic": lambda p, n, labels, own, sizes, t: sum(logistic(0.5 - x / t) for x in p) + sum(logistic(y / t - 0.5) for y in n),
}
LOSSES = {"bcl": bcl, "supcon_weighted": supcon_weighted, **{name: loss for name, (loss, _) in ROWS.items()}}


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=3)
@given(sizes=st.lists(st.integers(2, 4), min_size=2, max_size=3), seed=st.integers(0, 2**32 - 1))
def test_plain_loops_agree_at_the_optimum_and_lie_above_it_elsewhere(name, sizes, seed):
    found = optimum(Problem(LOSSES[name], Classes(sizes), temperature="1/2"))
    labels = np.repeat(np.arange(len(sizes)), sizes)

    def loops(x):
        return written_out.supervised(x, labels, lambda p, n, others, own: PLAIN[name](p, n, others, own, sizes, 0.5))

    values, vectors = np.linalg.eigh(found.gram)
    at = (vectors * np.sqrt(np.maximum(values, 0)))[labels]
    assert loops(at) == pytest.approx(float(found.upper), rel=1e-6, abs=1e-6)
    assert loops(written_out.on_spheres(np.random.default_rng(seed), len(labels))) >= float(found.lower) - 1e-12


@settings(max_examples=SOME)
@given(k=st.integers(2, 8), size=st.integers(2, 6), tau=TAUS)
def test_sincere_and_negatives_only_are_a_simplex(k, size, tau):
    t, n, b = float(eval(tau)), k * size, -1 / (k - 1)
    found = unit_optimum(UnitProblem(sincere([size] * k), tau))
    assert float(found.lower) == pytest.approx(n * math.log1p((n - size) * math.exp((b - 1) / t)), rel=1e-12)
    found = unit_optimum(UnitProblem(nscl([size] * k, 2), tau))
    assert float(found.lower) == pytest.approx(2 * n * (math.log(2 * (n - size)) + b / t - 1 / t), rel=1e-12, abs=1e-9)
    assert found.problem.loss.anchors == 2 * n


@settings(max_examples=4)
@given(sizes=st.lists(st.integers(2, 3), min_size=2, max_size=3), seed=st.integers(0, 2**32 - 1))
def test_plain_loops_of_one_positive_at_a_time(sizes, seed):
    generator = np.random.default_rng(seed)
    for loss, copies, loops in (
        (sincere(sizes), 1, lambda x, labels: written_out.sincere(x, labels, 0.5)),
        (nscl(sizes), 2, lambda x, labels: written_out.nscl(x, labels, [i ^ 1 for i in range(len(x))], 0.5)),
    ):
        found = unit_optimum(UnitProblem(loss, "1/2"))
        points, labels = [], []
        for label, (t, (vector,)) in enumerate(written_out.configuration(found)):
            points += [vector] * loss.types[t][1][0]
            labels += [label] * loss.types[t][1][0]
        assert len(points) == copies * sum(sizes)
        assert loops(np.array(points), labels) == pytest.approx(float(found.upper), rel=1e-9, abs=1e-9)
        assert loops(written_out.on_spheres(generator, len(points)), labels) >= float(found.lower) - 1e-12


@settings(max_examples=SOME)
@given(
    k=st.integers(2, 4),
    images=st.integers(1, 3),
    part=st.sampled_from(["0", "1/10", "1/2", "9/10", "1"]),
    tau=st.sampled_from(["1/2", "1"]),
)
def test_a_share_of_the_twin_lets_classes_collapse_up_to_n8(k, images, part, tau):
    """Collapse iff share <= 1 - (m - 1)(1 - E)/((m - 1) + (n - m)E), E = e^{-k/((k - 1) tau)}."""
    found, t = unit_optimum(UnitProblem(ssem(k, images, part), tau)), float(eval(tau))
    m, n, e = 2 * images, 2 * images * k, math.exp(-k / ((k - 1) * t))
    collapsed = n * math.log(m - 1 + (n - m) * e)
    bound = 1 - (m - 1) * (1 - e) / (m - 1 + (n - m) * e)
    if eval(part) <= bound or images == 1:
        assert float(found.lower) == pytest.approx(collapsed, rel=1e-11)
    else:
        assert float(found.upper) < collapsed * (1 - 1e-6)
    points = np.array([vector for _, vectors in written_out.configuration(found) for vector in vectors])
    targets = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i // m == j // m and i != j:
                targets[i, j] = (1 - eval(part)) / (m - 1) + (eval(part) if j == i ^ 1 else 0)
    assert written_out.soft_contrast(points, targets, t) == pytest.approx(float(found.upper), rel=1e-8)


def test_negatives_alone_under_a_weak_ridge_have_no_minimum():
    with pytest.raises(Undecided):
        unit_optimum(UnitProblem(nscl((3, 2, 2)), 2, Ridge("1/10")))


@pytest.mark.parametrize(
    "make",
    [
        lambda: multi_similarity(0),
        lambda: multi_similarity(2, -1),
        lambda: multi_similarity(2, 50, "x"),
        lambda: binary_logistic("x"),
        lambda: sincere((3, 1)),
        lambda: nscl((3,)),
        lambda: nscl((3, 3), 1),
        lambda: ssem(1, 2),
        lambda: ssem(3, 17),
        lambda: ssem(3, 2, "3/2"),
    ],
)
def test_wrong_input_is_refused(make):
    with pytest.raises(InputError):
        make()
