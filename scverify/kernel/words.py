"""What all claims say alike: the problem they are about, and text that cannot disguise itself."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

from flint import fmpq, fmpz

from .certificate import RATIONAL, canonical, digest, integer, rational, total
from .named import name_of
from .problem import StatedProblem, read_problem

# this many sizes, or letters of a table, fit on a line or two; longer ones are pinned
SHOWN = 12
LETTERS = 300
# a rational with more letters has a decimal beside it
PLAIN = 12
_DECIMALS = Context(prec=20, Emax=MAX_EMAX, Emin=MIN_EMIN)


def about(claim: dict[str, Any], said: str) -> str:
    """A sentence about the problem of a claim at its temperature."""
    problem = read_problem(claim["problem"])
    return f"{subject(claim['problem'], problem, f'tau = {problem.tau}')}: {said}."


def printable(text: str) -> str:
    """The text in one line, what no terminal shows as its escape: a stranger's text must not look like the answer on another file."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def number(text: Any) -> str:
    """A rational of a claim in words; what is none is shown or pinned as it stands."""
    if not isinstance(text, str) or RATIONAL.fullmatch(text) is None:
        return pinned(str(text), "text")
    return shown(rational(text, "a number"))


def shown(value: fmpq) -> str:
    """A rational, with a decimal beside it where it is long."""
    text, near = str(value), _DECIMALS.divide(Decimal(str(value.p)), Decimal(str(value.q)))
    whole = text if len(text) <= LETTERS else f"a rational of SHA-256 {digest(text)}"
    return whole if len(text) <= PLAIN else f"{whole} (about {near:.15g})"


def pinned(data: Any, what: str) -> str:
    """The text itself where it is short; what it is and what pins it where it is long."""
    text = data if isinstance(data, str) else canonical(data)
    return text if len(text) <= LETTERS else f"{what} of {tally(data)}"


def counted(sizes: list[int]) -> str:
    """A list of counts, all of them or the first few with what pins the rest."""
    shown = ", ".join(map(str, sizes[:SHOWN]))
    return shown if len(sizes) <= SHOWN else f"{shown}, ... ({tally(sizes)})"


def tally(data: Any) -> str:
    """What pins data that is not shown: how many numbers stand in it, their exact sum, and its SHA-256."""
    count, whole = _count_and_sum(data)
    return f"{count} numbers, sum {shown(whole)}, SHA-256 {digest(data)}"


def _count_and_sum(data: Any) -> tuple[int, fmpq]:
    """How many numbers stand in the data, and their sum; that of a dyadic matrix is the sum of its integers, times 2^-bits once."""
    if not isinstance(data, dict | list):
        return (1, rational(str(data), "a number")) if RATIONAL.fullmatch(str(data)) else (0, fmpq(0))
    parts = [_count_and_sum(part) for part in (data if isinstance(data, list) else [data[key] for key in data if key != "bits"])]
    bits = integer(data.get("bits", 0), "bits", 0) if isinstance(data, dict) else 0
    return sum(count for count, _ in parts), sum_of([x for _, x in parts]) / fmpz(2) ** bits


def sum_of(numbers: list[fmpq]) -> fmpq:
    """The exact sum, two by two: that of many fractions is long, and stays short until the end."""
    while len(numbers) > 1:
        numbers = [total(numbers[i : i + 2]) for i in range(0, len(numbers), 2)]
    return fmpq(total(numbers))


def subject(data: dict[str, Any], problem: StatedProblem, temperature: str) -> str:
    """The problem, whole: loss, sizes, temperature and constraint."""
    norm, coefficients = problem.constraint, data["coefficients"]
    feasible = {
        "sphere": f"columns of squared norm {norm.bound}",
        "ball": f"columns of squared norm at most {norm.bound}",
        "ridge": f"any H, the loss including {norm.weight}/2 times the squared norm",
    }[norm.kind]
    signs = ", H >= 0" if norm.nonnegative else ""
    lone = ", classes of one sample are not anchors" if problem.ignore_singletons and coefficients["kind"] != "samples" else ""
    mean = f", the sum of the rows divided by {problem.anchors}" if problem.mean else ""
    name = name_of(data["formula"], coefficients)
    stated = f"The loss {name}"
    if name is None:
        from .plain import unnamed

        stated = unnamed(data)
    return f"{stated}, class sizes {counted(problem.sizes)}, {temperature}, {feasible}{signs}{lone}{mean}"
