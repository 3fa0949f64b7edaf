"""The level at which a problem is decided: its rows, and their coefficients from a rule or a table (MATH 3).

A node g stands for m_g interchangeable classes (at the sample level: for one sample). Its row runs over the u nodes and, last,
the self entry beta_g; column g of row g is the similarity a_g of two different classes of the group.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flint import fmpq

from .certificate import fields, integer, is_short, items, rational, require, size_of
from .formula import Row, Tree, evaluate_constant, is_additive, log_sum_exp, mentions, value_and_gradient
from .problem import StatedConstraint, StatedProblem

# a level holds nodes^2 exact numbers
MAX_NODES = 20_000
# a rule is evaluated for every two sizes; none of the field has more than ten entries
MAX_RULE = 200
# of a pair of nodes: an exact number of c and one of q
BYTES_OF_PAIR = 100


class ExponentialPart(NamedTuple):
    """Rows log(sum c exp(kappa s)) + remainder: kappa, and the affine remainder of each row by its value at 0 and its slopes."""

    kappa: fmpq
    at_zero: list[fmpq]
    slopes: list[list[fmpq]]


@dataclass(frozen=True)
class Level:
    """A level of a problem, exact."""

    formula: Tree
    tau: fmpq
    constraint: StatedConstraint
    dim: int | None
    name: str
    multiplicity: list[int]
    mass: list[int]
    weight: list[fmpq]
    c: list[list[fmpq]]
    q: list[list[fmpq]]

    @property
    def nodes(self) -> int:
        """Number of nodes u."""
        return len(self.multiplicity)

    @cached_property
    def exponential_part(self) -> ExponentialPart | None:
        """What is left of each row beside its log-sum-exp; None for a formula that has none."""
        split = log_sum_exp(self.formula)
        if split is None:
            return None
        looks, merges = [name for name in "cq" if mentions(split.remainder, name)], is_additive(split.remainder)
        remainders: list[tuple[fmpq, list[fmpq]]] = []
        before: list[Any] | None = None
        for g in range(self.nodes):
            apart = [0] * len(self.c[g]) if merges else range(len(self.c[g]))
            entries = list(zip(*(getattr(self, name)[g] for name in looks), apart, strict=True))
            # rows of equal coefficients, which mostly follow one another, share a remainder
            remainders.append(remainders[-1] if entries == before else self._affine_row(split.remainder, looks, entries))
            before = entries
        return ExponentialPart(evaluate_constant(split.kappa, self.tau, fmpq), [x for x, _ in remainders], [x for _, x in remainders])

    def _affine_row(self, remainder: Tree, looks: list[str], entries: list[Any]) -> tuple[fmpq, list[fmpq]]:
        """Value at 0 and slopes of an affine remainder: entries of equal coefficients merge (R1), and each has its share of their slope."""
        counts = Counter(entries)
        merged = {name: [n * entry[place] for entry, n in counts.items()] for place, name in enumerate(looks)}
        zeros = [fmpq(0)] * len(counts)
        row = Row(zeros, merged.get("c", zeros), merged.get("q", zeros), self.tau)
        value, gradient = value_and_gradient(remainder, row, fmpq)
        slopes = {entry: slope / n for (entry, n), slope in zip(counts.items(), gradient, strict=True)}
        return value, [slopes[entry] for entry in entries]


def level_of(problem: StatedProblem, name: Any, groups: Any) -> Level:
    """The level that a witness speaks of; Rejected where a hypothesis of its reduction fails."""
    require(name in ("samples", "groups"), "the level is neither samples nor groups")
    if name == "samples":
        require(groups is None, "the sample level has no groups")
        from .samples import level_of_samples

        result = level_of_samples(problem)
    else:
        from .groups import merged_level
        from .optimum.bounds import check_reduction

        result = merged_level(problem, groups)
        check_reduction(result)
    has_outcomes = log_sum_exp(problem.formula) is not None
    for g in range(result.nodes):
        require(result.weight[g] == 0 or not has_outcomes or max(result.c[g]) > 0, f"row {g} has a weight and no c > 0: it is log 0")
        require(result.weight[g] >= 0, f"row {g} has a negative weight")
        require(min(result.c[g]) >= 0 and min(result.q[g]) >= 0, f"row {g} has a negative coefficient")
    return result


class Coefficients:
    """Weight, c and q of two different samples from the rule or table of the claim."""

    def __init__(self, problem: StatedProblem) -> None:
        """Read the rule or the table; Rejected where it is neither."""
        data = problem.coefficients
        require(isinstance(data, dict) and "kind" in data, "the coefficients have no kind")
        self.kind, self.problem = data["kind"], problem
        self.scale = fmpq(1, problem.anchors) if problem.mean else fmpq(1)
        if self.kind == "rule":
            fields(data, "kind weight positive_c positive_q negative_c negative_q")
            require(size_of(list(data.values())) <= MAX_RULE, f"the rules of the coefficients have more than {MAX_RULE} entries")
            self.rule = {name: tree for name, tree in data.items() if name != "kind"}
            self.counts = {"k": len(problem.sizes), "n_samples": problem.samples, "n_anchors": problem.anchors}
            self.by_own, self.by_other = ({name: mentions(tree, n) for name, tree in self.rule.items()} for n in ("n_own", "n_other"))
            self.known: dict[tuple[str, int, int], fmpq] = {}
            return
        require(self.kind in ("classes", "samples"), "the coefficients are neither a rule nor a table")
        from .tables import read_tables

        self.weights, self.tables = read_tables(data, len(problem.sizes) if self.kind == "classes" else problem.samples)

    def weight(self, i: int) -> fmpq:
        """Weight of an anchor of class (or of sample) i."""
        if self.kind != "samples" and self.problem.sizes[i] == 1:
            return fmpq(0)
        return self.scale * (self._rule("weight", i, i) if self.kind == "rule" else self.weights[i])

    def entry(self, name: str, i: int, j: int) -> fmpq:
        """Coefficient c or q between two different samples of classes (or between the samples) i and j."""
        if self.kind == "rule":
            return self._rule(f"positive_{name}" if i == j else f"negative_{name}", i, j)
        return self.tables[name][i][j]

    def _rule(self, name: str, i: int, j: int) -> fmpq:
        own, other = self.problem.sizes[i], self.problem.sizes[j] if self.by_other[name] else 0
        if own == 1:
            # no anchor: weight 0; any coefficients with a finite row serve, and 1/(n_own - 1) has none
            return fmpq(name == "negative_c")
        own = own if self.by_own[name] else 0
        value = self.known.get((name, own, other))
        if value is None:
            value = rule_value(self.rule[name], {**self.counts, "n_own": own, "n_other": other})
            self.known[name, own, other] = value
        return value


def rule_value(tree: Any, names: dict[str, int], depth: int = 0) -> fmpq:
    """Value of a rational expression in the counts: ["add", ...], ["mul", ...], ["pow", x, integer], names, rationals."""
    require(depth < 20, "a coefficient's rule is nested too deeply")
    if isinstance(tree, str):
        return fmpq(names[tree]) if tree in names else rational(tree, "a coefficient's rule")
    head, *arguments = items(tree, "a coefficient's rule") or [""]
    require(head in ("add", "mul", "pow") and len(arguments) > 0, "a coefficient's rule knows add, mul and pow")
    first = rule_value(arguments[0], names, depth + 1)
    if head == "pow":
        require(len(arguments) == 2, "pow takes a tree and an integer")
        exponent = integer(arguments[1], "an exponent", -16, 16)
        require(first != 0 or exponent > 0, "a coefficient's rule divides by zero")
        require(is_short(first), "a coefficient's rule has too many digits")
        return first**exponent
    for argument in arguments[1:]:
        value = rule_value(argument, names, depth + 1)
        first = first + value if head == "add" else first * value
        require(is_short(first), "a coefficient's rule has too many digits")
    return first
