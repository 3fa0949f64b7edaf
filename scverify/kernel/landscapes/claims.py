"""Landscape: what is claimed of all critical points of a small instance at once, by boxes that cover every configuration (MATH 4.6).

The witness is a tree that may leave boxes open (the trunk), and a tree for each share of these (the branches): in the order in which the
boxes are met, a number for each, its reason or the axis along which it is halved. The kernel makes the boxes itself, from the whole
domain down, so that none can be missing; and it re-decides every leaf.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from fractions import Fraction
from math import inf, nextafter
from typing import Any

from flint import fmpq, fmpq_poly
from flint.utils.flint_exceptions import FlintError

from ..certificate import Rejected, fields, integer, items, rational, require
from ..claims import BALLS, INTERVALS, Claim, Data
from ..formula import Row, Tree, evaluate_constant, log_sum_exp, value_and_gradient
from ..level import Level, level_of
from ..problem import Problem, read_problem
from ..words import about
from .boxes import Boxes, share, taken, together, whole_domain
from .contraction import has_no_root
from .copies import Pair, orderings
from .discards import REASONS, Enclosures, Reason, Rows
from .intervals import Integers, Intervals, floats, integers

MAX_SAMPLES = 10
MAX_ROOTS = 1 << 20
MAX_BOXES = 1 << 28
BATCH = 2048
# In a tree, numbers below are reasons, and SPLIT + axis halves a box
SPLIT = 16
NO_ROOT, LISTED = 6, 7

# The statements, and the reasons that serve each, in the order of their cost
EVERY_MINIMUM = "every local minimum is global"
EVERY_POINT = "every critical point of full rank is, up to rotation and interchangeable samples, one of the listed"
STATEMENTS: dict[str, tuple[int, ...]] = {EVERY_MINIMUM: (0, 1, 2, 3, 4, 5), EVERY_POINT: (0, 1, 3, NO_ROOT, LISTED)}


def check_landscape(claim: Data, witness: Any) -> None:
    """Every leaf of every tree is left out for a reason that serves the statement, and the trees cover the domain."""
    listing = claim.get("statement") == EVERY_POINT
    fields(claim, "type problem statement points" if listing else "type problem statement", "" if listing else "tau_upper")
    require(claim["statement"] in STATEMENTS, f"unknown statement {claim['statement']!r}")
    fields(witness, "orderings trees points" if listing else "orderings trees")
    problem = read_problem(claim["problem"])
    tau_upper = rational(claim["tau_upper"], "tau_upper") if "tau_upper" in claim else problem.tau
    level = level_of(problem, "samples", None)
    rows = rows_of(problem, level, [_pair(pair, level.nodes) for pair in items(witness["orderings"], "orderings")])
    trunk, *branches = items(witness["trees"], "trees") or [None]
    known: dict[int, Reason] = {**dict(enumerate(REASONS)), NO_ROOT: has_no_root}
    if listing:
        from .lists import Listed

        known[LISTED] = Listed(level, claim["points"], witness["points"])
    reasons = {number: known[number] for number in STATEMENTS[claim["statement"]]}
    left: list[Boxes] = []
    _check_tree(rows, domain_of(problem, level, tau_upper), unpacked(trunk), reasons, left)
    require(len(branches) <= sum(map(len, left)), "there are more branches than boxes that the trunk leaves open")
    require(bool(branches) or not left, "boxes are left open")
    for number, branch in enumerate(branches):
        _check_tree(rows, share(left, number, len(branches)), unpacked(branch), reasons)


def _pair(data: Any, n: int) -> Pair:
    i, j = (integer(x, "a sample of an ordering", 0, n - 1) for x in items(data, "a pair of samples", 2))
    require(i < j, "a pair of samples is not in ascending order")
    return i, j


def unpacked(data: Any) -> bytes:
    """The numbers of a tree, a byte each, which are packed (zlib, base64)."""
    fields(data, "boxes tree")
    boxes = integer(data["boxes"], "the number of boxes", 0, MAX_BOXES)
    require(isinstance(data["tree"], str), "a tree is not text")
    try:
        numbers = zlib.decompressobj().decompress(base64.b64decode(data["tree"], validate=True), boxes + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Rejected(f"a tree cannot be unpacked: {error}") from error
    require(len(numbers) == boxes, f"a tree has not the {boxes} boxes that are stated")
    return numbers


def _check_tree(rows: Rows, roots: Boxes, codes: bytes, reasons: dict[int, Reason], left: list[Boxes] | None = None) -> None:
    waiting: dict[int, list[Boxes]] = {reason: [] for reason in reasons}
    for boxes, numbers in leaves(roots, codes, left):
        for reason in {int(number) for number in set(numbers.tolist())}:
            require(reason in waiting, f"the reason {reason} does not serve the statement")
            waiting[reason].append(boxes[numbers == reason])
            if sum(map(len, waiting[reason])) >= BATCH:
                _recheck(rows, waiting[reason], reason, reasons[reason])
    for reason, batches in waiting.items():
        if batches:
            _recheck(rows, batches, reason, reasons[reason])


def _recheck(rows: Rows, batches: list[Boxes], number: int, reason: Reason) -> None:
    boxes = together(batches)
    batches.clear()
    proved = reason(Enclosures(rows, boxes))
    require(bool(proved.all()), f"a box is not left out for the reason {number} that is stated: {reason.__name__}")


def leaves(roots: Boxes, codes: bytes, left: list[Boxes] | None = None) -> Iterator[tuple[Boxes, Integers]]:
    """Walks a tree from its roots: batches of leaves with their reasons. Every box met has one number, and no number is left over.

    With a list `left`, a tree may be unfinished: the batches that are still open are put there.
    """
    stack, position = [roots], 0
    while stack:
        if left is not None and position == len(codes):
            left += stack
            return
        boxes = taken(stack, BATCH)
        numbers = integers(codes[position : position + len(boxes)])
        require(len(numbers) == len(boxes), "a box is left out of the tree")
        position += len(boxes)
        halved = numbers >= SPLIT
        require(bool((numbers[halved] < SPLIT + len(boxes.low)).all()), "a tree halves a box along an axis that it has not")
        if halved.any():
            stack.append(boxes[halved].halves(numbers[halved] - SPLIT))
        if not halved.all():
            yield boxes[~halved], numbers[~halved]
    require(position == len(codes), "a tree has more numbers than boxes")


def rows_of(problem: Problem, level: Level, pairs: list[Pair]) -> Rows:
    """The rows of an instance on the unit sphere, every hypothesis of `discards` checked."""
    n = level.nodes
    require(problem.constraint.kind == "sphere" and not problem.constraint.nonnegative, "landscapes are decided on the sphere alone")
    dim = problem.dim or 0
    require(
        2 <= dim <= MAX_SAMPLES, f"a landscape has a stated dimension of 2 to {MAX_SAMPLES}: more than a dimension a sample adds nothing"
    )
    require(2 <= n <= MAX_SAMPLES, f"a landscape has 2 to {MAX_SAMPLES} samples, not {n}")
    require(
        all(level.c[i][i] == level.c[i][-1] == level.q[i][i] == level.q[i][-1] == 0 for i in range(n)), "a row holds its own similarity"
    )
    rate, slopes = _rate_and_slopes(level)
    q = [[_multiple(slopes[i][j], rate) for j in range(n) if j != i] for i in range(n)]
    largest = max(level.weight)
    return Rows(
        n,
        dim,
        _intervals([[weight / largest for weight in level.weight]])[0],
        _intervals([[level.c[i][j] for j in range(n) if j != i] for i in range(n)]),
        _intervals(q),
        _intervals([[1 - sum(row, fmpq(0)) for row in q]])[0],
        orderings(level, pairs),
        _sides(n, q),
    )


def _rate_and_slopes(level: Level) -> tuple[fmpq_poly, list[list[fmpq_poly]]]:
    """kappa and, with the sign changed, the slopes of the affine remainder of every row, as polynomials in 1/tau."""
    split = log_sum_exp(level.formula)
    if split is None:
        raise Rejected("landscapes are decided for rows that are a log-sum-exp and an affine remainder")
    one_over_tau = fmpq_poly([0, 1])
    try:
        rate = evaluate_constant(_in_reciprocal(split.kappa), one_over_tau, _constant)
        remainder = _in_reciprocal(split.remainder)
        rows = (
            Row([_constant(fmpq(0))] * len(c), list(map(_constant, c)), list(map(_constant, q)), one_over_tau)
            for c, q in zip(level.c, level.q, strict=True)
        )
        slopes = [[-x for x in value_and_gradient(remainder, row, _constant)[1]] for row in rows]
    except (FlintError, TypeError, ZeroDivisionError) as error:
        raise Rejected("the rates of the row are not polynomials in 1/tau") from error
    return rate, slopes


def _constant(value: fmpq) -> fmpq_poly:
    return fmpq_poly([value])


def _in_reciprocal(tree: Tree) -> Tree:
    """The tree with "tau" in the place of 1/tau; Rejected where tau stands otherwise.

    `log_sum_exp` splits off rational expressions alone: a root of (x - 1)^2 is |x - 1|, but that of a polynomial x - 1.
    """
    if isinstance(tree, tuple):
        if tree[0] == "pow" and tree[1] == "tau" and tree[2] < 0:
            return ("pow", "tau", -tree[2])
        return (tree[0], *(x if tree[0] == "pow" and place else _in_reciprocal(x) for place, x in enumerate(tree[1:])))
    require(not (isinstance(tree, str) and tree == "tau"), "the rates of the row are not polynomials in 1/tau")
    return tree


def _multiple(slope: fmpq_poly, rate: fmpq_poly) -> fmpq:
    """The rational q with slope = q rate, for all tau."""
    place = rate.degree()
    require(place >= 0, "the exponent's rate is 0")
    factor = fmpq(slope[place]) / fmpq(rate[place])
    require(slope == rate * _constant(factor), "a slope of the row's remainder is not a multiple of the exponent's rate")
    return factor


def _sides(n: int, q: list[list[fmpq]]) -> list[int]:
    """1 and -1 for the two components of the graph of positives (q > 0), where there are two; otherwise none."""
    side = [0] * n
    for sign in (1, -1):
        reached = [next((i for i in range(n) if side[i] == 0), -1)]
        for i in reached:
            if i >= 0 and side[i] == 0:
                side[i] = sign
                reached += [j for j in range(n) if j != i and (q[i][j - (j > i)] > 0 or q[j][i - (i > j)] > 0)]
    return side if set(side) == {1, -1} else []


def domain_of(problem: Problem, level: Level, tau_upper: fmpq) -> Boxes:
    """The whole domain: all configurations, and all rates for tau from the problem's to tau_upper."""
    require(tau_upper >= problem.tau, "tau_upper lies below tau")
    rate = _rate_and_slopes(level)[0]
    require(all(fmpq(rate[place]) >= 0 for place in range(rate.degree() + 1)), "the exponent's rate does not fall with tau")
    least, most = (problem.constraint.bound * rate(1 / tau) for tau in (tau_upper, problem.tau))
    require(least > 0, "the exponent's rate is not positive")
    count = 1
    for i in range(level.nodes):
        count *= 2 * min(i, problem.dim or 0) + 1
    require(count <= MAX_ROOTS, "the domain has too many faces")
    return whole_domain(level.nodes, problem.dim or 0, (_enclosed(least)[0], _enclosed(most)[1]))


def _enclosed(value: fmpq) -> tuple[float, float]:
    """Floats around a rational; the same float twice where it is one."""
    near = int(value.p) / int(value.q)  # a quotient of integers is rounded to nearest
    exact, given = Fraction(near), Fraction(int(value.p), int(value.q))
    return (near if exact <= given else nextafter(near, -inf)), (near if exact >= given else nextafter(near, inf))


def _intervals(rows: list[list[fmpq]]) -> Intervals:
    ends = [[_enclosed(fmpq(value)) for value in row] for row in rows]
    return Intervals(floats([[low for low, _ in row] for row in ends]), floats([[high for _, high in row] for row in ends]))


def in_words(claim: Data) -> str:
    """What a claim says of all critical points at once."""
    upper = f", and for every greater tau up to {claim['tau_upper']}" if "tau_upper" in claim else ""
    listed = f" {len(claim['points'])} points" if "points" in claim else ""
    return about(claim, f"in dimension {read_problem(claim['problem']).dim}{upper}: {claim['statement']}{listed}")


def numbers_of(claim: Data) -> tuple[str, ...]:
    """Boxes are intervals; listed points are balls."""
    return (INTERVALS, BALLS) if "points" in claim else (INTERVALS,)


CLAIMS = {"Landscape": Claim(check_landscape, in_words, numbers_of)}
