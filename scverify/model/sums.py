"""Losses in sums: parts on one set of nodes with rational weights, supervised losses placed beside others, and a loss times a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from scverify.errors import InputError, must_be
from scverify.model.exact import listed, moderate, whole
from scverify.model.nodes import NodeLoss
from scverify.model.units import RowKind, Types, UnitLoss
from scverify.symbolic.losses import CoefficientRule, Loss, times

if TYPE_CHECKING:
    from sympy import Expr

AnyLoss = Loss | UnitLoss | NodeLoss


def on_units(loss: Loss, sizes: Sequence[int]) -> UnitLoss:
    """A supervised loss with a rule of coefficients on classes of at least two samples: copies of one "feature" per class."""
    must_be(loss, Loss, "loss", "a loss on classes, such as sv.supcon")
    given = listed(sizes, "sizes", "a list of whole numbers such as (7, 3, 3)", "give one size per class")
    sizes = [whole(size, "class size", 2) for size in given]
    rule = loss.coefficients
    if not isinstance(rule, CoefficientRule):
        raise InputError(f"{loss.name}, whose coefficients are a table", "a loss whose coefficients are a rule", "state its rows instead")
    from scverify.symbolic.symbols import n_anchors, n_samples

    known = {n_samples: sum(sizes), n_anchors: sum(sizes)}
    row = RowKind(
        anchor="feature",
        formula=loss.formula,
        weight=rule.weight.subs(known),
        c={"copies": rule.positive_c.subs(known), "others": {"feature": rule.negative_c.subs(known)}},
        q={"copies": rule.positive_q.subs(known), "others": {"feature": rule.negative_q.subs(known)}},
    )
    types = tuple((list(sizes).count(size), (size,)) for size in sorted(set(sizes), reverse=True))
    return UnitLoss(loss.name, "classes of features", ("feature",), types, (row,), sum(sizes))


def weighted_sum(*parts: tuple[Fraction | int, UnitLoss]) -> UnitLoss:
    """The sum of losses times weights >= 0 on one set of units: a kind of the same name is the same node.

    The first part with the most kinds says what the units are; InputError where another has other units.
    """
    if not parts or not all(isinstance(part, tuple | list) and len(part) == 2 and isinstance(part[1], UnitLoss) for part in parts):
        raise InputError(f"parts {parts!r}", "pairs of a weight and a loss on units, at least one", "give (weight, loss) for each")
    parts = tuple((moderate(weight, "weight"), loss) for weight, loss in parts)
    widest = max((loss for _, loss in parts), key=lambda loss: len(loss.kinds))
    for weight, loss in parts:
        if weight < 0:
            raise InputError(f"weight {weight} of {loss.name}", "weights of at least 0", "a difference of convex losses is not convex")
        if not set(loss.kinds) <= set(widest.kinds) or loss.types != _of_kinds(widest, loss.kinds):
            raise InputError(
                f"{loss.name} on {loss.extent}", f"the units of {widest.name}: {widest.extent}", "use the same sizes and kinds"
            )
    rows = tuple(replace(row, weight=_times(weight, row.weight)) for weight, loss in parts if weight != 0 for row in loss.rows)
    name = " + ".join(loss.name if weight == 1 else f"{weight} {loss.name}" for weight, loss in parts)
    scalars = tuple(dict.fromkeys(scalar for _, loss in parts for scalar in loss.scalars))
    return replace(widest, name=name, rows=rows, anchors=max(loss.anchors for _, loss in parts), scalars=scalars)


def _of_kinds(loss: UnitLoss, kinds: Sequence[str]) -> Types:
    """The unit types of a loss with the copies of some kinds alone."""
    places = [loss.kinds.index(kind) for kind in kinds]
    return tuple((m, tuple(copies[place] for place in places)) for m, copies in loss.types)


def rescaled(loss: AnyLoss, factor: Fraction) -> AnyLoss:
    """A loss times a positive rational, such as tau/tau_0, by which reference code multiplies what it logs."""
    must_be(loss, (Loss, UnitLoss, NodeLoss), "loss", "a loss")
    factor = moderate(factor, "factor")
    if factor <= 0:
        raise InputError(f"factor {factor}", "a factor above 0", "correct it")
    if factor == 1:
        return loss
    name = f"{factor} {loss.name}"
    if isinstance(loss, Loss):
        return times(loss, factor)
    if isinstance(loss, NodeLoss):
        return replace(loss, name=name, rows=tuple(replace(row, weight=factor * row.weight) for row in loss.rows))
    return replace(loss, name=name, rows=tuple(replace(row, weight=_times(factor, row.weight)) for row in loss.rows))


def _times(factor: Fraction | int, weight: Expr | Fraction | int) -> Expr | Fraction | int:
    """The product: a SymPy expression takes numbers of its own kind."""
    if isinstance(weight, Fraction | int):
        return factor * weight
    from sympy import Rational

    return weight * Rational(factor.numerator, factor.denominator)
