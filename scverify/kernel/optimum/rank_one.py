"""Certificates of 2u numbers where the dual has rank one: bounds, radius and rank of the optimum (MATH 12).

The problem is that of class Gram matrices B >= 0 with B_cc = rho^2, and f(B) = sum_c W_c (log(A_c + sum_d C_c n_d E_cd) + affine_c) over
d != c, E = exp(kappa (B - rho^2)). From v, Z > 0, one of each per class, with a_c = W_c C_c / n_c, y = a/Z, x = v/n,

    B^_cd = rho^2 + log(E_cd)/kappa,    E_cd = x_c x_d / (kappa (y_c + y_d)),    Z^_c = A_c + sum_d C_c n_d E_cd.

Then 2 grad f(B^) = v v' + theta off the diagonal, |theta_cd| <= r v_c v_d, r = max |Z/Z^ - 1|. All else follows from r and from B^v, which
the witness makes nearly 0; both take O(u^2) operations in float64 or in balls, and what is built upon them O(u) in balls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, ctx, fmpq

from ..balls import Balls, checked_finite, magnitude, root_above
from ..certificate import Unresolved, at_most, dyadic, fields, require, total
from ..limits import afford
from .terms import RankOneForm

# up to this precision the sums over pairs are taken in float64
FLOAT_BITS = 64
# a pair of nodes in seconds, at least
PER_PAIR_OF_FLOATS, PER_PAIR_OF_BALLS = 1e-8, 1e-6


@dataclass(frozen=True)
class Centre:
    """B^ of a witness: v, Z and what the sums over pairs say: log(Z^/A) or log Z^, Z^, B^v; e_gg of two classes of one node."""

    terms: RankOneForm
    v: Balls
    z: Balls
    logs: Balls
    z_hat: Balls
    product: Balls
    self_exponentials: Balls


def read_centre(of: RankOneForm, data: Any) -> Centre:
    """The matrix B^ that v and Z stand for."""
    return centre(of, *read_numbers(data, len(of.m)))


def read_numbers(data: Any, nodes: int) -> tuple[Balls, Balls]:
    """v and Z of a witness, exact and positive."""
    fields(data, "v Z")
    return _positive(data["v"], "v", nodes), _positive(data["Z"], "Z", nodes)


def _positive(data: Any, name: str, length: int) -> Balls:
    numbers = dyadic(data, name, 1, length)
    require(min(numbers.numerators.entries()) > 0, f"an entry of {name} is not positive")
    return [arb(x) * arb(numbers.unit) for x in numbers.numerators.entries()]


def centre(of: RankOneForm, v: Balls, z: Balls) -> Centre:
    """B^ at positive v and Z: Z^_g = A + C x t_g / kappa, and B^v by log E_gh = log x_g + log x_h - log kappa - log(y_g + y_h)."""
    kappa, square = arb(of.kappa), arb(of.square)
    x = [a / n for a, n in zip(v, of.n, strict=True)]
    y = [a / b for a, b in zip(map(arb, of.alpha), z, strict=True)]
    t, logs = _sums(of, v, y)
    mass = total(m * a for m, a in zip(of.m, v, strict=True))
    log_x = [a.log() for a in x]
    all_logs = total(m * a * b for m, a, b in zip(of.m, v, log_x, strict=True))
    product = [
        square * mass + ((own - kappa.log()) * (mass - a) + all_logs - a * own - rest) / kappa
        for a, own, rest in zip(v, log_x, logs, strict=True)
    ]
    cross = [c * a * b / kappa for c, a, b in zip(map(arb, of.other), x, t, strict=True)]
    return Centre(
        terms=of,
        v=v,
        z=z,
        # log(1 + X/A) keeps its digits where the rest of the row is tiny
        logs=[(c / a).log1p() if a != 0 else c.log() for c, a in zip(cross, of.own, strict=True)],
        z_hat=[a + c for a, c in zip(map(arb, of.own), cross, strict=True)],
        product=product,
        self_exponentials=[a * a / (2 * kappa * b) for a, b in zip(x, y, strict=True)],
    )


def _sums(of: RankOneForm, v: Balls, y: Balls) -> tuple[Balls, Balls]:
    """t_g = sum_h b_gh / (y_g + y_h) and sum_h b_gh log(y_g + y_h), b_gh = m_h v_h but (m_g - 1) v_g for h = g."""
    weights = [m * a for m, a in zip(of.m, v, strict=True)]
    own = [(m - 1) * a for m, a in zip(of.m, v, strict=True)]
    if ctx.prec <= FLOAT_BITS:
        found = _float_sums(y, weights, own)
        if found is not None:
            return found
    afford("the sums over pairs of nodes", seconds=PER_PAIR_OF_BALLS * len(y) ** 2 / 2)
    t, logs = [own[g] / (2 * a) for g, a in enumerate(y)], [own[g] * (2 * a).log() for g, a in enumerate(y)]
    for g, a in enumerate(y):
        afford("the sums over pairs of nodes")
        weight, sum_t, sum_l = weights[g], t[g], logs[g]
        for h in range(g):
            both = a + y[h]
            inverse, logarithm, other = 1 / both, both.log(), weights[h]
            sum_t += other * inverse
            sum_l += other * logarithm
            t[h] += weight * inverse
            logs[h] += weight * logarithm
        t[g], logs[g] = sum_t, sum_l
    return t, logs


def _float_sums(y: Balls, weights: Balls, own: Balls) -> tuple[Balls, Balls] | None:
    """`_sums` in float64: y and v in units of powers of 2 near their middles; None where the floats do not hold them."""
    from .floats import pair_sums

    afford("the sums over pairs of nodes", seconds=PER_PAIR_OF_FLOATS * len(y) ** 2)
    unit_y, unit_v = _middle(y), _middle(weights)
    numbers = [_floats(values, unit) for values, unit in ((y, unit_y), (weights, unit_v), (own, unit_v))]
    if any(values is None for values in numbers):
        return None
    found = pair_sums(*(values or [] for values in numbers))
    if found is None:
        return None
    relative, absolute, shift = arb(1, found.relative), arb(0, found.absolute), unit_y.log()
    mass = total(weights)
    t = [arb(x) * relative * unit_v / unit_y for x in found.quotients]
    logs = [(arb(x) + absolute) * unit_v + shift * (mass - w + o) for x, w, o in zip(found.logarithms, weights, own, strict=True)]
    return t, logs


def _middle(values: Balls) -> arb:
    """A power of 2 between the least and the greatest, for numbers of every size; a choice that proves nothing."""
    exponents = [int(mantissa.bit_length() + power) for mantissa, power in (_man_exp(x) for x in values)]
    return arb(2) ** ((min(exponents) + max(exponents)) // 2)


def _man_exp(x: arb) -> tuple[int, int]:
    mantissa, power = x.mid().man_exp()
    return int(mantissa), int(power)


def _floats(values: Balls, unit: arb) -> list[float] | None:
    """values / unit as floats, each proved to differ by at most 2^-52 of itself."""
    inside = [x / unit for x in values]
    floats = [float(x.mid()) for x in inside]
    close = arb(2) ** -52
    near = all(abs(arb(f) - x) <= close * x for f, x in zip(floats, inside, strict=True))
    return floats if near else None


@dataclass(frozen=True)
class Near:
    """The minimum lies in [base - below, base + above], base = f(B^) - v'B^v/2.

    residual: r. least > 0: x'B^x >= least |x|^2 for x orthogonal to v.
    """

    centre: Centre
    base: arb
    below: arb
    above: arb
    residual: arb
    least: arb

    @property
    def lower(self) -> arb:
        """A ball whose lower end bounds f from below at every feasible point."""
        return self.base - self.below

    @property
    def upper(self) -> arb:
        """A ball whose upper end bounds f from above at a feasible point of rank at most k - 1."""
        return self.base + self.above


def near_optimum(at: Centre) -> Near:
    """Bounds of the minimum near B^.

    Positive on v's complement: log(p + q) = int_0^oo (e^-t - e^-tp e^-tq)/t dt (Frullani), so -log(y_c + y_d) is positive semidefinite
    on vectors of sum 0 (conditionally negative definite kernels: Schoenberg 1938), and so is B^ with rho^2 + log(E_cc)/kappa on its
    diagonal; rho^2 itself is larger by at least mu = min -log(E_cc)/kappa. z = x + s v with sum x = 0 carries this over to the complement
    of v, v > 0: with w = |B^v|/|v| and b = |v'B^v|/|v|^2 the least eigenvalue there is mu - 2w - b or more.

    Feasible: P = D (I - v^v^') B^ (I - v^v^') D, v^ = v/|v|, D diagonal, |D_c - 1| <= t_c = |phi_c|/rho^2 <= 1/2 with
    phi_c = (2 v_c (B^v)_c - v_c^2 v'B^v/|v|^2)/|v|^2, t = max t_c. Then |P - B^| <= s = sqrt(2) w + |t_.| sqrt(k) rho^2 (1 + t)(2 + t), and
    v'P v <= k rho^2 (1 + t) |t_. v|^2.

    f(X) >= f(B^) + <grad f(B^), X - B^> (convexity) with 2 <grad, X - B^> = v'Xv - v'B^v + <theta, X - B^>: at every feasible X
    v'Xv >= 0 and |X_cd - B^_cd| <= 2 rho^2 + s; at P Taylor's remainder is at most M s^2/2.
    """
    of, v = at.terms, at.v
    kappa, square, k = arb(of.kappa), arb(of.square), of.classes
    misses = [abs(z / z_hat - 1) for z, z_hat in zip(at.z, at.z_hat, strict=True)]
    residual = _largest(misses, fmpq(1, 4), "Z is not what the witness's matrix gives")
    norm2 = _sum(of, [a * a for a in v])
    quadratic = _sum(of, [a * b for a, b in zip(v, at.product, strict=True)])
    width = root_above(_sum(of, [b * b for b in at.product]) / norm2)
    slope = quadratic / norm2
    diagonal = [abs((2 * a * b - a * a * slope) / norm2) / square for a, b in zip(v, at.product, strict=True)]
    t = _largest(diagonal, fmpq(1, 2), "v is not in the kernel of the witness's matrix")
    size = (root_above(_sum(of, [a * a for a in diagonal])) * arb(k).sqrt() * square * (1 + t) * (2 + t) + arb(2).sqrt() * width).upper()
    remains = k * square * (1 + t) * _sum(of, [(a * b) ** 2 for a, b in zip(diagonal, v, strict=True)])
    second = kappa * (1 + residual) * (2 * kappa * size).exp() * max(a.upper() for a in v) ** 2 / 2
    value = _sum(of, [w * (log + c) for w, log, c in zip(map(arb, of.weight), _full_logs(at), map(arb, of.affine), strict=True)])
    mass = _sum(of, v)
    too_close = "the witness's matrix is not proved to be semidefinite: a class would be too close to a copy of itself"
    least = (-_largest(at.self_exponentials, fmpq(1), too_close).log() / kappa - 2 * width - magnitude(slope)).lower()
    if not least > 0:
        raise Unresolved(too_close)
    return Near(
        centre=at,
        base=checked_finite(value - quadratic / 2, "the value at the witness's matrix"),
        below=checked_finite(residual * mass * mass * (2 * square + size) / 2, "the lower bound"),
        above=checked_finite((remains + residual * norm2 * size + second * size * size) / 2, "the upper bound"),
        residual=residual,
        least=least,
    )


def radius(near: Near) -> arb:
    """R: every minimiser B* lies within R (Frobenius, class by class) of B^.

    For |X - B^| <= R the curvature of f in the off-diagonal entries is at least mu_R = mu exp(-3 kappa R) with
    mu = kappa (1 - r)/2 min_c (A_c/Z^_c) min v^2 (MATH 4.3). With g = `above` >= f(P) - f(B^) + v'B^v/2, if |B* - B^| > R convexity along
    the segment gives mu_R R^2/2 <= g + |theta| R/2, |theta| <= r |v|^2. So R = |theta|/m + sqrt(2 g/m), m = mu/2, serves where
    exp(3 kappa R) < 2.
    """
    at = near.centre
    of, v, kappa = at.terms, at.v, arb(at.terms.kappa)
    seen = min((a / z).lower() for a, z in zip(map(arb, of.own), at.z_hat, strict=True))
    half = (kappa * (1 - near.residual) * seen * min(a.lower() for a in v) ** 2 / 4).lower()
    require(seen != 0, "no radius: a row does not hold its self entry, so its curvature may vanish")
    if not half > 0:
        raise Unresolved("the curvature of the loss may not be positive")
    result = arb((near.residual * _sum(of, [a * a for a in v]) / half + root_above(2 * near.above / half)).upper())
    if not (3 * kappa * result).exp() < 2:
        raise Unresolved("the gap is too wide for a radius: the curvature may fade within it")
    return result


def rank(near: Near, within: arb) -> int | None:
    """The rank of every minimiser within a distance of B^: k - 1 where B^ is positive enough on the complement of v; else None.

    Not less: x'B*x >= (least - R) |x|^2 on the complement of v. Not k: the optimal dual S* has S* B* = 0 (Slater's condition holds at
    rho^2 I), and S* is not 0, because grad f(B*) is positive off the diagonal.
    """
    return near.centre.terms.classes - 1 if within < near.least else None


def _sum(of: RankOneForm, values: Balls) -> arb:
    """The sum over classes of a value for each node."""
    result: arb = total(m * x for m, x in zip(of.m, values, strict=True))
    return arb(result)


def _full_logs(at: Centre) -> Balls:
    return [log + (arb(a).log() if a != 0 else 0) for log, a in zip(at.logs, at.terms.own, strict=True)]


def _largest(values: Balls, most: fmpq, reason: str) -> arb:
    """An upper bound of all values, which is at most `most`; Rejected where one is not, Unresolved where it may not be."""
    for x in values:
        at_most(checked_finite(x, "a residual of the witness"), most, reason)
    return max(x.upper() for x in values)
