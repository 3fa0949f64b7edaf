"""A conjecture: a statement about every problem of a domain, written as a Python function of one problem."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from scverify.conjecture.strategies import Domain, as_domain, finite, simplicity
from scverify.conjecture.theorem import Step, Steps
from scverify.conjecture.truth import Truth, as_truth, unknown
from scverify.errors import InputError, Undecided, must_be, one_of
from scverify.model.classes import Classes
from scverify.model.constraints import Constraint, Sphere
from scverify.model.exact import positive
from scverify.model.nodes import NodeLoss
from scverify.model.points import AnyProblem, sample_count
from scverify.model.problem import Problem
from scverify.model.units import UnitLoss, UnitProblem
from scverify.results.base import VerdictWord
from scverify.symbolic.losses import Loss, load_loss, supcon
from scverify.symbolic.modules import load_module

Dims = int | None | Callable[[Classes], Any]


@dataclass(frozen=True, repr=False)
class Conjecture:
    """A statement with its domain; call it with one problem to get its Truth there.

    in_python: the Python that makes each of its losses, where they are not those of its file.
    """

    predicate: Callable[[Any], Truth | bool]
    classes: Domain
    dim: Dims
    temperature: Domain
    constraint: Domain
    loss: Domain
    source: str = ""
    proof: Sequence[Step] | Steps = ()
    expect: VerdictWord | None = None
    in_python: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Conjecture: {self.name}: {self.says:.100}>"

    @property
    def name(self) -> str:
        """The function's name; a lambda goes by the name under which its file holds it."""
        return self.predicate.__name__.strip("<>")

    @property
    def says(self) -> str:
        """The first line of the function's docstring, or its name."""
        return (inspect.getdoc(self.predicate) or self.name.replace("_", " ")).splitlines()[0]

    @property
    def file(self) -> str | None:
        """The file that holds the function."""
        return inspect.getsourcefile(self.predicate)

    @property
    def domain(self) -> str:
        """The domain in words."""
        if self.on_units:
            return f"tau: {self.temperature.said}; {self.constraint.said}; losses {self._loss_names}"
        return f"{self.classes.said}; tau: {self.temperature.said}; {self.constraint.said}; loss {self._loss_names}"

    @property
    def on_units(self) -> bool:
        """Whether its losses bring their own nodes: it is then about each `UnitProblem`, and there are no classes."""
        return self.classes is NO_CLASSES

    @property
    def _loss_names(self) -> str:
        return ", ".join(f"{loss.name}{f' ({loss.extent})' if self.on_units else ''}" for loss in self.loss.listed) or self.loss.said

    @property
    def is_finite(self) -> bool:
        """Whether every instance is listed, so that the domain can be run through completely."""
        return self.is_listed and all(part.complete for part in self._parts)

    @property
    def is_listed(self) -> bool:
        """Whether every part of the domain has a list to scan for smaller instances."""
        return all(part.listed for part in self._parts)

    def lists_below(self, problem: AnyProblem) -> bool:
        """Whether the lists of the domain hold all class sizes below those of a problem, and something of every other part."""
        if isinstance(problem, UnitProblem):
            return self.is_listed
        return self.is_listed and (self.classes.complete or problem.classes in self.classes.listed)

    @property
    def _parts(self) -> list[Domain]:
        of = self.loss.listed if self.on_units else self.classes.listed
        return [self.classes, self.temperature, self.constraint, self.loss, *map(self.dims, of)]

    def __call__(self, problem: AnyProblem) -> Truth:
        """The truth of the statement at one problem; UNKNOWN where a fact that it needs is undecided."""
        try:
            return as_truth(self.predicate(problem))
        except Undecided as error:
            return unknown(str(error), "ball")

    def dims(self, of: Any) -> Domain:
        """The dimensions for these classes, or for a loss that brings its own nodes."""
        given = self.dim(of) if callable(self.dim) else self.dim
        return as_domain(given)

    def instances(self) -> SearchStrategy[Any]:
        """Problems of the domain, for Hypothesis."""
        if self.on_units:
            return self.loss.strategy.flatmap(
                lambda loss: st.builds(
                    UnitProblem,
                    st.just(loss),
                    self.temperature.strategy,
                    self.constraint.strategy,
                    dim=self.dims(loss).strategy,
                )
            )
        return self.classes.strategy.flatmap(
            lambda classes: st.builds(
                Problem,
                self.loss.strategy,
                st.just(classes),
                self.dims(classes).strategy,
                self.temperature.strategy,
                self.constraint.strategy,
            )
        )

    def listed(self, below: AnyProblem | None = None) -> list[Any]:
        """The listed problems, smallest first, all of the domain where it is finite; `below`: those that are smaller than this one."""
        found = self._listed_units() if self.on_units else self._listed_problems(below)
        return sorted((problem for problem in found if below is None or self.size(problem) < self.size(below)), key=self.size)

    def _listed_units(self) -> list[UnitProblem]:
        rest = list(product(self.temperature.listed, self.constraint.listed))
        return [
            UnitProblem(loss, tau, constraint, dim=dim)
            for loss in self.loss.listed
            for dim in self.dims(loss).listed
            for tau, constraint in rest
        ]

    def _listed_problems(self, below: Any) -> list[Problem]:
        rest = list(product(self.temperature.listed, self.constraint.listed, self.loss.listed))
        return [
            Problem(loss, classes, dim, tau, constraint)
            for classes in self.classes.listed
            if below is None or _class_size(classes) <= _class_size(below.classes)
            for dim in self.dims(classes).listed
            for tau, constraint, loss in rest
        ]

    def size(self, problem: AnyProblem) -> tuple[Any, ...]:
        """The order by which one instance is smaller than another: n, k, sizes, dimension, then the simplest temperature."""
        if isinstance(problem, UnitProblem):
            place = _place(self.loss.listed, problem.loss)
            return (sample_count(problem), problem.dim or 0, *simplicity(cast("Fraction", problem.temperature)), place, str(problem))
        places = tuple(_place(part.listed, value) for part, value in ((self.constraint, problem.constraint), (self.loss, problem.loss)))
        return (*_class_size(problem.classes), problem.dim or 0, *simplicity(problem.temperature), *places)

    def with_loss(self, loss: str) -> Conjecture:
        """The same statement about another loss (a name or FILE::NAME); what it was expected to be there is not known.

        Raises InputError as `load_loss` does.
        """
        if self.on_units:
            raise InputError(f"--loss for {self.name}", "a conjecture about losses on classes", "change the losses in its file")
        file, _, name = loss.rpartition("::")
        reference = f"{Path(file).resolve()}::{name}" if file else loss
        return self.about({f"sv.load_loss({reference!r})": load_loss(reference)})

    def about(self, losses: Mapping[str, Loss | UnitLoss | NodeLoss]) -> Conjecture:
        """The same statement about these losses, by the Python that makes each; those that bring their own nodes have no classes."""
        steps = self.proof if callable(self.proof) else ()  # steps that were given as they stand are about the old loss
        on_classes = all(isinstance(loss, Loss) for loss in losses.values())
        return replace(
            self,
            classes=self.classes if on_classes else NO_CLASSES,
            loss=finite(losses.values()),
            in_python=tuple(losses),
            proof=steps if on_classes else (),
            expect=None,
        )


def _class_size(classes: Classes) -> tuple[int, int, tuple[int, ...]]:
    return classes.n, classes.k, classes.sizes


def _place(listed: Sequence[Any], value: Any) -> int:
    return listed.index(value) if value in listed else len(listed)


# the classes of a statement about losses that bring their own nodes
NO_CLASSES = finite([None])


def conjecture(
    *,
    classes: Any = None,
    temperature: Any = (Fraction(1),),
    dim: Dims = None,
    constraint: Any = None,
    loss: Any = supcon,
    source: str = "",
    proof: Sequence[Step] | Steps = (),
    expect: VerdictWord | None = None,
) -> Callable[[Callable[[Any], Truth | bool]], Conjecture]:
    """Turn a function of one problem into a conjecture about every problem of a domain.

    Each of classes, temperature, constraint and loss is a domain of `strategies`, a Hypothesis strategy, a list, or one value; dim is a
    number, None (any dimension), or a function of the classes that gives one or several. Without classes the losses bring their own nodes,
    such as [losses.clip(pairs=n) for n in (3, 4)]: the function is one of a UnitProblem, and dim may be a function of the loss. proof:
    checked steps that show the statement for all of the domain, or a function that gives them for a loss. expect: the verdict that the
    plugin of pytest asks for (default: anything but REFUTED). Raises InputError.

    >>> @conjecture(classes=strategies.classes(k=2, size=(2, 3)), temperature=1)
    ... def positive(problem):
    ...     return optimum_facts(problem).value > 0
    >>> positive(Problem("supcon", (3, 2), temperature=1)).value
    True
    """
    if expect is not None:
        one_of(expect, "expect", ("PROVED", "REFUTED", "SUPPORTED", "UNDECIDED"))
    if not callable(proof) and not (isinstance(proof, Sequence) and all(isinstance(step, Step) for step in proof)):
        raise InputError(
            f"proof {proof!r:.100}", "a list of steps, or a function that gives them for a loss", "see sv.identity and sv.sign"
        )

    def decorate(predicate: Callable[[Any], Truth | bool]) -> Conjecture:
        if not callable(predicate):
            raise InputError(f"conjecture {predicate!r}", "a function of one problem", "decorate a function")
        return Conjecture(
            predicate,
            NO_CLASSES if classes is None else as_domain(classes, lambda given: given if isinstance(given, Classes) else Classes(given)),
            dim,
            as_domain(temperature, lambda given: positive(given, "temperature")),
            as_domain(Sphere() if constraint is None else constraint, _constraint),
            as_domain(loss, _unit_loss if classes is None else lambda given: given if isinstance(given, Loss) else load_loss(given)),
            source,
            proof if callable(proof) else tuple(proof),
            expect,
        )

    return decorate


def _unit_loss(given: Any) -> UnitLoss | NodeLoss:
    if not isinstance(given, UnitLoss | NodeLoss):
        shown = given.name if isinstance(given, Loss) else repr(given)
        raise InputError(f"loss {shown} without classes", "classes, or losses that bring their own nodes", "give classes=")
    return given


def _constraint(given: Any) -> Constraint:
    if not isinstance(given, Constraint):
        raise InputError(f"constraint {given!r}", "Sphere(), Ball(), Ridge(weight) or NonNegative(...)", "choose one of these")
    return given


def load_conjectures(reference: str) -> list[Conjecture]:
    """The conjectures of FILE, or the one of FILE::NAME. The file is executed. Raises InputError where there are none.

    >>> with open("conj.py", "w") as file:
    ...     print("import scverify as sv", file=file)
    ...     print("mine = sv.conjecture(classes=[(2, 2)])(lambda problem: sv.exact(True, 'yes'))", file=file)
    >>> len(load_conjectures("conj.py"))
    1
    """
    must_be(reference, str, "reference", "FILE or FILE::NAME")
    file, _, name = reference.partition("::")
    module = load_module(Path(file), "conjecture file")
    held = {key: value for key, value in vars(module).items() if isinstance(value, Conjecture)}
    found = list({id(value): value for key, value in held.items() if name in ("", key, value.name)}.values())
    for key, value in held.items():
        if value.name == "lambda":
            value.predicate.__name__ = key
    if not found:
        raise InputError(
            f"no conjecture {name or 'at all'} in {file}", "a function decorated with @scverify.conjecture(...)", "check the name"
        )
    return found
