"""What is known of each named loss: formula, parameters, what it stands on, constraint and source; and what stays outside, and why.

Kept apart from the losses themselves, so that it is read without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import Any

from scverify.errors import InputError

# how a parameter is written: a whole number, an exact number, one that may be free, labels in a file, or JSON (in place, or in a file)
PARAMETERS: dict[str, tuple[str, str]] = {
    "pairs": ("count", "Number of pairs."),
    "images": ("count", "Number of images (for ssem: of each class)."),
    "samples": ("count", "Number of samples."),
    "classes": ("count", "Number of classes."),
    "views": ("count", "Views of each image or sample."),
    "labels": ("labels", "A file of labels."),
    "hard": ("count", "Hard negatives of each pair."),
    "repeats": ("count", "How often each pair stands in the batch."),
    "bias": ("scalar", "Bias of the logits: a number; free, free:A,B or ridge:W for siglip, cross_entropy and mse."),
    "smoothing": ("number", "Label smoothing, from 0 to below 1."),
    "margin": ("number", "Margin."),
    "alpha": ("number", "Rate of the positives."),
    "beta": ("number", "Rate of the negatives."),
    "share": ("number", "Share of the loss's first part, from 0 to 1."),
    "batches": ("json", "Lists of members from 0, or all:B, or fano; as JSON or in a JSON file."),
    "targets": ("json", "Table of targets by class, as JSON or in a JSON file."),
    "kernel": ("json", "Symmetric table by sample, as JSON or in a JSON file."),
    "label_sets": ("json", "Lists of labels by sample, as JSON or in a JSON file."),
}

# of counts that have to be given: the least at which a loss may be other than at all larger ones
_SMALL: dict[str, tuple[Any, ...]] = {
    "pairs": (2, 3),
    "images": (2, 3),
    "samples": (3, 4),
    "classes": (2, 3),
    "sizes": ((2, 2), (3, 2), (2, 2, 2)),
}


@dataclass(frozen=True)
class NamedLoss:
    """A named loss. on: "classes" (any constraint of classes), "sizes" (class sizes, with nodes of its own) or "nodes" (its own alone).

    parameters: the names of its parameters with their defaults; None where one has to be given (of batches of pairs or of labels: one).
    """

    name: str
    formula: str
    on: str
    parameters: dict[str, Any]
    source: str
    remark: str = ""

    def make(self, **values: Any) -> Any:
        """The loss at these parameters (and sizes); InputError where one is missing or wrong."""
        for parameter, default in self.parameters.items():
            if default is None and values.get(parameter) is None:
                option = parameter.replace("_", "-")
                raise InputError(f"loss {self.name} without --{option}", f"--{option} ({PARAMETERS[parameter][1].rstrip('.')})", "give it")
        found = getattr(import_module("scverify.model.named"), self.name)
        if not callable(found):
            return found
        return found(**_as_called(values))

    def small(self, **values: Any) -> dict[str, Any]:
        """The loss at these parameters, and at each small value of the counts that have to be given: by the Python that makes it.

        InputError where the loss has not such a parameter, or needs another one.
        """
        taken = (*self.parameters, "sizes") if self.on == "sizes" else tuple(self.parameters)
        if wrong := [name for name in values if name not in taken]:
            option = f"--{wrong[0].replace('_', '-')}"
            raise InputError(f"{option} with the loss {self.name}", f"{option} for a loss that has it", "drop it, or choose another --loss")
        asked = [name for name in taken if self.parameters.get(name, None) is None and name not in values and name in _SMALL]
        found = {}
        for chosen in product(*(_SMALL[name] for name in asked)):
            given = dict(zip(asked, chosen, strict=True)) | values
            loss = self.make(**given)
            called = f"({', '.join(f'{name}={value!r}' for name, value in _as_called(given).items())})"
            found[f"sv.losses.{self.name}{called if given or self.parameters else ''}"] = loss
        return found


def _as_called(values: dict[str, Any]) -> dict[str, Any]:
    """Parameters by the names that the function of the loss has for them."""
    return {"labels" if key == "label_sets" else key: value for key, value in values.items() if value is not None}


_ENTROPY = "log Σ_c e^{⟨w_c,h⟩/τ} − Σ_c t_c⟨w_c,h⟩/τ"
_IN_TURN = "mean_p −log e^{s_p/τ}/(e^{s_p/τ} + Σ_n e^{s_n/τ})"
_TWO = "Σ_i log Σ_j e^{⟨x_i,y_j⟩/τ} − ⟨x_i,y_i⟩/τ"

CATALOGUE: dict[str, NamedLoss] = {
    entry.name: entry
    for entry in (
        NamedLoss("supcon", "log Σ_{a≠i} e^{s_a/τ} − mean_p s_p/τ", "classes", {}, "Khosla et al. 2020, out form"),
        NamedLoss(
            "supcon_in",
            "log Σ_{a≠i} e^{s_a/τ} − log mean_p e^{s_p/τ}",
            "classes",
            {},
            "Khosla et al. 2020, in form",
            "not convex; on the sphere its value is certified through a convex minorant (N12)",
        ),
        NamedLoss("supcon_weighted", "bcl, each anchor with the weight 1/n_y", "classes", {}, "Zhu et al. 2022, balanced anchors"),
        NamedLoss("bcl", "log Σ_c mean_{a∈c, a≠i} e^{s_a/τ} − mean_p s_p/τ", "classes", {}, "Zhu et al. 2022, class averaging"),
        NamedLoss("soft_supcon", "log Σ_{a≠i} e^{s_a/τ} − Σ_a t_a s_a/τ", "classes", {"targets": None}, "soft labels by class"),
        NamedLoss("decoupled", "log Σ_n e^{s_n/τ} − mean_p s_p/τ", "classes", {}, "Yeh et al. 2022"),
        NamedLoss("spectral", "Σ_{a≠i} s_a² − 2 mean_p s_p", "classes", {}, "HaoChen et al. 2021"),
        NamedLoss("lifted", "log Σ_n e^{s_n/τ} + log Σ_p e^{−s_p/τ}", "classes", {}, "Hermans et al. 2017, without hinge or margin"),
        NamedLoss(
            "multi_similarity",
            "1/α log(1 + Σ_p e^{−α(s_p/τ−λ)}) + 1/β log(1 + Σ_n e^{β(s_n/τ−λ)})",
            "classes",
            {"alpha": "2", "beta": "50", "margin": "1/2"},
            "Wang et al. 2019, without mining",
        ),
        NamedLoss(
            "binary_logistic", "Σ_p log(1 + e^{−s_p/τ−b}) + Σ_n log(1 + e^{s_n/τ+b})", "classes", {"bias": "0"}, "a sigmoid for each pair"
        ),
        NamedLoss("sincere", _IN_TURN, "sizes", {}, "Feeney and Hughes 2023"),
        NamedLoss("nscl", "log Σ_n e^{s_n/τ} − s_twin/τ", "sizes", {"views": "2"}, "Luthra et al. 2025"),
        NamedLoss(
            "ssem",
            "(1−share) supcon + share · contrast of the twin view",
            "nodes",
            {"classes": None, "images": None, "share": "1/2"},
            "Lee et al. 2025",
        ),
        NamedLoss(
            "ntxent", "mean_p −log e^{s_p/τ}/(e^{s_p/τ} + Σ_n e^{s_n/τ})", "nodes", {"images": None, "views": "2"}, "Chen et al. 2020"
        ),
        NamedLoss("infonce", "ntxent", "nodes", {"images": None, "views": "2"}, "van den Oord et al. 2018"),
        NamedLoss("dhel", "log Σ_{j≠i} e^{⟨x_i,x_j⟩/τ} − ⟨x_i,y_i⟩/τ, both ways", "nodes", {"pairs": None}, "Koromilas et al. 2024"),
        NamedLoss("uniformity", "log Σ_{i≠j} e^{s_ij/τ}", "nodes", {"samples": None}, "Wang and Isola 2020"),
        NamedLoss("clip", f"{_TWO}, both ways", "nodes", {"pairs": None}, "Radford et al. 2021"),
        NamedLoss(
            "mnrl",
            f"{_TWO}, j over hard negatives too",
            "nodes",
            {"pairs": None, "hard": "0", "repeats": "1"},
            "Henderson et al. 2017",
        ),
        NamedLoss(
            "siglip",
            "Σ_i log(1 + e^{−s_ii/τ−b}) + Σ_{i≠j} log(1 + e^{s_ij/τ+b})",
            "nodes",
            {"pairs": None, "bias": "-10"},
            "Zhai et al. 2023",
        ),
        NamedLoss(
            "mini_batches",
            "clip of pairs, or supcon of labels, summed over batches",
            "nodes",
            {"batches": None, "pairs": "", "labels": ""},
            "any batches (N10)",
            "with --pairs N or --labels FILE",
        ),
        NamedLoss(
            "y_aware", "log Σ_{a≠i} e^{s_a/τ} − Σ_a K_ia s_a/τ / Σ_a K_ia", "nodes", {"kernel": None, "views": "2"}, "Dufumier et al. 2021"
        ),
        NamedLoss("cross_entropy", _ENTROPY, "sizes", {"smoothing": "0", "bias": ""}, "unconstrained features"),
        NamedLoss("label_smoothing", "cross_entropy with smoothed targets", "sizes", {"smoothing": "1/10"}, "Szegedy et al. 2016"),
        NamedLoss("mse", "½‖Wh/τ + b − e_y‖²", "sizes", {"bias": ""}, "Zhou et al. 2022", "usual under --constraint ridge:WEIGHT"),
        NamedLoss("cosface", "cross_entropy, the label's logit (⟨w_y,h⟩ − margin)/τ", "sizes", {"margin": "7/20"}, "Wang et al. 2018"),
        NamedLoss("mixup", "cross_entropy of all pairs of classes, mixed", "nodes", {"classes": None, "share": "1/2"}, "Zhang et al. 2018"),
        NamedLoss("multi_label", "cross_entropy, for each label of a sample", "nodes", {"label_sets": None}, "Li et al. 2023"),
        NamedLoss("supcon_cross_entropy", "share · supcon + (1−share) · cross_entropy", "sizes", {"share": "1/2"}, "Gunel et al. 2021"),
    )
}

_MAXIMUM = "a maximum (hinge): the rows of the checker are smooth"
OUTSIDE: dict[str, str] = {
    "triplet": _MAXIMUM,
    "hinge": _MAXIMUM,
    "contrastive_margin": _MAXIMUM,
    "n_pair_hinge": _MAXIMUM,
    "arcface": "an angle arccos s, which is not convex in the similarity",
    "sphereface": "a multiple of an angle, which is not convex in the similarity",
    "circle": "weights that grow with the similarities: their products are not convex",
    "focal": "a power of a probability beside its logarithm, which is not convex",
    "smooth_ap": "nested sums of sigmoids that are not convex",
    "fastap": "nested sums that are not convex",
    "center": "distances between norms that are free: a row sees similarities alone",
    "prototypical_euclidean": "distances off the sphere: a row sees similarities alone",
    "barlow_twins": "a function of the features' correlations, not of similarities between samples",
    "vicreg": "a function of the features' covariances, not of similarities between samples",
}


def known_loss(name: str) -> NamedLoss | None:
    """What is known of a named loss, None for FILE::NAME; InputError for another name, with the reason where such a loss stays outside."""
    if name in OUTSIDE:
        raise InputError(f"loss {name}, which has {OUTSIDE[name]}", "a loss that `scverify losses` lists", "choose one of these")
    if name not in CATALOGUE and "::" not in name:
        raise InputError(f"unknown loss {name!r}", f"{', '.join(CATALOGUE)} or FILE::NAME", "choose one of these")
    return CATALOGUE.get(name)
