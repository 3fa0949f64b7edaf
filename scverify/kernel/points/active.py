"""Active norms on the ball: which samples lie on its boundary, proved for a point, for a whole box, and by the signs of the multipliers."""

from __future__ import annotations

from flint import arb, arb_mat

from ..certificate import Rejected, Unresolved
from ..problem import StatedConstraint
from .nodes import PointLevel
from .orbit import Layout, Orbit, State, gram_of
from .slopes import first_slopes


def check_inside(norms: list[StatedConstraint], layout: Layout, state: State) -> None:
    """The norms that are not active are smaller than the ball's."""
    for i in range(layout.n):
        square = sum((row[i] * row[i] for row in state.h), arb(0))
        if norms[i].kind == "ball" and i not in layout.active and not square < norms[i].bound:
            raise Unresolved(f"the norm of sample {i} may not be inside the ball")


def check_active_set(level: PointLevel, layout: Layout, box: State) -> None:
    """Every critical point whose H lies in the box has the stated active norms, so uniqueness is not of one active set only.

    An inactive sample stays inside; an active one has (H grad L)_i != 0 = H S in the whole box, so its multiplier cannot vanish.
    """
    force = (arb_mat(box.h) * arb_mat(first_slopes(level, gram_of(layout, box)))).tolist()
    for i, norm in enumerate(level.norms):
        if norm.kind != "ball":
            continue
        if i not in layout.active:
            inside = sum((row[i] * row[i] for row in box.h), arb(0)) < norm.bound
            if not inside:
                raise Unresolved(f"the norm of sample {i} may reach the ball's boundary within the box")
        elif all(row[i].contains(0) or not row[i].is_finite() for row in force):
            raise Unresolved(f"the multiplier of sample {i} may be zero within the box")


def multiplier_signs(norms: list[StatedConstraint], orbit: Orbit) -> None:
    """On the ball a critical point has non-negative multipliers; strict complementarity is asked for. A sphere has either sign."""
    for i in orbit.layout.active:
        if norms[i].kind != "ball":
            continue
        if orbit.state.multipliers[i] < 0:
            raise Rejected(f"the multiplier of sample {i} is negative: no critical point of the ball")
        if not orbit.state.multipliers[i] > 0:
            raise Unresolved(f"the multiplier of sample {i} may be zero")
