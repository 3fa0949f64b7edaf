"""A problem: a loss placed on classes, a dimension, a temperature and a constraint. All exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from scverify.errors import InputError, one_of
from scverify.kernel.problem import StatedProblem, read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Constraint, as_constraint
from scverify.model.data import problem_data
from scverify.model.exact import Rational, positive, whole
from scverify.symbolic.losses import ClassTable, CoefficientRule, Loss, load_loss

Reduction = Literal["sum", "mean"]
Singletons = Literal["error", "ignore"]


@dataclass(frozen=True, repr=False)
class Problem:
    """min over H (dim x n) of the loss at H'H, under a constraint (MATH 1).

    dim None means: any dimension that the optimum needs. A class of one sample raises InputError unless singletons="ignore".
    reduction "mean" divides by the number of anchors.

    >>> Problem("supcon", (5, 4), dim=3, temperature="7/100").temperature
    Fraction(7, 100)
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
        loss: Loss | str,
        classes: Classes | Iterable[int],
        dim: int | None = None,
        temperature: Rational = 1,
        constraint: Constraint | str | None = None,
        reduction: Reduction = "sum",
        singletons: Singletons = "error",
    ) -> None:
        """Check every input; raises InputError.

        loss: a Loss, or a name that `load_loss` knows. classes: Classes, or the sizes. constraint: one of the classes of
        `scverify.model.constraints`, or its text as on the command line, such as "ball:3/2".
        """
        loss, classes = _as_loss(loss), _as_classes(classes)
        _check_size_of_table(loss, classes)
        for name, value in (
            ("loss", loss),
            ("classes", classes),
            ("dim", None if dim is None else whole(dim, "dim", 1)),
            ("temperature", positive(temperature, "temperature tau")),
            ("constraint", as_constraint(constraint)),
            ("reduction", one_of(reduction, "reduction", ("sum", "mean"))),
            ("singletons", one_of(singletons, "singletons", ("error", "ignore"))),
        ):
            object.__setattr__(self, name, value)
        if singletons == "error" and 1 in classes.sizes:
            raise InputError(
                f"class {classes.sizes.index(1)} of one sample",
                "classes of at least two samples (one sample has no positive)",
                'pass singletons="ignore" (--ignore-singletons) to keep it as a negative that is not an anchor',
            )
        if not any(size > 1 for size in classes.sizes):
            raise InputError("classes of one sample only", "at least one class of two samples", "without a positive there is no anchor")

    def __str__(self) -> str:
        dim = "any d" if self.dim is None else f"d = {self.dim}"
        return f"{self.loss.name}, sizes {self.classes}, tau = {self.temperature}, {self.constraint}, {dim}"

    def __repr__(self) -> str:
        return f"<Problem: {self}>"

    @property
    def anchors(self) -> int:
        """Number of samples that have a positive."""
        return sum(size for size in self.classes.sizes if size > 1)

    @property
    def data(self) -> dict[str, Any]:
        """The problem as a claim states it."""
        return problem_data(self)

    @cached_property
    def stated(self) -> StatedProblem:
        """The problem as the kernel reads it in a claim; raises InputError for a formula that its language does not hold."""
        return read_problem(self.data)

    def replace(self, **changes: Any) -> Problem:
        """The problem with some of its inputs changed, each checked again."""
        names = ("loss", "classes", "dim", "temperature", "constraint", "reduction", "singletons")
        return Problem(**{name: getattr(self, name) for name in names} | changes)


def _as_loss(loss: object) -> Loss:
    if isinstance(loss, str):
        return load_loss(loss)
    if not isinstance(loss, Loss):
        raise InputError(f"loss {loss!r}", "a Loss, or the name of one, such as sv.supcon or 'supcon'", "build one with sv.Loss")
    return loss


def _as_classes(classes: object) -> Classes:
    if isinstance(classes, Classes):
        return classes
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise InputError(f"classes {classes!r}", "Classes, or the class sizes, such as (4, 2)", "give one size per class")
    return Classes(classes)


def _check_size_of_table(loss: Loss, classes: Classes) -> None:
    """Raise InputError where a table of coefficients is made for another number of classes or samples."""
    table = loss.coefficients
    if isinstance(table, CoefficientRule):
        return
    of, wanted = ("classes", classes.k) if isinstance(table, ClassTable) else ("samples", classes.n)
    if len(table.weight) != wanted:
        raise InputError(
            f"sizes {classes} for {loss.name}, whose table has {len(table.weight)} {of}",
            f"sizes of {len(table.weight)} {of}, not {wanted}",
            "change the sizes or the table",
        )
