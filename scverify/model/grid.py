"""Grids of problems, as a TOML file states them: every combination of its sizes, temperatures, dimensions and constraints."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, Literal

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import parse_constraint
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss

KEYS = ("loss", "sizes", "profile", "ratio", "tau", "dim", "constraint", "ignore_singletons")
# beyond it a grid was hardly meant
MOST_PROBLEMS = 100_000


def read_grid(path: Path) -> tuple[list[Problem], dict[str, Any]]:
    """The problems of a file, in its order, and what else it says under other keys. Raises InputError, naming the key that is wrong.

    tau, ratio, dim, constraint and loss hold one value or a list of values; sizes one list of class sizes, or a list of them; profile is a
    table of a profile's name and its options, and ratio, where it is given, goes over it.
    """
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"grid {str(path)!r} ({error})", "a TOML file", "correct it") from error
    other = {key: value for key, value in stated.items() if key not in KEYS}
    return grid({key: value for key, value in stated.items() if key in KEYS}), other


def grid(stated: dict[str, Any]) -> list[Problem]:
    """Every combination of the values that a grid states; the last key changes fastest."""
    if "tau" not in stated:
        raise InputError("a grid without tau", "tau = one temperature or a list", "add it")
    classes = _classes(stated)
    axes = [_several(stated.get(key, default)) for key, default in (("loss", "supcon"), ("constraint", "sphere"), ("dim", [None]))]
    taus = _several(stated["tau"])
    count = len(classes) * len(taus)
    for axis in axes:
        count *= len(axis)
    if not 0 < count <= MOST_PROBLEMS:
        raise InputError(f"a grid of {count} problems", f"1 to {MOST_PROBLEMS} problems", "state other values")
    singletons: Literal["error", "ignore"] = "ignore" if _true_or_false(stated.get("ignore_singletons", False)) else "error"
    losses = {name: load_loss(_text(name, "loss")) for name in axes[0]}
    limits = [parse_constraint(_text(name, "constraint")) for name in axes[1]]
    return [
        Problem(losses[loss], sizes, dim=dim, temperature=tau, constraint=limit, singletons=singletons)
        for loss, limit, dim, sizes, tau in product(axes[0], limits, axes[2], classes, taus)
    ]


def _classes(stated: dict[str, Any]) -> list[Classes]:
    if ("sizes" in stated) == ("profile" in stated):
        raise InputError("a grid with " + ("both sizes and" if "sizes" in stated else "neither sizes nor"), "one of the two", "correct it")
    if "sizes" in stated:
        if "ratio" in stated:
            raise InputError("ratio beside sizes", "ratio beside a profile", "drop it")
        sizes = stated["sizes"]
        if not isinstance(sizes, list) or not sizes:
            raise InputError(f"sizes {sizes!r}", "a list of class sizes, or a list of such lists", "correct sizes")
        return [Classes(each) for each in (sizes if isinstance(sizes[0], list) else [sizes])]
    profile = stated["profile"]
    if not isinstance(profile, dict) or "name" not in profile:
        raise InputError(f"profile {profile!r}", 'a table such as { name = "step", k = 4, n_min = 3 }', "correct profile")
    options = {key: value for key, value in profile.items() if key != "name"}
    ratios = _several(stated["ratio"]) if "ratio" in stated else [options.pop("ratio", None)]
    return [Classes.named(profile["name"], **{**options, "ratio": ratio}) for ratio in ratios]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{key} {value!r}", "text, or a list of texts", f"correct {key}")
    return value


def _true_or_false(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"ignore_singletons {value!r}", "true or false", "correct it")
    return value
