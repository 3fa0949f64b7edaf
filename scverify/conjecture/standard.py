"""The standard properties of a loss, each a conjecture: what holds of the supervised contrastive loss, and may hold of another one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

from scverify.conjecture import arguments, strategies
from scverify.conjecture.convexity import convex_in_similarities
from scverify.conjecture.facts import equal_grams_at_the_lowest_value, for_all_critical_points
from scverify.conjecture.falsify import check
from scverify.conjecture.optimum_facts import optimum_facts
from scverify.conjecture.statement import Conjecture, conjecture
from scverify.conjecture.tally import Tally
from scverify.conjecture.theorem import Step, fact
from scverify.conjecture.truth import Truth, exact, implies, unknown
from scverify.conjecture.verdict import Suite, Verdict
from scverify.crosscheck import crosscheck
from scverify.errors import InputError, ScverifyError, may_be_callable, must_be, one_of
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.exact import seconds, whole
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss
from scverify.symbolic.shape import is_known_convex

Thoroughness = Literal["fast", "thorough"]
# seconds per property
BUDGETS: dict[Thoroughness, float] = {"fast": 15, "thorough": 240}
# of a bound that is called tight, relative to the loss
_GAP = Fraction(1, 10**9)
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


@conjecture(classes=strategies.some([Classes((2, 2)), Classes((3, 2))]), temperature=[Fraction(1, 2)], dim=lambda classes: classes.k)
def derivatives_agree(problem: Problem) -> Truth:
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
def convex_in_the_gram_matrix(problem: Problem) -> Truth:
    """The loss is convex in the Gram matrix."""
    return convex_in_similarities(problem)


@conjecture(**_SMALL, proof=arguments.rotation_invariance)
def invariant_under_rotations(problem: Problem) -> Truth:
    """The loss at QH is that at H for every orthogonal Q."""
    return exact(arguments.sees_similarities_alone(problem.loss), "the row sees the embeddings through their similarities alone")


def _tightness(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    yield from arguments.rotation_invariance(loss)
    yield from arguments.convex_rows(loss)
    yield from arguments.collapse(loss)
    yield arguments.repulsion(loss)


@conjecture(**_SMALL, proof=_tightness)
def tight_relaxation(problem: Problem) -> Truth:
    """The minimum over Gram matrices is attained by embeddings in k - 1 dimensions."""
    try:
        optimum = optimum_facts(problem)
    except InputError as error:  # such as: the loss is not convex
        return unknown(str(error))
    value = optimum.value
    if value.upper - value.lower > _GAP * max(Fraction(1), abs(value.upper)):
        return unknown(f"the bounds of the optimum do not meet to nine digits: {value}", "ball")
    return optimum.rank <= problem.classes.k - 1


def _collapse(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    yield from arguments.convex_rows(loss)
    yield from arguments.collapse(loss)


@conjecture(**_SMALL, dim=lambda classes: classes.k, proof=_collapse)
def samples_of_a_class_collapse(problem: Problem) -> Truth:
    """At every global minimiser the samples of a class coincide."""
    return for_all_critical_points(problem, lambda point: implies(point.is_global, point.is_collapsed))


def _uniqueness(loss: Loss) -> Iterator[Step]:
    yield from arguments.admissible(loss)
    yield from arguments.strictly_convex(loss)
    yield from arguments.collapse(loss)


@conjecture(**_SMALL, dim=lambda classes: classes.k, proof=_uniqueness)
def unique_gram_matrix(problem: Problem) -> Truth:
    """On the sphere all global minimisers have one Gram matrix."""
    return equal_grams_at_the_lowest_value(problem)


def _benign(problem: Problem) -> Truth:
    return for_all_critical_points(problem, lambda point: implies(point.is_local_minimum, point.is_global))


@conjecture(**_LANDSCAPE, dim=lambda classes: classes.k + 1, constraint=Sphere())
def benign_on_the_sphere(problem: Problem) -> Truth:
    """For d > k every local minimum on the sphere is global."""
    return _benign(problem)


@conjecture(**_LANDSCAPE, dim=lambda classes: classes.k + 1, constraint=Ball())
def benign_on_the_ball(problem: Problem) -> Truth:
    """For d > k every local minimum on the ball is global."""
    return _benign(problem)


@conjecture(**_LANDSCAPE, dim=lambda classes: classes.k + 1, constraint=Ridge("1/10"))
def benign_under_a_ridge(problem: Problem) -> Truth:
    """For d > k every local minimum under a ridge is global."""
    return _benign(problem)


@conjecture(**_LANDSCAPE, dim=lambda classes: classes.k, constraint=Ball())
def benign_in_k_dimensions(problem: Problem) -> Truth:
    """For d = k every local minimum on the ball is global."""
    return _benign(problem)


@conjecture(**_THREE_CLASSES, dim=lambda classes: classes.k - 1, constraint=Ball())
def benign_in_k_minus_1_dimensions(problem: Problem) -> Truth:
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
    loss: str,
    profile: Thoroughness = "fast",
    budget: float | None = None,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[int, int], object] | None = None,
) -> Suite:
    """A verdict on each standard property of a loss (a name or FILE::NAME), in the order of PROPERTIES.

    profile "fast": a few small problems; "thorough": drawn ones, up to three classes of six. budget: seconds for each property (default: 15
    and 240). A property that cannot be put to the loss is UNDECIDED, and its reason says why. progress(done, total) is called after each
    property. Ctrl-C returns what is known. Raises InputError where the loss cannot be loaded.

    >>> len(suite("supcon", budget=1 / 8).verdicts) == len(PROPERTIES)
    True
    """
    must_be(loss, str, "loss", "the name of a loss, or FILE::NAME")
    may_be_callable(progress, "progress")
    whole(seed, "seed", 0), whole(jobs, "jobs", 1)
    if budget is not None:
        seconds(budget, "budget")
    one_of(profile, "profile", BUDGETS)
    verdicts: list[Verdict] = []
    for stated in [_widened(each, profile).with_loss(loss) for each in PROPERTIES]:
        verdicts.append(_verdict(stated, BUDGETS[profile] if budget is None else budget, seed, jobs))
        if progress is not None:
            progress(len(verdicts), len(PROPERTIES))
        if verdicts[-1].interrupted:
            break
    return Suite(loss=loss, profile=profile, verdicts=tuple(verdicts))


def _widened(stated: Conjecture, profile: Thoroughness) -> Conjecture:
    if profile == "fast":
        return stated
    k = min(classes.k for classes in stated.classes.listed)
    return replace(stated, classes=strategies.classes(k=(k, 3), size=(2, 6)), temperature=strategies.rationals("1/20", 2))


def _verdict(stated: Conjecture, budget: float, seed: int, jobs: int) -> Verdict:
    started = time.monotonic()
    try:
        return check(stated, budget, seed, jobs)
    except ScverifyError as error:
        return Verdict(stated, "UNDECIDED", "float", str(error), Tally(), None, time.monotonic() - started, seed)
