"""Losses of a classifier: closed forms for any sizes where there are some, plain loops at the optimum and at random features."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ridge
from scverify.model.units import UnitProblem
from scverify.model.weights import cosface, cross_entropy, label_smoothing, mse, supcon_cross_entropy
from tests.oracles import written_out

SIZES = st.lists(st.integers(1, 30), min_size=2, max_size=4)
TAUS = st.sampled_from(["1/4", "1/2", "1"])
# an optimum costs a quarter of a second: a quarter of the profile's examples, and fewer where it is refined beyond floats
SOME, FEW = max(5, settings().max_examples // 5), max(2, settings().max_examples // 10)


def share(k, tau):
    return math.exp(-k / ((k - 1) * tau))


def written(found):
    """Weight vectors, features and labels of the point that attains the upper bound, and the sum of ridges."""
    weights, features, labels = [], [], []
    for label, (t, (weight, feature)) in enumerate(written_out.configuration(found)):
        weights.append(weight)
        copies = found.problem.loss.types[t][1][1]
        features += [feature] * copies
        labels += [label] * copies
    return np.array(weights), np.array(features), labels


def ridges(found, weights, features):
    norms = [float(norm.weight) if isinstance(norm, Ridge) else 0.0 for norm in found.problem.constraints]
    return 0.5 * (norms[0] * (weights**2).sum() + norms[1] * (features**2).sum())


@settings(max_examples=FEW)
@given(sizes=SIZES, ridge=st.sampled_from(["1/100", "1/2", "1", "3"]), other=st.sampled_from(["1/7", "1"]))
def test_squared_error_under_two_ridges_is_soft_thresholding(sizes, ridge, other):
    """The singular values of the targets are sqrt(n_c); each gives w sqrt(n) - w^2/2, or n/2 where sqrt(n) <= w, w = sqrt(w_W w_H)."""
    norms = {"weight": Ridge(ridge), "feature": Ridge(other)}
    found, w = unit_optimum(UnitProblem(mse(sizes), 1, norms)), math.sqrt(eval(ridge) * eval(other))
    exact = sum(w * math.sqrt(n) - w * w / 2 if math.sqrt(n) > w else n / 2 for n in sizes)
    assert float(found.lower) == pytest.approx(exact, rel=1e-9) and float(found.upper) == pytest.approx(exact, rel=1e-9)
    weights, features, labels = written(found)
    assert written_out.mse(weights, features, labels, 1.0) + ridges(found, weights, features) == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize(("k", "n", "bias"), [(2, 5, "free"), (3, 4, "ridge:1/2"), (3, 4, "free:-1/10,1/20")])
def test_squared_error_with_a_bias_for_each_class(k, n, bias):
    """By symmetry all biases are one b; one singular value of the targets less b is sqrt(n) |1 - k b|, the others are sqrt(n)."""
    found = unit_optimum(UnitProblem(mse([n] * k, bias), 1, {"weight": Ridge("1/10"), "feature": Ridge("1/5")}))
    w, root = math.sqrt(0.02), math.sqrt(n)

    def loss(b):
        mean = root * abs(1 - k * b)
        cost = w * mean - w * w / 2 if mean > w else mean * mean / 2
        return (k - 1) * (w * root - w * w / 2) + cost + (k * b * b / 4 if bias.startswith("ridge") else 0)

    ends = (-0.1, 0.05) if ":-" in bias else (-1, 1)
    exact = min(loss(b) for b in np.linspace(*ends, 30001))
    assert float(found.lower) == pytest.approx(exact, rel=1e-6)
    assert found.gap <= found.upper / 10**10 and verify_data(found.certificate).word == "VERIFIED"
    assert found.scalars["bias0"].least <= found.scalars["bias0"].most


@settings(max_examples=SOME)
@given(k=st.integers(2, 8), n=st.integers(1, 5), tau=TAUS, margin=st.sampled_from(["0", "1/10", "7/20"]))
def test_a_margin_moves_the_simplex_s_value(k, n, tau, margin):
    found, t = unit_optimum(UnitProblem(cosface([n] * k, margin), tau)), float(eval(tau))
    exact = n * k * math.log1p((k - 1) * math.exp(eval(margin) / t) * share(k, t))
    assert float(found.lower) == pytest.approx(exact, rel=1e-12)
    weights, features, labels = written(found)
    assert written_out.cosface(weights, features, labels, eval(margin), t) == pytest.approx(exact, rel=1e-9)


@settings(max_examples=SOME)
@given(k=st.integers(2, 8), n=st.integers(2, 5), tau=TAUS, part=st.sampled_from(["0", "1/4", "1"]))
def test_a_hybrid_is_the_sum_of_its_simplexes(k, n, tau, part):
    found, t, a = unit_optimum(UnitProblem(supcon_cross_entropy([n] * k, part), tau)), float(eval(tau)), eval(part)
    contrast = n * k * math.log(n - 1 + n * (k - 1) * share(k, t))
    assert float(found.lower) == pytest.approx(a * contrast + (1 - a) * n * k * math.log1p((k - 1) * share(k, t)), rel=1e-12)


@settings(max_examples=5)
@given(sizes=st.lists(st.integers(2, 4), min_size=2, max_size=3), seed=st.integers(0, 2**32 - 1))
def test_plain_loops_of_a_hybrid(sizes, seed):
    found, generator = unit_optimum(UnitProblem(supcon_cross_entropy(sizes, "1/3"), 1)), np.random.default_rng(seed)
    weights, features, labels = written(found)

    def loops(weights, features):
        targets = [[float(c == y) for c in range(len(sizes))] for y in labels]
        both = written_out.supcon(features, labels, [range(len(labels))], 1.0), written_out.cross_entropy(weights, features, targets, 1.0)
        return both[0] / 3 + 2 * both[1] / 3

    assert loops(weights, features) == pytest.approx(float(found.upper), rel=1e-9)
    assert loops(written_out.on_spheres(generator, len(sizes)), written_out.on_spheres(generator, len(labels))) >= float(found.lower)
    assert verify_data(found.certificate).word == "VERIFIED"


@pytest.mark.parametrize("rate", [2.2, 2.25, 1.0, 4.0])
def test_smoothed_labels_leave_the_simplex_where_n9_says(rate):
    """k = 3, delta = 1/10: the simplex up to 1/tau = 2/3 log 28 = 2.2215; beyond, every row reaches its targets' entropy."""
    found = unit_optimum(UnitProblem(label_smoothing((3, 3, 3)), str(round(1000 / rate)) + "/1000"))
    rate = float(1 / found.problem.temperature)
    apart = 1.5 * rate  # logits of own and other differ by k/(k - 1)/tau at the simplex
    simplex = 9 * (math.log1p(2 * math.exp(-apart)) + (2 / 30) * apart)
    targets = [1 - 0.1 + 0.1 / 3, 0.1 / 3, 0.1 / 3]
    entropy = -9 * sum(t * math.log(t) for t in targets)
    assert float(found.lower) == pytest.approx(simplex if rate <= 2 / 3 * math.log(28) else entropy, rel=1e-12)


@pytest.mark.parametrize("ridge", ["1/1000", "1/1000000"])
def test_small_ridges_on_both_are_certified(ridge):
    """One ridge w on weights and features, balanced classes of n: with the logits' scale z the value is one equation's root (MATH 9)."""
    k, n, w = 3, 4, eval(ridge)
    found = unit_optimum(UnitProblem(cross_entropy([n] * k), 1, Ridge(ridge)))
    # logits z (I - J/k), singular values z on k - 1 directions, each sample's share 1/sqrt(n): w sqrt(n) (k - 1) z beside the softmax
    low, high = 0.0, 100.0
    for _ in range(200):
        z = (low + high) / 2
        slope = -n * k * (k - 1) * math.exp(-z) / (1 + (k - 1) * math.exp(-z)) + w * math.sqrt(n) * (k - 1)
        low, high = (z, high) if slope < 0 else (low, z)
    exact = n * k * math.log1p((k - 1) * math.exp(-z)) + w * math.sqrt(n) * (k - 1) * z
    assert float(found.lower) == pytest.approx(exact, rel=1e-9) and found.gap <= found.upper / 10**8
    assert verify_data(found.certificate).word == "VERIFIED"


@pytest.mark.parametrize("loss", [cross_entropy((50, 10, 3)), mse((50, 3))], ids=["cross-entropy", "squared error"])
def test_the_least_ridge_of_unequal_classes_is_certified(loss):
    found = unit_optimum(UnitProblem(loss, 1, Ridge("1/1000000")))
    assert found.gap <= found.upper / 10**12 and verify_data(found.certificate).word == "VERIFIED"


@pytest.mark.parametrize(
    "make",
    [
        lambda: mse([3]),
        lambda: mse("3,3"),
        lambda: mse(5),
        lambda: mse((3, 3), 1),
        lambda: cosface((3, 3), "-1/2"),
        lambda: cosface((3, 3), "wide"),
        lambda: supcon_cross_entropy((3, 1)),
        lambda: supcon_cross_entropy((3, 3), 2),
        lambda: cross_entropy((3, 3), -1),
        lambda: label_smoothing((3, 3), 1),
    ],
)
def test_wrong_input_is_refused(make):
    with pytest.raises(InputError):
        make()
