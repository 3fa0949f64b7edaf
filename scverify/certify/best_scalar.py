"""Where a free scalar lies at every minimiser: fixed at either end of an interval it costs more than at a point between (MATH 9)."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from scverify.certify.claims import Data, certificate, confirmed
from scverify.certify.dyadics import fraction, text
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.units.best_scalar import TEMPERATURE, fixed
from scverify.kernel.units.level import UnitLevel
from scverify.model.units import UnitProblem
from scverify.results.units import ScalarRange

# how far the first ends lie from the value, relative; each try goes farther by this factor
NEAR, FARTHER, TRIES = Fraction(1, 10**9), 30, 7
# scalars by type that are asked for one by one
MANY_SCALARS = 4

# a lower bound and its witness, for a level in which a scalar is fixed
Bound = Callable[[UnitLevel], tuple[arb, Data]]


def best_scalars(problem: UnitProblem, witness: Data, loss: arb, bound: Bound, bits: int) -> dict[str, ScalarRange]:
    """The interval of each free scalar in which it lies at every minimiser, where one is found. witness, loss: of a feasible point."""
    level = problem.level
    values: list[tuple[int, Data, Fraction, tuple[fmpq | None, fmpq | None]]] = []
    if level.inverse[0] < level.inverse[1]:
        values.append((-1, {"name": TEMPERATURE}, Fraction(witness["inverse"]), level.inverse))
    if len(level.scalars) <= MANY_SCALARS:
        for place, (scalar, value) in enumerate(zip(level.scalars, witness.get("scalars", ()), strict=True)):
            named = {"name": scalar.name} if scalar.type is None else {"name": scalar.name, "type": scalar.type}
            values.append((place, named, Fraction(value), scalar.domain[:2]))
    found = {}
    for place, named, value, domain in values:
        claim: Data = {"type": "UnitBestScalar", "problem": problem.data, "scalar": named}
        proof: Data = {"upper": witness}
        with ctx.workprec(bits):
            ends = [_end(level, place, value, domain[side], sign, loss, bound) for side, sign in enumerate((-1, 1))]
        if None in ends or ends[0] == ends[1]:
            continue
        (least, below), (most, above) = (end for end in ends if end is not None)
        proof |= ({"below": below} if below is not None else {}) | ({"above": above} if above is not None else {})
        data = certificate({**claim, "least": text(least), "most": text(most)}, proof, bits)
        if confirmed(data) == "VERIFIED":
            found["".join(map(str, named.values()))] = ScalarRange(least=least, most=most, certificate=data)
    return found


def _end(
    level: UnitLevel, place: int, value: Fraction, domain: fmpq | None, sign: int, loss: arb, bound: Bound
) -> tuple[Fraction, Any] | None:
    """An end on one side of a value, and the bound beyond it, None at the end of the domain; None where no end is found."""
    limit = None if domain is None else fraction(domain)
    step = NEAR * max(Fraction(1), abs(value))
    for _ in range(TRIES):
        end = _rounded(value + sign * step, step, sign)
        if limit is not None and sign * (end - limit) >= 0:
            return limit, None
        try:
            least, witness = bound(fixed(level, place, fmpq(end.numerator, end.denominator)))
        except (Unresolved, Rejected, ValueError):
            return None
        if least > loss:
            return end, witness
        step *= FARTHER
    return None


def _rounded(end: Fraction, step: Fraction, sign: int) -> Fraction:
    """The end in as many decimals as its distance is worth, away from the value."""
    places = 10 ** (1 + max(0, math.ceil(-math.log10(step))))
    return Fraction(math.ceil(end * places) if sign > 0 else math.floor(end * places), places)
