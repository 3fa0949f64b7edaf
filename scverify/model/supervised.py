"""Named losses on classes of samples that take parameters, or see one positive at a time."""

from __future__ import annotations

from collections.abc import Iterable

from scverify.errors import InputError
from scverify.model.exact import Rational, moderate, positive, whole
from scverify.model.units import RowKind, UnitLoss
from scverify.model.weights import class_sizes, exact_share
from scverify.symbolic.losses import Loss, pairwise_rule, supcon_row


def multi_similarity(alpha: Rational = 2, beta: Rational = 50, margin: Rational = "1/2") -> Loss:
    """Multi-similarity loss without mining (Wang et al. 2019), on similarities s/tau (published: tau = 1).

    A row is 1/alpha log(1 + sum_p e^{-alpha (s_p/tau - margin)}) + 1/beta log(1 + sum_n e^{beta (s_n/tau - margin)}); alpha, beta > 0.
    """
    from scverify.symbolic.templates import multi_similarity_row

    row = multi_similarity_row(positive(alpha, "alpha"), positive(beta, "beta"), moderate(margin, "margin"))
    return Loss("multi_similarity", row, pairwise_rule)


def binary_logistic(bias: Rational = 0) -> Loss:
    """A sigmoid for each ordered pair of samples, same class or not, with logits s/tau + bias (as in SigLIP, of one kind of node).

    A row is sum_p log(1 + e^{-(s_p/tau + bias)}) + sum_n log(1 + e^{s_n/tau + bias}).
    """
    from scverify.symbolic.templates import logistic_row

    return Loss("binary_logistic", logistic_row(moderate(bias, "bias")), pairwise_rule)


def sincere(sizes: Iterable[int]) -> UnitLoss:
    """SINCERE (Feeney and Hughes 2023): each positive alone beside the negatives, the mean over an anchor's positives.

    A row is the mean over p of -log(e^{s_p/tau} / (e^{s_p/tau} + sum_n e^{s_n/tau})). sizes: at least two classes of at least 2.
    """
    return _on_samples("sincere", class_sizes(sizes, 2), {"copy": 1, "others": {"sample": 1}}, 1)


def nscl(sizes: Iterable[int], views: int = 2) -> UnitLoss:
    """Negatives-only supervised contrast (Luthra et al. 2025): the positive is another view, the negatives are views of other classes.

    A row is log sum_n e^{s_n/tau} - s_p/tau. sizes: images per class, at least two classes; views: of each image, at least 2.
    """
    return _on_samples("nscl", class_sizes(sizes), {"others": {"sample": 1}}, whole(views, "views", 2))


def _on_samples(name: str, sizes: list[int], outcomes: dict[str, object], views: int) -> UnitLoss:
    types = tuple((sizes.count(size), (size * views,)) for size in sorted(set(sizes), reverse=True))
    row = RowKind("sample", supcon_row, 1, outcomes, {"copy": 1})
    return UnitLoss(name, "classes of samples", ("sample",), types, (row,), sum(sizes) * views)


def ssem(classes: int, images: int, share: Rational = "1/2") -> UnitLoss:
    """(1 - share) SupCon + share InfoNCE on the twin view (Lee et al. 2025): up to a share, classes collapse (MATH N8).

    Each of `classes` classes (at least 2) has `images` images (1 to 16) of two views; all other samples are outcomes, the targets are
    (1 - share)/(2 images - 1) for each positive, and share for the twin besides. share: from 0 to 1.
    """
    whole(classes, "classes", 2)
    if whole(images, "images", 1) > 16:
        raise InputError(f"{images} images per class", "1 to 16 images", "every view of a class is a node: give fewer")
    twin = exact_share(share, "share")
    kinds = tuple(f"view{i}" for i in range(2 * images))
    each = (1 - twin) / (len(kinds) - 1)
    rows = tuple(
        RowKind(
            anchor=kind,
            formula=supcon_row,
            weight=1,
            c={"own": {other: 1 for other in kinds if other != kind}, "others": dict.fromkeys(kinds, 1)},
            q={"own": {other: each + (twin if j == i ^ 1 else 0) for j, other in enumerate(kinds) if j != i}},
        )
        for i, kind in enumerate(kinds)
    )
    return UnitLoss("ssem", f"classes of {images} images of two views", kinds, ((classes, (1,) * len(kinds)),), rows, classes * len(kinds))
