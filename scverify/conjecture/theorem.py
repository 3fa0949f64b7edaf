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
from scverify.conjecture.terms import as_expression, unfolded
from scverify.errors import InputError, must_be, one_of
from scverify.results.base import Data, VerdictWord
from scverify.symbolic.losses import Loss
from scverify.symbolic.modules import load_module, read_each

StepKind = Literal["identity", "sign", "fact", "certificate", "open"]


@dataclass(frozen=True, repr=False)
class Decision:
    """Whether a step holds (None: not decided), what was found, and the certificates behind it by file name.

    points: at how many random points the step's formula was evaluated and agreed. raised: the exception that the step's own code raised.

    >>> Decision(None, "nobody knows").holds is None
    True
    """

    holds: bool | None
    found: str = ""
    certificates: dict[str, Data] = field(default_factory=dict)
    points: int = 0
    raised: str = ""

    def __repr__(self) -> str:
        return f"<Decision: {self.holds}, {self.found[:100]!r}, {len(self.certificates)} certificates>"


@dataclass(frozen=True, repr=False)
class Step:
    """One step: its kind, what it says, the formula in LaTeX, how the machine decides it, and the formula that points are put into.

    >>> step = fact("1 < 2", lambda: 1 < 2)
    >>> step.kind, step.decide().holds
    ('fact', True)
    """

    kind: StepKind
    says: str
    formula: str
    decide: Callable[[], Decision]
    stated: Formula | None = None

    def __repr__(self) -> str:
        return f"<Step, {self.kind}: {self.says[:150]}>"


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


@dataclass(frozen=True, repr=False)
class Theorem:
    """A statement with everything a referee asks for.

    steps(loss) gives the argument; instances(loss, thorough) gives certified instances. refutes: the steps show that the statement is
    false. expect: the verdict that it has with the supervised contrastive loss. assumed: what is used without being checked here.
    formal: theorems of the Coq library in proofs/coq that say the same, or a part, and assume nothing but the real numbers. question: under
    which question the page lists it, a key of QUESTIONS. improves: what was known or believed before, in a few words.

    >>> @theorem("M1", "a square is not negative", "x^2", hypotheses=("x is real",))
    ... def squares(loss):
    ...     yield sign("x^2", sympy.Symbol("x", real=True) ** 2, ">= 0")
    >>> squares.title, squares.hypotheses
    ('a square is not negative', ('x is real',))
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

    def __repr__(self) -> str:
        return f"<Theorem {self.id}: {self.title[:150]}>"


def theorem(
    id: str,
    title: str,
    latex: str,
    *,
    source: str = "",
    hypotheses: Sequence[str] = (),
    assumed: Sequence[str] = (),
    could_go_wrong: Sequence[str] = (),
    instances: Instances = _no_instances,
    refutes: bool = False,
    expect: VerdictWord = "PROVED",
) -> Callable[[Steps], Theorem]:
    r"""Make a function steps(loss), which yields the steps of an argument, the Theorem that `prove` and `scverify prove` decide.

    id: by which it is named on the command line. latex: the statement as a formula. The other parts are those of Theorem. Raises
    InputError where what is decorated is not a function, or a part is not text.

    >>> @theorem("M1", "a sum of squares is not negative", r"x^2 \ge 0")
    ... def squares(loss):
    ...     yield sign("x^2", sympy.Symbol("x", real=True) ** 2, ">= 0")
    >>> squares.id, [step.decide().holds for step in squares.steps(None)]
    ('M1', [True])
    """
    for name, value in {"id": id, "title": title, "latex": latex, "source": source}.items():
        must_be(value, str, name, "text")
    parts = {"hypotheses": hypotheses, "assumed": assumed, "could_go_wrong": could_go_wrong}
    for name, texts in parts.items():
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise InputError(f"{name} {texts!r}", "a list of texts, such as ('two classes or more',)", f"correct {name}")

    def stated(steps: Steps) -> Theorem:
        if not callable(steps):
            raise InputError(f"theorem {id} of {steps!r}", "a function steps(loss) that yields steps", "decorate a function")
        return Theorem(
            id=id,
            title=title,
            latex=latex,
            source=source,
            hypotheses=tuple(hypotheses),
            assumed=tuple(assumed),
            could_go_wrong=tuple(could_go_wrong),
            steps=steps,
            instances=instances,
            refutes=refutes,
            expect=expect,
        )

    return stated


def identity(says: str, left: Expr, right: Expr, formula: str = "") -> Step:
    """left = right, where SymPy reduces the difference to 0; `formula`: how to show it, where SymPy's form does not show enough.

    >>> x = sympy.Symbol("x")
    >>> identity("a square", (x + 1) ** 2, x**2 + 2 * x + 1).decide().holds
    True
    """

    def decide() -> Decision:
        rest = unfolded(left - right)
        for reduce in (sympy.expand, sympy.factor, sympy.simplify, lambda x: sympy.simplify(x.rewrite(sympy.exp))):
            if rest == 0:
                return Decision(True, "the difference reduces to 0")
            rest = reduce(rest)
        return Decision(True if rest == 0 else None, "the difference reduces to 0" if rest == 0 else f"{rest} is left over")

    return _stating("identity", says, Formula(as_expression(left), "=", as_expression(right)), decide, formula)


def sign(says: str, expression: Expr, wanted: Literal["> 0", ">= 0", "< 0", "<= 0"], weighted: bool = False, formula: str = "") -> Step:
    """The sign of an expression, where SymPy decides it from the assumptions of its symbols.

    weighted: every sum over a row of terms that are not negative is positive, by the hypothesis that some coefficient of the row is.

    >>> sign("e^x > 0", sympy.exp(sympy.Symbol("x", real=True)), "> 0").decide().holds
    True
    """
    names = {"> 0": "is_positive", ">= 0": "is_nonnegative", "< 0": "is_negative", "<= 0": "is_nonpositive"}
    asked = names[one_of(wanted, "sign", names)]

    def decide() -> Decision:
        for reduce in (lambda x: x, sympy.together, sympy.factor, sympy.simplify):
            if getattr(positive_sums(reduce(unfolded(expression)), weighted), asked):
                return Decision(True, "decided from the signs of its parts")
        return Decision(None, f"SymPy does not decide the sign of {sympy.simplify(unfolded(expression))}")

    return _stating("sign", says, Formula(as_expression(expression), wanted), decide, formula)


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
    """A fact that the machine reads off or computes exactly: holds() must not rest on floats.

    >>> fact("2^10 > 10^3", lambda: 2**10 > 10**3).decide().holds
    True
    """
    return Step("fact", says, formula, lambda: Decision(bool(holds()), ""))


def certified(says: str, decide: Callable[[], Decision], formula: str = "") -> Step:
    """A step that rests on certificates; the kernel must verify each of them. decide() gives them in a Decision.

    >>> certified("some optimum", lambda: Decision(True, "an interval", {"optimum.json": {}})).kind
    'certificate'
    """
    return Step("certificate", says, formula, decide)


def left_open(says: str, formula: str = "") -> Step:
    """A step that nobody has decided."""
    return Step("open", says, formula, lambda: Decision(None, "open"))


def load_theorems(folder: Path) -> tuple[list[Theorem], dict[Path, InputError]]:
    """The theorems of a folder, in the order of its files, which are executed, and what is wrong with a file that cannot be used.

    Its files are t01_….py and so on, or where there are none, every .py file whose name does not begin with _. Raises InputError where
    there is no file.
    """
    files = sorted(folder.glob("t[0-9]*.py")) or sorted(folder.glob("[!_]*.py"))
    if not files:
        raise InputError(f"no theorems in {str(folder)!r}", "a directory of Python files with theorems", "give the directory of the proofs")
    return read_each(files, theorems_of)


def shipped_proofs() -> Path:
    """The folder of the proofs that come with the package: in it where it was installed, else beside it."""
    package = Path(__file__).parent.parent
    return next((folder for folder in (package / "proofs", package.parent / "proofs") if folder.is_dir()), Path("proofs"))


def proofs_folder() -> Path:
    """./proofs where there is one, else the proofs that come with the package."""
    own = Path("proofs")
    return own if own.is_dir() else shipped_proofs()


def chosen_theorems(targets: Sequence[str]) -> tuple[list[Theorem], dict[Path, InputError]]:
    """Theorems by what a user names: at most one directory or proof file (default: `proofs_folder`), and ids; "T7" names every T7-….

    With them comes what is wrong with a file that cannot be used. Raises InputError where a name is unknown and every file could be read.
    """
    places = [name for name in targets if Path(name).is_dir() or name.endswith(".py")]
    wanted = [name for name in targets if name not in places]
    if len(places) > 1:
        raise InputError(f"{' and '.join(places)}", "one directory or file of proofs", "run the command for each")
    place = Path(places[0]) if places else proofs_folder()
    found, broken = load_theorems(place) if place.is_dir() else read_each([place], theorems_of)
    ids = [theorem.id for theorem in found]
    if len(set(ids)) < len(ids):
        raise InputError(f"several theorems called {max(ids, key=ids.count)}", "one of each id", "give each an id of its own")
    known = ", ".join(ids)
    for name in wanted:
        if not broken and not any(_names(name, theorem) for theorem in found):
            raise InputError(f"unknown statement {name!r}", f"a directory, a .py file, or of {known}", "correct the name")
    return [theorem for theorem in found if not wanted or any(_names(name, theorem) for name in wanted)], broken


def _names(name: str, theorem: Theorem) -> bool:
    return name.lower() in (theorem.id.lower(), theorem.id.lower().split("-")[0])


def theorems_of(file: Path) -> list[Theorem]:
    """The theorems of a proof file, which is executed. Raises InputError where it cannot be, or holds none."""
    found = [value for value in vars(load_module(file, "proof file")).values() if isinstance(value, Theorem)]
    if not found:
        raise InputError(f"no theorems in {str(file)!r}", "a file with theorems", "decorate a function with @sv.theorem(...)")
    return found
