"""Commands on statements: check, prove."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scverify.cli.failures import INTERRUPTED, fail
from scverify.cli.options import json_option, save_option
from scverify.cli.output import next_command, print_json, progress_bar, saved, show, show_lines, show_result
from scverify.cli.unfinished import Unfinished
from scverify.errors import InputError, Undecided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scverify.conjecture.proof import Proof, Proofs
    from scverify.conjecture.statement import Conjecture
    from scverify.conjecture.theorem import Theorem
    from scverify.conjecture.verdict import Verdict


# seconds: from the least in which something is tried to eleven days
_BUDGET = click.FloatRange(1, 1_000_000)
# a number beyond is a slip of the finger
_JOBS = click.IntRange(1, 256)


@click.command(epilog="Example: scverify check conj_mine.py::simplex conj_other.py --budget 60 --jobs 2")
@click.argument("references", nargs=-1, required=True, metavar="FILE[::NAME]…")
@click.option("--budget", type=_BUDGET, default=120, show_default=True, metavar="SECONDS", help="For each conjecture.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the problems that are drawn.")
@click.option("--jobs", type=_JOBS, default=1, show_default=True, help="Processes; they change the time and no answer.")
@click.option("--loss", metavar="NAME|FILE::NAME", help="State them about this loss instead of their own.")
@save_option("the certificates of counterexamples")
@json_option
@click.pass_obj
def check(
    arguments: list[str],
    /,
    references: tuple[str, ...],
    budget: float,
    seed: int,
    jobs: int,
    loss: str | None,
    save: Path | None,
    as_json: bool,
) -> int:
    """Try to refute the conjectures of files: PROVED, REFUTED, SUPPORTED or UNDECIDED.

    The exit code is 0 where each verdict is PROVED, or the one that `expect=` names.
    """
    from scverify.conjecture.statement import load_conjectures
    from scverify.model.exact import positive
    from scverify.results.base import Subject
    from scverify.results.files import check_writable
    from scverify.symbolic.modules import read_each

    positive(budget, "budget")
    conjectures, broken = read_each(references, load_conjectures)
    if loss is not None:
        conjectures = [conjecture.with_loss(loss) for conjecture in conjectures]
    if save is not None:
        check_writable(save, Subject("conjectures", ""))
    codes = [fail(str(error), error.exit_code) for error in broken.values()]
    if not conjectures:
        return InputError.exit_code
    verdicts: list[dict[str, object]] = []
    for conjecture in conjectures:
        try:
            verdict = _checked(conjecture, budget, seed, jobs, save)
        except InputError as error:  # one broken statement does not end the run
            codes.append(fail(f"{conjecture.name}: {error}", error.exit_code))
            verdicts.append({"conjecture": conjecture.name, "error": str(error)})
            continue
        verdicts.append(verdict.to_json())
        codes.append(INTERRUPTED if verdict.interrupted else _code(verdict))
        if not as_json:
            if len(verdicts) > 1:
                click.echo()
            show(verdict.account())
        if verdict.interrupted:
            break
    if as_json:
        print_json({"conjectures": verdicts, "broken": _reasons(broken)})
    elif any(entry.get("verdict") == "REFUTED" for entry in verdicts):
        click.echo(f"next: {next_command(arguments, save)}")
    return next((code for code in (INTERRUPTED, InputError.exit_code, 1, Undecided.exit_code) if code in codes), 0)


def _code(verdict: Verdict) -> int:
    """0 where a verdict is the expected one or, without `expect`, PROVED; 1 where it is the opposite; 4 where it is not a proof."""
    wanted = verdict.conjecture.expect or "PROVED"
    if verdict.word == wanted:
        return 0
    return 1 if verdict.word in ("PROVED", "REFUTED") else Undecided.exit_code


def _checked(conjecture: Conjecture, budget: float, seed: int, jobs: int, save: Path | None) -> Verdict:
    """The verdict on a conjecture, its certificate saved."""
    from scverify.conjecture.falsify import check as decide

    started = time.monotonic()
    unfinished = Unfinished(save, f"check-{Path(conjecture.file or '').stem}-{conjecture.name}")
    with progress_bar(f"checking {conjecture.name}") as bar:
        follow = None if bar is None else lambda problems, refuted: bar(int(time.monotonic() - started), int(budget))
        verdict = decide(conjecture, budget, seed, jobs, follow, search=unfinished.earlier, keep=unfinished.keep)
    if not verdict.interrupted:
        unfinished.finished()
    return verdict if save is None else saved(verdict, save)


@click.command(epilog="Example: scverify prove T8 --quick --html proofs.html")
@click.argument("targets", nargs=-1, metavar="[DIR|FILE] [T1 T8 …]")
@click.option("--latex", "as_latex", is_flag=True, help="Print the statements and proofs in LaTeX.")
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page.")
@click.option("--quick", is_flag=True, help="Certify a small part of the instances.")
@click.option("--open", "only_open", is_flag=True, help="List the open questions of DIR/open with what was tried; prove nothing.")
@save_option("every certificate")
@json_option
def prove(
    targets: tuple[str, ...], as_latex: bool, page: Path | None, quick: bool, only_open: bool, save: Path | None, as_json: bool
) -> int:
    """Run the proofs of a directory or file, each statement by checked steps and certified instances.

    Default: ./proofs where there is such a directory, else the proofs that come with scverify.
    """
    from scverify.conjecture.theorem import chosen_theorems, proofs_folder
    from scverify.report import proofs as pages
    from scverify.results.files import check_writable, write_certificates

    if only_open:
        return _open_questions((Path(targets[0]) if targets else proofs_folder()) / "open", as_json)
    statements, broken = chosen_theorems(targets)
    for folder in [*([save] if save is not None else []), *([page.parent] if page is not None else [])]:
        check_writable(folder)

    for error in broken.values():
        fail(str(error), error.exit_code)
    if not statements:
        return InputError.exit_code
    done, interrupted = _proved(statements, not quick, save)
    if page is not None:
        from scverify.report.proof_plots import pictures

        write_certificates(page.parent, {page.name: pages.html(done, pictures(done))})
    if as_latex and not as_json:
        click.echo(pages.latex(done))
    else:
        show_result(done, as_json, more={"broken": _reasons(broken)})
    raised = [proof for proof in done if proof.raised is not None]
    for proof in raised:
        fail(f"{proof.theorem.id}: {proof.raised}; allowed: steps that can be decided; correct the statement", InputError.exit_code)
    if interrupted:
        return INTERRUPTED
    return InputError.exit_code if broken or raised else _code_of(done)


def _code_of(proofs: Proofs) -> int:
    """0 where every verdict is the expected one, 1 where a step is wrong or a verdict is the opposite, 4 where something is not decided."""
    others = [proof for proof in proofs if not proof.as_expected]
    wrong = [
        proof for proof in others if proof.verdict in ("PROVED", "REFUTED") or any(step.decision.holds is False for step in proof.done)
    ]
    return 1 if wrong else Undecided.exit_code if others else 0


def _reasons(broken: Mapping[Any, InputError]) -> list[dict[str, str]]:
    """The files that could not be used, for JSON."""
    return [{"file": str(file), "error": str(error)} for file, error in broken.items()]


def _open_questions(folder: Path, as_json: bool) -> int:
    """Tell the conjectures of a folder: what each says, where, and what was tried (the rest of its docstring)."""
    import inspect

    from scverify.conjecture.statement import load_conjectures
    from scverify.symbolic.modules import read_each

    found, broken = read_each(sorted(map(str, folder.glob("*.py"))), load_conjectures)
    if not found and not broken:
        raise InputError(f"no open questions in {str(folder)!r}", "a folder open/ of conjecture files", "give the directory of the proofs")
    for error in broken.values():
        fail(str(error), error.exit_code)
    if not found:
        return InputError.exit_code
    conjectures = []
    for stated in found:
        says, _, tried = (inspect.getdoc(stated.predicate) or stated.says).partition("\n")
        reference = f"{stated.file}::{stated.name}"
        conjectures.append({"reference": reference, "says": says, "domain": stated.domain, "tried": " ".join(tried.split())})
    if as_json:
        print_json({"open": conjectures, "broken": _reasons(broken)})
    else:
        for each in conjectures:
            show_lines("\n  ".join([each["says"], *(each[part] for part in ("domain", "tried") if each[part])]))
            click.echo(f"  scverify check {each['reference']}")
    return InputError.exit_code if broken else 0


def _proved(statements: Sequence[Theorem], thorough: bool, save: Path | None) -> tuple[Proofs, bool]:
    """A proof of each theorem, as many as are done when the user interrupts, and whether that happened; those done are saved each time."""
    from scverify.conjecture.proof import Proofs
    from scverify.conjecture.proof import prove as proof_of

    done: list[Proof] = []
    with progress_bar("statements") as progress:
        try:
            for statement in statements:
                done.append(proof_of(statement, thorough=thorough))
                if save is not None:
                    Proofs(tuple(done)).save(save)
                if progress is not None:
                    progress(len(done), len(statements))
        except KeyboardInterrupt:
            return Proofs(tuple(done)), True
    return Proofs(tuple(done)), False
