"""The sets over which embeddings are minimised (MATH 1), exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scverify.errors import InputError, must_be
from scverify.model.exact import Rational, positive


@dataclass(frozen=True)
class Sphere:
    """Every embedding has norm rho > 0: G_ii = rho^2.

    >>> Sphere("1/2").rho
    Fraction(1, 2)
    """

    rho: Fraction = Fraction(1)

    def __init__(self, rho: Rational = 1) -> None:
        """rho is a positive rational."""
        object.__setattr__(self, "rho", positive(rho, "rho"))

    def __str__(self) -> str:
        return _with_value("sphere", self.rho)


@dataclass(frozen=True)
class Ball:
    """Every embedding has norm at most rho > 0: G_ii <= rho^2.

    >>> Ball(2).rho
    Fraction(2, 1)
    """

    rho: Fraction = Fraction(1)

    def __init__(self, rho: Rational = 1) -> None:
        """rho is a positive rational."""
        object.__setattr__(self, "rho", positive(rho, "rho"))

    def __str__(self) -> str:
        return _with_value("ball", self.rho)


@dataclass(frozen=True)
class Ridge:
    """No norm constraint; the objective gains weight/2 * ||H||_F^2, weight > 0.

    >>> Ridge("1/10").weight
    Fraction(1, 10)
    """

    weight: Fraction

    def __init__(self, weight: Rational) -> None:
        """weight is a positive rational."""
        object.__setattr__(self, "weight", positive(weight, "ridge weight"))

    def __str__(self) -> str:
        return f"ridge:{self.weight}"


@dataclass(frozen=True)
class NonNegative:
    """Any of the other sets, and H >= 0 entrywise (the model after a ReLU; Kini et al. 2023).

    >>> NonNegative(Ball(2)).inner.rho
    Fraction(2, 1)
    """

    inner: Sphere | Ball | Ridge

    def __init__(self, inner: Sphere | Ball | Ridge | None = None) -> None:
        """inner defaults to the unit sphere; raises InputError for anything else than a constraint on norms."""
        if inner is not None:
            must_be(inner, (Sphere, Ball, Ridge), "inner constraint", 'an instance such as Sphere(), Ball("3/2") or Ridge("1/10")')
        object.__setattr__(self, "inner", Sphere() if inner is None else inner)

    def __str__(self) -> str:
        return f"{self.inner}, H >= 0"


Constraint = Sphere | Ball | Ridge | NonNegative


def norm_constraint(constraint: Constraint) -> Sphere | Ball | Ridge:
    """The constraint on norms, the sign constraint aside."""
    return constraint.inner if isinstance(constraint, NonNegative) else constraint


def parse_constraint(text: str, nonnegative: bool = False) -> Constraint:
    """The constraint that a command line names: sphere[:RHO], ball[:RHO] or ridge:WEIGHT.

    Raises InputError for any other text.
    """
    kind, colon, value = text.partition(":")
    inner: Sphere | Ball | Ridge
    match kind:
        case "sphere":
            inner = Sphere(value if colon else 1)
        case "ball":
            inner = Ball(value if colon else 1)
        case "ridge" if value:
            inner = Ridge(value)
        case _:
            raise InputError(f"constraint {text!r}", "sphere[:RHO], ball[:RHO], ridge:WEIGHT", "choose one of these")
    return NonNegative(inner) if nonnegative else inner


def as_constraint(constraint: object) -> Constraint:
    """A constraint, the one that a text names, or by default the unit sphere; raises InputError for anything else."""
    if constraint is None:
        return Sphere()
    if isinstance(constraint, str):
        return parse_constraint(constraint)
    if not isinstance(constraint, Sphere | Ball | Ridge | NonNegative):
        given = f"the class {constraint.__name__}" if isinstance(constraint, type) else repr(constraint)
        raise InputError(
            f"constraint {given}",
            'an instance such as Sphere(), Ball("3/2"), Ridge("1/10"), or a text such as "ball:3/2"',
            "call the class",
        )
    return constraint


def _with_value(kind: str, value: Fraction) -> str:
    return kind if value == 1 else f"{kind}:{value}"
