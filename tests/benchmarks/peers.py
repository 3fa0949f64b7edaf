"""What others would run for the same work: CVXPY with Clarabel, pymanopt's conjugate gradient, bare NumPy, eager PyTorch.

Each takes the supervised contrastive loss as its user would write it, and nothing from this package but the sizes and the temperature.
"""

import warnings

import numpy as np


def conic(sizes, tau, solver="CLARABEL"):
    """The relaxation over class Gram matrices in CVXPY; (value, status), the value None where the solver gives up."""
    import cvxpy

    k = len(sizes)
    gram = cvxpy.Variable((k, k), PSD=True)
    counts = np.array(sizes) - np.eye(k)
    rows = cvxpy.log_sum_exp((gram - 1) / tau + np.log(counts), axis=1)
    model = cvxpy.Problem(cvxpy.Minimize(np.array(sizes) @ rows), [cvxpy.diag(gram) == 1])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.solve(solver=solver)
    except (cvxpy.error.SolverError, ArithmeticError) as failure:
        return None, " ".join(str(failure).split()).split(".")[0]
    return float(model.value), model.status


def conjugate_gradient(sizes, tau, seconds, seed=0):
    """Class vectors on a product of spheres, minimised by pymanopt's conjugate gradient; the value."""
    import pymanopt
    from pymanopt.manifolds import Oblique
    from pymanopt.optimizers import ConjugateGradient

    counts, k = np.array(sizes, dtype=float), len(sizes)
    tops = np.log(counts - np.eye(k))
    manifold = Oblique(k, k)

    def logits(points):
        return (points.T @ points - 1) / tau + tops

    @pymanopt.function.numpy(manifold)
    def cost(points):
        x = logits(points)
        top = x.max(axis=1, keepdims=True)
        return float(counts @ (np.log(np.exp(x - top).sum(axis=1)) + top[:, 0]))

    @pymanopt.function.numpy(manifold)
    def slope(points):
        x = logits(points)
        p = np.exp(x - x.max(axis=1, keepdims=True))
        p *= (counts / p.sum(axis=1))[:, None] / tau
        return points @ (p + p.T)

    start = np.random.default_rng(seed).standard_normal((k, k))
    problem = pymanopt.Problem(manifold, cost, euclidean_gradient=slope)
    optimizer = ConjugateGradient(
        verbosity=0, max_time=seconds, max_iterations=100_000, min_gradient_norm=1e-9 * counts.sum(), min_step_size=1e-14
    )
    return optimizer.run(problem, initial_point=start / np.linalg.norm(start, axis=0)).cost


def products_and_exponentials(embeddings):
    """The two matrix products and n^2 exponentials that value and gradient cannot do without."""
    gram = embeddings.T @ embeddings
    np.exp(gram, out=gram)
    return embeddings @ gram


def autograd(embeddings, labels, tau):
    """A function that takes value and gradient once, in eager PyTorch on one thread of the CPU."""
    import torch

    torch.set_num_threads(1)
    columns, classes = torch.tensor(embeddings, requires_grad=True), torch.tensor(labels)
    others = ~torch.eye(len(labels), dtype=torch.bool)
    positives = ((classes[:, None] == classes) & others).double()
    positives /= positives.sum(dim=1, keepdim=True)

    def value_and_gradient():
        similarities = columns.T @ columns / tau
        loss = torch.logsumexp(similarities.masked_fill(~others, -torch.inf), dim=1).sum() - (positives * similarities).sum()
        return loss.item(), torch.autograd.grad(loss, columns)[0]

    return value_and_gradient
