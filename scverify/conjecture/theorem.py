"""Theorems and their arguments as steps: each step is decided by SymPy or by a certificate, or it is plainly open.

What a theorem uses without a step is listed under `assumed`, with its source. A formula that a step states is also evaluated at random
rational points, in balls, what it says of the loss by the compiled loss: where they differ, the step does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import sympy
from sympy import Dummy, Expr, Sum

from scverify.conjecture.formulas import Formula
from scverify.conjecture.terms import unfolded
from scverify.errors import InputError
from scverify.results.base import Data, VerdictWord
from scverify.symbolic.losses import Loss
from scverify.symbolic.modules import load_module

StepKind = Literal["identity", "sign", "fact", "certificate", "open"]


@dataclass(frozen=True)
class Decision:
    """Whether a step holds (None: not decided), what was found, and the certificates behind it by file name.

    points: at how many random points the step's formula was evaluated and agreed.
    """

    holds: bool | None
    found: str = ""
    certificates: dict[str, Data] = field(default_factory=dict)
    points: int = 0


@dataclass(frozen=True)
class Step:
    """One step: its kind, what it says, the formula in LaTeX, how the machine decides it, and the formula that points are put into."""

    kind: StepKind
    says: str
    formula: str
    decide: Callable[[], Decision]
    stated: Formula | None = None


QUESTIONS = {
    "uniqueness": "What is the optimum, and is it unique?",
    "collapse": "Do the samples of a class coincide?",
    "merging": "When do classes coincide?",
    "landscape": "Is every local minimum global?",
    "batches": "What do batches and pairs change?",
    "": "Other statements",
}
Steps = Callable[[Loss], Iterable[Step]]
Instances = Callable[[Loss, bool], Iterable[Step]]


def _no_instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    return ()


@dataclass(frozen=True)
class Theorem:
    """A statement with everything a referee asks for.

    steps(loss) gives the argument; instances(loss, thorough) gives certified instances. refutes: the steps show that the statement is
    false. expect: the verdict that it has with the supervised contrastive loss. assumed: what is used without being checked here.
    formal: theorems of the Coq library in proofs/coq that say the same, or a part, and assume nothing but the real numbers. question: under
    which question the page lists it, a key of QUESTIONS. improves: what was known or believed before, in a few words.
    """

    id: str
    title: str
    latex: str
    source: str
    hypotheses: tuple[str, ...]
    assumed: tuple[str, ...]
    could_go_wrong: tuple[str, ...]
    steps: Steps
    instances: Instances = _no_instances
    refutes: bool = False
    expect: VerdictWord = "PROVED"
    formal: tuple[str, ...] = ()
    question: str = ""
    improves: str = ""


def identity(says: str, left: Expr, right: Expr, formula: str = "") -> Step:
    """left = right, where SymPy reduces the difference to 0; `formula`: how to show it, where SymPy's form does not show enough."""

    def decide() -> Decision:
        rest = unfolded(left - right)
        for reduce in (sympy.expand, sympy.factor, sympy.simplify, lambda x: sympy.simplify(x.rewrite(sympy.exp))):
            if rest == 0:
                return Decision(True, "the difference reduces to 0")
            rest = reduce(rest)
        return Decision(True if rest == 0 else None, "the difference reduces to 0" if rest == 0 else f"{rest} is left over")

    return _stating("identity", says, Formula(sympy.sympify(left), "=", sympy.sympify(right)), decide, formula)


def sign(says: str, expression: Expr, wanted: Literal["> 0", ">= 0", "< 0", "<= 0"], weighted: bool = False, formula: str = "") -> Step:
    """The sign of an expression, where SymPy decides it from the assumptions of its symbols.

    weighted: every sum over a row of terms that are not negative is positive, by the hypothesis that some coefficient of the row is.
    """

    def decide() -> Decision:
        asked = {"> 0": "is_positive", ">= 0": "is_nonnegative", "< 0": "is_negative", "<= 0": "is_nonpositive"}[wanted]
        for reduce in (lambda x: x, sympy.together, sympy.factor, sympy.simplify):
            if getattr(positive_sums(reduce(unfolded(expression)), weighted), asked):
                return Decision(True, "decided from the signs of its parts")
        return Decision(None, f"SymPy does not decide the sign of {sympy.simplify(unfolded(expression))}")

    return _stating("sign", says, Formula(sympy.sympify(expression), wanted), decide, formula)


def _stating(kind: StepKind, says: str, stated: Formula, decide: Callable[[], Decision], formula: str) -> Step:
    return Step(kind, says, formula or stated.latex, decide, stated)


def positive_sums(expression: Expr, weighted: bool = False) -> Expr:
    """The expression with every sum of positive terms over at least one entry named by a positive symbol.

    weighted: also sums of terms that are not negative and of which one is positive.
    """

    def is_positive(x: Expr) -> bool:
        return isinstance(x, Sum) and bool(x.function.is_nonnegative if weighted else x.function.is_positive)

    return expression.replace(is_positive, lambda x: Dummy(positive=True))


def fact(says: str, holds: Callable[[], bool], formula: str = "") -> Step:
    """A fact that the machine reads off or computes exactly."""
    return Step("fact", says, formula, lambda: Decision(bool(holds()), ""))


def certified(says: str, decide: Callable[[], Decision], formula: str = "") -> Step:
    """A step that rests on certificates; the kernel must verify each of them."""
    return Step("certificate", says, formula, decide)


def left_open(says: str, formula: str = "") -> Step:
    """A step that nobody has decided."""
    return Step("open", says, formula, lambda: Decision(None, "open"))


def load_theorems(folder: Path) -> list[Theorem]:
    """The theorems of every t*.py in a folder, in the order of the files, which are executed. Raises InputError where there are none."""
    files = sorted(folder.glob("t[0-9]*.py"))
    if not files:
        raise InputError(f"no proof files in {str(folder)!r}", "a directory with t01_….py and so on", "give the directory of the proofs")
    return [theorem for file in files for theorem in theorems_of(file)]


def chosen_theorems(targets: Sequence[str]) -> list[Theorem]:
    """Statements by what a user names: at most one directory (default ./proofs), and ids; "T7" names every T7-…. Raises InputError."""
    folders = [name for name in targets if Path(name).is_dir()]
    wanted = [name for name in targets if name not in folders]
    if len(folders) > 1:
        raise InputError(f"directories {', '.join(folders)}", "one directory of proofs", "run the command for each")
    found = load_theorems(Path(folders[0] if folders else "proofs"))
    known = ", ".join(theorem.id for theorem in found)
    for name in wanted:
        if not any(_names(name, theorem) for theorem in found):
            raise InputError(f"unknown statement {name!r}", f"a directory, or of {known}", "correct the name")
    return [theorem for theorem in found if not wanted or any(_names(name, theorem) for name in wanted)]


def _names(name: str, theorem: Theorem) -> bool:
    return name.lower() in (theorem.id.lower(), theorem.id.lower().split("-")[0])


def theorems_of(file: Path) -> list[Theorem]:
    """The theorems of a proof file, which is executed. Raises InputError where it cannot be."""
    return [value for value in vars(load_module(file, "proof file")).values() if isinstance(value, Theorem)]
