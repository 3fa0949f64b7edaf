"""Embeddings beside the certified floor of their labels: what is proved, and what a practitioner is told."""

from math import log

import numpy as np
import pytest

import scverify as sv
from scverify.audit import audit
from scverify.errors import InputError
from scverify.symbolic.losses import decoupled


def spread_out(sizes, d, seed=0):
    label = np.repeat(np.arange(len(sizes)), sizes)
    embeddings = np.random.default_rng(seed).standard_normal((len(label), d))
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True), label


def plain_loss(h, label, tau):
    """The loss by its definition, in floats."""
    g = h @ h.T / tau
    total = 0.0
    for i in range(len(h)):
        others = [a for a in range(len(h)) if a != i]
        positives = [j for j in others if label[j] == label[i]]
        total += sum(np.log(sum(np.exp(g[i, a] - g[i, j]) for a in others)) for j in positives) / len(positives)
    return total


@pytest.mark.parametrize(("sizes", "d", "tau"), [((3, 2), 2, "1/2"), ((4, 4, 2), 5, "1/10"), ((2, 2, 2, 3), 3, "7/100")])
def test_the_value_is_that_of_the_definition_and_above_the_floor(sizes, d, tau):
    h, label = spread_out(sizes, d)
    found = audit(h, label, temperature=tau)
    plain = plain_loss(h, label, float(sv.Problem(sv.supcon, sv.Classes(sizes), temperature=tau).temperature))
    assert found.value.lower <= plain * (1 + 1e-12) and plain * (1 - 1e-12) <= found.value.upper
    assert found.value.upper - found.value.lower < 1e-9 * abs(plain)
    assert 0 < found.excess.lower <= found.excess.upper
    assert found.kind == "not critical" and found.gradient.lower > 0


def test_many_different_class_sizes_are_judged():
    """The floor of many groups has a certificate of another form; the rows do not depend on it."""
    sizes = tuple(range(2, 18))
    h, label = spread_out(sizes, 6)
    found = audit(h, label, temperature="1/2")
    plain = plain_loss(h, label, 0.5)
    assert found.value.lower <= plain * (1 + 1e-12) and plain * (1 - 1e-12) <= found.value.upper
    assert found.excess.lower > 0


def test_total_collapse_is_recognised_as_a_saddle_at_the_plateau_that_people_report():
    label = np.repeat(np.arange(8), 64)
    found = audit(np.tile([0.6, 0.8], (512, 1)), label, temperature="1/10", reduction="mean")
    assert found.collapsed and found.kind == "total collapse" and "saddle" in found.sentence
    assert found.plateau == pytest.approx(log(511))
    assert found.value.lower <= log(511) <= found.value.upper
    assert found.gradient.upper < 1e-6


def test_equal_embeddings_are_no_saddle_in_one_dimension():
    line = audit(np.ones((4, 1)), [0, 0, 1, 1], temperature="1/2")
    assert line.kind == "total collapse" and "saddle" not in line.sentence and "one dimension" in line.sentence


def test_the_optimum_itself_is_at_the_floor():
    label = np.repeat(np.arange(4), 5)
    h = sv.simplex_etf(4).T[label]
    found = audit(h, label, temperature="1/10")
    assert found.kind == "at the floor" and found.excess.upper < 1e-9
    assert found.geometry.distance < 1e-9 and found.geometry.variability < 1e-12
    assert found.pairs(nearest=True) == [] or found.pairs(nearest=True)[0][2] < 1e-9


def test_a_critical_point_that_is_no_minimum_says_so():
    label = np.repeat(np.arange(3), 2)
    h = np.array([[1.0, 0], [1, 0], [-1, 0], [-1, 0], [-1, 0], [-1, 0]])
    found = audit(h, label, temperature="1/2")
    assert found.kind == "near critical" and found.bend.proved_sign == -1
    assert "negative curvature is proved" in found.sentence


def test_classes_too_close_are_named():
    label = np.array(["cat"] * 4 + ["dog"] * 4 + ["eel"] * 4)
    angles = {"cat": 0.0, "dog": 0.3, "eel": 3.3}
    h = np.array([[np.cos(angles[c]), np.sin(angles[c])] for c in label])
    found = audit(h, label, temperature="1/2")
    assert found.pairs(nearest=True)[0][:2] == ("cat", "dog")
    assert found.pairs(nearest=False)[0][:2] == ("cat", "eel") or found.pairs(nearest=False)[0][:2] == ("dog", "eel")


def test_other_losses_radii_and_tensors():
    h, label = spread_out((3, 3, 2), 4)
    assert audit(2 * h, label, temperature="1/2", rho=2).value == audit(h, label, temperature="1/8").value
    far = audit(h, label, decoupled, temperature="1/2")
    assert far.value.upper < audit(h, label, temperature="1/2").value.lower
    assert audit(h.astype(np.float32), label.tolist(), temperature="1/2").kind == "not critical"


H, Y = np.eye(4)[:, :2] + 0.5, [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((H, Y), "normalise"),
        ((H[:3], Y), "3 embeddings and 4 labels"),
        ((np.vstack([H[:3], [[0, 0]]]), Y), "row 3"),
        ((H, [0, 0, 0, 1]), "one sample"),
        ((H, [0, 0, -1, 1]), "row 2"),
        ((np.full((4, 2), np.nan), Y), "row 0"),
        ((H, [0, 0, 0, 0]), "two classes"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_one_line(given, named):
    with pytest.raises(InputError) as refusal:
        audit(*given, temperature="1/2")
    assert named in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("classifier", [np.eye(3), np.eye(2)[:1], [[1.0, np.nan], [0.0, 1.0]], "weights"])
def test_a_classifier_of_another_shape_is_refused(classifier):
    with pytest.raises(InputError):
        audit(H / np.linalg.norm(H, axis=1, keepdims=True), Y, temperature="1/2", classifier=classifier)


def test_losses_and_temperatures_out_of_reach_are_refused():
    h, label = spread_out((3, 2), 2)
    for options in ({"temperature": "1/400"}, {"temperature": 0}, {"loss": "spectral"}, {"loss": "supcon_in"}, {"loss": "nonsense"}):
        with pytest.raises(InputError):
            audit(h, label, **{"temperature": "1/2", **options})
