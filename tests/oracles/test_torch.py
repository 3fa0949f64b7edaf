"""The same loss in PyTorch: autograd over a few lines of our own, and pytorch-metric-learning's SupConLoss.

Both come with the extra `oracles`. SupConLoss is the "out" form. It normalises embeddings itself, so its gradient is ours projected on the
tangent space of the sphere; it averages over anchors, and leaves out those whose loss is not positive, which drops the zero that it gives
to an anchor without positives: reduction "mean" with ignored singletons.
"""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from scverify.symbolic.losses import supcon

torch = pytest.importorskip("torch", reason="PyTorch is not installed; install the extra: pip install '.[oracles]'")

CASES = [
    ((2, 2), "1/2", 2),
    ((5, 3, 2), "1/10", 4),
    ((4, 1, 3, 1), "1/3", 3),
    ((30, 11, 4, 2), "1/20", 6),
]


def placed(sizes, tau, dim, reduction="sum"):
    """A problem, its labels in a mixed order, unit embeddings and a direction (dim, n)."""
    problem = Problem(supcon, Classes(sizes), dim, tau, reduction=reduction, singletons="ignore")
    embeddings, change = np.random.default_rng(sum(sizes)).standard_normal((2, dim, sum(sizes)))
    return problem, embeddings / np.linalg.norm(embeddings, axis=0), change


def eager(columns, labels, tau):
    """Supervised contrastive loss, summed over anchors with a positive, in PyTorch."""
    n = columns.shape[1]
    similarities = columns.T @ columns / tau
    others = ~torch.eye(n, dtype=torch.bool)
    positives = (labels[:, None] == labels) & others
    denominator = torch.logsumexp(similarities.masked_fill(~others, -torch.inf), dim=1, keepdim=True)
    count = positives.sum(dim=1)
    rows = ((denominator - similarities) * positives).sum(dim=1)[count > 0] / count[count > 0]
    return rows.sum()


@pytest.mark.parametrize(("sizes", "tau", "dim"), CASES)
def test_autograd(sizes, tau, dim):
    problem, embeddings, change = placed(sizes, tau, dim)
    labels, temperature = torch.tensor(problem.classes.labels), float(problem.temperature)
    columns = torch.tensor(embeddings, requires_grad=True)

    def loss(x):
        return eager(x, labels, temperature)

    value = loss(columns)
    (gradient,) = torch.autograd.grad(value, columns)
    product = torch.autograd.functional.hvp(loss, columns, torch.tensor(change))[1]
    ours = Batch.of(problem)
    assert ours.value_and_gradient(embeddings)[0] == pytest.approx(value.item(), rel=1e-12)
    for found, wanted in ((ours.value_and_gradient(embeddings)[1], gradient), (ours.hessian_product(embeddings, change), product)):
        np.testing.assert_allclose(found, wanted.detach().numpy(), atol=1e-11 * float(wanted.abs().max()))


@pytest.mark.parametrize(("sizes", "tau", "dim"), CASES)
def test_supconloss_of_pytorch_metric_learning(sizes, tau, dim):
    losses = pytest.importorskip(
        "pytorch_metric_learning.losses", reason="pytorch-metric-learning is not installed; install the extra: pip install '.[oracles]'"
    )
    problem, embeddings, _ = placed(sizes, tau, dim, "mean")
    # samples in any order, and lengths that the library takes out
    order = np.random.default_rng(1).permutation(problem.classes.n)
    lengths = np.random.default_rng(2).uniform(0.5, 2, problem.classes.n)
    samples = torch.tensor((embeddings * lengths).T[order], requires_grad=True)
    value = losses.SupConLoss(temperature=float(problem.temperature))(samples, torch.tensor(problem.classes.labels[order]))
    (gradient,) = torch.autograd.grad(value, samples)
    our_value, our_gradient = Batch.of(problem).value_and_gradient(embeddings)
    assert our_value == pytest.approx(value.item(), rel=1e-12)
    tangent = (our_gradient - (our_gradient * embeddings).sum(axis=0) * embeddings) / lengths
    np.testing.assert_allclose(tangent.T[order], gradient.numpy(), atol=1e-11 * float(gradient.abs().max()))
