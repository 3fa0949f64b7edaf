"""The level of samples: a node for each sample, its coefficients as they stand."""

from __future__ import annotations

from flint import fmpq

from .certificate import require
from .formula import Tree
from .level import BYTES_OF_PAIR, Coefficients, Level
from .limits import afford
from .problem import StatedProblem

# a few bytes of a rule stand for n^2 coefficients
MAX_SAMPLES = 3_000


def level_of_samples(problem: StatedProblem) -> Level:
    """Every sample a node, with coefficients as they stand: their signs are not checked."""
    require(ignores_empty_entries(problem.formula), "an entry that an anchor does not see, c = q = 0, counts in the formula")
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


def ignores_empty_entries(tree: Tree) -> bool:
    """Whether every sum leaves out entries with c = q = 0, by composition: then it is the same whether the row lists them or not."""

    def vanishes(x: Tree) -> bool:
        if not isinstance(x, tuple):
            return x in ("c", "q") if isinstance(x, str) else False
        if x[0] == "pow":
            return x[2] > 0 and vanishes(x[1])
        return any(map(vanishes, x[1:])) if x[0] == "mul" else x[0] == "add" and all(map(vanishes, x[1:]))

    if not isinstance(tree, tuple):
        return True
    return vanishes(tree[1]) if tree[0] == "sum" else all(ignores_empty_entries(x) for x in tree[1:] if not isinstance(x, int))
