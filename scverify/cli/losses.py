"""Losses on the command line: their parameters as options, the problem that they pose, and the command that lists them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scverify.cli.options import OF_CLASSES, classes_of, json_option, problem_of, whole_sizes
from scverify.cli.output import print_json, show
from scverify.errors import InputError
from scverify.model.catalogue import CATALOGUE, OUTSIDE, PARAMETERS, NamedLoss, known_loss
from scverify.reading import read_text

if TYPE_CHECKING:
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem

_Command = TypeVar("_Command", bound=Callable[..., int])
# options of the classes that some losses take for themselves
_SHARED = ("views", "labels")
_OWN = tuple(name for name in PARAMETERS if name not in _SHARED)
_METAVARS = {"count": "N", "number": "X", "scalar": "X|free", "json": "JSON|FILE"}


def loss_options(command: _Command) -> _Command:
    """The parameters of the named losses; `any_problem_of` takes what they give."""
    for name in reversed(_OWN):
        kind, words = PARAMETERS[name]
        users = ", ".join(entry.name for entry in CATALOGUE.values() if name in entry.parameters)
        option = click.option(
            f"--{name.replace('_', '-')}", type=int if kind == "count" else str, metavar=_METAVARS[kind], help=f"{words} For {users}."
        )
        command = option(command)
    return command


base_temperature_option = click.option("--base-temperature", metavar="T0", help="Multiply the loss by tau/T0, as reference code logs it.")


def given_parameters(given: dict[str, Any]) -> list[str]:
    """The parameters of losses that were given, taken out of the options."""
    return [name.replace("_", "-") for name in _OWN if given.pop(name) is not None]


def parameters_of(given: dict[str, Any]) -> dict[str, Any]:
    """The parameters of losses that were given, read; the class sizes of those that have both among them."""
    found = {name: _read(name, value) for name, value in given.items() if value is not None and name != "sizes"}
    return found if given["sizes"] is None else found | {"sizes": tuple(whole_sizes(given["sizes"]))}


def any_problem_of(loss: str, base_temperature: str | None = None, **given: Any) -> Problem | UnitProblem:
    """The problem of a loss on classes or on nodes of its own that the options describe; raises InputError."""
    entry, own = known_loss(loss), {name: given.pop(name) for name in _OWN}
    fits = () if entry is None else entry.parameters
    if wrong := [name.replace("_", "-") for name, value in own.items() if value is not None and name not in fits]:
        raise InputError(f"--{wrong[0]} with the loss {loss}", f"--{wrong[0]} for a loss that has it", "drop it, or choose another --loss")
    if entry is not None and entry.on != "classes":
        return _on_units(entry, own, given, base_temperature)
    if entry is None and base_temperature is None:
        return problem_of(loss=loss, **given)
    from scverify.symbolic.losses import load_loss

    made = load_loss(loss) if entry is None else entry.make(**_values(entry, own))
    return problem_of(loss=loss, made=_scaled(made, given["tau"], base_temperature), **given)


def _on_units(entry: NamedLoss, own: dict[str, Any], given: dict[str, Any], base_temperature: str | None) -> UnitProblem:
    from scverify.model.units import UnitProblem, parse_constraints

    if given["ignore_singletons"]:
        raise InputError(f"--ignore-singletons with {entry.name}", "losses on classes of samples", "drop that option")
    taken = {name: given[name] for name in _SHARED if name in entry.parameters}
    of_classes = {name: None if name in taken else given[name] for name in OF_CLASSES}
    values = _values(entry, own | taken)
    if entry.on == "sizes":
        values["sizes"] = classes_of(**of_classes).sizes
    elif any(value is not None for value in of_classes.values()):
        options = " ".join(f"--{name.replace('_', '-')}" for name in entry.parameters)
        raise InputError(f"class sizes with the loss {entry.name}", options, "drop --sizes, --labels and the options of profiles")
    made = _scaled(entry.make(**values), given["tau"], base_temperature)
    constraint = parse_constraints(given["constraint"], made.kinds, given["nonnegative"])
    return UnitProblem(made, given["tau"], constraint, given["reduction"], given["dim"])


def _values(entry: NamedLoss, given: dict[str, Any]) -> dict[str, Any]:
    return {name: _read(name, given[name]) for name in entry.parameters if given.get(name) is not None}


def _read(name: str, text: Any) -> Any:
    """The value of a parameter as it is written on the command line."""
    kind = PARAMETERS[name][0]
    if kind == "labels":
        from scverify.model.labels import read_labels

        return read_labels(text).of.tolist()
    if kind != "json" or (name == "batches" and (text == "fano" or text.startswith("all:"))):
        return text
    option = f"--{name.replace('_', '-')}"
    try:
        written = text if text.lstrip().startswith("[") else read_text(Path(text))
        return json.loads(written, parse_float=str)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{option} {text!r} ({type(error).__name__})", "JSON such as [[1,0],[0,1]], or a file of it", f"correct {option}"
        ) from error


def _scaled(loss: Any, tau: str, base_temperature: str | None) -> Any:
    """The loss times tau/tau_0."""
    if base_temperature is None:
        return loss
    from scverify.model.exact import positive
    from scverify.model.sums import rescaled

    return rescaled(loss, positive(tau, "temperature tau") / positive(base_temperature, "base temperature"))


@click.command(epilog="Example: scverify losses --json")
@json_option
def losses(as_json: bool) -> int:
    """List the named losses: formula, parameters, the constraint they are used with, and the source."""
    from scverify.results.layout import Account, Table

    entries = [_entry(entry) for entry in CATALOGUE.values()]
    if as_json:
        print_json({"losses": entries, "outside": [{"name": name, "reason": reason} for name, reason in OUTSIDE.items()]})
        return 0
    columns = ("name", "a row, or the loss")
    table = Table(columns, [[entry["name"], entry["formula"]] for entry in entries], words=columns)
    notes = [_said_of(entry) for entry in entries]
    by_reason = {reason: [name for name in OUTSIDE if OUTSIDE[name] == reason] for reason in OUTSIDE.values()}
    notes += [f"outside: {', '.join(names)}: {reason}" for reason, names in by_reason.items()]
    show(Account(heading="Named losses (p: positives, n: negatives, a: all, s: similarities to the anchor)", tables=[table], notes=notes))
    return 0


def _said_of(entry: dict[str, Any]) -> str:
    options = f"{entry['name']}: {' '.join(entry['options'])}"
    return "; ".join(part for part in (options, entry["constraint"], entry["source"], entry["remark"]) if part)


def _entry(entry: NamedLoss) -> dict[str, Any]:
    sizes = ["--sizes"] if entry.on != "nodes" else []
    given = [f"--{name.replace('_', '-')}{f'={default}' if default else ''}" for name, default in entry.parameters.items()]
    constraints = "sphere" if entry.name == "supcon_in" else "sphere, ball, ridge, H ≥ 0" + (", fixed" if entry.on != "classes" else "")
    return {
        "name": entry.name,
        "formula": entry.formula,
        "on": entry.on,
        "parameters": {name: default for name, default in entry.parameters.items() if default is not None},
        "needed": [name for name, default in entry.parameters.items() if default is None],
        "options": [*sizes, *given],
        "constraint": constraints,
        "source": entry.source,
        "remark": entry.remark,
    }
