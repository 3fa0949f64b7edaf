"""Commands on a certificate: verify, export."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from scverify.cli.options import json_option
from scverify.cli.output import print_json, working
from scverify.errors import InputError
from scverify.kernel.limits import Limits

# left by a command whose answer is one statement about all of a landscape: until they are finished it is not proved
_UNFINISHED = ("landscape.unfinished", "list.unfinished")


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
    from scverify.verification import checked

    limits = checked(Limits(seconds=limit, bytes=int(memory * 2**30) if 0 <= memory < 2**20 else 0))
    if by_coq:
        return _verify_by_coq(certificate, limits, as_json)
    with working("checking"):
        answers = _verify_folder(certificate, limits) if certificate.is_dir() else [_verify_file(certificate, limits)]
    words = {answer["answer"] for answer in answers}
    overall = next(word for word in ("REJECTED", "UNDECIDED", "VERIFIED") if word in words)
    return _show_answers(overall, answers, as_json)


@click.command(epilog="Example: scverify export --coq certificates/optimum.json --out judged")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--coq", "to_coq", is_flag=True, required=True, help="As data for Coq and its theorem; the only format so far.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Where to write it.")
@json_option
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
        print_json({"file": str(file), "claim": exported.claim})
    else:
        click.echo(f"{file}\n  claim: {exported.claim}\nnext: {shlex.join(['scverify', 'verify', '--coq', str(out)])}")
    return 0


def _show_answers(overall: str, answers: list[dict[str, str]], as_json: bool) -> int:
    if as_json:
        print_json({"answer": overall, "certificates": answers})
    else:
        for answer in answers:
            click.echo(f"{answer['answer']}  {answer['certificate']}")
            for part in ("claim", "reason"):
                if part in answer:
                    click.echo(f"  {part}: {answer[part]}")
    return {"VERIFIED": 0, "REJECTED": 1, "UNDECIDED": 4}[overall]


def _verify_by_coq(directory: Path, limits: Limits, as_json: bool) -> int:
    from scverify.certify.coq_judge import judge

    with working("Coq compiles its library and the certificate"):
        answer = judge(directory, limits)
    fields = {"certificate": str(directory), "answer": answer.word, "claim": answer.claim, "reason": answer.reason}
    return _show_answers(answer.word, [{key: value for key, value in fields.items() if value}], as_json)


def _verify_folder(folder: Path, limits: Limits) -> list[dict[str, str]]:
    """The answers on all certificates of a directory; what its manifest names and is missing or another file is rejected.

    A landscape or list that is not finished is UNDECIDED.
    """
    from scverify.results.files import strangers

    wrong = strangers(folder)
    files = sorted({file.name for file in folder.glob("*.json")} | set(wrong))
    unfinished = [folder / name for name in _UNFINISHED if (folder / name).exists()]
    if not files and not unfinished:
        raise InputError(f"directory {str(folder)!r} without a certificate", "a directory with *.json files", "give another path")
    answers = [
        {"certificate": str(folder / name), "answer": "REJECTED", "reason": wrong[name]}
        if name in wrong
        else _verify_file(folder / name, limits)
        for name in files
    ]
    reason = "it is not finished; the command that began it goes on with it"
    return answers + [{"certificate": str(file), "answer": "UNDECIDED", "reason": reason} for file in unfinished]


def _verify_file(file: Path, limits: Limits) -> dict[str, str]:
    """The kernel's answer on one file; a file that cannot be read is rejected."""
    from scverify.verification import verify_file

    try:
        answer = verify_file(file, limits)
    except InputError as error:
        return {"certificate": str(file), "answer": "REJECTED", "reason": str(error)}
    found = {"certificate": str(file), "answer": answer.word, "claim": answer.claim, "reason": answer.reason}
    return {key: value for key, value in found.items() if value}
