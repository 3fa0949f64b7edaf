"""How proofs are told: a table, LaTeX, and one HTML page."""

from __future__ import annotations

import html as markup
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scverify.conjecture.proof import Done, Proof

_WORDS = {True: "holds", False: "does not hold", None: "not decided"}
_COLUMNS = ("id", "verdict", "trust", "steps", "certificates", "seconds", "statement")


def renderable(proofs: Sequence[Proof]) -> Group:
    """The table of verdicts for a rich console, and below it each step that does not hold."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in _COLUMNS:
        table.add_column(Text(name), justify="right" if name in ("steps", "certificates", "seconds") else "left", overflow="fold")
    for proof in proofs:
        table.add_row(*map(Text, _cells(proof)))
    parts: list[RenderableType] = [table]
    for proof in proofs:
        if not proof.as_expected:
            parts.append(Text(f"{proof.statement.id}: {proof.verdict}, expected {proof.statement.expect}", style="bold"))
            parts += [Text(f"  {_told(step)}") for step in proof.failures]
    return Group(*parts)


def latex(proofs: Iterable[Proof]) -> str:
    """Each statement with its proof, in LaTeX (amsmath)."""
    return "\n\n".join(_latex(proof) for proof in proofs)


def html(proofs: Sequence[Proof]) -> str:
    """One page: the table, then each statement, its steps and what is assumed; formulas are shown as LaTeX source."""
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    rows = "".join("<tr>" + "".join(f"<td>{markup.escape(cell)}</td>" for cell in _cells(proof)) + "</tr>" for proof in proofs)
    sections = "".join(_section(proof) for proof in proofs)
    style = "body{font-family:sans-serif;max-width:70em;margin:auto}td,th{padding:.2em .6em;text-align:left}code{overflow-wrap:anywhere}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Proofs</title><style>{style}</style>'
        f"<h1>Proofs</h1><table><tr>{head}</tr>{rows}</table>{sections}</html>\n"
    )


def _cells(proof: Proof) -> tuple[str, ...]:
    verdict = proof.verdict if proof.as_expected else f"{proof.verdict} (expected {proof.statement.expect})"
    counts = (str(len(proof.done)), str(len(proof.certificates)), f"{proof.seconds:.1f}")
    return (proof.statement.id, verdict, proof.trust, *counts, proof.statement.title)


def _told(step: Done) -> str:
    found = f": {step.decision.found}" if step.decision.found else ""
    return f"[{step.step.kind}] {step.step.says}: {_WORDS[step.decision.holds]}{found}"


def _latex(proof: Proof) -> str:
    told = proof.statement
    lines = [rf"\paragraph{{{told.id}: {_escaped(told.title)}.}} {proof.verdict} ({proof.trust}).", rf"\[ {told.latex} \]"]
    lines += [rf"\emph{{{name}:}} {_escaped('; '.join(values))}." for name, values in _background(proof) if values]
    lines.append(r"\begin{enumerate}")
    for step in proof.done:
        formula = rf" \[ {step.step.formula} \]" if step.step.formula else ""
        lines.append(rf"\item ({step.step.kind}; {_WORDS[step.decision.holds]}) {_escaped(step.step.says)}.{formula}")
    return "\n".join([*lines, r"\end{enumerate}"])


def _background(proof: Proof) -> tuple[tuple[str, Sequence[str]], ...]:
    told = proof.statement
    return (
        ("Hypotheses", told.hypotheses),
        ("Assumed, not checked here", told.assumed),
        ("What could go wrong", told.could_go_wrong),
        ("Source", (told.source,)),
    )


def _section(proof: Proof) -> str:
    told = proof.statement
    facts = "".join(f"<p><b>{name}:</b> {markup.escape('; '.join(values))}</p>" for name, values in _background(proof) if values)
    steps = "".join(
        f"<li>{markup.escape(_told(step))}"
        + (f"<br><code>{markup.escape(step.step.formula)}</code>" if step.step.formula else "")
        + "</li>"
        for step in proof.done
    )
    heading = f"<h2>{markup.escape(told.id)}: {markup.escape(told.title)}</h2><p><b>{proof.verdict}</b> ({proof.trust})</p>"
    return f"{heading}<p><code>{markup.escape(told.latex)}</code></p>{facts}<ol>{steps}</ol>"


def _escaped(text: str) -> str:
    """Text with LaTeX's special characters written out."""
    special = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$"}
    special |= {character: f"\\{character}" for character in "_&%$#{}"}
    return "".join(special.get(character, character) for character in text)
