"""Grids of problems, as a TOML file states them: every combination of its sizes, temperatures, constraints and parameters of a loss."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from scverify.errors import InputError, plainly
from scverify.model.catalogue import PARAMETERS, NamedLoss, known_loss
from scverify.model.classes import Classes
from scverify.model.constraints import parse_constraint
from scverify.model.exact import positive
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.reading import read_text
from scverify.symbolic.losses import load_loss

# what a labels file is for others, sizes are here
OF_LOSSES = tuple(name for name in PARAMETERS if name != "labels")
KEYS = ("loss", "sizes", "profile", "ratio", "tau", "logit_scale", "dim", "constraint", "ignore_singletons", *OF_LOSSES)
# beyond it a grid was hardly meant
MOST_PROBLEMS = 100_000


@dataclass(frozen=True)
class GridPoint:
    """A problem of a grid, and the values that it has there, by the names of the keys."""

    problem: Problem | UnitProblem
    place: Mapping[str, str]


def read_grid(path: Path) -> tuple[list[GridPoint], dict[str, Any]]:
    """The problems of a file, in its order, and what else it says under other keys. Raises InputError, naming the key that is wrong.

    tau (or logit_scale, 1/tau), ratio, dim, constraint, loss and a loss's own parameters hold one value or a list of values; sizes one
    list of class sizes, or a list of them; profile is a table of a profile's name and its options, or a list of tables, and ratio, where
    it is given, goes over it.
    """
    try:
        stated = tomllib.loads(read_text(path), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"grid {str(path)!r} ({plainly(error)})", "a TOML file", "correct it") from error
    other = {key: value for key, value in stated.items() if key not in KEYS}
    return grid({key: value for key, value in stated.items() if key in KEYS}), other


def grid(stated: dict[str, Any]) -> list[GridPoint]:
    """Every combination of the values that a grid states; the last key changes fastest."""
    axes = [
        [("loss", _text(name, "loss")) for name in _several(stated.get("loss", "supcon"))],
        [("constraint", _text(limit, "constraint")) for limit in _several(stated.get("constraint", "sphere"))],
        [("dim", dim) for dim in _several(stated.get("dim", [None]))],
        *([(name, value) for value in _values_of(name, stated[name])] for name in OF_LOSSES if name in stated),
    ]
    every, temperatures = _classes(stated), _temperatures(stated)
    count = len(every) * len(temperatures)
    for axis in axes:
        count *= len(axis)
    if not 0 < count <= MOST_PROBLEMS:
        raise InputError(f"a grid of {count} problems", f"1 to {MOST_PROBLEMS} problems", "state other values")
    ignored = _true_or_false(stated.get("ignore_singletons", False))
    return [
        _point(dict((*values, temperature)), sizes, ignored) for values, sizes, temperature in product(product(*axes), every, temperatures)
    ]


def _temperatures(stated: dict[str, Any]) -> list[tuple[str, Any]]:
    """The temperatures as they are stated, or the scales of the logits."""
    if ("tau" in stated) == ("logit_scale" in stated):
        given = "both tau and logit_scale" if "tau" in stated else "a grid without tau"
        raise InputError(given, "tau = one temperature or a list, or logit_scale = 1/tau", "state one of the two")
    name = "tau" if "tau" in stated else "logit_scale"
    return [(name, value) for value in _several(stated[name])]


def _point(values: dict[str, Any], sizes: _Sizes | None, ignored: bool) -> GridPoint:
    """The problem at these values."""
    entry = known_loss(values["loss"])
    own = {name: value for name, value in values.items() if name in OF_LOSSES}
    if wrong := [name for name in own if entry is None or name not in entry.parameters]:
        raise InputError(
            f"{wrong[0]} with the loss {values['loss']}", f"{wrong[0]} for a loss that has it", "drop it, or state another loss"
        )
    tau = values["tau"] if "tau" in values else 1 / positive(values["logit_scale"], "logit_scale")
    place = {name: str(value) for name, value in values.items() if value is not None}
    if entry is not None and entry.on != "classes":
        return GridPoint(_on_units(entry, own, values, sizes, tau, ignored), place | ({} if sizes is None else sizes.place))
    if sizes is None:
        raise InputError("a grid with neither sizes nor profile", "one of the two", "state the class sizes")
    loss = load_loss(values["loss"]) if entry is None else entry.make(**own)
    limit = parse_constraint(values["constraint"])
    singletons: Any = "ignore" if ignored else "error"
    problem = Problem(loss, sizes.classes, dim=values["dim"], temperature=tau, constraint=limit, singletons=singletons)
    return GridPoint(problem, place | sizes.place)


def _on_units(entry: NamedLoss, own: dict[str, Any], values: dict[str, Any], sizes: _Sizes | None, tau: Any, ignored: bool) -> UnitProblem:
    """The problem of a loss that brings its own nodes."""
    if values["dim"] is not None or ignored:
        raise InputError(f"dim or ignore_singletons with {entry.name}", "losses on classes of samples", "drop that key")
    if (sizes is None) == (entry.on == "sizes"):
        raise InputError(
            f"the loss {entry.name} {'without' if sizes is None else 'with'} class sizes",
            "sizes or profile" if sizes is None else " ".join(entry.parameters),
            "state these",
        )
    made = entry.make(**own, **({} if sizes is None else {"sizes": sizes.classes.sizes}))
    return UnitProblem(made, tau, parse_constraint(values["constraint"]))


@dataclass(frozen=True)
class _Sizes:
    """Classes, and how the grid names them."""

    classes: Classes
    place: dict[str, str]


def _classes(stated: dict[str, Any]) -> list[_Sizes | None]:
    """The classes that a grid states, or None where its loss needs none."""
    if "sizes" in stated and "profile" in stated:
        raise InputError("a grid with both sizes and profile", "one of the two", "drop one")
    if "ratio" in stated and "profile" not in stated:
        raise InputError("ratio beside sizes", "ratio beside a profile", "drop it")
    if "sizes" in stated:
        sizes = stated["sizes"]
        if not isinstance(sizes, list) or not sizes:
            raise InputError(f"sizes {sizes!r}", "a list of class sizes, or a list of such lists", "correct sizes")
        found = [Classes(each) for each in (sizes if isinstance(sizes[0], list) else [sizes])]
        return [_Sizes(classes, {"sizes": str(classes)}) for classes in found]
    return [None] if "profile" not in stated else list(_profiles(stated))


def _profiles(stated: dict[str, Any]) -> Iterator[_Sizes]:
    """The classes of each profile, over the ratios that are stated beside it."""
    for profile in _several(stated["profile"]):
        if not isinstance(profile, dict) or "name" not in profile:
            raise InputError(f"profile {profile!r}", 'a table such as { name = "step", k = 4, n_min = 3 }', "correct profile")
        options = {key: value for key, value in profile.items() if key != "name"}
        ratios = _several(stated["ratio"]) if "ratio" in stated else [options.pop("ratio", None)]
        for ratio in ratios:
            classes = Classes.named(profile["name"], **{**options, "ratio": ratio})
            named = {"k": str(classes.k)} | ({} if ratio is None else {"ratio": str(ratio)})
            yield _Sizes(classes, {"profile": profile["name"], **named})


def _values_of(name: str, stated: Any) -> list[Any]:
    """The values of a loss's parameter; tables in place are one value, not several."""
    return [stated] if PARAMETERS[name][0] == "json" else _several(stated)


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
