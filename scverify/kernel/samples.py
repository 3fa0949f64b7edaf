"""The level of samples: a node for each sample, its coefficients as they stand."""

from __future__ import annotations

from flint import fmpq

from .certificate import require
from .level import BYTES_OF_PAIR, Coefficients, Level
from .limits import afford
from .problem import StatedProblem

# a few bytes of a rule stand for n^2 coefficients
MAX_SAMPLES = 3_000


def level_of_samples(problem: StatedProblem) -> Level:
    """Every sample a node, with coefficients as they stand: their signs are not checked."""
    of, n = Coefficients(problem), problem.samples
    require(n <= MAX_SAMPLES, f"the sample level takes at most {MAX_SAMPLES} samples")
    afford(f"a level of {n} samples", size=BYTES_OF_PAIR * n * n)
    label = [c for c, size in enumerate(problem.sizes) for _ in range(size)] if of.kind != "samples" else list(range(n))
    own = of.kind == "samples"

    def table(name: str) -> list[list[fmpq]]:
        return [
            [*(of.entry(name, label[i], label[j]) if i != j else fmpq(0) for j in range(n)), of.entry(name, i, i) if own else fmpq(0)]
            for i in range(n)
        ]

    return Level(
        formula=problem.formula,
        tau=problem.tau,
        constraint=problem.constraint,
        dim=problem.dim,
        name="samples",
        multiplicity=[1] * n,
        mass=[1] * n,
        weight=[of.weight(i) for i in label],
        c=table("c"),
        q=table("q"),
    )
