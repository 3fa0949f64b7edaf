"""A claim said back in words, from its own fields alone."""

from __future__ import annotations

from typing import Any

from .branches.claims import BRANCH_CLAIMS, read_family
from .certificate import canonical, digest
from .counterexample import facts_of
from .inequalities.scalar import infix, parse_scalar
from .level import Problem, read_problem

SHOWN = 12


def in_words(claim: dict[str, Any]) -> str:
    """The claim as sentences a person can compare with what they asked."""
    if claim["type"] in ("Inequality", "InequalityFails"):
        return _of_an_inequality(claim)
    if claim["type"] == "Counterexample":
        return _of_a_counterexample(claim)
    if claim["type"] in BRANCH_CLAIMS:
        return _of_a_branch(claim)
    problem = read_problem(claim["problem"])
    subject = _subject(claim["problem"], problem, f"tau = {problem.tau}")
    match claim["type"]:
        case "LowerBound":
            said = f"every feasible H, of any dimension, has a loss of at least {claim['lower']}"
        case "UpperBound":
            said = f"some feasible H{_dimension(problem)} has a loss of at most {claim['upper']}"
        case "Optimum":
            said = (
                f"every feasible H, of any dimension, has a loss of at least {claim['lower']}, "
                f"and some feasible H{_dimension(problem)} one of at most {claim['upper']}"
            )
        case "UniqueMinimizer":
            rank = f" and has rank {claim['rank']}" if "rank" in claim else ""
            said = (
                f"every minimiser of the relaxation over class Gram matrices lies within {claim['radius']} (Frobenius) "
                f"of the stated one{rank}"
            )
        case "Landscape":
            said = _of_a_landscape(claim, problem)
        case kind:
            said = _of_a_point(kind, claim, problem)
    return f"{subject}: {said}."


def printable(text: str) -> str:
    """The text in one line: what no terminal shows (the end of a line, an escape, half a surrogate pair) stands as its escape.

    A file that is rejected may hold any text in place of a number, or as a key: it must not look like the answer on another file.
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _of_a_counterexample(claim: dict[str, Any]) -> str:
    """The facts one by one, and what is not checked."""
    facts = facts_of(claim)
    said = " ".join(f"({number}) {in_words(fact)}" for number, fact in enumerate(facts, 1))
    return (
        f"Checked is each of these facts and nothing else: {said} They are brought against the statement {claim['statement']!r}; "
        f"whether they contradict it is not checked."
    )


def _of_an_inequality(claim: dict[str, Any]) -> str:
    """What a claim says of an expression on a box."""
    names = [entry["name"] for entry in claim["variables"]]
    said = f"{infix(parse_scalar(claim['expression'], names))} {'>' if claim['strict'] else '>='} 0"
    if claim["type"] == "InequalityFails":
        return f"It is false that {said} at {', '.join(f'{name} = {x}' for name, x in zip(names, claim['point'], strict=True))}."
    box = ", ".join(f"{entry['name']} in [{entry['lower']}, {entry['upper']}]" for entry in claim["variables"])
    return f"For all real {box}: {said}." if box else f"{said}."


def _of_a_point(kind: str, claim: dict[str, Any], problem: Problem) -> str:
    """What a claim says of a critical point."""
    rank = len(claim["embeddings"]["rows"])
    what = (
        f"one and only one orbit of critical points of rank {rank} has a representative, in the gauge of the witness, within "
        f"{claim['radius']} (entry by entry) of the stated embeddings"
        if rank
        else "H = 0 is a critical point (nothing is said of others near it)"
    )
    begin = f"in dimension {problem.dim}, {what}; its loss lies between {claim['value']['lower']} and {claim['value']['upper']}"
    rest = {
        "CriticalOrbit": "",
        "Inertia": f"; its Riemannian Hessian has {claim.get('inertia')} negative, zero, positive eigenvalues, zero along the orbit alone",
        "StrictSaddle": "; it is a strict saddle: some tangent direction has negative curvature",
        "StrictMinimum": "; it is a strict local minimum modulo rotations",
        "SpuriousMinimum": (
            f"; it is a strict local minimum modulo rotations and not global: its loss exceeds that of another feasible point by at least "
            f"{claim.get('excess')}"
        ),
        "GlobalMinimum": "; it is a global minimum over all dimensions",
    }
    return begin + rest[kind]


def _of_a_branch(claim: dict[str, Any]) -> str:
    """What a claim says of a family of critical points."""
    problem, over = read_family(claim)
    temperatures = f"every tau in {'(' if over.lower == 0 else '['}{over.lower}, {over.upper}]"
    kind = {
        "StrictBranch": "each is a strict local minimum modulo rotations",
        "SpuriousBranch": (
            f"each is a strict local minimum modulo rotations and not global: its loss exceeds that of another feasible point by at least "
            f"{claim.get('excess')}"
        ),
        "SaddleBranch": "each is a strict saddle: some tangent direction has negative curvature",
    }[claim["type"]]
    said = f"in dimension {problem.dim}, critical points of rank {claim['rank']} exist, one smooth family in tau, and {kind}"
    if "fold" in claim:
        fold = claim["fold"]
        said += (
            f"; the family's last point lies on a curve of critical points on which tau has its maximum, in [{fold['lower']}, "
            f"{fold['upper']}], and in the stated tube around that curve (of embeddings in the gauge of the witness, multipliers "
            f"and tied differences over tau) there is no critical point for any "
            f"tau in ({fold['upper']}, {fold['beyond']}]"
        )
    return f"{_subject(claim['problem'], problem, temperatures)}: {said}."


def _of_a_landscape(claim: dict[str, Any], problem: Problem) -> str:
    """What a claim says of all critical points at once."""
    upper = f", and for every greater tau up to {claim['tau_upper']}" if "tau_upper" in claim else ""
    listed = f" {len(claim['points'])} points" if "points" in claim else ""
    return f"in dimension {problem.dim}{upper}: {claim['statement']}{listed}"


def _dimension(problem: Problem) -> str:
    return "" if problem.dim is None else f" in dimension {problem.dim}"


def _subject(data: dict[str, Any], problem: Problem, temperature: str) -> str:
    sizes = ", ".join(map(str, problem.sizes[:SHOWN])) + (f", ... ({len(problem.sizes)} classes)" if len(problem.sizes) > SHOWN else "")
    norm = problem.constraint
    feasible = {
        "sphere": f"columns of squared norm {norm.bound}",
        "ball": f"columns of squared norm at most {norm.bound}",
        "ridge": f"any H, the loss including {norm.weight}/2 times the squared norm",
    }[norm.kind]
    signs = ", H >= 0" if norm.nonnegative else ""
    lone = ", classes of one sample are no anchors" if problem.ignore_singletons and data["coefficients"]["kind"] != "samples" else ""
    mean = f", the sum of the rows divided by {problem.anchors}" if problem.mean else ""
    coefficients = canonical(data["coefficients"])
    shown = coefficients if len(coefficients) < 300 else f"by {data['coefficients']['kind']} of SHA-256 {digest(data['coefficients'])}"
    return (
        f"Row formula {canonical(data['formula'])} with coefficients {shown}, class sizes {sizes}, {temperature}, "
        f"{feasible}{signs}{lone}{mean}"
    )
