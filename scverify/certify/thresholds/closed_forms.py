"""Thresholds as formulas, where MATH 10 has one; they decide nothing, the two sides of a bracket do."""

from __future__ import annotations

from fractions import Fraction

from scverify.certify.thresholds.merging import StepFamily
from scverify.model.problem import Problem
from scverify.model.units import UnitLoss, UnitProblem
from scverify.symbolic.losses import supcon

_ROOT = "(-B + sqrt(B^2 - 4 A C))/(2 A)"


def of_merging(family: StepFamily, over: str) -> str | None:
    """The root of N e (Z_min + Z_maj) = 2 kappa m Z_maj in N or in e, for one large class (N3)."""
    if family.large != 1:
        return None
    km = family.small * family.minor
    if over == "ratio":
        coefficients = f"A = e (1 + e), B = e ({km - 2} + {km} e) - {2 * km}, C = {2 * km} (1 - {km} e)"
        return f"R = N/{family.minor}, N = {_ROOT}, {coefficients}, e = exp(-2/({family.tau}))"
    n = family.ratio * family.minor
    coefficients = f"A = {n * (n + km)}, B = {n * (km + n - 2) - 2 * km * km}, C = {-2 * km * (n - 1)}"
    return f"tau = -2/log(e), e = {_ROOT}, {coefficients}"


def of_zero(problem: Problem, over: str) -> str | None:
    """weight tau = 2 n/(n - 1) for supervised contrast without classes of one sample, divided by n for the mean (N6)."""
    if problem.loss != supcon or min(problem.classes.sizes) < 2:
        return None
    n = problem.classes.n
    product = Fraction(2 * n, n - 1) / (n if problem.reduction == "mean" else 1)
    if over == "ridge":
        return f"weight = 2 n/((n - 1) tau){' / n' if problem.reduction == 'mean' else ''} = {product / problem.temperature}"
    weight = getattr(problem.constraint, "weight", Fraction(1))
    return f"tau = 2 n/((n - 1) weight){' / n' if problem.reduction == 'mean' else ''} = {product / weight}"


def of_simplex(problem: Problem | UnitProblem) -> str | None:
    """1/tau = ((k - 1)/(k rho^2)) log(own target/other target) for cross-entropy with label smoothing (N9)."""
    if not isinstance(problem, UnitProblem) or not isinstance(problem.loss, UnitLoss) or problem.loss.name != "cross_entropy":
        return None
    targets, k = problem.loss.rows[0].q, problem.loss.units
    if "others" not in targets:
        return None
    square = getattr(problem.constraints[0], "rho", Fraction(1)) ** 2
    return f"tau = {square * Fraction(k, k - 1)} / log(({targets['own']['weight']})/({targets['others']['weight']}))"


def of_logits(problem: UnitProblem, over: str) -> str | None:
    """m = tau^2 w_W w_H for the smallest classes of one size under cross-entropy (N5)."""
    loss = problem.loss
    equal = [copies[-1] for m, copies in loss.types if m > 1] if isinstance(loss, UnitLoss) and loss.name == "cross_entropy" else []
    if not equal:
        return None
    if over == "ridge":
        return f"weight = sqrt({min(equal)})/({problem.temperature})"
    weights = [getattr(norm, "weight", Fraction(1)) for norm in problem.constraints]
    return f"tau = sqrt({Fraction(min(equal)) / (weights[0] * weights[-1])})"
