"""Losses written out for Coq: every sample a node, every row a term, from the problem that a certificate states (MATH 1, 9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from flint import fmpq

from scverify.certify.claims import Data
from scverify.errors import InputError
from scverify.kernel.certificate import Rejected
from scverify.kernel.points.nodes import PointRow, stated_points
from scverify.kernel.problem import StatedConstraint, read_problem
from scverify.kernel.units.level import UnitRow
from scverify.kernel.units.nodes import read_node_problem
from scverify.kernel.units.problem import read_unit_problem
from scverify.kernel.units.separable import affine_slopes, separable
from scverify.kernel.units.written import places

MOST_NODES = 40  # Coq multiplies matrices of so many rows entry by entry
MOST_OUTCOMES = 1_000  # and bounds every exponential


class Outcome(NamedTuple):
    """amount * exp(slope * X[row, column] + shift)."""

    row: int
    column: int
    amount: fmpq
    slope: fmpq
    shift: fmpq


@dataclass(frozen=True)
class LossTerm:
    """weight * log(sum of the outcomes); still: probabilities at which the term and its affine remainder have no slope, where known."""

    weight: fmpq
    outcomes: list[Outcome]
    still: list[fmpq] | None


@dataclass
class WrittenLoss:
    """constant + sum of terms + sum of affine[i, j] X_ij; norms by node, and for each node the place of its level that it is a copy of."""

    norms: list[StatedConstraint]
    places: list[tuple[int, int]]
    terms: list[LossTerm] = field(default_factory=list)
    affine: dict[tuple[int, int], fmpq] = field(default_factory=dict)
    constant: fmpq = field(default_factory=lambda: fmpq(0))


def loss_in_terms(problem: Data) -> WrittenLoss:
    """The loss of a claim's problem on all nodes; InputError where it has no theorem in proofs/coq or is too large."""
    try:
        _check_few(_nodes(problem))
        level = stated_points({"problem": problem, "dim": 1})
    except Rejected as refusal:
        raise InputError(
            f"a loss that is not written out ({refusal})", "rows with an anchor of their own", "export another loss"
        ) from refusal
    if any(norm.nonnegative for norm in level.norms):
        raise InputError("H >= 0", "sphere, ball or ridge", "only these have a theorem in proofs/coq")
    loss = WrittenLoss(level.norms, _copies(problem))
    for row in level.rows:
        _add_row(loss, row, level.tau)
        if sum(len(term.outcomes) for term in loss.terms) > MOST_OUTCOMES:
            raise InputError(f"a loss with more than {MOST_OUTCOMES} exponentials", "fewer of them", "export a smaller problem")
    for i, norm in enumerate(level.norms):
        _add(loss, i, i, norm.weight / 2)
    return loss


def _nodes(problem: Data) -> int:
    """How many nodes a problem has, samples counted one by one: before any of them is written out."""
    if "kinds" not in problem:
        return sum(read_problem(problem).sizes)
    if "nodes" in problem:
        return len(read_node_problem(problem).nodes)
    return sum(each.multiplicity * sum(each.copies) for each in read_unit_problem(problem).types)


def _check_few(nodes: int) -> None:
    if nodes > MOST_NODES:
        raise InputError(f"a loss on {nodes} nodes", f"at most {MOST_NODES}, samples counted one by one", "export a smaller problem")


def _copies(problem: Data) -> list[tuple[int, int]]:
    """Of every node its node of the level and its unit, or its class."""
    if "nodes" in problem:
        return [(i, 0) for i in range(len(problem["nodes"]))]
    if "units" in problem:
        stated = read_unit_problem(problem)
        return [(node.type * len(stated.kinds) + node.kind, node.unit) for node in places(stated)]
    return [(label, 0) for label, size in enumerate(read_problem(problem).sizes) for _ in range(size)]


def _add_row(loss: WrittenLoss, stated: PointRow, tau: fmpq) -> None:
    """A row as terms and an affine part: one term for a log-sum-exp, one for each log(1 + e^x)."""
    i, weight = stated.anchor, stated.weight
    row = UnitRow(anchor=0, formula=stated.formula, weight=weight, c=stated.c, q=stated.q, tau=tau)
    softmax = row.split()
    if softmax is not None:
        kappa, at_zero, slopes, amounts = softmax
        if not all(isinstance(amount, fmpq) for amount in amounts):
            raise InputError("rows with irrational coefficients", "rational ones", "only these have a theorem in proofs/coq")
        shown = [a for a, amount in enumerate(amounts) if amount != 0]
        outcomes = [Outcome(i, a, amounts[a], kappa, fmpq(0)) for a in shown]
        loss.terms.append(LossTerm(weight, outcomes, _still(kappa, slopes, shown)))
    else:
        at_zero, slopes = _add_sigmoids(loss, row, i)
    loss.constant += weight * at_zero
    for j, slope in enumerate(slopes):
        _add(loss, i, j, weight * slope)


def _still(kappa: fmpq, slopes: list[fmpq], shown: list[int]) -> list[fmpq] | None:
    """The probabilities p with kappa p + slopes = 0, where there are such."""
    found = [-slope / kappa for slope in slopes]
    hidden = set(range(len(slopes))) - set(shown)
    if any(x < 0 for x in found) or sum(found, fmpq(0)) != 1 or any(found[a] != 0 for a in hidden):
        return None
    return [found[a] for a in shown]


def _add_sigmoids(loss: WrittenLoss, row: UnitRow, i: int) -> tuple[fmpq, list[fmpq]]:
    split = separable(row.formula, row.tau)
    if split is None:
        raise InputError("rows of another kind", "log-sum-exp rows, or sums of log(1 + e^x)", "only these have a theorem in proofs/coq")
    for term in split.terms:
        for j, count in enumerate(row.c if term.coefficient == "c" else row.q):
            if count != 0:
                one = Outcome(i, j, fmpq(1), fmpq(0), fmpq(0))
                grown = one._replace(slope=term.rate, shift=term.offset)
                loss.terms.append(LossTerm(row.weight * count, [one, grown], [fmpq(1), fmpq(0)]))
    return affine_slopes(row, split)


def _add(loss: WrittenLoss, i: int, j: int, slope: fmpq) -> None:
    if slope != 0:
        loss.affine[i, j] = loss.affine.get((i, j), fmpq(0)) + slope
