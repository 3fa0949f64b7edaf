"""Losses on units that have a name: a claim is said with it where kinds, copies and rows are those of its definition (MATH 9)."""

from __future__ import annotations

from typing import Any

from ..named import SOFTMAX, in_order
from ..plain import in_letters
from .problem import StatedUnits

_LOGIT = ["mul", ["pow", "tau", -1], "s"]


def _contrast(anchor: str, other: str) -> dict[str, Any]:
    """The row of an anchor that sees the other kind in every unit, and whose positive is that of its own."""
    seen = {"own": {other: "1"}, "others": {other: "1"}}
    return {"anchor": anchor, "formula": SOFTMAX, "weight": "1", "c": seen, "q": {"own": {other: "1"}}}


def _sigmoids(bias: str) -> list[dict[str, Any]]:
    """A sigmoid for each image and each text, of the logit s/tau + bias."""
    logit, turned = (_LOGIT, ["mul", "-1", *_LOGIT[1:]])
    if bias != "0":
        logit, turned = ["add", bias, logit], ["add", bias[1:] if bias.startswith("-") else f"-{bias}", turned]
    terms = [["sum", ["mul", name, ["log", ["add", "1", ["exp", x]]]]] for name, x in (("c", logit), ("q", turned))]
    seen = {"c": {"others": {"text": "1"}}, "q": {"own": {"text": "1"}}}
    return [{"anchor": "image", "formula": ["add", *terms], "weight": "1", **seen}]


_VIEWS = [{"anchor": "view", "formula": SOFTMAX, "weight": "1", "c": {"copy": "1", "others": {"view": "1"}}, "q": {"copy": "1"}}]
_ALL, _OWN = "log of the sum of e^(s/tau) over {}", "less s/tau of {}"
# name, kinds, those that have one copy in each unit, rows, and what an anchor pays in words: s are its similarities
_LOSSES: tuple[tuple[str, list[str], list[str], Any, str], ...] = (
    (
        "clip",
        ["image", "text"],
        ["image", "text"],
        [_contrast("image", "text"), _contrast("text", "image")],
        f"each image: {_ALL.format('all texts')}, {_OWN.format('its own')}; each text alike, over all images",
    ),
    (
        "mnrl",
        ["query", "document"],
        ["query", "document"],
        [_contrast("query", "document")],
        f"each query: {_ALL.format('all documents')}, {_OWN.format('its own')}",
    ),
    (
        "cross_entropy",
        ["weight", "feature"],
        ["weight"],
        [_contrast("feature", "weight")],
        f"each feature: {_ALL.format('all weights')}, {_OWN.format('that of its class')}",
    ),
    (
        "ntxent",
        ["view"],
        [],
        _VIEWS,
        f"each view: {_ALL.format('one other view of its image and all views of others')}, {_OWN.format('that one')}; "
        "the mean over the other views of its image",
    ),
)


def name_of_units(data: Any, problem: StatedUnits) -> str | None:
    """Name and rows of a loss on units in words; None for a loss without a name. A bias that is added to logits is said with it."""
    shifts = [row.get("shift") for row in data["rows"]]
    rows = in_order([{name: value for name, value in row.items() if name != "shift"} for row in data["rows"]])
    added = f", {shifted(shifts[0], problem)}" if shifts[0] is not None else ""
    if any(shift != shifts[0] for shift in shifts):
        return None
    for name, kinds, single, stated, said in _LOSSES:
        if problem.kinds == kinds and rows == in_order(stated) and _have_one_copy(problem, single):
            return f"{name} ({said}{added})"
    for bias in _constants(data["rows"]) if len(data["rows"]) == 1 else ():
        if problem.kinds == ["image", "text"] and rows == in_order(_sigmoids(bias)) and _have_one_copy(problem, problem.kinds):
            logit = in_letters(_LOGIT) if bias == "0" else in_letters(["add", _LOGIT, bias])
            said = f"each image: log(1 + e^-({logit})) of its own text and log(1 + e^({logit})) of every other"
            return f"siglip ({said}{added})"
    return None


def shifted(name: str, problem: StatedUnits) -> str:
    """To what a scalar of rows is added: to every similarity, or to those to nodes of its kind."""
    kind = next(scalar.kind for scalar in problem.scalars if scalar.name == name)
    return f"the scalar {name} added to each s/tau{'' if kind is None else f' with {problem.kinds[kind]} nodes'}"


def _have_one_copy(problem: StatedUnits, kinds: list[str]) -> bool:
    places = [problem.kinds.index(kind) for kind in kinds]
    return all(each.copies[place] == 1 for each in problem.types for place in places)


def _constants(tree: Any) -> set[str]:
    """The constants that stand in trees, and 0."""
    if isinstance(tree, dict):
        return _constants(list(tree.values()))
    if isinstance(tree, list):
        return set().union({"0"}, *map(_constants, tree))
    return {tree} if isinstance(tree, str) and tree.lstrip("-")[:1].isdigit() else set()
