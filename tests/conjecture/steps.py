"""Steps alone, without a statement around them."""

from scverify.conjecture.proof import prove
from scverify.conjecture.theorem import Theorem


def all_hold(steps):
    """Whether every step holds."""
    listed = list(steps)
    statement = Theorem(
        id="X", title="", latex="", source="", hypotheses=(), assumed=(), could_go_wrong=(), steps=lambda loss: listed, expect="PROVED"
    )
    return prove(statement).verdict == "PROVED"
