"""Named losses of a classifier on free features: a unit is a class, its weight vector and its samples as copies of one feature (MATH 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from scverify.errors import InputError
from scverify.model.exact import Rational, exact_rational, listed, moderate, whole
from scverify.model.scalars import Chosen, FreeScalar, chosen_scalar
from scverify.model.sums import on_units, weighted_sum
from scverify.model.units import RowKind, Types, UnitLoss
from scverify.symbolic.losses import supcon, supcon_row
from scverify.symbolic.row import named_row

_CLASSES = "classes of weight vector and features"
_OWN, _OTHERS = {"own": {"weight": 1}}, {"others": {"weight": 1}}


def class_sizes(sizes: Iterable[int], least: int = 1) -> list[int]:
    """The sizes of at least two classes; InputError for any other list."""
    given = listed(sizes, "sizes", "a list of whole numbers such as (7, 3, 3)", "give one size per class")
    counts = [whole(size, "class size", least) for size in given]
    if len(counts) < 2:
        raise InputError(f"{len(counts)} class(es)", "at least two classes", "add a class")
    return counts


def exact_share(value: Rational, name: str) -> Fraction:
    """An exact number from 0 to 1."""
    share = exact_rational(value, name)
    if not 0 <= share <= 1:
        raise InputError(f"{name} {value}", f"0 <= {name} <= 1", f"correct {name}")
    return share


def _types(sizes: list[int]) -> Types:
    """A unit type for each size: a weight vector, and so many features."""
    return tuple((sizes.count(size), (1, size)) for size in sorted(set(sizes), reverse=True))


def cross_entropy(sizes: Iterable[int], smoothing: Rational = 0, bias: Chosen | None = None) -> UnitLoss:
    """Cross-entropy of k >= 2 classes with unconstrained features and weight vectors, summed (logits <w_c, h_i>/tau + b_c).

    smoothing delta in [0, 1): targets are 1 - delta + delta/k for the label and delta/k for the others (label smoothing). bias: None for
    none; "free", "free:A,B" or "ridge:W" for one per class.
    """
    counts = class_sizes(sizes)
    delta = exact_rational(smoothing, "smoothing")
    if not 0 <= delta < 1:
        raise InputError(f"smoothing {smoothing}", "0 <= smoothing < 1", "correct smoothing")
    share = delta / len(counts)
    targets = {"own": {"weight": 1 - share * (len(counts) - 1)}, "others": {"weight": share}} if delta else _OWN
    scalars = () if bias is None else (_bias_of_weights(bias),)
    row = RowKind("feature", supcon_row, 1, _OWN | _OTHERS, targets, shift="bias" if scalars else None)
    return UnitLoss("cross_entropy", _CLASSES, ("weight", "feature"), _types(counts), (row,), sum(counts), scalars)


def _bias_of_weights(bias: Chosen) -> FreeScalar:
    """One free scalar per class; InputError for a number."""
    domain = chosen_scalar(bias, "bias")
    if isinstance(domain, Fraction):
        raise InputError(f"bias {domain} for every class", "free, free:A,B or ridge:W", "drop it, or free it")
    return FreeScalar(name="bias", of="weight", domain=domain)


def label_smoothing(sizes: Iterable[int], smoothing: Rational = "1/10") -> UnitLoss:
    """Cross-entropy with smoothed labels (Szegedy et al. 2016): `cross_entropy` with smoothing."""
    return cross_entropy(sizes, smoothing)


def mse(sizes: Iterable[int], bias: Chosen | None = None) -> UnitLoss:
    """Squared error of one-hot targets (Zhou et al. 2022): L = 1/2 sum over samples of |W h/tau + b - e_y|^2.

    sizes: at least two. Usual at tau = 1, with a ridge on weights and features. bias: None for none; "free", "free:A,B" or "ridge:W" for
    one per class.
    """
    counts = class_sizes(sizes)
    scalars = () if bias is None else (_bias_of_weights(bias),)
    row = RowKind("feature", named_row("mse"), 1, _OTHERS, _OWN, shift="bias" if scalars else None)
    return UnitLoss("mse", _CLASSES, ("weight", "feature"), _types(counts), (row,), sum(counts), scalars)


def cosface(sizes: Iterable[int], margin: Rational = "7/20") -> UnitLoss:
    """Cross-entropy with a margin on the label's cosine (Wang et al. 2018): logits (<w_y, h> - margin)/tau and <w_c, h>/tau.

    sizes: at least two; margin: at least 0. The published scale s is 1/tau.
    """
    counts, gap = class_sizes(sizes), moderate(margin, "margin")
    if gap < 0:
        raise InputError(f"margin {margin}", "margin >= 0", "correct the margin")
    from scverify.symbolic.templates import cosface_row

    row = RowKind("feature", cosface_row(gap), 1, _OTHERS, _OWN)
    return UnitLoss("cosface", _CLASSES, ("weight", "feature"), _types(counts), (row,), sum(counts))


def supcon_cross_entropy(sizes: Iterable[int], share: Rational = "1/2") -> UnitLoss:
    """A sum of SupCon and cross-entropy on the same features (Gunel et al. 2021): share * supcon + (1 - share) * cross_entropy.

    sizes: at least two, each at least 2; share: from 0 to 1. Both at one temperature.
    """
    counts, part = class_sizes(sizes, 2), exact_share(share, "share")
    contrast = on_units(supcon, counts)
    return replace(weighted_sum((part, contrast), (1 - part, cross_entropy(counts))), name="supcon_cross_entropy", anchors=sum(counts))
