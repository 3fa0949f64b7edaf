"""Processes that work ahead: they compute, in advance, answers that will be asked for. Which answers are used is not theirs to say."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Generic, TypeVar

from scverify.errors import MissingTool
from scverify.processes import serve_parent

Asked = TypeVar("Asked", bound=Hashable)
Reply = TypeVar("Reply")


@dataclass(eq=False)
class _Worker(Generic[Asked]):
    process: ForkProcess
    line: Connection
    question: Asked | None = None


class Workers(Generic[Asked, Reply]):
    """Forked processes that answer questions by a function; a context that kills them at its end.

    A function that raises, or a process that dies, leaves its question unanswered: `answer` then computes it here, and raises here.
    Raises MissingTool where processes cannot be forked.
    """

    def __init__(self, compute: Callable[[Asked], Reply], count: int) -> None:
        """`count` processes, which share with this one all that exists now."""
        if count and "fork" not in multiprocessing.get_all_start_methods():
            raise MissingTool(f"{count} processes: this system cannot fork; allowed: one process; leave --jobs out")
        self._compute = compute
        self._ahead: deque[Asked] = deque()
        self._answers: dict[Asked, Reply] = {}
        self._workers: list[_Worker[Asked]] = [self._started() for _ in range(count)]

    @property
    def count(self) -> int:
        """How many processes work."""
        return len(self._workers)

    def __enter__(self) -> Workers[Asked, Reply]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.line.close()
        self._workers = []

    def expect(self, questions: Iterable[Asked]) -> None:
        """These will probably be asked, in this order; what was expected before no longer is."""
        self._ahead = deque(questions)
        self._hand_out()

    def answer(self, question: Asked) -> Reply:
        """The answer to a question: from a process that has it or is at it, and otherwise computed here."""
        self._collect(0)
        while question not in self._answers and any(worker.question == question for worker in self._workers):
            self._collect(None)
        if question in self._answers:
            return self._answers[question]
        self._ahead = deque(other for other in self._ahead if other != question)
        return self._compute(question)

    def _started(self) -> _Worker[Asked]:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=_serve, args=(self._compute, there, os.getpid()), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    def _hand_out(self) -> None:
        """Give every idle process the next question that is expected."""
        for worker in self._workers:
            while worker.question is None and self._ahead:
                question = self._ahead.popleft()
                if question not in self._answers and all(other.question != question for other in self._workers):
                    worker.question = question
                    with suppress(OSError):  # a process that died is found out when its answer is collected
                        worker.line.send(question)

    def _collect(self, patience: float | None) -> None:
        """Take the answers that are there; with patience None, wait for one."""
        busy = [worker for worker in self._workers if worker.question is not None]
        for line in wait([worker.line for worker in busy], patience):
            [worker] = [worker for worker in busy if worker.line is line]
            question, worker.question = worker.question, None
            try:
                answers = worker.line.recv()
            except (EOFError, OSError):  # the process died
                self._workers.remove(worker)
                worker.process.join()
                worker.line.close()
                continue
            if question is not None:
                self._answers.update((question, answer) for answer in answers)
        self._hand_out()


def _serve(compute: Callable[[Asked], Reply], line: Connection, parent: int) -> None:
    """Answer questions until the line is cut; [answer], or [] where the function raises."""
    serve_parent(parent)
    while True:
        try:
            question = line.recv()
        except EOFError:
            return
        try:
            answers = [compute(question)]
        except Exception:
            answers = []
        line.send(answers)
