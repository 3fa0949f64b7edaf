"""The named losses. Public as `scverify.losses`: each with its formula, its parameters and its source.

Those of a constant or of `Loss` are placed on classes (`sv.Problem`); the others bring their own nodes (`sv.UnitProblem`, MATH 9).
"""

from __future__ import annotations

from fractions import Fraction

from scverify.model.batches import mini_batches
from scverify.model.exact import whole
from scverify.model.scalars import Chosen, FreeScalar, chosen_scalar
from scverify.model.sums import on_units, rescaled, weighted_sum
from scverify.model.supervised import binary_logistic, multi_similarity, nscl, sincere, ssem
from scverify.model.targets import mixup, multi_label, y_aware
from scverify.model.units import RowKind, UnitLoss
from scverify.model.views import dhel, infonce, ntxent, uniformity
from scverify.model.weights import cosface, cross_entropy, label_smoothing, mse, supcon_cross_entropy
from scverify.symbolic.losses import bcl, decoupled, lifted, soft_supcon, spectral, supcon, supcon_in, supcon_row, supcon_weighted

__all__ = [
    "bcl",
    "binary_logistic",
    "clip",
    "cosface",
    "cross_entropy",
    "decoupled",
    "dhel",
    "infonce",
    "label_smoothing",
    "lifted",
    "mini_batches",
    "mixup",
    "mnrl",
    "mse",
    "multi_label",
    "multi_similarity",
    "nscl",
    "ntxent",
    "on_units",
    "rescaled",
    "siglip",
    "sincere",
    "soft_supcon",
    "spectral",
    "ssem",
    "supcon",
    "supcon_cross_entropy",
    "supcon_in",
    "supcon_weighted",
    "uniformity",
    "weighted_sum",
    "y_aware",
]


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


def mnrl(pairs: int, hard: int = 0, repeats: int = 1) -> UnitLoss:
    """Multiple negatives ranking (Henderson et al. 2017): queries see all documents, in one direction.

    pairs: at least 2. L = sum_i [log sum_j exp(<x_i, y_j>/tau) - <x_i, y_i>/tau], j over the documents of all pairs and over their hard
    negatives, `hard` of each pair. repeats: how often each pair stands in the batch; its duplicates are negatives of each other.
    """
    whole(pairs, "pairs", 2), whole(hard, "hard", 0), whole(repeats, "repeats", 1)
    seen = {"document": 1, "negative": 1} if hard else {"document": 1}
    row = RowKind("query", supcon_row, 1, {"own": seen, "others": seen}, {"own": {"document": Fraction(1, repeats)}})
    kinds, copies = (("query", *seen), (repeats, repeats, repeats * hard)[: 1 + len(seen)])
    plural = f"pairs of {'query, document and negatives' if hard else 'query and document'}"
    return UnitLoss("mnrl", plural, kinds, ((pairs, copies),), (row,), pairs * repeats)


def siglip(pairs: int, bias: Chosen = -10) -> UnitLoss:
    """A sigmoid for each of the pairs^2 combinations of image and text (Zhai et al. 2023), logits s/tau + bias.

    L = sum_i log(1 + e^{-(s_ii/tau + bias)}) + sum_{i != j} log(1 + e^{s_ij/tau + bias}). pairs: at least 2. bias: a rational; "free",
    "free:A,B" or "ridge:W" where the loss is minimised over it as well.
    """
    whole(pairs, "pairs", 2)
    given = chosen_scalar(bias, "bias")
    fixed = isinstance(given, Fraction)
    from scverify.symbolic.templates import logistic_row

    formula = logistic_row(given if isinstance(given, Fraction) else Fraction(0))
    row = RowKind("image", formula, 1, {"others": {"text": 1}}, {"own": {"text": 1}}, shift=None if fixed else "bias")
    scalars = () if isinstance(given, Fraction) else (FreeScalar(name="bias", of=None, domain=given),)
    return UnitLoss("siglip", "pairs of image and text", ("image", "text"), ((pairs, (1, 1)),), (row,), pairs, scalars)


def _contrast(anchor: str, other: str) -> RowKind:
    """The row of an anchor that sees the other kind in every unit, and whose positive is that of its own."""
    return RowKind(anchor, supcon_row, 1, {"own": {other: 1}, "others": {other: 1}}, {"own": {other: 1}})


PAIRS = {"clip": clip, "mnrl": mnrl, "siglip": siglip}
