"""Commands on statements: check, prove."""

from __future__ import annotations

from pathlib import Path

import click

from scverify.cli.failures import INTERRUPTED
from scverify.cli.options import json_option, save_option
from scverify.cli.output import print_json, progress_bar, show, working
from scverify.errors import Undecided


@click.command()
@click.argument("reference", metavar="FILE[::NAME]")
@click.option("--budget", type=click.FloatRange(1, 1_000_000), default=120, show_default=True, help="Seconds for each conjecture.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the problems that are drawn.")
@save_option("the certificates of counterexamples")
@json_option
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
        with working(f"checking {conjecture.name}"):
            verdict = decide(conjecture, budget, seed)
        if save is not None and verdict.certificate is not None:
            write_certificates(save, {f"{conjecture.name}.json": canonical(verdict.certificate)})
            verdict = replace(verdict, saved=save / f"{conjecture.name}.json")
        verdicts.append(verdict)
        if not as_json:
            click.echo(str(verdict))
    if as_json:
        told = [verdict.to_json() for verdict in verdicts]
        print_json(told[0] if len(told) == 1 else {"conjectures": told})
    words = {verdict.word for verdict in verdicts}
    if any(verdict.interrupted for verdict in verdicts):
        return INTERRUPTED
    return 1 if "REFUTED" in words else 0 if words == {"PROVED"} else Undecided.exit_code


@click.command()
@click.argument("targets", nargs=-1, metavar="[DIR] [T1 T8 …]")
@click.option("--latex", "as_latex", is_flag=True, help="Print the statements and proofs in LaTeX.")
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page.")
@click.option("--quick", is_flag=True, help="Certify a small part of the instances.")
@save_option("every certificate")
@json_option
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
    with progress_bar("statements") as progress:
        for statement in statements:
            done.append(proof_of(statement, thorough=not quick))
            if progress is not None:
                progress(len(done), len(statements))
    if save is not None:
        write_certificates(save, {name: canonical(data) for proof in done for name, data in proof.certificates.items()})
    if page is not None:
        page.write_text(told.html(done), encoding="utf-8")
    if as_json:
        print_json({"statements": [proof.to_json() for proof in done]})
    elif as_latex:
        click.echo(told.latex(done))
    else:
        show(told.renderable(done))
    return 0 if all(proof.as_expected for proof in done) else 1
