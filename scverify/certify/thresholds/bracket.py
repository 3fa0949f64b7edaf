"""Thresholds of the optimum, bracketed: from which ratio, temperature or weight on it is merged, a simplex, or 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any, NamedTuple

from scverify.certify.claims import Data
from scverify.certify.thresholds import closed_forms
from scverify.certify.thresholds.merging import StepFamily, merging, merging_in_the_limit
from scverify.certify.thresholds.sides import logits_merged, simplex, zero, zero_on_units
from scverify.errors import InputError, Undecided, must_be
from scverify.model.constraints import Ridge, Sphere
from scverify.model.exact import MOST, MOST_COUNT, Rational, exact_rational, positive, whole
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.bracket import Bracket, Side
from scverify.symbolic.losses import supcon

Decide = Callable[[Fraction], tuple[bool, Data] | None]
# a problem, its temperature, ratio or ridge the parameter; or the problem at each value of a parameter of one's own
ProblemOrFamily = Problem | UnitProblem | Callable[[Fraction], Problem | UnitProblem]
# a digit takes three or four more certificates; 18 are tested
MOST_DIGITS = 60
# of each kind: the parameters that it is asked along, and the answers
OVER = {
    "merged": ("ratio", "tau", "ridge"),
    "merged in the limit": ("tau",),
    "simplex": ("tau",),
    "zero": ("ridge", "tau"),
}
_ANSWERS = {
    "merged": ("merged", "apart"),
    "merged in the limit": ("merged for large ratios", "apart at every ratio"),
    "simplex": ("simplex", "not a simplex"),
    "zero": ("zero", "not zero"),
}


class Question(NamedTuple):
    """What is asked along a parameter: how a value is decided, in which words; a closed form; the small size where a ratio is asked."""

    decide: Decide
    about: str
    closed_form: str | None = None
    minor: Fraction | None = None


def bracket(problem: ProblemOrFamily, kind: str, over: str, between: tuple[Rational, Rational], digits: int = 12) -> Bracket:
    """Bracket the value of a parameter at which the optimum begins, or ceases, to be of a kind; both sides are certificates.

    kind: "merged" (the small classes of STEP imbalance coincide, over "ratio" or "tau"; equal classes of cross-entropy under a ridge, over
    "ridge" or "tau"), "merged in the limit" (for large ratios, over "tau"), "simplex" (over "tau"), "zero" (under a ridge, over "ridge" or
    "tau"). The problem's own value of the parameter does not matter; with "ratio" its sizes say how many classes are large. problem may be
    a function of any rational parameter, and `over` is then its name, such as "bias". digits: significant ones of the bracket, 1..60. An
    interrupt leaves the bracket as wide as it is. Raises InputError for another question, Undecided where an end is not decided.

    >>> problem = Problem(supcon, (6, 6, 3, 3), temperature="1/2")
    >>> bracket(problem, "merged", "ratio", (50, 200), digits=6).to_json()["bracket"]
    {'lower': '131.664', 'upper': '131.665'}
    >>> pairs = lambda t: UnitProblem(losses.siglip(5, bias=-t), 1 / t)
    >>> bracket(pairs, "simplex", "t", ("1/2", 1), digits=3).to_json()["bracket"]
    {'lower': '0.554', 'upper': '0.555'}
    """
    if not callable(problem):
        must_be(problem, (Problem, UnitProblem), "problem", "a Problem, a UnitProblem, or a function that gives one for a value")
    must_be(kind, str, "kind", "a text such as 'merged'")
    must_be(over, str, "over", "a text such as 'tau'")
    must_be(between, tuple, "between", "two numbers, such as (50, 200)")
    if not isinstance(kind, str) or kind not in OVER:
        raise InputError(f"kind {kind!r}", " or ".join(map(repr, OVER)), "choose one of them")
    ends = [_end(end, problem, kind, over) for end in between]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError(
            f"{over} from {' to '.join(map(str, between))}", "a lower and then a higher number", f"correct the range of {over}"
        )
    if whole(digits, "digits", 1) > MOST_DIGITS:
        raise InputError(f"digits {digits}", f"at most {MOST_DIGITS}", "ask for fewer")
    question = _question_of_family(problem, kind, over, ends[0], ends[1]) if callable(problem) else _question(problem, kind, over)
    sides = _Sides(question.decide, _ANSWERS[kind], over)
    first, last = map(sides.at_end, ends)
    reached: tuple[Side, Side, str] = (first, last, "")
    integers: tuple[Side, ...] = ()
    met, interrupted = [first, last], False
    try:
        for narrower in _narrowed(sides, first, last, digits):
            met += [side for side in narrower[:2] if side.value not in (reached[0].value, reached[1].value)]
            reached = narrower
        integers = () if question.minor is None else _whole_sizes(sides, reached[0], reached[1], question.minor)
    except KeyboardInterrupt:
        interrupted = True
    lower, upper, note = reached
    return Bracket(
        about=question.about,
        kind=kind,
        over=over,
        lower=lower,
        upper=upper,
        closed_form=question.closed_form,
        integers=integers,
        note="interrupted before it was as narrow as was asked" if interrupted else note,
        decided=tuple(met),
        interrupted=interrupted,
        trust="exact" if kind == "zero" or (kind == "merged" and isinstance(at_value(problem, over, ends[0]), UnitProblem)) else "ball",
    )


def side_of(problem: Problem | UnitProblem, kind: str) -> Side | None:
    """Whether the optimum of a problem is of a kind ("merged", "simplex", "zero"), with a certificate; None where it is not decided.

    Raises InputError where the kind cannot be asked of the problem.
    """
    if not isinstance(problem.temperature, Fraction):
        raise InputError(f"{kind} at tau {problem.temperature}", "one temperature", "give a number")
    return _Sides(_question(problem, kind, "tau").decide, _ANSWERS[kind], "tau").at(problem.temperature)


def _end(value: Rational, problem: ProblemOrFamily, kind: str, over: str) -> Fraction:
    """An end of the range; InputError where the kind is not asked along this parameter, or the end is not a value of it."""
    if callable(problem):
        return exact_rational(value, f"an end of {over}")
    if over not in OVER[kind]:
        raise InputError(f"{kind!r} over {over!r}", " or ".join(map(repr, OVER[kind])), "choose one of them")
    return positive(value, f"an end of {over}", MOST_COUNT if over == "ratio" else MOST)


class _Sides(NamedTuple):
    """How a value of the parameter is decided, and the words for yes and no."""

    decide: Decide
    answers: tuple[str, str]
    over: str

    def at(self, value: Fraction) -> Side | None:
        """The side on which a value is; None where that is not decided."""
        found = self.decide(value)
        return None if found is None else Side(value=value, said=self.answers[0 if found[0] else 1], certificate=found[1])

    def at_end(self, value: Fraction) -> Side:
        """The same for an end of the range, which has to be decided."""
        side = self.at(value)
        if side is None:
            raise Undecided(f"{self.over} = {value}: undecided within the precision; allowed: an end away from the threshold; move it")
        return side


def _narrowed(sides: _Sides, lower: Side, upper: Side, digits: int) -> Iterator[tuple[Side, Side, str]]:
    """Halve on grids of decimals until the two sides are neighbours at the digits asked; they stay apart where a value is not decided.

    Yields the two sides after each step, and why there is no further one, or "".
    """
    while lower.said != upper.said:
        grid = Fraction(10) ** (_exponent(max(abs(lower.value), abs(upper.value))) - digits + 1)
        first, last = floor(lower.value / grid), -floor(-upper.value / grid)
        if last - first <= 1:
            break
        middle = (first + last) // 2 * grid
        side = sides.at(middle) if lower.value < middle < upper.value else None
        if side is None:
            yield lower, upper, "a value between the two sides could not be decided"
            return
        lower, upper = (side, upper) if side.said == lower.said else (lower, side)
        yield lower, upper, ""


def _exponent(value: Fraction) -> int:
    """The power of ten of the first digit."""
    exponent = len(str(value.numerator)) - len(str(value.denominator))
    return exponent if Fraction(10) ** exponent <= value else exponent - 1


def _whole_sizes(sides: _Sides, lower: Side, upper: Side, minor: Fraction) -> tuple[Side, ...]:
    """The two neighbouring whole sizes of the large classes between which the answer changes, each decided by itself."""
    if lower.said == upper.said:
        return ()
    first = floor(lower.value * minor)
    found = [sides.at(Fraction(size) / minor) for size in range(max(first, 2), first + 3)]
    for left, right in pairwise(found):
        if left is not None and right is not None and left.said != right.said:
            return tuple(Side(value=side.value * minor, said=side.said, certificate=side.certificate) for side in (left, right))
    return ()


def _question(problem: Problem | UnitProblem, kind: str, over: str) -> Question:
    if kind == "simplex":
        return Question(lambda tau: simplex(at_value(problem, "tau", tau)), _named(problem, over), closed_forms.of_simplex(problem))
    if isinstance(problem, UnitProblem):
        if kind == "zero":
            return Question(lambda value: zero_on_units(_of_units(problem, over, value)), _named(problem, over))
        if kind != "merged" or over == "ratio":
            raise InputError(
                f"{kind!r} over {over!r} for {problem.loss.name}", "'simplex', 'zero', or 'merged' over a ridge", "ask about these"
            )
        return Question(
            lambda value: logits_merged(_of_units(problem, over, value)), _named(problem, over), closed_forms.of_logits(problem, over)
        )
    if kind == "merged" and over == "ridge":
        raise InputError(
            f"'merged' over 'ridge' for {problem.loss.name}", "cross_entropy for a ridge", "take cross_entropy, or another range"
        )
    if kind == "zero":
        closed = closed_forms.of_zero(problem, over)
        return Question(lambda value: zero(_of_classes(problem, over, value)), _named(problem, over), closed)
    family = _family(problem)
    if kind == "merged in the limit":
        if family.large != family.small:
            raise InputError(
                f"{family.large} large and {family.small} small classes", "as many large as small ones", "take STEP, an even k"
            )
        about = f"supcon, {family.small} + {family.small} classes of R m and m samples, sphere"
        return Question(lambda tau: merging_in_the_limit(family.small, tau), about)
    about = f"supcon, {family.large} + {family.small} classes, small size {family.minor}"
    about += f", tau = {family.tau}, sphere" if over == "ratio" else f", ratio {family.ratio}, sphere"
    whole_sizes = family.minor if over == "ratio" else None
    return Question(lambda value: merging(family.at(over, value)), about, closed_forms.of_merging(family, over), whole_sizes)


def _question_of_family(problem: Callable[[Fraction], Any], kind: str, over: str, lower: Fraction, upper: Fraction) -> Question:
    """The question at each problem of a family, which is named by its ends."""

    def decide(value: Fraction) -> tuple[bool, Data] | None:
        side = side_of(at_value(problem, over, value), kind)
        return None if side is None else (side.said == _ANSWERS[kind][0], side.certificate)

    first, last = (str(at_value(problem, over, end)) for end in (lower, upper))
    return Question(decide, f"{first}{'' if first == last else f' to {last}'}, {over} from {lower} to {upper}")


def at_value(problem: ProblemOrFamily, over: str, value: Fraction) -> Problem | UnitProblem:
    """The problem at another temperature ("tau"), or with a ridge of this weight, on all kinds of units ("ridge"); or of a family."""
    if callable(problem):
        found = problem(value)
        must_be(found, (Problem, UnitProblem), f"the problem at {over} = {value}", "a Problem or a UnitProblem")
        return found
    return _of_classes(problem, over, value) if isinstance(problem, Problem) else _of_units(problem, over, value)


def _of_classes(problem: Problem, over: str, value: Fraction) -> Problem:
    return problem.replace(temperature=value) if over == "tau" else problem.replace(constraint=Ridge(value))


def _of_units(problem: UnitProblem, over: str, value: Fraction) -> UnitProblem:
    if over == "ridge":
        return problem.replace(constraint=Ridge(value))
    return problem.replace(temperature=value)


def _named(problem: Problem | UnitProblem, over: str) -> str:
    """The problem without the parameter."""
    if isinstance(problem, UnitProblem):
        rest = f"tau = {problem.temperature}, ridges" if over == "ridge" else ", ".join(sorted(set(map(str, problem.constraints))))
        return f"{problem.loss.name}, {problem.loss.extent}, {rest}"
    rest = f"tau = {problem.temperature}, ridge" if over == "ridge" else str(problem.constraint)
    return f"{problem.loss.name}, sizes {problem.classes}, {rest}"


def _family(problem: Problem) -> StepFamily:
    """The problem as STEP imbalance; InputError where it is another one."""
    sizes = sorted(problem.classes.sizes, reverse=True)
    large, small = sizes.count(sizes[0]), sizes.count(sizes[-1])
    if large + small != len(sizes) or sizes[0] == sizes[-1] or small < 2:
        raise InputError(
            f"sizes {problem.classes}", "large classes of one size and at least two small ones of another", "take a STEP profile"
        )
    if problem.loss != supcon or problem.constraint != Sphere() or sizes[-1] < 2:
        raise InputError(f"{problem}", "supcon on the unit sphere, classes of two samples or more", "ask about that problem")
    if problem.dim is not None and problem.dim < problem.classes.k:
        raise InputError(f"dim {problem.dim}", "no --dim, or at least the number of classes", "drop it")
    return StepFamily(large, small, Fraction(sizes[-1]), Fraction(sizes[0], sizes[-1]), problem.temperature)
