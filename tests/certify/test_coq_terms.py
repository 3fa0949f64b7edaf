"""Losses written out for Coq have the values of plain loops over explicit vectors, and of the level for batches and pooled rows."""

import numpy as np
import pytest

from scverify.certify.coq_terms import loss_in_terms
from scverify.errors import InputError
from scverify.model import named as losses
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import load_loss
from tests.oracles import written_out as plain


def value(loss, x):
    """The written loss at vectors x, one per node."""
    gram = x @ x.T
    total = float(loss.constant) + sum(float(slope) * gram[i, j] for (i, j), slope in loss.affine.items())
    for term in loss.terms:
        parts = [float(o.amount) * np.exp(float(o.slope) * gram[o.row, o.column] + float(o.shift)) for o in term.outcomes]
        total += float(term.weight) * np.log(sum(parts))
    return total


def softplus(x):
    return np.log1p(np.exp(x))


def siglip(images, texts, bias, tau):
    logits = images @ texts.T / tau + bias
    return sum(softplus(-logits[i, j] if i == j else logits[i, j]) for i in range(len(images)) for j in range(len(texts)))


HALF = 0.5
CASES = {
    "clip": (losses.clip(pairs=3), None, 6, lambda x: plain.clip(x[::2], x[1::2], [range(3)], HALF)),
    "mini_batches": (
        losses.mini_batches(pairs=3, batches=[[0, 1], [0, 2], [1, 2]]),
        None,
        6,
        lambda x: plain.clip(x[:3], x[3:], [[0, 1], [0, 2], [1, 2]], HALF),
    ),
    "siglip": (losses.siglip(pairs=3, bias=-2), None, 6, lambda x: siglip(x[::2], x[1::2], -2, HALF)),
    "ntxent": (losses.ntxent(images=3), None, 6, lambda x: plain.ntxent(x, [0, 0, 1, 1, 2, 2], HALF)),
    "dhel": (losses.dhel(pairs=3), None, 6, lambda x: plain.dhel(x[::2], x[1::2], HALF)),
    "cross_entropy": (
        losses.cross_entropy(sizes=(2, 1)),
        Ridge("1/5"),
        5,
        lambda x: plain.cross_entropy(x[[0, 3]], x[[1, 2, 4]], [[1, 0], [1, 0], [0, 1]], HALF) + (x**2).sum() / 10,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_units_written_out_are_the_loss_at_any_vectors(name):
    loss, constraint, nodes, expected = CASES[name]
    written = loss_in_terms(UnitProblem(loss, temperature="1/2", constraint=constraint).data)
    generator = np.random.default_rng(5)
    assert len(written.norms) == nodes
    for _ in range(3):
        x = generator.standard_normal((nodes, 3))
        assert value(written, x) == pytest.approx(expected(x), rel=1e-12)


def test_classes_written_out_are_the_loss_at_any_vectors():
    x = np.random.default_rng(6).standard_normal((5, 3))
    labels = [0, 0, 0, 1, 1]
    ridged = loss_in_terms(problem_data(Problem("supcon", Classes((3, 2)), temperature="1/2", constraint=Ridge("1/5"))))
    assert value(ridged, x) == pytest.approx(plain.supcon(x, labels, [range(5)], HALF) + (x**2).sum() / 10, rel=1e-12)
    mean = loss_in_terms(problem_data(Problem("supcon", Classes((3, 2)), temperature="1/2", reduction="mean")))
    assert value(mean, x) == pytest.approx(plain.supcon(x, labels, [range(5)], HALF) / 5, rel=1e-12)
    logistic = loss_in_terms(problem_data(Problem(losses.binary_logistic(), Classes((3, 2)), temperature="1/2")))
    gram = x @ x.T / HALF
    expected = sum(softplus(-gram[i, j] if labels[i] == labels[j] else gram[i, j]) for i in range(5) for j in range(5) if i != j)
    assert value(logistic, x) == pytest.approx(expected, rel=1e-12)


def test_other_losses_are_refused_by_name():
    for loss, named in (
        (losses.nscl(sizes=(4, 2)), "which one of the anchor's copies"),
        (losses.siglip(pairs=3, bias="free"), "free scalar"),
        (losses.uniformity(samples=4), "no anchor of its own"),
        (losses.cosface(sizes=(3, 2), margin="1/10"), "irrational"),
    ):
        with pytest.raises(InputError, match=named):
            loss_in_terms(UnitProblem(loss, temperature="1/2").data)
    with pytest.raises(InputError, match="another kind"):
        loss_in_terms(problem_data(Problem(load_loss("lifted"), Classes((3, 2)), temperature="1/2")))
    with pytest.raises(InputError, match="at most 40"):
        loss_in_terms(UnitProblem(losses.clip(pairs=21), temperature="1/2").data)
    with pytest.raises(InputError, match="exponentials"):
        loss_in_terms(problem_data(Problem(losses.binary_logistic(), Classes((20, 15)), temperature="1/2")))
