"""Certified instances of theorems: optima that several statements share, and optima compared with a value in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from flint import arb, fmpq

from scverify.certify.optimum import optimum
from scverify.conjecture.theorem import Decision, Step, certified
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Sphere
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.results.units import UnitOptimum
from scverify.symbolic.losses import Loss

NEAR = arb("1e-9")
# those in use, from 1/20 to 1/2, and two at which rows are nearly uniform
TEMPERATURES = tuple(Fraction(*pair) for pair in ((1, 20), (1, 10), (1, 2), (1, 1), (2, 1)))
# the bounds of an instance "meet" where a float could hardly tell them apart
RELATIVE_GAP = Fraction(1, 10**12)


def attains(found: Optimum | UnitOptimum, value: arb, name: str) -> Decision:
    """Whether the certified bounds leave a value that is attained as the optimum: it is within 1e-9 of the lower bound, and not below."""
    lower, _ = _bounds(found)
    return _decision(found, value, bool(value - lower < NEAR and not value < lower), name)


def undercuts(found: Optimum | UnitOptimum, value: arb, name: str) -> Decision:
    """Whether the certified optimum lies below a value."""
    _, upper = _bounds(found)
    return _decision(found, value, bool(upper < value), name)


def _bounds(found: Optimum | UnitOptimum) -> tuple[arb, arb]:
    return arb(fmpq(found.lower.numerator, found.lower.denominator)), arb(fmpq(found.upper.numerator, found.upper.denominator))


def _decision(found: Optimum | UnitOptimum, value: arb, holds: bool, name: str) -> Decision:
    shown = f"[{float(found.lower):.10f}, {float(found.upper):.10f}], compared with {float(value):.10f}"
    certificates = {f"{name}-{part}".replace("/", "_"): data for part, data in found.certificates.items() if part == "optimum.json"}
    return Decision(holds, shown, certificates)


def profiles(thorough: bool) -> dict[str, Classes]:
    """The class sizes of the certified instances."""
    chosen = {
        "balanced": Classes.balanced(10, 5),
        "STEP": Classes.step(k=10, n_min=3, ratio=10),
        "long-tailed": Classes.long_tailed(10, 50, 10),
    }
    if thorough:
        chosen["CIFAR-10-LT"] = Classes.named("cifar10-lt", ratio=100)
        chosen["CIFAR-100-LT"] = Classes.named("cifar100-lt", ratio=100)
    return chosen


def temperatures(thorough: bool) -> tuple[Fraction, ...]:
    """The temperatures of the certified instances."""
    return TEMPERATURES if thorough else TEMPERATURES[1:3]


@cache
def certified_optimum(loss: Loss, sizes: tuple[int, ...], tau: Fraction, nonnegative: bool = False) -> Optimum:
    """The certified optimum on the sphere; the same instance serves several statements."""
    constraint = NonNegative(Sphere()) if nonnegative else Sphere()
    return optimum(Problem(loss, Classes(sizes), temperature=tau, constraint=constraint))


def optimum_instances(loss: Loss, thorough: bool, kind: str) -> Iterator[Step]:
    """An instance for each profile and temperature: `kind` "tight" (gap and rank), "unique" (a radius), "rotation" or "groups"."""
    says = {
        "tight": "the bounds meet, and the optimum has rank at most k - 1",
        "unique": "every minimiser lies in a small ball around one Gram matrix",
        "rotation": "every minimising H has this Gram matrix, up to the radius",
        "groups": "classes of equal size are interchangeable in every minimiser, up to the radius",
    }[kind]
    for name, classes in profiles(thorough).items():
        for temperature in temperatures(thorough):

            def decide(name: str = name, sizes: tuple[int, ...] = classes.sizes, temperature: Fraction = temperature) -> Decision:
                return _instance(certified_optimum(loss, sizes, temperature), kind, f"{name}-tau-{temperature}".replace("/", "_"))

            yield certified(f"{name}, tau = {temperature}: {says}", decide)


def _instance(found: Optimum, kind: str, name: str) -> Decision:
    if kind == "tight":
        names: tuple[str, ...] = ("optimum.json", "uniqueness.json", "minimizers.json")
        rank = found.rank
        holds = found.gap <= RELATIVE_GAP * abs(found.upper) and rank is not None and rank < found.problem.classes.k
        evidence = f"gap {float(found.gap):.1e}, rank {rank}"
    else:
        holds = found.radius is not None and found.radius < Fraction(1, 1000) and (kind != "groups" or found.level == "groups")
        names = ("uniqueness.json",)
        evidence = "no radius" if found.radius is None else f"radius {float(found.radius):.1e}"
    certificates = {f"{name}-{part}": found.certificates[part] for part in names if part in found.certificates}
    return Decision(bool(holds), evidence, certificates)
