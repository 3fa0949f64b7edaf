"""What every result can do: say itself in a line, in a text, as HTML, as LaTeX and as JSON, and be saved."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from scverify.kernel.certificate import digest
from scverify.results.layout import WIDTH, Account, as_html, as_latex, as_text

if TYPE_CHECKING:
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem

Data = dict[str, Any]
VerdictWord = Literal["PROVED", "REFUTED", "SUPPORTED", "UNDECIDED"]


class Subject(NamedTuple):
    """What certificates are about, and the question that they answer of it."""

    about: str
    question: str


class Result:
    """The base of all results; a kind of result gives its account, its line and its JSON object."""

    def account(self) -> Account:
        """What the result says of itself."""
        raise NotImplementedError

    def headline(self) -> str:
        """The result in a line."""
        raise NotImplementedError

    def to_json(self) -> Data:
        """The JSON object of the command line; what is not known is absent."""
        raise NotImplementedError

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates behind the result, by the names of their files."""
        return {}

    def subject(self) -> Subject:
        """What the certificates are about: a directory keeps those of one subject."""
        return Subject(type(self).__name__, type(self).__name__)

    def text(self, width: int = WIDTH) -> str:
        """The account in lines of at most `width` characters."""
        return as_text(self.account(), width)

    def latex(self) -> str:
        """The account in LaTeX."""
        return as_latex(self.account())

    def save(self, folder: str | Path) -> None:
        """Write the certificates to a folder, all of them or none. Raises InputError where it holds those of another subject."""
        from scverify.results.files import as_directory, save_certificates

        save_certificates(as_directory(folder, "folder"), self.certificates, self.subject())

    @cached_property
    def _text(self) -> str:
        return self.text()

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.headline()}>"

    def _repr_html_(self) -> str:
        return as_html(self.account())


def known(**entries: Any) -> Data:
    """The entries that are known: those that are not None."""
    return {name: value for name, value in entries.items() if value is not None}


def problem_entries(problem: Problem | UnitProblem) -> Data:
    """What every JSON object says of its problem."""
    from scverify.model.units import UnitProblem

    stated: Data = {"loss": problem.loss.name, "tau": str(problem.temperature)}
    if isinstance(problem, UnitProblem):
        norms = {kind: str(norm) for kind, norm in zip(problem.loss.kinds, problem.constraints, strict=True)}
        return known(**stated, **problem.loss.to_json(), constraint=norms, dim=problem.dim)
    return known(**stated, sizes=list(problem.classes.sizes), constraint=str(problem.constraint), dim=problem.dim)


def subject_of(question: str, problem: Problem | UnitProblem) -> Subject:
    """A question about a problem, which words and a digest pin."""
    return Subject(f"{problem} (SHA-256 {digest(problem.data)[:16]})", question)
