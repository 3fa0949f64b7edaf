"""Named losses that bring their own nodes: each with its formula, its source and its units (MATH 9). Public as `scverify.losses`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from scverify.errors import InputError, must_be
from scverify.model.exact import Rational as Given
from scverify.model.exact import exact_rational, whole
from scverify.model.scalars import Chosen, FreeScalar, chosen_scalar
from scverify.model.units import RowKind, UnitLoss
from scverify.symbolic.losses import supcon_row
from scverify.symbolic.row import RowFormula

if TYPE_CHECKING:
    from sympy import Expr


def clip(pairs: int) -> UnitLoss:
    """Contrast of images and texts in both directions (Radford et al. 2021): a row of one modality sees all nodes of the other.

    pairs: at least 2. L = sum_i [log sum_j exp(<x_i, y_j>/tau) - <x_i, y_i>/tau] + the same with x and y exchanged.

    >>> clip(pairs=4096).units
    4096
    """
    whole(pairs, "pairs", 2)
    return UnitLoss(
        name="clip",
        plural="pairs of image and text",
        kinds=("image", "text"),
        types=((pairs, (1, 1)),),
        rows=(_contrast("image", "text"), _contrast("text", "image")),
        anchors=2 * pairs,
    )


def mnrl(pairs: int) -> UnitLoss:
    """Multiple negatives ranking (Henderson et al. 2017): queries see all documents, in one direction.

    pairs: at least 2. L = sum_i [log sum_j exp(<x_i, y_j>/tau) - <x_i, y_i>/tau].
    """
    whole(pairs, "pairs", 2)
    rows = (_contrast("query", "document"),)
    return UnitLoss("mnrl", "pairs of query and document", ("query", "document"), ((pairs, (1, 1)),), rows, pairs)


def siglip(pairs: int, bias: Chosen = -10) -> UnitLoss:
    """A sigmoid for each of the pairs^2 combinations of image and text (Zhai et al. 2023), logits s/tau + bias.

    L = sum_i log(1 + e^{-(s_ii/tau + bias)}) + sum_{i != j} log(1 + e^{s_ij/tau + bias}). pairs: at least 2. bias: a rational; "free",
    "free:A,B" or "ridge:W" where the loss is minimised over it as well.
    """
    whole(pairs, "pairs", 2)
    from sympy import Rational

    given = chosen_scalar(bias, "bias")
    shift = given if isinstance(given, Fraction) else Fraction(0)
    formula = RowFormula("siglip", sigmoids(Rational(shift.numerator, shift.denominator)))
    row = RowKind("image", formula, 1, {"others": {"text": 1}}, {"own": {"text": 1}}, shift=None if isinstance(given, Fraction) else "bias")
    scalars = () if isinstance(given, Fraction) else (FreeScalar(name="bias", of=None, domain=given),)
    return UnitLoss("siglip", "pairs of image and text", ("image", "text"), ((pairs, (1, 1)),), (row,), pairs, scalars)


def sigmoids(bias: Expr) -> Expr:
    """A row of sigmoids with logits s/tau + bias: q counts the pairs, c the others."""
    from sympy import exp, log

    from scverify.symbolic.symbols import a, c, q, row_sum, s, tau

    logit = s[a] / tau + bias
    return row_sum(q[a] * log(1 + exp(-logit))) + row_sum(c[a] * log(1 + exp(logit)))


def cross_entropy(sizes: Iterable[int], smoothing: Given = 0, bias: Chosen | None = None) -> UnitLoss:
    """Cross-entropy of k >= 2 classes with unconstrained features and weight vectors, summed (logits <w_c, h_i>/tau + b_c).

    A unit is a class: its weight vector, and its samples as copies of one feature node. smoothing delta in [0, 1): targets are
    1 - delta + delta/k for the label and delta/k for the others. bias: None for none; "free", "free:A,B" or "ridge:W" for one per class.
    """
    must_be(sizes, Iterable, "sizes", "a list of whole numbers such as (7, 3, 3, 2, 2)")
    counts = [whole(size, "class size", 1) for size in sizes]
    if len(counts) < 2:
        raise InputError(f"{len(counts)} class(es)", "at least two classes", "add a class")
    delta = exact_rational(smoothing, "smoothing")
    if not 0 <= delta < 1:
        raise InputError(f"smoothing {smoothing}", "0 <= smoothing < 1", "correct smoothing")
    share = delta / len(counts)
    domain = None if bias is None else chosen_scalar(bias, "bias")
    if isinstance(domain, Fraction):
        raise InputError(f"bias {domain} of cross_entropy", "free, free:A,B or ridge:W", "drop it: one number changes nothing")
    row = RowKind(
        shift=None if bias is None else "bias",
        anchor="feature",
        formula=supcon_row,
        weight=1,
        c={"own": {"weight": 1}, "others": {"weight": 1}},
        q={"own": {"weight": 1 - share * (len(counts) - 1)}, "others": {"weight": share}} if delta else {"own": {"weight": 1}},
    )
    types = tuple((counts.count(size), (1, size)) for size in sorted(set(counts), reverse=True))
    return UnitLoss(
        name="cross_entropy",
        plural="classes of weight vector and features",
        kinds=("weight", "feature"),
        types=types,
        rows=(row,),
        anchors=sum(counts),
        scalars=() if bias is None else (FreeScalar(name="bias", of="weight", domain=domain),),
    )


def _contrast(anchor: str, other: str) -> RowKind:
    """The row of an anchor that sees the other kind in every unit, and whose positive is that of its own."""
    return RowKind(anchor, supcon_row, 1, {"own": {other: 1}, "others": {other: 1}}, {"own": {other: 1}})


PAIRS = {"clip": clip, "mnrl": mnrl, "siglip": siglip}
