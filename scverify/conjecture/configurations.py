"""Random rational embeddings, and what the compiled loss says there in balls: a check of statements about all embeddings, and no proof."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from flint import arb, ctx

from scverify.conjecture.formulas import PRECISION
from scverify.conjecture.theorem import Decision, Step
from scverify.model.classes import Classes
from scverify.model.level import ball, sample_level
from scverify.model.problem import Problem
from scverify.search.objective import Objective
from scverify.symbolic.losses import Loss

# sizes alike and not, dimensions from one to more than classes, warm and cold
_PROBLEMS = (((3, 2), 2, "1/2"), ((4, 2), 3, "1/5"), ((2, 2, 2), 2, "1"), ((3, 3, 2), 4, "1/10"), ((5, 2), 1, "2"))
# of each: what is false at a third of the points passes all twenty with probability (2/3)^20 = 3e-4
_DRAWS = 4


@dataclass(frozen=True)
class Configuration:
    """Embeddings (n, d) of a problem, balls around rationals or on the unit sphere."""

    problem: Problem
    embeddings: np.ndarray[Any, np.dtype[np.object_]]

    @cached_property
    def gram(self) -> Any:
        """G (n, n)."""
        return self.embeddings @ self.embeddings.T

    @cached_property
    def _evaluated(self) -> tuple[Any, Any]:
        objective = Objective.balls(sample_level(self.problem))
        zero = np.array([arb(0)] * len(self.embeddings), dtype=object)
        return objective.value_and_gradient(objective.similarities(self.embeddings, zero))

    @property
    def value(self) -> arb:
        """The loss."""
        total: arb = self._evaluated[0]
        return total

    @property
    def slopes(self) -> Any:
        """D (n, n): the derivative of row i by its entry a; 0 at a = i."""
        slopes = self._evaluated[1][:, :-1].copy()
        np.fill_diagonal(slopes, arb(0))
        return slopes

    @property
    def gradient(self) -> Any:
        """(n, d): the derivative of the loss by the embeddings."""
        return (self.slopes + self.slopes.T) @ self.embeddings

    @property
    def tau(self) -> arb:
        """The temperature."""
        at: arb = ball(self.problem.temperature)
        return at

    @property
    def labels(self) -> list[int]:
        """The class of every sample."""
        return [c for c, size in enumerate(self.problem.classes.sizes) for _ in range(size)]

    def pairs(self) -> list[tuple[int, int, int]]:
        """(i, j, size of the class) for every two samples of one class."""
        sizes, labels = self.problem.classes.sizes, self.labels
        return [(i, j, sizes[labels[i]]) for i, j in combinations(range(len(labels)), 2) if labels[i] == labels[j]]

    def collapsed(self, chosen: Sequence[int]) -> Configuration:
        """Every sample at the chosen one of its class."""
        return Configuration(self.problem, self.embeddings[[chosen[c] for c in self.labels]])


def drawn(loss: Loss, seed: str, sphere: bool) -> list[Configuration]:
    """Some random configurations; on the unit sphere, or anywhere with norms between about 0 and 2."""
    numbers, found = random.Random(seed), []
    for sizes, dim, tau in _PROBLEMS:
        problem = Problem(loss, Classes(sizes), dim=dim, temperature=tau)
        for _ in range(_DRAWS):
            rows = [[ball(Fraction(numbers.randrange(-20, 21), 20)) for _ in range(dim)] for _ in range(problem.classes.n)]
            rows = [row if any(x != 0 for x in row) else [arb(1)] * dim for row in rows]
            norms = [sum((x * x for x in row), arb(0)).sqrt() if sphere else arb(1) for row in rows]
            found.append(
                Configuration(problem, np.array([[x / norm for x in row] for row, norm in zip(rows, norms, strict=True)], dtype=object))
            )
    return found


def at_configurations(
    says: str, loss: Loss, slacks: Callable[[Configuration], Sequence[arb]], sphere: bool = False, formula: str = ""
) -> Step:
    """The statement that every slack is >= 0, at random configurations in balls: it is taken back where one is negative."""

    def decide() -> Decision:
        with ctx.workprec(PRECISION):
            at = drawn(loss, says, sphere)
            found = [slack for configuration in at for slack in slacks(configuration)]
        if any(slack < 0 for slack in found):
            return Decision(False, "it fails at a random configuration")
        return Decision(True, f"{len(found)} cases at {len(at)} random configurations agree with the compiled loss", points=len(at))

    return Step("fact", says, formula, decide)


def pair_slacks(at: Configuration) -> list[arb]:
    """<grad_i - grad_j, h_i - h_j> - (D/tau)(2/(m - 1) - p_ij - p_ji) for every pair of one class, p from the compiled loss."""
    found = []
    for i, j, size in at.pairs():
        apart = at.embeddings[i] - at.embeddings[j]
        left = ((at.gradient[i] - at.gradient[j]) * apart).sum()
        mean = ball(Fraction(1, size - 1))
        shares = at.tau * (at.slopes[i][j] + at.slopes[j][i]) + 2 * mean
        found.append(left - (apart * apart).sum() / at.tau * (2 * mean - shares))
    return found
