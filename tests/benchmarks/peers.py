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


def _on_the_sphere(sizes, tau):
    """The loss over class vectors on a product of spheres, as a function of x (k, k) that gives value and gradient, and a start."""
    counts, k = np.array(sizes, dtype=float), len(sizes)
    tops = np.log(counts - np.eye(k))

    def function(points):
        x = (points.T @ points - 1) / tau + tops
        top = x.max(axis=1, keepdims=True)
        p = np.exp(x - top)
        total = p.sum(axis=1)
        value = float(counts @ (np.log(total) + top[:, 0]))
        p *= (counts / total)[:, None] / tau
        return value, points @ (p + p.T)

    start = np.random.default_rng(0).standard_normal((k, k))
    return function, start / np.linalg.norm(start, axis=0)


def trust_regions(sizes, tau):
    """pymanopt's trust regions with its own defaults; the value."""
    import pymanopt
    from pymanopt.manifolds import Oblique
    from pymanopt.optimizers import TrustRegions

    function, start = _on_the_sphere(sizes, tau)
    counts = np.array(sizes, dtype=float)
    tops = np.log(counts - np.eye(len(counts)))
    manifold = Oblique(*start.shape)

    @pymanopt.function.numpy(manifold)
    def cost(points):
        return function(points)[0]

    @pymanopt.function.numpy(manifold)
    def slope(points):
        return function(points)[1]

    @pymanopt.function.numpy(manifold)
    def product(points, change):
        x = (points.T @ points - 1) / tau + tops
        p = np.exp(x - x.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        moved = (points.T @ change + change.T @ points) / tau
        bent = p * (moved - (p * moved).sum(axis=1, keepdims=True)) * counts[:, None] / tau
        p *= counts[:, None] / tau
        return change @ (p + p.T) + points @ (bent + bent.T)

    problem = pymanopt.Problem(manifold, cost, euclidean_gradient=slope, euclidean_hessian=product)
    return TrustRegions(verbosity=0, max_time=120).run(problem, initial_point=start).cost


def script(sizes, tau):
    """SciPy's L-BFGS-B over vectors that are normalised before use, as in a script of an evening; the value."""
    from scipy.optimize import minimize

    function, start = _on_the_sphere(sizes, tau)

    def normalised(x):
        points = x.reshape(start.shape)
        norms = np.linalg.norm(points, axis=0)
        value, slope = function(points / norms)
        unit = points / norms
        return value, ((slope - unit * (slope * unit).sum(axis=0)) / norms).ravel()

    options = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-8}
    return float(minimize(normalised, start.ravel(), jac=True, method="L-BFGS-B", options=options).fun)


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
