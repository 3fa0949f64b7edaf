"""A problem: a loss placed on classes, a dimension, a temperature and a constraint. All exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from scverify.errors import InputError
from scverify.kernel.problem import Problem as Stated
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Constraint, Sphere
from scverify.model.data import problem_data
from scverify.model.exact import Rational, positive, whole
from scverify.symbolic.losses import Loss

Reduction = Literal["sum", "mean"]
Singletons = Literal["error", "ignore"]


@dataclass(frozen=True)
class Problem:
    """min over H (dim x n) of the loss at H'H, under a constraint (MATH 1).

    dim None means: any dimension that the optimum needs. A class of one sample raises InputError unless singletons="ignore".
    reduction "mean" divides by the number of anchors.
    """

    loss: Loss
    classes: Classes
    dim: int | None
    temperature: Fraction
    constraint: Constraint
    reduction: Reduction
    singletons: Singletons

    def __init__(
        self,
        loss: Loss,
        classes: Classes,
        dim: int | None = None,
        temperature: Rational = 1,
        constraint: Constraint | None = None,
        reduction: Reduction = "sum",
        singletons: Singletons = "error",
    ) -> None:
        """Checks every input; raises InputError."""
        for name, value in (
            ("loss", loss),
            ("classes", classes),
            ("dim", None if dim is None else whole(dim, "dim", 1)),
            ("temperature", positive(temperature, "temperature tau")),
            ("constraint", Sphere() if constraint is None else constraint),
            ("reduction", _one_of(reduction, "reduction", ("sum", "mean"))),
            ("singletons", _one_of(singletons, "singletons", ("error", "ignore"))),
        ):
            object.__setattr__(self, name, value)
        if singletons == "error" and 1 in classes.sizes:
            raise InputError(
                f"class {classes.sizes.index(1)} of one sample",
                "classes of at least two samples (one sample has no positive)",
                'pass singletons="ignore" (--ignore-singletons) to keep it as a negative that is no anchor',
            )
        if not any(size > 1 for size in classes.sizes):
            raise InputError("classes of one sample only", "at least one class of two samples", "without a positive there is no anchor")

    def __str__(self) -> str:
        dim = "any d" if self.dim is None else f"d = {self.dim}"
        return f"{self.loss.name}, sizes {self.classes}, tau = {self.temperature}, {self.constraint}, {dim}"

    @property
    def anchors(self) -> int:
        """Number of samples that have a positive."""
        return sum(size for size in self.classes.sizes if size > 1)

    @cached_property
    def stated(self) -> Stated:
        """The problem as the kernel reads it in a claim; raises InputError for a formula that its language does not hold."""
        return read_problem(problem_data(self))

    def replace(self, **changes: Any) -> Problem:
        """The problem with some of its inputs changed, each checked again."""
        names = ("loss", "classes", "dim", "temperature", "constraint", "reduction", "singletons")
        return Problem(**{name: getattr(self, name) for name in names} | changes)


def _one_of(value: str, name: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InputError(f"{name} {value!r}", " or ".join(allowed), "choose one of these")
    return value
