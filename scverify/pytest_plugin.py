"""A pytest plugin: conjectures of `conj_*.py` and statements of `proofs/t*.py` are tests.

A conjecture passes where its verdict is the one that `expect=` says, and without it where it is not REFUTED; a statement where its verdict
is the expected one. With --scverify-loss they are put to another loss: what they expected of their own does not count, and they pass where
they are not REFUTED.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scverify.errors import ScverifyError

if TYPE_CHECKING:
    from scverify.conjecture.statement import Conjecture
    from scverify.conjecture.theorem import Theorem

# seconds per conjecture
BUDGETS = {"fast": 20.0, "thorough": 120.0}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options --scverify-budget, -loss, -profile, -seed, -jobs and -save."""
    group = parser.getgroup("scverify")
    group.addoption("--scverify-budget", type=_seconds, metavar="SECONDS", help="for each conjecture (default: 20, thorough 120)")
    group.addoption("--scverify-loss", metavar="NAME|FILE::NAME", help="put the statements to this loss instead of their own")
    group.addoption("--scverify-profile", choices=list(BUDGETS), default="fast", help="how long to look, and how many certified instances")
    group.addoption("--scverify-seed", type=_whole(0), default=0, metavar="N", help="seed of the problems that are drawn (default: 0)")
    group.addoption("--scverify-jobs", type=_whole(1), default=1, metavar="N", help="processes for each conjecture (default: 1)")
    group.addoption("--scverify-save", type=Path, metavar="DIR", help="write the certificates of counterexamples to a directory")


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise ValueError(text)
        return number

    return read


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise ValueError(text)
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a loss that cannot be loaded, before anything runs."""
    if (reference := config.getoption("--scverify-loss")) is not None:
        from scverify.symbolic.losses import load_loss

        try:
            load_loss(reference)
        except ScverifyError as error:
            raise pytest.UsageError(f"--scverify-loss: {error}") from error


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of conjectures, or one of proofs in a folder of that name."""
    if re.fullmatch(r"conj_.*\.py", file_path.name):
        return ConjectureFile.from_parent(parent, path=file_path)
    if file_path.parent.name == "proofs" and re.fullmatch(r"t[0-9].*\.py", file_path.name):
        return ProofFile.from_parent(parent, path=file_path)
    return None


class NotAsExpected(Exception):
    """A verdict that is not the expected one; its text is the verdict."""


class ConjectureFile(pytest.File):
    """The conjectures of a file."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a conjecture."""
        from scverify.conjecture.statement import load_conjectures

        try:
            found = load_conjectures(str(self.path))
        except ScverifyError as error:
            raise self.CollectError(str(error)) from error
        for conjecture in found:
            yield ConjectureItem.from_parent(self, name=conjecture.name, stated=conjecture)


class ProofFile(pytest.File):
    """The statements of a proof file."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item per theorem."""
        from scverify.conjecture.theorem import theorems_of

        try:
            found = theorems_of(self.path)
        except ScverifyError as error:
            raise self.CollectError(str(error)) from error
        for statement in found:
            yield ProofItem.from_parent(self, name=statement.id, stated=statement)


class _Item(pytest.Item):
    """An item whose failure is the verdict alone."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The verdict, or what was wrong with the input; a traceback for anything else."""
        return str(excinfo.value) if isinstance(excinfo.value, NotAsExpected | ScverifyError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the item stands."""
        return self.path, None, self.name

    def _judge(self, word: str, expected: str | None, account: str) -> None:
        """Keep the verdict for reports, and fail where it is not as expected."""
        self.user_properties.append(("verdict", word))
        if word == "REFUTED" if expected is None else word != expected:
            raise NotAsExpected(f"{account}\nexpected: {expected or 'not REFUTED'}")
        self.add_report_section("call", "verdict", account)


class ConjectureItem(_Item):
    """One conjecture, checked within a budget."""

    def __init__(self, *, stated: Conjecture, **rest: Any) -> None:
        """The conjecture as its file states it."""
        super().__init__(**rest)
        self.stated = stated

    def runtest(self) -> None:
        """Raises NotAsExpected."""
        from scverify.conjecture.falsify import check

        option = self.config.getoption
        loss, budget = option("--scverify-loss"), option("--scverify-budget")
        stated = self.stated if loss is None else self.stated.with_loss(loss)
        seconds = BUDGETS[option("--scverify-profile")] if budget is None else budget
        verdict = check(stated, seconds, seed=option("--scverify-seed"), jobs=option("--scverify-jobs"))
        if verdict.interrupted:
            raise KeyboardInterrupt
        if (folder := option("--scverify-save")) is not None and verdict.certificates:
            verdict.save(folder)
        self._judge(verdict.word, stated.expect, str(verdict))


class ProofItem(_Item):
    """One statement with its proof."""

    def __init__(self, *, stated: Theorem, **rest: Any) -> None:
        """The statement as its file gives it."""
        super().__init__(**rest)
        self.stated = stated

    def runtest(self) -> None:
        """Raises NotAsExpected."""
        from scverify.conjecture.proof import prove
        from scverify.symbolic.losses import load_loss, supcon

        option = self.config.getoption
        loss = option("--scverify-loss")
        proof = prove(self.stated, supcon if loss is None else load_loss(loss), thorough=option("--scverify-profile") == "thorough")
        self._judge(proof.verdict, self.stated.expect if loss is None else None, str(proof))
