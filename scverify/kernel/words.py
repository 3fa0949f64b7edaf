"""What all claims say alike: the problem they are about, and text that cannot disguise itself."""

from __future__ import annotations

from typing import Any

from .certificate import canonical, digest
from .problem import Problem, read_problem

# so many sizes fit on a line or two
SHOWN = 12


def about(claim: dict[str, Any], said: str) -> str:
    """A sentence about the problem of a claim at its temperature."""
    problem = read_problem(claim["problem"])
    return f"{subject(claim['problem'], problem, f'tau = {problem.tau}')}: {said}."


def dimension(problem: Problem) -> str:
    """Where the embeddings live, if the problem says so."""
    return "" if problem.dim is None else f" in dimension {problem.dim}"


def printable(text: str) -> str:
    """The text in one line: what no terminal shows (the end of a line, an escape, half a surrogate pair) stands as its escape.

    A file that is rejected may hold any text in place of a number, or as a key: it must not look like the answer on another file.
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def subject(data: dict[str, Any], problem: Problem, temperature: str) -> str:
    """The problem, whole: formula, coefficients, sizes, temperature and constraint."""
    sizes = ", ".join(map(str, problem.sizes[:SHOWN])) + (f", ... ({len(problem.sizes)} classes)" if len(problem.sizes) > SHOWN else "")
    norm = problem.constraint
    feasible = {
        "sphere": f"columns of squared norm {norm.bound}",
        "ball": f"columns of squared norm at most {norm.bound}",
        "ridge": f"any H, the loss including {norm.weight}/2 times the squared norm",
    }[norm.kind]
    signs = ", H >= 0" if norm.nonnegative else ""
    lone = ", classes of one sample are not anchors" if problem.ignore_singletons and data["coefficients"]["kind"] != "samples" else ""
    mean = f", the sum of the rows divided by {problem.anchors}" if problem.mean else ""
    coefficients = canonical(data["coefficients"])
    shown = coefficients if len(coefficients) < 300 else f"by {data['coefficients']['kind']} of SHA-256 {digest(data['coefficients'])}"
    return (
        f"Row formula {canonical(data['formula'])} with coefficients {shown}, class sizes {sizes}, {temperature}, "
        f"{feasible}{signs}{lone}{mean}"
    )
