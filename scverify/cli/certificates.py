"""Commands on a certificate: verify, export."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scverify.cli.options import Folder, json_option
from scverify.cli.output import print_json, show_lines, working
from scverify.errors import InputError, plainly
from scverify.kernel.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scverify.kernel.verify import Answer


@click.command(epilog="Example: scverify verify certificates")
@click.argument("certificate", type=click.Path(exists=True, path_type=Path))
@click.option("--coq", "by_coq", is_flag=True, help="The path is a directory of `export --coq`: let Coq judge it.")
@click.option("--limit", type=float, default=600.0, show_default=True, metavar="SECONDS", help="Longest time for a file.")
@click.option("--memory", type=float, default=4.0, show_default=True, metavar="GIB", help="Most memory for a file.")
@json_option
def verify(certificate: Path, by_coq: bool, limit: float, memory: float, as_json: bool) -> int:
    """Check a certificate file, or all that belongs together in a directory, without any search.

    A file that costs more than the limits is UNDECIDED, with what was exceeded.
    """
    from scverify.verification import checked, verify_file, verify_folder

    limits = checked(Limits(seconds=limit, bytes=int(memory * 2**30) if 0 <= memory < 2**20 else 0))
    if by_coq:
        return _verify_by_coq(certificate, limits, as_json)
    with working("checking"):
        if certificate.is_dir():
            answers = {certificate / name: answer for name, answer in verify_folder(certificate, limits).items()}
        else:
            answers = {certificate: verify_file(certificate, limits)}
    return _show_answers(answers, as_json)


@click.command(epilog="Example: scverify export --coq certificates/optimum.json --out judged")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--coq", "to_coq", is_flag=True, required=True, help="As data for Coq and its theorem; the only format so far.")
@click.option("--out", type=Folder(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Where to write it.")
@json_option
def export(certificate: Path, to_coq: bool, out: Path, as_json: bool) -> int:
    """Export a certified optimum for another judge."""
    from scverify.certify.coq_export import coq_export
    from scverify.certify.coq_judge import write_coq
    from scverify.kernel.certificate import Rejected, read
    from scverify.reading import read_text

    try:
        data = read(read_text(certificate))
    except (OSError, UnicodeDecodeError, Rejected) as error:
        raise InputError(f"certificate {str(certificate)!r}: {plainly(error)}", "a certificate file", "give another path") from error
    exported = coq_export(data)
    file = write_coq(out, exported)
    if as_json:
        print_json({"file": str(file), "claim": exported.claim})
    else:
        show_lines(f"{file}\n  claim: {exported.claim}")
        click.echo(f"next: {shlex.join(['scverify', 'verify', '--coq', str(out)])}")
    return 0


def _show_answers(answers: Mapping[Path, Answer], as_json: bool) -> int:
    from scverify.kernel.words import printable
    from scverify.verification import overall_word

    overall = overall_word(answers.values())
    if as_json:
        shown = [
            {"certificate": str(file), "answer": answer.word} | {part: said for part, said in _said(answer) if said}
            for file, answer in answers.items()
        ]
        print_json({"answer": overall, "certificates": shown})
    else:
        for file, answer in answers.items():
            first = f"{answer.word}  {printable(str(file))}"  # a stranger's name must not look like the answer on another file
            show_lines("\n".join([first, *(f"  {part}: {said}" for part, said in _said(answer) if said)]))
    return {"VERIFIED": 0, "REJECTED": 1, "UNDECIDED": 4}[overall]


def _said(answer: Answer) -> list[tuple[str, str]]:
    return [("claim", answer.claim), ("reason", answer.reason)]


def _verify_by_coq(directory: Path, limits: Limits, as_json: bool) -> int:
    from scverify.certify.coq_judge import judge
    from scverify.kernel.verify import Answer

    with working("Coq compiles its library and the certificate"):
        judged = judge(directory, limits)
    return _show_answers({directory: Answer(judged.word, judged.reason, judged.claim)}, as_json)
