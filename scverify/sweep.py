"""One question put to many problems, by any executor: each point's certificates and row are on disk before the next is waited for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

from scverify.certify.landscape import landscape
from scverify.certify.optimum import optimum
from scverify.certify.points import critical_points
from scverify.certify.thresholds.bracket import side_of
from scverify.certify.units import unit_optimum
from scverify.errors import InputError, MissingTool, Undecided, may_be_callable, must_be, one_of
from scverify.kernel.certificate import digest
from scverify.model.constraints import Sphere
from scverify.model.exact import seconds, whole
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.reading import read_text
from scverify.results.base import Result, Subject, known, problem_entries
from scverify.results.files import as_directory, check_writable, save_certificates, write_certificates
from scverify.results.landscape import Landscape
from scverify.results.points import CriticalPoints
from scverify.results.sweep import UNDECIDED, Sweep, shown_at

QUESTIONS = ("optimum", "points", "spurious", "landscape", "merged", "simplex", "zero")
# asked of losses that bring their own nodes, too
OF_UNITS = ("optimum", "merged", "simplex")
# seconds that a landscape may take of one point
LANDSCAPE_BUDGET = 60.0
# coordinates of configurations up to rotation, n(d - 1) - d(d - 1)/2: boxes of more were never covered within a minute
MOST_COORDINATES = 7
# handing a point to a process takes as long as a tenth of a quick answer: points go together, as long as there are so many tasks
LONG, MOST_TOGETHER, TASKS = ("points", "spurious", "landscape"), 10, 20
ROWS, POINTS = "results.jsonl", "points"
Progress = Callable[[int, int], object]


class Effort(NamedTuple):
    """What one point may take: random starts, and seconds of a landscape."""

    starts: int
    budget: float


def sweep(
    problems: Iterable[Problem | UnitProblem],
    question: str = "optimum",
    *,
    out: str | Path,
    executor: Executor | None = None,
    starts: int = 200,
    budget: float = LANDSCAPE_BUDGET,
    places: Sequence[Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Put a question to many problems, each answer with its certificates in a directory.

    question: "optimum", "points" (is there a spurious minimum? from `starts` starts), "spurious" (the same, and where none is found and
    the samples are few, whether there is none), "landscape", or one of the optimum: "merged", "simplex", "zero". executor: one of
    processes of concurrent.futures, or Dask's `Client.get_executor()`; by default the points are answered here, one after another.
    budget: seconds that a landscape may take of one point.
    places: what each problem is called in tables and pictures, such as {"bias": "-10"}; by default tau, sizes and their like. A point
    that is on disk is not asked again, so that a sweep that was stopped, even by kill -9, goes on and loses only what was at work.
    Raises InputError for another question, and for a directory that cannot be written.

    >>> problems = [Problem("supcon", (4, 2), temperature=tau) for tau in ("1/2", "1")]
    >>> sweep(problems, "optimum", out="swept").words
    {'rank 1': 2}
    """
    must_be(problems, Iterable, "problems", "a list of Problem")
    one_of(question, "question", QUESTIONS)
    folder = as_directory(out, "out")
    may_be_callable(progress, "progress")
    effort = Effort(whole(starts, "starts", 1), seconds(budget, "budget"))
    _check_executor(executor)
    asked = list(problems)
    _check_asked(asked, places)
    started = time.perf_counter()
    check_writable(folder / POINTS)
    names = {_name(problem, question, effort): problem for problem in asked}
    where = dict(zip(names, map(shown_at, names.values()), strict=True))
    if places is not None:
        where |= {_name(problem, question, effort): dict(place) for problem, place in zip(asked, places, strict=True)}
    left = {name: problem for name, problem in names.items() if _row(folder, name) is None}
    interrupted = False
    try:
        done = len(names) - len(left)
        for _ in _answered(left, question, effort, folder.resolve(), executor):
            done += 1
            if progress is not None:
                progress(done, len(names))
    except KeyboardInterrupt:
        interrupted = True
    rows = tuple(row | {"place": where[name]} for name in names if (row := _row(folder, name)) is not None)
    write_certificates(folder, {ROWS: "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)})
    return Sweep(
        question=question,
        rows=rows,
        asked=len(names),
        out=folder,
        interrupted=interrupted,
        seconds=time.perf_counter() - started,
    )


def _check_executor(executor: Executor | None) -> None:
    """Raise InputError for what executes nothing, and for threads: the precision of balls is one for a whole process."""
    if executor is not None:
        must_be(executor, Executor, "executor", "an Executor of concurrent.futures, or Dask's Client.get_executor()")
    if isinstance(executor, ThreadPoolExecutor):
        raise InputError("threads as executor", "processes, each with a precision of its own", "use a ProcessPoolExecutor")


def _check_asked(asked: list[Problem | UnitProblem], places: Sequence[Mapping[str, str]] | None) -> None:
    for problem in asked:
        must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    if places is not None and len(places) != len(asked):
        raise InputError(f"{len(places)} places of {len(asked)} problems", "one per problem", "correct places")


def _answered(
    left: dict[str, Problem | UnitProblem], question: str, effort: Effort, folder: Path, executor: Executor | None
) -> Iterator[None]:
    """Answers the points that are left, here or by the executor; an interrupt takes back what has not begun."""
    points = list(left.items())
    if executor is None:
        for name, problem in points:
            answer_point(name, problem, question, effort, folder)
            yield
        return
    many = 1 if question in LONG else max(1, min(MOST_TOGETHER, len(points) // TASKS))
    tasks = [points[start : start + many] for start in range(0, len(points), many)]
    futures: list[Future[int]] = [executor.submit(answer_points, task, question, effort, folder) for task in tasks]
    try:
        for future in as_completed(futures):
            for _ in range(future.result()):
                yield
    finally:
        for future in futures:
            future.cancel()


def answer_points(points: list[tuple[str, Problem | UnitProblem]], question: str, effort: Effort, folder: Path) -> int:
    """Answer points one after another, each kept on its own; how many."""
    for name, problem in points:
        answer_point(name, problem, question, effort, folder)
    return len(points)


def answer_point(name: str, problem: Problem | UnitProblem, question: str, effort: Effort, folder: Path) -> None:
    """Answer one point and write its certificates, and then its row: a point with a row is done."""
    row: dict[str, Any] = {"point": name, "question": question, **problem_entries(problem)}
    certificates: dict[str, Any] = {}
    try:
        word, answer, certificates = _answer(problem, question, effort)
        row |= known(word=word, answer=answer)
    except Undecided as undecided:
        row |= {"word": UNDECIDED, "reason": str(undecided)}
    except (InputError, MissingTool) as refusal:
        row |= {"word": "refused", "reason": str(refusal)}
    if certificates:
        save_certificates(folder / POINTS / name, certificates, Subject(f"{problem} ({name})", question))
    write_certificates(folder / POINTS, {f"{name}.row": json.dumps(row, ensure_ascii=False)})


def _answer(problem: Problem | UnitProblem, question: str, effort: Effort) -> tuple[str, Any, dict[str, Any]]:
    """The word, the JSON object and the certificates of an answer."""
    if isinstance(problem, UnitProblem) and question not in OF_UNITS:
        raise InputError(f"{question} of {problem.loss.name}", ", ".join(OF_UNITS), "ask one of these")
    if question in ("merged", "simplex", "zero"):
        side = side_of(problem, question)
        return (UNDECIDED, None, {}) if side is None else (side.said, None, {f"{question}.json": side.certificate})
    result: Result
    if isinstance(problem, UnitProblem):
        result = unit_optimum(problem)
        least, most = (0, 1) if result.minimizers is None else result.minimizers.rank
        word = f"rank {least}" if least == most else UNDECIDED
    elif question == "optimum":
        result = optimum(problem)
        word = UNDECIDED if result.rank is None else f"rank {result.rank}"
    elif question == "landscape":
        result = landscape(problem, budget=effort.budget)
        word = result.verdict
    else:
        result = critical_points(problem, effort.starts)
        word = _spurious(result)
        if question == "spurious" and word == "none found" and (proved := _none(problem, effort.budget)) is not None:
            result, word = proved, "none (proved)"
    return word, without_matrices(result.to_json()), result.certificates


def without_matrices(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without lists of lists: they stand in the certificates, and as decimals they are nearly all of a row."""
    return {name: part for name, part in answer.items() if not (isinstance(part, list) and part and isinstance(part[0], list))}


def _none(problem: Problem, budget: float) -> Landscape | None:
    """The landscape where it is proved that no local minimum is spurious; None where that is out of reach."""
    n, d = problem.classes.n, problem.dim or 0
    if isinstance(problem.constraint, Sphere) and n > d and n * (d - 1) - d * (d - 1) // 2 > MOST_COORDINATES:
        return None
    try:
        found = landscape(problem, budget=budget, starts=1, jobs=1)
    except (InputError, Undecided):
        return None
    return found if found.verdict == "PROVED" else None


def _spurious(found: CriticalPoints) -> str:
    """What a search says of spurious minima: a certified one is one, and that none was found proves nothing."""
    kinds = {point.kind for point in found.points}
    if "spurious minimum" in kinds:
        return "spurious minimum"
    return UNDECIDED if kinds & {"undecided", "degenerate", "strict minimum"} else "none found"


def _name(problem: Problem | UnitProblem, question: str, effort: Effort) -> str:
    """The name of a point: what is asked, and of what."""
    asked: dict[str, Any] = {"problem": problem.data, "question": question}
    if isinstance(problem, UnitProblem) and problem.dim is not None:  # their data hold no dimension
        asked["dim"] = problem.dim
    if question in ("points", "spurious"):
        asked["starts"] = effort.starts
    if question in ("landscape", "spurious") and effort.budget != LANDSCAPE_BUDGET:
        asked["budget"] = effort.budget
    return digest(asked)[:24]


def _row(folder: Path, name: str) -> dict[str, Any] | None:
    """The row of a point; None where it is not answered yet. Raises InputError for a row that is damaged."""
    file = folder / POINTS / f"{name}.row"
    try:
        row: dict[str, Any] = json.loads(read_text(file))
        if row["point"] != name or not isinstance(row["word"], str):
            raise ValueError("it is not the row of this point")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"row {str(file)!r} ({error})", "what a sweep wrote", "remove it, and the point is asked again") from error
    return row
