"""Landscape: what is claimed of all critical points of a small instance at once, by boxes that cover every configuration (MATH 4.6).

The witness is a tree that may leave boxes open (the trunk), and a tree for each share of these (the branches): in the order in which the
boxes are met, a number for each, its reason or the axis along which it is halved. The kernel makes the boxes itself, from the whole
domain down, so that none can be missing; and it re-decides every leaf.
"""

from __future__ import annotations

from typing import Any

from ..certificate import fields, integer, items, rational, require
from ..claims import BALLS, EXACT, INTERVALS, Claim, Data
from ..level import level_of
from ..problem import StatedProblem, read_problem
from ..words import about, tally
from .boxes import Boxes, share, together
from .copies import Pair
from .deciding import Decider, decider_of
from .reasons import EVERY_MINIMUM, EVERY_POINT, LISTED, REASONS, STATEMENTS, Test, decision_of
from .rows import BoxRows, domain_of, rate_and_slopes, rows_of
from .trees import BATCH, leaves, unpacked


def check_landscape(claim: Data, witness: Any) -> tuple[str, ...] | None:
    """Every leaf of every tree is left out for a reason that serves the statement, and the trees cover the domain."""
    listing = claim.get("statement") == EVERY_POINT
    fields(claim, "type problem statement points" if listing else "type problem statement", "" if listing else "tau_upper")
    require(claim["statement"] in STATEMENTS, f"unknown statement {claim['statement']!r}")
    fields(witness, "orderings trees points" if listing else "orderings trees")
    problem = read_problem(claim["problem"])
    tau_upper = rational(claim["tau_upper"], "tau_upper") if "tau_upper" in claim else problem.tau
    level = level_of(problem, "samples", None)
    if _is_roomy(claim, problem):
        rate_and_slopes(problem, level)
        require(tau_upper >= problem.tau, "tau_upper lies below tau")
        return None
    if problem.constraint.kind == "ball" and not listing:
        require(witness["orderings"] == witness["trees"] == [], "a landscape of a ball has no boxes")
        from .few_points import check_few_points

        return check_few_points(problem, level, tau_upper)
    rows = rows_of(problem, level, read_orderings(witness["orderings"], level.nodes))
    tests = {number: decision_of(number) for number in STATEMENTS[claim["statement"]] if number != LISTED}
    if listing:
        from .lists import Listed

        tests[LISTED] = Listed(level, claim["points"], witness["points"])
    check_trees(rows, domain_of(problem, level, tau_upper), items(witness["trees"], "trees"), tests)
    return None


def read_orderings(data: Any, n: int) -> list[Pair]:
    """The pairs of samples by which copies are left out."""
    pairs = [_pair(pair, n) for pair in items(data, "orderings")]
    require(len(set(pairs)) == len(pairs), "an ordering is repeated")
    return pairs


def check_trees(rows: BoxRows, domain: Boxes, trees: list[Any], tests: dict[int, Test]) -> None:
    """A trunk, and branches that share what it leaves open: every leaf is left out, and nothing is missing."""
    trunk, *branches = trees or [None]
    left: list[Boxes] = []
    _check_tree(rows, domain, unpacked(trunk), tests, left)
    require(len(branches) <= sum(map(len, left)), "there are more branches than boxes that the trunk leaves open")
    require(bool(branches) or not left, "boxes are left open")
    for number, branch in enumerate(branches):
        _check_tree(rows, share(left, number, len(branches)), unpacked(branch), tests)


def _is_roomy(claim: Data, problem: StatedProblem) -> bool:
    """Whether there are at least as many dimensions as samples: then every local minimum is global, and no box is looked at.

    A local minimum of rank r < d has S >= 0 (`spectra`). One of rank d has d <= n <= d, so H is invertible and H S = 0 leaves S = 0. Rows
    that are a log-sum-exp and an affine remainder are convex and smooth, so S >= 0 with H S = 0 makes a point global (MATH 4.1, 4.5). On
    a ball the multipliers of a local minimum are not negative, and both steps hold.
    """
    return claim["statement"] == EVERY_MINIMUM and problem.samples <= (problem.dim or 0)


def _pair(data: Any, n: int) -> Pair:
    i, j = (integer(x, "a sample of an ordering", 0, n - 1) for x in items(data, "a pair of samples", 2))
    require(i < j, "a pair of samples is not in ascending order")
    return i, j


def _check_tree(rows: BoxRows, roots: Boxes, codes: bytes, tests: dict[int, Test], left: list[Boxes] | None = None) -> None:
    waiting: dict[int, list[Boxes]] = {number: [] for number in tests}
    decider = decider_of(rows)
    for boxes, numbers in leaves(roots, codes, left):
        for reason in {int(number) for number in set(numbers.tolist())}:
            require(reason in waiting, f"the reason {reason} does not serve the statement")
            waiting[reason].append(boxes[numbers == reason])
            if sum(map(len, waiting[reason])) >= BATCH:
                _recheck(decider, waiting[reason], reason, tests[reason])
    for reason, batches in waiting.items():
        if batches:
            _recheck(decider, batches, reason, tests[reason])
    decider.agree()


def _recheck(decider: Decider, batches: list[Boxes], number: int, test: Test) -> None:
    boxes = together(batches)
    batches.clear()
    proved = decider.holds(boxes, number, test)
    require(bool(proved.all()), f"a box is not left out for the reason {number} that is stated: {REASONS[number].name}")


def in_words(claim: Data) -> str:
    """What a claim says of all critical points at once."""
    upper = f", and for every greater tau up to {claim['tau_upper']}" if "tau_upper" in claim else ""
    listed = f" {len(claim['points'])} points ({tally(claim['points'])})" if "points" in claim else ""
    return about(claim, f"in dimension {read_problem(claim['problem']).dim}{upper}: {claim['statement']}{listed}")


def numbers_of(claim: Data) -> tuple[str, ...]:
    """Boxes are intervals; listed points are balls."""
    if _is_roomy(claim, read_problem(claim["problem"])):
        return (EXACT,)
    if "points" not in claim and read_problem(claim["problem"]).constraint.kind == "ball":
        return (BALLS,)
    return (INTERVALS, BALLS) if "points" in claim else (INTERVALS,)


CLAIMS = {"Landscape": Claim(check_landscape, in_words, numbers_of)}
