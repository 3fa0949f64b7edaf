"""The problem of a claim as it stands in the certificate, checked field by field (MATH 1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flint import fmpq

from .certificate import fields, integer, items, rational, require, size_of
from .formula import Tree, parse

# more samples than any data set has; every count stays exact far beyond
MAX_COUNT = 1 << 40
# a formula is read for every row; none of the field has more than fifty entries
MAX_FORMULA = 2_000


class StatedConstraint(NamedTuple):
    """Sphere or ball with squared radius `bound`, or ridge with `weight`; with or without H >= 0."""

    kind: str
    bound: fmpq
    weight: fmpq
    nonnegative: bool


@dataclass(frozen=True)
class StatedProblem:
    """A loss (formula and coefficients) on classes of stated sizes, under a constraint, at a temperature."""

    formula: Tree
    coefficients: dict[str, Any]
    sizes: list[int]
    tau: fmpq
    constraint: StatedConstraint
    ignore_singletons: bool
    mean: bool
    dim: int | None

    @cached_property
    def samples(self) -> int:
        """Number of samples n."""
        return sum(self.sizes)

    @cached_property
    def anchors(self) -> int:
        """Number of samples that have a positive."""
        return sum(size for size in self.sizes if size > 1)


def read_problem(data: Any) -> StatedProblem:
    """Check every field of a claim's problem."""
    fields(data, "formula coefficients sizes tau constraint singletons reduction", "dim")
    require(size_of(data["formula"]) <= MAX_FORMULA, f"the formula has more than {MAX_FORMULA} entries")
    if isinstance(data["sizes"], dict) and "runs" in data["sizes"]:
        from .runs import written_out

        data = {**data, "sizes": written_out(data["sizes"])}
    sizes = [integer(size, "a class size", 1, MAX_COUNT) for size in items(data["sizes"], "sizes")]
    require(len(sizes) > 0, "sizes are empty")
    require(data["singletons"] in ("error", "ignore"), "singletons is neither error nor ignore")
    require(data["singletons"] == "ignore" or min(sizes) > 1, "a class of one sample has no positive")
    require(max(sizes) > 1, "there is no anchor")
    require(data["reduction"] in ("sum", "mean"), "reduction is neither sum nor mean")
    tau = rational(data["tau"], "tau")
    require(tau > 0, "tau is not positive")
    return StatedProblem(
        formula=parse(data["formula"]),
        coefficients=data["coefficients"],
        sizes=sizes,
        tau=tau,
        constraint=read_constraint(data["constraint"]),
        ignore_singletons=data["singletons"] == "ignore",
        mean=data["reduction"] == "mean",
        dim=integer(data["dim"], "dim", 1) if "dim" in data else None,
    )


def read_constraint(data: Any) -> StatedConstraint:
    """Check every field of a constraint."""
    fields(data, "kind nonnegative", "rho weight")
    require(type(data["nonnegative"]) is bool, "nonnegative is neither true nor false")
    require(data["kind"] in ("sphere", "ball", "ridge"), "the constraint is not a sphere, a ball or a ridge")
    ridge = data["kind"] == "ridge"
    field, said = ("weight", "the ridge weight") if ridge else ("rho", "rho")
    fields(data, f"kind nonnegative {field}")
    size = rational(data[field], said)
    require(size > 0, f"{said} is not positive")
    bound, weight = (fmpq(0), size) if ridge else (size * size, fmpq(0))
    return StatedConstraint(kind=data["kind"], bound=bound, weight=weight, nonnegative=data["nonnegative"])
