"""Equal classes in few dimensions: the energy of pairs bounded by a polynomial with non-negative Gegenbauer coefficients (MATH 11).

With y_c = (C/A) sum_{d != c} f(t_cd), f(t) = e^{rate (t - 1)}, the loss is a constant plus w sum_c log(1 + y_c). Say it were below a
claimed bound, sum_c log(1 + y_c) < V. Since sum_{d != c} y_d >= y_c, 2 log(1 + y_c) <= log(1 + y_c) + log(1 + sum_{d != c} y_d) < V: each
y_c is at most Y = e^{V/2} - 1, and log(1 + y) >= y log(1 + Y)/Y there. And for a polynomial h = sum_j h_j P_j <= f on [-1, 1], P_j the
Gegenbauer polynomials of the dimension with P_j(1) = 1, h_j >= 0 for j >= 1,

    sum_{c != d} f(t_cd) >= sum_{c, d} h(t_cd) - k h(1) >= h_0 k^2 - k h(1)   (Schoenberg 1942; Yudin 1992).

h interpolates f and its slope at stated nodes: f - h = f^(N)(x)/N! prod (t - t_i)^2 (t + 1)^e >= 0, as all derivatives of f are positive
(Davis 1975, 3.5).
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from ..balls import checked_finite
from ..certificate import Rejected, Unresolved, at_most, items, rational, require
from ..limits import afford
from .collapse import ClassProblem, exponential

# the polynomial has twice their degree, and its balls widen with it
_MOST_NODES = 20


def check_energy(classes: ClassProblem, nodes: Any, antipode: Any, lower: fmpq) -> None:
    """The loss is at least `lower` everywhere."""
    require(len(classes.multiplicity) == 1, "the energy of pairs is for equal classes")
    require(classes.dim >= 2, "Gegenbauer polynomials are for two dimensions and more")
    k, weight, own, other = classes.multiplicity[0], classes.weight[0], classes.own[0], classes.other[0][0]
    require(weight > 0 and own > 0 and other > 0, "a weight or a coefficient is not positive")
    # sum_c log(1 + y_c) < v, if the loss were below
    v = arb(lower) / weight - k * (arb(classes.at_own[0]) + arb(own).log())
    if v <= 0:
        return
    energy = least_energy(k, classes.dim, classes.rate, _read(nodes), antipode is True)
    slope = (v / 2) / (v / 2).expm1()
    at_most(v, slope * (other / own) * energy, "the energy of pairs does not prove the lower bound")


def _read(data: Any) -> list[fmpq]:
    nodes = [rational(t, "a node") for t in items(data, "nodes")]
    require(0 < len(nodes) <= _MOST_NODES, f"there are not 1 to {_MOST_NODES} nodes")
    require(all(s < t for s, t in zip([fmpq(-1), *nodes], nodes, strict=False)) and nodes[-1] < 1, "the nodes do not increase in (-1, 1)")
    return nodes


def least_energy(k: int, dim: int, rate: fmpq, nodes: list[fmpq], antipode: bool) -> arb:
    """h_0 k^2 - k h(1), a lower bound of sum_{c != d} f(t_cd) over k unit vectors."""
    h = gegenbauer(interpolant(rate, nodes, antipode), dim)
    for coefficient in h[1:]:
        if coefficient < 0:
            raise Rejected("a Gegenbauer coefficient of the polynomial is negative")
        if not coefficient >= 0:
            raise Unresolved("a Gegenbauer coefficient may be negative")
    return checked_finite(h[0] * k * k - k * sum(h, arb(0)), "the energy")


def interpolant(rate: fmpq, nodes: list[fmpq], antipode: bool) -> tuple[list[fmpq], list[arb]]:
    """Newton's form of h: points, each node twice, and divided differences of f, its slope where a point comes twice."""
    points = [*([fmpq(-1)] if antipode else []), *(t for node in nodes for t in (node, node))]
    column = [exponential(rate, arb(t)) for t in points]
    coefficients = [column[0]]
    for order in range(1, len(points)):
        afford("the divided differences")
        column = [
            arb(rate) * exponential(rate, arb(points[i]))
            if points[i + order] == points[i]
            else (column[i + 1] - column[i]) / (points[i + order] - points[i])
            for i in range(len(points) - order)
        ]
        coefficients.append(column[0])
    return points, coefficients


def gegenbauer(form: tuple[list[fmpq], list[arb]], dim: int) -> list[arb]:
    """The coefficients in P_0, P_1, ..., by t P_j = ((j + d - 2) P_{j+1} + j P_{j-1})/(2j + d - 2)."""
    points, newton = form
    h = [newton[-1]]
    for t, coefficient in zip(points[-2::-1], newton[-2::-1], strict=True):
        moved = [arb(0)] * (len(h) + 1)
        for j, x in enumerate(h):
            if j == 0:
                moved[1] += x
            else:
                moved[j + 1] += x * fmpq(j + dim - 2, 2 * j + dim - 2)
                moved[j - 1] += x * fmpq(j, 2 * j + dim - 2)
            moved[j] -= t * x
        moved[0] += coefficient
        h = moved
    return h
