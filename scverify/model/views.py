"""Named losses on images of several views, and on points alone: their nodes are interchangeable (MATH 9)."""

from __future__ import annotations

from scverify.model.exact import whole
from scverify.model.units import RowKind, UnitLoss
from scverify.symbolic.losses import supcon_row
from scverify.symbolic.row import named_row


def ntxent(images: int, views: int = 2) -> UnitLoss:
    """NT-Xent (Chen et al. 2020): each view against one positive at a time, the mean over its positives.

    L = sum over views i of 1/(views - 1) sum over the other views p of the image of -log(e^{s_ip/tau} / (e^{s_ip/tau} + sum over views n of
    other images of e^{s_in/tau})). images: at least 2; views: of each image, at least 2. Also called InfoNCE (van den Oord et al. 2018).

    >>> ntxent(images=4096).anchors
    8192
    """
    whole(images, "images", 2), whole(views, "views", 2)
    row = RowKind("view", supcon_row, 1, {"copy": 1, "others": {"view": 1}}, {"copy": 1})
    return UnitLoss("ntxent", f"images of {views} views", ("view",), ((images, (views,)),), (row,), images * views)


infonce = ntxent


def dhel(pairs: int) -> UnitLoss:
    """Decoupled hyperspherical energy loss (Koromilas et al. 2024): the negatives of a view are other images' views of its own kind.

    L = sum_i [log sum_{j != i} e^{<x_i, x_j>/tau} - <x_i, y_i>/tau] + the same with x and y exchanged. pairs: at least 2.
    """
    whole(pairs, "pairs", 2)
    rows = tuple(
        RowKind(kind, supcon_row, 1, {"others": {kind: 1}}, {"own": {twin: 1}}) for kind, twin in (("first", "second"), ("second", "first"))
    )
    return UnitLoss("dhel", "pairs of first and second view", ("first", "second"), ((pairs, (1, 1)),), rows, 2 * pairs)


def uniformity(samples: int) -> UnitLoss:
    """One logarithm over all ordered pairs of samples (Wang and Isola 2020): L = log sum_{i != j} e^{s_ij/tau}. samples: at least 2.

    Their loss log mean e^{-t |x_i - x_j|^2} of unit vectors is this one at tau = 1/(2t), less 2t + log(samples (samples - 1)).
    """
    whole(samples, "samples", 2)

    row = RowKind("sample", named_row("uniformity"), 1, {"others": {"sample": 1}}, {}, pooled=True)
    return UnitLoss("uniformity", "samples", ("sample",), ((samples, (1,)),), (row,), 1)
