"""A family in the coordinates of a symmetry seen in those of all of H: where it turns back, with the proof that this is its own curve."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx

from scverify.certify.branch import PRECISION, BetterAt, Branch, Guide, follow
from scverify.certify.claims import Data
from scverify.certify.fold import with_fold
from scverify.kernel.branches.frame import Coordinates
from scverify.kernel.branches.tube import holds
from scverify.model.problem import Problem


def turned_back(family: Branch, problem: Problem, better_at: BetterAt, way: Fraction) -> Branch | None:
    """The last `way` of a family with the fold that its curve ends in, stated for all of H; None where that is not proved.

    problem: that of the family, whose temperature does not matter. The family's own point at its upper temperature is proved to lie in
    the last tube of what is returned, where there is one critical point alone: the curve is the family's. Raises Unresolved where it is not
    shown to be.
    """
    guide, last = _written_out(family, problem), family.steps[-1].curve
    upper = family.upper
    with ctx.workprec(PRECISION):
        end = last.at(last.tube.end)
        start = [x.mid() for x in seen_in(guide, family, end)]
        branch = follow(guide, family.kind, start, upper, upper - way, better_at)
        tube = branch.steps[-1].curve.tube
        own = next(step.curve for step in family.steps if step.curve.tube.start <= tube.middle <= step.curve.tube.end)
        holds(tube, seen_in(guide, family, own.at(tube.middle)))
    return with_fold(branch)


def _written_out(family: Branch, problem: Problem) -> Guide:
    """The guide of a family without its symmetries and small coordinates: the same gauge, a tie for each entry that was tied."""
    ties = family.guide.frame.ties
    stated: list[Data] = []
    for row, reference in sorted(ties.reference.items()):
        entries = sorted(j for i, j in ties.place if i == row and j != reference)
        stated.append({"row": row, "reference": reference, "entries": entries})
    data: Data = {"gauge": family.guide.data["gauge"], "active": family.guide.data["active"], "symmetries": [], "ties": stated}
    return Guide.of(problem, family.guide.rank, data)


def seen_in(guide: Guide, family: Branch, at: Coordinates) -> Coordinates:
    """A point of a family in the coordinates of a guide without symmetries."""
    frame, written = family.guide.frame, guide.frame
    state, values = frame.state(at), frame.tied(at)
    norms = [state.multipliers[i] for norm in written.norms for i in norm]
    rows = {i: frame.ties.of_row(i, values) for i in frame.ties.reference}
    tied = [rows[tie.row][tie.other] for tie in written.ties.free]
    return [*(x for row in state.h for x in row), *norms, *[arb(0)] * len(written.turns), *tied, at[-1]]
