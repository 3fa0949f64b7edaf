"""The command line: reads options, calls the library, prints.

Exit codes: 0 done or verified, 1 not verified, 2 wrong input, 3 a tool is missing, 4 undecided, 130 interrupted.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scverify import __version__
from scverify.errors import InputError, ScverifyError, Undecided

if TYPE_CHECKING:
    from rich.console import RenderableType

    from scverify.model.classes import Classes
    from scverify.model.problem import Problem

_INTERRUPTED = 130
_WRONG_INPUT = InputError.exit_code
_Command = TypeVar("_Command", bound=Callable[..., int])


class _Scverify(click.Group):
    """A group whose every failure is one line on stderr and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command with the given arguments (default: those of the process); exits with its code, or returns it."""
        arguments = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(arguments, prog_name or "scverify", complete_var, standalone_mode=False, obj=arguments, **extra)
        except click.Abort:
            code = _fail("interrupted", _INTERRUPTED)
        except click.ClickException as error:
            code = _fail(f"{error.format_message().rstrip('.')}; see: {_help_command(error)}", _WRONG_INPUT)
        except ScverifyError as error:
            code = _fail(str(error), error.exit_code)
        if standalone_mode:
            sys.exit(code)
        return code


def _fail(message: str, code: int) -> int:
    click.echo(f"scverify: {' '.join(message.split())}", err=True)
    return code


def _help_command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'scverify'} --help"


@click.group(name="scverify", cls=_Scverify, no_args_is_help=False)
@click.version_option(__version__, prog_name="scverify")
def main() -> None:
    """Certified optima of supervised contrastive losses with unconstrained features."""


_PROBLEM_OPTIONS = (
    click.option("--sizes", metavar="N,N,…", help="Class sizes, such as 7,3,3,2,2."),
    click.option("--profile", metavar="NAME", help="A named profile of sizes, such as cifar100-lt, instead of --sizes."),
    click.option("--ratio", metavar="R", help="Imbalance ratio of the profile."),
    click.option("--k", type=int, help="Number of classes of the profile."),
    click.option("--size", type=int, help="Size of every class of the balanced profile."),
    click.option("--n-max", type=int, help="Largest class of the profile."),
    click.option("--n-min", type=int, help="Smallest class of the profile."),
    click.option("--tau", required=True, metavar="T", help="Temperature, exact: 37/100 or 0.05."),
    click.option("--constraint", default="sphere", show_default=True, metavar="C", help="sphere[:RHO], ball[:RHO] or ridge:WEIGHT."),
    click.option("--nonnegative", is_flag=True, help="Embeddings are also non-negative in every entry."),
    click.option("--loss", default="supcon", show_default=True, metavar="NAME|FILE::NAME", help="A named loss, or a function in a file."),
    click.option("--dim", type=int, help="Embedding dimension; default: as many as the optimum needs."),
    click.option("--reduction", type=click.Choice(["sum", "mean"]), default="sum", show_default=True, help="Over the anchors."),
    click.option("--ignore-singletons", is_flag=True, help="A class of one sample is a negative for the others and no anchor."),
)


def _problem_options(command: _Command) -> _Command:
    for option in reversed(_PROBLEM_OPTIONS):
        command = option(command)
    return command


_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


@main.command()
@_problem_options
@click.option("--digits", type=click.IntRange(1, 2000), help="Ask for a gap below 10^-DIGITS.")
@click.option("--solver", default="auto", show_default=True, metavar="S", help="auto, rank-one, factorised, cvxpy:CLARABEL, …")
@click.option(
    "--max-precision", type=click.IntRange(64, 1_000_000), default=8192, show_default=True, metavar="BITS", help="Give up beyond."
)
@click.option("--save", type=click.Path(path_type=Path), metavar="DIR", help="Write the certificates to a directory.")
@_json_option
@click.pass_obj
def optimum(
    arguments: list[str],
    /,
    digits: int | None,
    solver: str,
    max_precision: int,
    save: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Certify the optimum of the convex relaxation: rigorous lower and upper bound."""
    from scverify.kernel.certificate import canonical
    from scverify.report.certificates import check_writable, write_certificates

    problem = _problem(**given)
    if save is not None:
        check_writable(save)
    with _working(f"optimum of {problem}"):
        from scverify.certify.optimum import optimum as certified_optimum

        result = certified_optimum(problem, digits=digits, solver=solver, max_precision=max_precision)
    if save is not None:
        write_certificates(save, {name: canonical(certificate) for name, certificate in result.certificates.items()})
    if as_json:
        _print_json(result.to_json() | ({} if save is None else {"certificate": str(save / "optimum.json")}))
    else:
        from scverify.report.optimum import renderable

        _print(renderable(result, _next_command(arguments, save)))
    if result.shortfall:
        return _fail(f"{result.shortfall}; allowed: what {max_precision} bits can reach; raise --max-precision", Undecided.exit_code)
    return 0


@main.command()
@_problem_options
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Number of random starts.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the starts.")
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw the points to a .png, .pdf or .svg file.")
@click.option("--save", type=click.Path(path_type=Path), metavar="DIR", help="Write the certificates to a directory.")
@_json_option
def points(starts: int, seed: int, plot: Path | None, save: Path | None, as_json: bool, **given: Any) -> int:
    """Find critical points over embeddings of dimension --dim, and certify each orbit and its type."""
    from scverify.kernel.certificate import canonical
    from scverify.report.certificates import check_writable, write_certificates

    problem = _problem(**given)
    if save is not None:
        check_writable(save)
    if plot is not None:
        from scverify.report.plots import check_plot_file

        check_plot_file(plot)
    with _progress("starts and points") as progress:
        from scverify.certify.points import critical_points, point_file

        found = critical_points(problem, starts=starts, seed=seed, progress=progress)
    if save is not None:
        write_certificates(save, {name: canonical(certificate) for name, certificate in found.certificates.items()})
    if plot is not None:
        from scverify.report.plots import save_plot

        save_plot(found, plot)
    if as_json:
        document = found.to_json()
        for number, told in enumerate(document["points"]):
            if save is not None and point_file(number) in found.certificates:
                told["certificate"] = str(save / point_file(number))
        _print_json(document)
    else:
        from scverify.report.points import renderable

        _print(renderable(found))
    return _INTERRUPTED if found.interrupted else 0


@main.command()
@_problem_options
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the random points.")
@_json_option
def crosscheck(seed: int, as_json: bool, **given: Any) -> int:
    """Compare NumPy, mpmath, balls, written-out entries and Taylor slopes on one problem."""
    problem = _problem(**given)
    with _working(f"cross-check of {problem}"):
        from scverify.crosscheck import crosscheck as compare

        result = compare(problem, seed=seed)
    if as_json:
        _print_json(result.to_json())
    else:
        click.echo(str(result))
    return 0 if result.ok else 1


@main.command()
@click.argument("certificate", type=click.Path(exists=True, path_type=Path))
@click.option("--coq", "by_coq", is_flag=True, help="The path is a directory of `export --coq`: let Coq judge it.")
@_json_option
def verify(certificate: Path, by_coq: bool, as_json: bool) -> int:
    """Check a certificate file, or every *.json in a directory, without any search."""
    if by_coq:
        return _verify_by_coq(certificate, as_json)
    files = sorted(certificate.glob("*.json")) if certificate.is_dir() else [certificate]
    if not files:
        raise InputError(f"directory {str(certificate)!r} without a certificate", "a directory with *.json files", "give another path")
    answers = [_verify_file(file) for file in files]
    words = {answer["answer"] for answer in answers}
    overall = next(word for word in ("REJECTED", "UNDECIDED", "VERIFIED") if word in words)
    return _tell_answers(overall, answers, as_json)


@main.command()
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--coq", "to_coq", is_flag=True, required=True, help="As data for Coq and its theorem; the only format so far.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Where to write it.")
@_json_option
def export(certificate: Path, to_coq: bool, out: Path, as_json: bool) -> int:
    """Export a certified optimum for another judge."""
    from scverify.certify.coq import coq_certificate
    from scverify.certify.coq_judge import write_coq
    from scverify.kernel.certificate import Rejected, read

    try:
        data = read(certificate.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Rejected) as error:
        raise InputError(f"certificate {str(certificate)!r}: {error}", "a certificate file", "give another path") from error
    exported = coq_certificate(data)
    file = write_coq(out, exported)
    if as_json:
        _print_json({"file": str(file), "claim": exported.claim})
    else:
        click.echo(f"{file}\n  claim: {exported.claim}\nnext: {shlex.join(['scverify', 'verify', '--coq', str(out)])}")
    return 0


@main.command()
@click.argument("reference", metavar="FILE[::NAME]")
@click.option("--budget", type=click.FloatRange(1, 1_000_000), default=120, show_default=True, help="Seconds for each conjecture.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the problems that are drawn.")
@click.option("--save", type=click.Path(path_type=Path), metavar="DIR", help="Write the certificates of counterexamples to a directory.")
@_json_option
def check(reference: str, budget: float, seed: int, save: Path | None, as_json: bool) -> int:
    """Try to refute the conjectures of a file: PROVED, REFUTED, SUPPORTED or UNDECIDED."""
    from dataclasses import replace

    from scverify.conjecture.falsify import check as decide
    from scverify.conjecture.statement import load_conjectures
    from scverify.kernel.certificate import canonical
    from scverify.report.certificates import check_writable, write_certificates

    found = load_conjectures(reference)
    if save is not None:
        check_writable(save)
    verdicts = []
    for conjecture in found:
        with _working(f"checking {conjecture.name}"):
            verdict = decide(conjecture, budget, seed)
        if save is not None and verdict.certificate is not None:
            write_certificates(save, {f"{conjecture.name}.json": canonical(verdict.certificate)})
            verdict = replace(verdict, saved=save / f"{conjecture.name}.json")
        verdicts.append(verdict)
        if not as_json:
            click.echo(str(verdict))
    if as_json:
        told = [verdict.to_json() for verdict in verdicts]
        _print_json(told[0] if len(told) == 1 else {"conjectures": told})
    words = {verdict.word for verdict in verdicts}
    if any(verdict.interrupted for verdict in verdicts):
        return _INTERRUPTED
    return 1 if "REFUTED" in words else 0 if words == {"PROVED"} else Undecided.exit_code


@main.command()
@click.argument("targets", nargs=-1, metavar="[DIR] [T1 T8 …]")
@click.option("--latex", "as_latex", is_flag=True, help="Print the statements and proofs in LaTeX.")
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page.")
@click.option("--quick", is_flag=True, help="Certify a small part of the instances.")
@click.option("--save", type=click.Path(path_type=Path), metavar="DIR", help="Write every certificate to a directory.")
@_json_option
def prove(targets: tuple[str, ...], as_latex: bool, page: Path | None, quick: bool, save: Path | None, as_json: bool) -> int:
    """Run the proofs of a directory (default: ./proofs), each statement by checked steps and certified instances."""
    from scverify.conjecture.proof import chosen_statements
    from scverify.conjecture.proof import prove as proof_of
    from scverify.kernel.certificate import canonical
    from scverify.report import proofs as told
    from scverify.report.certificates import check_writable, write_certificates

    statements = chosen_statements(targets)
    if save is not None:
        check_writable(save)
    done = []
    with _progress("statements") as progress:
        for statement in statements:
            done.append(proof_of(statement, thorough=not quick))
            if progress is not None:
                progress(len(done), len(statements))
    if save is not None:
        write_certificates(save, {name: canonical(data) for proof in done for name, data in proof.certificates.items()})
    if page is not None:
        page.write_text(told.html(done), encoding="utf-8")
    if as_json:
        _print_json({"statements": [proof.to_json() for proof in done]})
    elif as_latex:
        click.echo(told.latex(done))
    else:
        _print(told.renderable(done))
    return 0 if all(proof.as_expected for proof in done) else 1


@main.command()
@_json_option
def doctor(as_json: bool) -> int:
    """Tell versions, solvers, licences, what is missing and how to get it."""
    with _working("solving a tiny problem with each solver"):
        from scverify.report.environment import probe, renderable

        environment = probe()
    if as_json:
        _print_json(environment.to_json())
    else:
        _print(renderable(environment))
    return 3 if environment.missing else 0


def _problem(
    tau: str, constraint: str, nonnegative: bool, loss: str, dim: int | None, reduction: Any, ignore_singletons: bool, **sizes: Any
) -> Problem:
    """The problem that the options describe; raises InputError."""
    from scverify.model.constraints import parse_constraint
    from scverify.model.problem import Problem
    from scverify.symbolic.losses import load_loss

    return Problem(
        load_loss(loss),
        _classes(**sizes),
        dim=dim,
        temperature=tau,
        constraint=parse_constraint(constraint, nonnegative=nonnegative),
        reduction=reduction,
        singletons="ignore" if ignore_singletons else "error",
    )


def _classes(sizes: str | None, profile: str | None, **options: Any) -> Classes:
    from scverify.model.classes import Classes

    if (sizes is None) == (profile is None):
        raise InputError("both --sizes and --profile" if sizes else "no class sizes", "either --sizes or --profile", "give one of them")
    if profile is not None:
        return Classes.named(profile, **options)
    if given := [name for name, value in options.items() if value is not None]:
        raise InputError(f"--{given[0].replace('_', '-')} with --sizes", "that option with --profile only", "drop it")
    parts = [part.strip() for part in (sizes or "").split(",")]
    if not all(re.fullmatch(r"[+-]?[0-9]{1,18}", part) for part in parts):
        raise InputError(f"sizes {sizes!r}", "whole numbers with commas between, such as 7,3,3,2,2", "correct --sizes")
    return Classes(map(int, parts))


def _tell_answers(overall: str, answers: list[dict[str, str]], as_json: bool) -> int:
    if as_json:
        _print_json({"answer": overall, "certificates": answers})
    else:
        for answer in answers:
            click.echo(f"{answer['answer']}  {answer['certificate']}")
            for part in ("claim", "reason"):
                if part in answer:
                    click.echo(f"  {part}: {answer[part]}")
    return {"VERIFIED": 0, "REJECTED": 1, "UNDECIDED": 4}[overall]


def _verify_by_coq(directory: Path, as_json: bool) -> int:
    from scverify.certify.coq_judge import judge

    with _working("Coq compiles its library and the certificate"):
        answer = judge(directory)
    told = {"certificate": str(directory), "answer": answer.word, "claim": answer.claim, "reason": answer.reason}
    return _tell_answers(answer.word, [{key: value for key, value in told.items() if value}], as_json)


def _verify_file(file: Path) -> dict[str, str]:
    """The kernel's answer on one file; a file that cannot be read is rejected."""
    from scverify.kernel.verify import verify_text

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return {"certificate": str(file), "answer": "REJECTED", "reason": f"the file cannot be read: {error}"}
    answer = verify_text(text)
    found = {"certificate": str(file), "answer": answer.word, "claim": answer.claim, "reason": answer.reason}
    return {key: value for key, value in found.items() if value}


def _next_command(arguments: Iterable[str], save: Path | None) -> str:
    if save is None:
        return shlex.join(["scverify", *arguments, "--save", "certificates"])
    return shlex.join(["scverify", "verify", str(save)])


def _print_json(document: object) -> None:
    click.echo(json.dumps(document, allow_nan=False))


def _print(account: RenderableType) -> None:
    from rich.console import Console

    Console(highlight=False, width=None if sys.stdout.isatty() else 110).print(account)


@contextmanager
def _progress(message: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(message, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _working(message: str) -> AbstractContextManager[object]:
    """A spinner on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.markup import escape

    return Console(stderr=True).status(escape(message))
