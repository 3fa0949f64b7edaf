"""Descents below the rank that can be taken up again: what is done of them is kept now and then, and at an interrupt."""

from __future__ import annotations

from typing import Any

from scverify.certify.checkpoints import Checkpoints, Keep, damaged, from_hexadecimal, hexadecimal, opened, sealed
from scverify.certify.claims import Data
from scverify.model.level import WorkingLevel
from scverify.model.points import points_claim
from scverify.model.problem import Problem
from scverify.search.candidate import Candidate
from scverify.search.factorised import Descents, low_rank_candidate

FORMAT = "scverify-descents"


class KeptDescents:
    """The best of several descents in the dimension of a problem, as far as they are."""

    def __init__(self, problem: Problem, starts: int, seed: int, search: Data | None, keep: Keep | None) -> None:
        """None is done, or what an earlier call kept; InputError where that is damaged."""
        self._claim: Data = {**points_claim(problem), "starts": starts, "seed": seed}
        self._dim, self._starts, self._seed = problem.dim or 0, starts, seed
        self._done: Descents | None = None if search is None else _read(opened(search, FORMAT, self._claim))
        self._kept = Checkpoints(keep, self._state)

    def candidate(self, level: WorkingLevel) -> Candidate:
        """The best point of all descents; what is done is kept where an interrupt ends them."""
        try:
            return low_rank_candidate(level, min(self._dim, level.nodes), self._starts, self._seed, self._done, self._watch)
        except KeyboardInterrupt:
            if self._done is not None:
                self._kept.now()
            raise

    def _watch(self, done: Descents) -> None:
        self._done = done
        self._kept.when_due()

    def _state(self) -> Data:
        assert self._done is not None  # nothing is kept before the first descent ends
        best = {"value": self._done.value.hex(), "means": hexadecimal(self._done.means), "spread": hexadecimal(self._done.spread[None])[0]}
        return sealed({"format": FORMAT, "claim": self._claim, "done": self._done.done, "best": best})


def _read(state: Any) -> Descents:
    try:
        best = state["best"]
        means, [spread] = from_hexadecimal(best["means"]), from_hexadecimal([best["spread"]])
        return Descents(done=int(state["done"]), value=float.fromhex(best["value"]), means=means, spread=spread)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(f"it cannot be read ({type(error).__name__})") from error
