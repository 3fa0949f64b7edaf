"""The standard properties of a loss, each a conjecture: what holds of the supervised contrastive loss, and may hold of another one.

k is the number of classes; of a loss that brings its own nodes, that of its units, and where nodes are stated one by one that of these.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from scverify.conjecture import arguments, strategies
from scverify.conjecture.convexity import convex_in_similarities
from scverify.conjecture.facts import equal_grams_at_the_lowest_value, for_all_critical_points
from scverify.conjecture.falsify import check
from scverify.conjecture.optimum_facts import counted_unit_optimum, optimum_facts
from scverify.conjecture.statement import Conjecture, conjecture
from scverify.conjecture.tally import Tally
from scverify.conjecture.theorem import Step, fact
from scverify.conjecture.truth import Truth, exact, implies, unknown
from scverify.conjecture.verdict import Suite, Verdict
from scverify.crosscheck import crosscheck
from scverify.errors import InputError, ScverifyError, Undecided, may_be_callable, must_be, one_of
from scverify.kernel.certificate import Rejected
from scverify.model.catalogue import known_loss
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.exact import seconds, whole
from scverify.model.nodes import NodeLoss
from scverify.model.points import AnyProblem, formula_by_tree
from scverify.model.problem import Problem
from scverify.model.units import UnitLoss, UnitProblem
from scverify.symbolic.losses import Loss, load_loss
from scverify.symbolic.shape import is_known_convex

Thoroughness = Literal["fast", "thorough"]
# seconds per property
BUDGETS: dict[Thoroughness, float] = {"fast": 15, "thorough": 240}
# of a bound that is called tight, relative to the loss
_GAP = Fraction(1, 10**9)
# the temperatures of the thorough profile
_DRAWN = strategies.rationals("1/20", 2)
# the least problems in which each property can fail: classes alike and not, two and three of them
_SMALL: dict[str, Any] = {
    "classes": strategies.some([Classes(sizes) for sizes in ((2, 2), (3, 2), (2, 2, 2), (3, 2, 2))]),
    "temperature": [Fraction(1, 2), Fraction(1, 10)],
}
# with sizes 4, 2 at 1/20, where three dimensions have a spurious minimum (proofs/t14_all_small_temperatures.py)
_LANDSCAPE: dict[str, Any] = {
    "classes": strategies.some([Classes(sizes) for sizes in ((2, 2), (3, 2), (4, 2), (2, 2, 2))]),
    "temperature": [Fraction(1, 2), Fraction(1, 20)],
}
_THREE_CLASSES: dict[str, Any] = _LANDSCAPE | {"classes": strategies.some([Classes(sizes) for sizes in ((2, 2, 2), (3, 2, 2), (4, 2, 2))])}


def k_of(of: Classes | UnitLoss | NodeLoss) -> int:
    """The number of classes, or of a loss's units; of nodes, where these are stated one by one."""
    if isinstance(of, Classes):
        return of.k
    return of.units if isinstance(of, UnitLoss) else len(of.nodes)


def _copies(of: UnitLoss | NodeLoss) -> set[int]:
    """How many copies nodes have."""
    return {count for _, copies in of.types for count in copies} if isinstance(of, UnitLoss) else {1}


def _enough_dimensions(of: Classes | UnitLoss | NodeLoss) -> int:
    """As many as a minimiser needs, whatever its rank."""
    return sum(m * sum(copies) for m, copies in of.types) if isinstance(of, UnitLoss) else k_of(of)


@conjecture(classes=strategies.some([Classes((2, 2)), Classes((3, 2))]), temperature=[Fraction(1, 2)], dim=lambda of: k_of(of))
def derivatives_agree(problem: AnyProblem) -> Truth:
    """Value, gradient and Hessian agree in three arithmetics, by two derivations and by Taylor slopes."""
    table = crosscheck(problem)
    worst = [f"{row.question}: {row.first} against {row.second} {row.difference:.1e}" for row in table.rows if not row.ok]
    return Truth(table.ok, tuple(worst[:1]) or (f"{len(table.rows)} comparisons agree",), "float", (), 1.0 if table.ok else -1.0)


def _convexity(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    if loss.formula.log_sum_exp is None:
        yield fact("the row is convex by rules of composition", lambda: is_known_convex(loss.formula))
    else:
        yield from arguments.convex_rows(loss)


@conjecture(**_SMALL, proof=_convexity)
def convex_in_the_gram_matrix(problem: AnyProblem) -> Truth:
    """The loss is convex in the Gram matrix."""
    if isinstance(problem, UnitProblem):
        try:
            return exact(bool(problem.level.rows), "rows are convex by rules of composition, no coefficient is negative (R2)")
        except Rejected:  # for this, or for another hypothesis of the level
            pass
    return convex_in_similarities(problem)


@conjecture(**_SMALL, proof=arguments.rotation_invariance)
def invariant_under_rotations(problem: AnyProblem) -> Truth:
    """The loss at QH is that at H for every orthogonal Q."""
    seen = all(map(arguments.sees_similarities_alone, formula_by_tree(problem).values()))
    return exact(seen, "the row sees the embeddings through their similarities alone")


def _tightness(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    yield from arguments.rotation_invariance(loss)
    yield from arguments.convex_rows(loss)
    yield from arguments.collapse(loss)
    yield arguments.repulsion(loss)


@conjecture(**_SMALL, proof=_tightness)
def tight_relaxation(problem: AnyProblem) -> Truth:
    """The minimum over Gram matrices is attained by embeddings in k - 1 dimensions."""
    try:
        optimum = optimum_facts(problem)
    except InputError as error:  # such as: the loss is not convex
        return unknown(str(error))
    value = optimum.value
    if value.upper - value.lower > _GAP * max(Fraction(1), abs(value.upper)):
        return unknown(f"the bounds of the optimum do not meet to nine digits: {value}", "ball")
    return optimum.rank <= k_of(problem.classes if isinstance(problem, Problem) else problem.loss) - 1


def _collapse(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    yield from arguments.convex_rows(loss)
    yield from arguments.collapse(loss)


@conjecture(**_SMALL, dim=lambda of: k_of(of), proof=_collapse)
def samples_of_a_class_collapse(problem: AnyProblem) -> Truth:
    """At every global minimiser the samples of a class, or the copies of a node, coincide."""
    if isinstance(problem, UnitProblem) and _copies(problem.loss) == {1}:
        return exact(True, "no node has several copies")
    return for_all_critical_points(problem, lambda point: implies(point.is_global, point.is_collapsed))


def _uniqueness(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    yield from arguments.strictly_convex(loss)
    yield from arguments.collapse(loss)


@conjecture(**_SMALL, dim=lambda of: _enough_dimensions(of), proof=_uniqueness)
def unique_gram_matrix(problem: AnyProblem) -> Truth:
    """On the sphere all global minimisers have one Gram matrix."""
    if isinstance(problem, UnitProblem):
        try:
            several = counted_unit_optimum(problem).several
        except (InputError, Undecided):  # a search is left
            several = None
        if several is not None:
            return Truth(False, (f"two minimisers are {float(several.distance):.3g} apart",), "ball", (several.certificate,), -1.0)
    return equal_grams_at_the_lowest_value(problem)


def _benign(problem: AnyProblem) -> Truth:
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


@conjecture(**_LANDSCAPE, dim=lambda of: k_of(of) + 1, constraint=Sphere())
def benign_on_the_sphere(problem: AnyProblem) -> Truth:
    """For d > k every local minimum on the sphere is global."""
    return _benign(problem)


@conjecture(**_LANDSCAPE, dim=lambda of: k_of(of) + 1, constraint=Ball())
def benign_on_the_ball(problem: AnyProblem) -> Truth:
    """For d > k every local minimum on the ball is global."""
    return _benign(problem)


@conjecture(**_LANDSCAPE, dim=lambda of: k_of(of) + 1, constraint=Ridge("1/10"))
def benign_under_a_ridge(problem: AnyProblem) -> Truth:
    """For d > k every local minimum under a ridge is global."""
    return _benign(problem)


@conjecture(**_LANDSCAPE, dim=lambda of: k_of(of), constraint=Ball())
def benign_in_k_dimensions(problem: AnyProblem) -> Truth:
    """For d = k every local minimum on the ball is global."""
    return _benign(problem)


@conjecture(**_THREE_CLASSES, dim=lambda of: k_of(of) - 1, constraint=Ball())
def benign_in_k_minus_1_dimensions(problem: AnyProblem) -> Truth:
    """For d = k - 1 >= 2 every local minimum on the ball is global."""
    return _benign(problem)


PROPERTIES: tuple[Conjecture, ...] = (
    derivatives_agree,
    convex_in_the_gram_matrix,
    invariant_under_rotations,
    tight_relaxation,
    samples_of_a_class_collapse,
    unique_gram_matrix,
    benign_on_the_sphere,
    benign_on_the_ball,
    benign_under_a_ridge,
    benign_in_k_dimensions,
    benign_in_k_minus_1_dimensions,
)


def suite(
    loss: str | Loss | UnitLoss | NodeLoss,
    profile: Thoroughness = "fast",
    budget: float | None = None,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[int, int], object] | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
) -> Suite:
    """A verdict on each standard property of a loss, in the order of PROPERTIES.

    loss: a name, FILE::NAME, or a loss. parameters: of a named loss, by their names in `scverify losses`; counts that are not given are
    small ones. A loss that brings its own nodes is asked about as it is. profile "fast": a few small problems; "thorough": drawn ones, of
    classes up to three of six. budget: seconds for each property (default: 15 and 240). A property that cannot be put to the loss is
    UNDECIDED, and its reason says why. progress(done, total) is called after each property. Ctrl-C returns what is known. Raises
    InputError where the loss cannot be loaded.

    >>> len(suite("supcon", budget=1 / 8).verdicts) == len(PROPERTIES)
    True
    """
    may_be_callable(progress, "progress")
    whole(seed, "seed", 0), whole(jobs, "jobs", 1)
    if budget is not None:
        seconds(budget, "budget")
    one_of(profile, "profile", BUDGETS)
    losses = _losses(loss, parameters or {})
    verdicts: list[Verdict] = []
    for stated in PROPERTIES:
        verdicts.append(_verdict(stated, losses, profile, BUDGETS[profile] if budget is None else budget, seed, jobs))
        if progress is not None:
            progress(len(verdicts), len(PROPERTIES))
        if verdicts[-1].interrupted:
            break
    return Suite(loss=_said(loss, losses), profile=profile, verdicts=tuple(verdicts))


def _losses(loss: str | Loss | UnitLoss | NodeLoss, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The losses that are asked about, by the Python that makes each."""
    must_be(loss, (str, Loss, UnitLoss, NodeLoss), "loss", "the name of a loss, FILE::NAME, or a loss")
    entry = known_loss(loss) if isinstance(loss, str) else None
    if entry is not None and (entry.on != "classes" or entry.parameters):
        return entry.small(**parameters)
    if parameters:
        raise InputError(f"parameters {', '.join(parameters)}", "parameters of a named loss that has them", "drop them")
    if not isinstance(loss, str):
        return {loss.name: loss}
    file, _, name = loss.rpartition("::")
    reference = f"{Path(file).resolve()}::{name}" if file else loss
    return {f"sv.load_loss({reference!r})": load_loss(reference)}


def _said(loss: str | Loss | UnitLoss | NodeLoss, losses: Mapping[str, Any]) -> str:
    """The loss in words, with what its nodes are."""
    extents = dict.fromkeys(each.extent for each in losses.values() if not isinstance(each, Loss))
    name = loss if isinstance(loss, str) else loss.name
    return f"{name} ({'; '.join(extents)})" if extents else name


def _about(stated: Conjecture, losses: Mapping[str, Any], profile: Thoroughness) -> Conjecture:
    """The property of these losses; InputError where it is one of three classes or more, and a loss has fewer units."""
    if any(isinstance(each, Loss) for each in losses.values()):
        return _widened(stated, profile).about(losses)
    least = min(classes.k for classes in stated.classes.listed)
    fitting = {python: each for python, each in losses.items() if k_of(each) >= least}
    if not fitting:
        raise InputError(f"{stated.name} of fewer than {least} units", f"a loss of at least {least} units", "ask about a larger one")
    stated = stated if profile == "fast" else replace(stated, temperature=_DRAWN)
    return stated.about(fitting)


def _widened(stated: Conjecture, profile: Thoroughness) -> Conjecture:
    if profile == "fast":
        return stated
    k = min(classes.k for classes in stated.classes.listed)
    return replace(stated, classes=strategies.classes(k=(k, 3), size=(2, 6)), temperature=_DRAWN)


def _verdict(stated: Conjecture, losses: Mapping[str, Any], profile: Thoroughness, budget: float, seed: int, jobs: int) -> Verdict:
    started = time.monotonic()
    try:
        return check(_about(stated, losses, profile), budget, seed, jobs)
    except ScverifyError as error:
        return Verdict(stated, "UNDECIDED", "float", str(error), Tally(), None, time.monotonic() - started, seed)
