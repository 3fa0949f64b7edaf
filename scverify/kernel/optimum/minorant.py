"""A loss that is not convex, bounded through a convex minorant that is exact where classes are collapsed (MATH 9, N12).

The "in" form of supervised contrast has the row log sum c e^(kappa s) - log sum q e^(kappa s), q on positives alone. On the sphere a
positive has s <= rho^2. With c and q constant on the positives and kappa > 0 the row falls as a positive rises: its slope there is
kappa e^(kappa s) (c/sum c e^(kappa a) - q/sum q e^(kappa a)) <= 0, because the first sum holds c/q times the second. So the row is at least
its value with all positives at rho^2, which is convex in the negatives and, where the q of the positives sum to 1, is the class row of the
"out" form.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flint import arb, fmpq

from ..certificate import require
from ..formula import Tree, evaluate_constant, exponent_rate
from ..level import Coefficients
from ..problem import StatedProblem


def convex_class_rows(problem: StatedProblem, level: Any) -> StatedProblem:
    """The problem with the "out" form in place of the "in" form, equal in minimum at the level of groups; any other problem as it is."""
    rate = _rate_of_in_form(problem.formula)
    if rate is None or level != "groups":
        return problem
    require(problem.constraint.kind == "sphere", "the convex minorant of this form is exact on the sphere alone")
    require(evaluate_constant(rate, arb(problem.tau), arb) > 0, "the exponentials of this form do not rise")
    of = Coefficients(problem)
    require(of.kind != "samples", "R1 fails: the coefficients depend on samples")
    _check_positives(problem, of)
    return replace(problem, formula=_out_form(problem.formula, rate))


def _rate_of_in_form(tree: Tree) -> Tree | None:
    """kappa of log sum c exp(kappa s) - log sum q exp(kappa s); None for any other tree."""
    if not isinstance(tree, tuple) or tree[0] != "add" or len(tree) != 3:
        return None
    rates = [exponent_rate(term, "c") for term in tree[1:]]
    minus = [term[2] for term in tree[1:] if isinstance(term, tuple) and term[0] == "mul" and len(term) == 3 and term[1] == fmpq(-1)]
    found = [rate for rate in rates if rate is not None]
    return found[0] if len(found) == 1 and len(minus) == 1 and exponent_rate(minus[0], "q") == found[0] else None


def _out_form(tree: Tree, rate: Tree) -> Tree:
    """log sum c exp(kappa s) - sum q kappa s."""
    outcomes = next(term for term in tree[1:] if exponent_rate(term, "c") is not None)
    return ("add", outcomes, ("mul", fmpq(-1), ("sum", ("mul", "q", rate, "s"))))


def _check_positives(problem: StatedProblem, of: Coefficients) -> None:
    """In every class of an anchor, q is 0 off the positives and sums to 1 over them."""
    sizes = problem.sizes
    # a rule knows sizes alone: one class of each size, or two, stand for all
    first: dict[int, list[int]] = {}
    for place, size in enumerate(sizes):
        first.setdefault(size, []).append(place)
    shown = [i for places in first.values() for i in places[:2]] if of.kind == "rule" else list(range(len(sizes)))
    for i in shown:
        if of.weight(i) == 0:
            continue
        require((sizes[i] - 1) * of.entry("q", i, i) == 1, "the coefficients q of the positives do not sum to 1")
        require(all(of.entry("q", i, j) == 0 for j in shown if j != i), "a negative has a coefficient q")
