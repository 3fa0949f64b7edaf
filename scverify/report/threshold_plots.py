"""Pictures of statements with a threshold: certified numbers on both sides, and where the statement's own formula puts it."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log

import numpy as np

from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.conjecture.proof import Proof
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.report.drawing import Picture, blank_axes, claims_of, draw_two_sides, loss_at
from scverify.symbolic.losses import supcon


def one_majority(proof: Proof) -> list[Picture]:
    """N3: the cosine of two minorities of 2 against the size of the majority, tau = 1."""
    sizes = (4, 10, 20, 30, 40, 46, 49, 50, 55, 65, 80)
    optima = {n: optimum(Problem(supcon, Classes((n, 2, 2)), temperature=1)) for n in sizes}
    proved = {n: each for n, each in optima.items() if each.rank is not None}
    e = exp(-2)
    edge = next(n / 100 for n in range(200, 10_000) if n / 100 * e * (3 + n / 100 * e + n / 100 - 1 + 4 * e) >= 8 * (n / 100 - 1 + 4 * e))
    figure, axes = blank_axes()
    cosines, ranks = [float(each.gram[1, 2]) for each in proved.values()], [each.rank == 1 for each in proved.values()]
    draw_two_sides(axes, list(proved), cosines, ranks, ("coincide", "apart"))
    axes.axvline(edge, color="C3", linestyle="--", label=f"N = {edge:.2f} by the theorem")
    axes.set(xlabel="size N of the majority", ylabel="cosine of the minorities")
    axes.legend(fontsize="small")
    return [Picture(figure, "Merging: sizes N, 2, 2 at tau = 1; each dot a certified optimum, its rank proved")]


def cross_entropy_merging(proof: Proof) -> list[Picture]:
    """N5: the distance of two weight vectors of classes of 4 against the ridge."""
    weights = [Fraction(x, 20) for x in (20, 24, 28, 32, 36, 38, 39, 41, 42, 44, 48)]
    distances = []
    for weight in weights:
        found = unit_optimum(UnitProblem(cross_entropy([9, 5, 4, 4]), temperature=1, constraint=Ridge(weight)))
        last = len(found.others) - 2  # the weight vector of the classes of 4
        distances.append(float(np.sqrt(max(0.0, 2 * (found.own[last, 0] - found.others[last, last])))))
    figure, axes = blank_axes()
    at = [float(weight) for weight in weights]
    draw_two_sides(axes, at, distances, [weight >= 2 for weight in weights], ("coincide by the theorem", "apart by the theorem"))
    axes.axvline(2, color="C3", linestyle="--", label="w = sqrt(4)")
    axes.set(xlabel="ridge w on weights and features", ylabel="distance of the classes of 4")
    axes.legend(fontsize="small")
    return [Picture(figure, "Merging: cross-entropy of sizes 9, 5, 4, 4 at tau = 1; each dot the point of a certified optimum")]


def zero_under_ridge(proof: Proof) -> list[Picture]:
    """N6: how far the optimum is below the loss at 0."""
    weights = [Fraction(x, 20) for x in (60, 66, 72, 78, 84, 88, 89, 91, 94, 100)]
    at_zero = 9 * log(8)
    found = [optimum(Problem(supcon, Classes((3, 3, 3)), temperature="1/2", constraint=Ridge(weight))) for weight in weights]
    figure, axes = blank_axes()
    below = [at_zero - float(each.upper) for each in found]
    draw_two_sides(
        axes, [float(x) for x in weights], below, [weight >= Fraction(9, 2) for weight in weights], ("0 is optimal", "0 is not optimal")
    )
    axes.axvline(4.5, color="C3", linestyle="--", label="w = 2n/((n - 1) tau) = 9/2")
    axes.set(xlabel="ridge w", ylabel="loss at 0 less the optimum")
    axes.legend(fontsize="small")
    return [Picture(figure, "Sizes 3, 3, 3 at tau = 1/2: each dot a certified optimum; from 9/2 on it is the loss at 0")]


def sigmoid_minima(proof: Proof) -> list[Picture]:
    """N7: five pairs, logits t s - t; the certified minima and the two closed forms."""
    n, t = 5, np.linspace(0.1, 1.2, 111)
    simplex = n * log(2) + n * (n - 1) * np.log1p(np.exp(-t * n / (n - 1)))
    antipodal = n * np.log1p(np.exp(2 * t)) + n * (n - 1) * np.log1p(np.exp(-2 * t))
    figure, axes = blank_axes()
    axes.plot(t, simplex, label="simplex of pairs")
    axes.plot(t, antipodal, label="antipodal point")
    claims = claims_of(proof, "UnitOptimum")
    axes.plot(
        [1 / Fraction(c["problem"]["tau"]) for c in claims],
        [float(Fraction(c["upper"])) for c in claims],
        "o",
        color="C3",
        label="certified minimum",
    )
    axes.axvline(4 / 5 * log(2), color="0.6", linestyle=":", label="the simplex is optimal from here")
    axes.axvline(log(1.5) / 2, color="0.6", linestyle="--", label="the antipodal point up to here")
    axes.set(xlabel="t", ylabel="loss", xlim=(0.1, 0.8), ylim=(10, 17))
    axes.legend(fontsize="x-small")
    return [Picture(figure, "The sigmoid loss of 5 pairs, bias -t: the minimum leaves one closed form and reaches the other")]


def smoothing_gap(proof: Proof) -> list[Picture]:
    """N9: how far the optimum is below the simplex, three classes, delta = 1/10."""
    other, inverses = 1 / 30, [Fraction(x, 10) for x in (12, 16, 20, 22, 23, 25, 28, 32)]

    def simplex(x: float) -> float:
        return 12 * (log(exp(x) + 2 * exp(-x / 2)) - (1 - 2 * other) * x + other * x)

    problems = [UnitProblem(cross_entropy([4] * 3, Fraction(1, 10)), 1 / x) for x in inverses]
    below = [simplex(float(x)) - float(unit_optimum(problem).upper) for x, problem in zip(inverses, problems, strict=True)]
    edge = 2 / 3 * log((1 - 2 * other) / other)
    figure, axes = blank_axes()
    draw_two_sides(axes, [float(x) for x in inverses], below, [float(x) <= edge for x in inverses], ("simplex optimal", "not optimal"))
    axes.axvline(edge, color="C3", linestyle="--", label=f"1/tau = {edge:.4f} by the theorem")
    axes.set(xlabel="1/tau", ylabel="simplex less the optimum")
    axes.legend(fontsize="small")
    return [Picture(figure, "Label smoothing 1/10, three classes of 4 on the sphere: each dot a certified optimum")]


def soft_targets(proof: Proof) -> list[Picture]:
    """N11: the loss of equiangular points against their cosine."""
    claim = next(each for each in claims_of(proof, "Optimum") if float(Fraction(each["upper"])) < 15.2)
    at = np.linspace(-0.5, 0.9, 57)
    values = []
    for b in at:
        root = np.linalg.cholesky(np.full((3, 3), b) + (1 - b + 1e-12) * np.eye(3))
        values.append(loss_at(claim["problem"], root.T[:, Classes(claim["problem"]["sizes"]).labels]))
    figure, axes = blank_axes()
    axes.plot(at, values, label="equiangular points")
    axes.axhline(15.2, color="0.5", linestyle=":", label="certified: they all exceed 15.2")
    axes.axhline(float(Fraction(claim["upper"])), color="C3", linestyle="--", label="certified optimum")
    axes.set(xlabel="cosine b of all classes", ylabel="loss", ylim=(15.0, 16.5))
    axes.legend(fontsize="small")
    return [Picture(figure, "Soft targets, sizes 6, 2, 2, tau = 1, epsilon = 1/100: no simplex attains the optimum")]


def step_limit(proof: Proof) -> list[Picture]:
    """N16: M against the temperature, and the certified instances of three and three classes."""
    figure, axes = blank_axes()
    tau = np.linspace(0.05, 0.6, 221)
    for kappa in (2, 3, 5):
        axes.plot(tau, [limit_ratio(kappa, 1 / t) for t in tau], label=f"kappa = {kappa}")
    claims = [claim for claim in claims_of(proof, "UniqueMinimizer") if len(claim["problem"]["sizes"]) == 6]
    largest = {claim["problem"]["tau"]: claim for claim in sorted(claims, key=lambda claim: max(claim["problem"]["sizes"]))}
    at = [float(Fraction(text)) for text in largest]
    merged = [claim["rank"] < 5 for claim in largest.values()]
    draw_two_sides(axes, at, [limit_ratio(3, 1 / x) for x in at], merged, ("certified: merged", "certified: apart"))
    axes.axhline(1, color="0.5", linestyle=":")
    axes.set(xlabel="temperature", ylabel="M as R grows", yscale="log", ylim=(0.3, 30))
    axes.legend(fontsize="x-small")
    return [Picture(figure, "STEP imbalance as R grows: minorities merge where M > 1; dots: the largest certified ratio at a temperature")]


def limit_ratio(kappa: int, inverse: float) -> float:
    """M of MATH N16 at 1/tau."""
    p, q = 1 + (kappa - 1) * exp(-kappa * inverse / (kappa - 1)), kappa * exp(-inverse)
    return (p + q) ** 2 / (4 * p * q) * exp(-(kappa - 2) * inverse / (kappa - 1))
