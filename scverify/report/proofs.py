"""How proofs are shown: in LaTeX, and as one HTML page."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterable, Mapping, Sequence

from latex2mathml.converter import convert

from scverify.conjecture.proof import Done, Proof, Proofs
from scverify.conjecture.theorem import QUESTIONS
from scverify.results.layout import as_html, escaped_for_latex

_BY_COQ = "Proved by Coq, with nothing assumed but the real numbers"
_NOTATION = (
    r"$\ell_n$: the row of an anchor in a class of $n$ samples; $L_n$: the rows of all anchors of the class, weighted; "
    r"$\beta$: the similarity within the class; $x, y, \dots$: similarities to other classes; $S = \nabla L + \mathrm{diag}(\lambda)$."
)
_STYLE = (
    "body{font-family:sans-serif;max-width:70em;margin:auto;padding:0 1em}td,th{padding:.2em .6em;text-align:left}"
    ".formula{overflow-x:auto}figure{margin:1em 0}img,svg{max-width:100%;height:auto}section{break-before:page}"
)
_GREEK = r"\b(?:alpha|beta|kappa|lambda|omega|rho|sigma|tau)\b"
_MATHEMATICS = re.compile(
    rf"(?P<order>[<>]=)|(?P<star>\b[A-Z]\*)|(?P<index>(?:{_GREEK}|\b[A-Za-z]+)_[A-Za-z0-9]+'?)|(?P<greek>{_GREEK})|(?P<power>\^(?:-?\w+|\{{[^}}]*\}}))"
)


def latex(proofs: Iterable[Proof]) -> str:
    """Each statement with its proof, in LaTeX (amsmath, amssymb)."""
    return "\n\n".join([rf"\emph{{Notation.}} {_NOTATION}", *(_latex(proof) for proof in proofs)])


def html(proofs: Proofs, pictures: Mapping[str, Sequence[str]]) -> str:
    """One page: an index by question, the table, then each statement, its steps, what is assumed, and its `pictures` (HTML by its id).

    Formulas are MathML, which browsers typeset by themselves: the page needs no other file and no network.
    """
    sections = "".join(_section(proof, pictures.get(proof.theorem.id, ())) for proof in proofs)
    notation = re.sub(r"\$([^$]*)\$", lambda found: convert(found[1]), _NOTATION)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Proofs</title><style>{_STYLE}</style>'
        f"{_index(proofs)}{as_html(proofs.account())}<p>{notation}</p>{sections}</html>\n"
    )


def _index(proofs: Proofs) -> str:
    """The statements by the question they answer, each with its verdict and a link to its section."""
    parts = ["<h1>Contents</h1>"]
    for question, asked in QUESTIONS.items():
        links = "".join(
            f'<li><a href="#{markup.escape(proof.theorem.id)}">{markup.escape(proof.theorem.id)}</a> {proof.verdict}: '
            f"{markup.escape(proof.theorem.title)}</li>"
            for proof in proofs
            if (proof.theorem.question if proof.theorem.question in QUESTIONS else "") == question
        )
        parts += [f"<h2>{asked}</h2><ul>{links}</ul>"] if links else []
    return "".join(parts)


def _latex(proof: Proof) -> str:
    theorem = proof.theorem
    lines = [rf"\paragraph{{{theorem.id}: {_prose(theorem.title)}.}} {proof.verdict} ({proof.trust}).", rf"\[ {theorem.latex} \]"]
    if theorem.formal:
        theorems = "; ".join(
            rf"\texttt{{{escaped_for_latex(name)}}}:{_prose(says)}" for name, _, says in (x.partition(":") for x in theorem.formal)
        )
        lines.append(rf"\emph{{{_BY_COQ}:}} {theorems}.\par")
    lines += [rf"\emph{{{name}:}} {_prose('; '.join(values))}.\par" for name, values in _background(proof) if values]
    lines += [rf"\emph{{{'Refutation' if theorem.refutes else 'Argument'}.}}", r"\begin{enumerate}"]
    for step in proof.done:
        if not step.instance:
            formula = rf" \[ {step.step.formula} \]" if step.step.formula else ""
            lines.append(rf"\item {_prose(step.step.says)} ({_decision(step)}).{formula}")
    lines.append(r"\end{enumerate}")
    lines += [rf"\emph{{Certified instances:}} {_prose(says)}: {_prose(where)}.\par" for says, where in _instances(proof).items()]
    if proof.verdict == "PROVED":
        lines.append(r"\hfill$\square$")
    return "\n".join(lines)


def _decision(step: Done) -> str:
    """How a step was decided, in a few words."""
    if step.decision.holds is not True:
        return rf"{step.step.kind}; \textbf{{{step.word}}}"
    found = f": {_prose(step.decision.found)}" if step.step.kind == "certificate" else ""
    return f"{step.step.kind}{found}"


def _instances(proof: Proof) -> dict[str, str]:
    """Where the certified instances were made, by what they say; one that does not hold says so."""
    grouped: dict[str, list[str]] = {}
    for step in proof.done:
        if step.instance:
            where, _, says = step.step.says.partition(": ")
            failed = "" if step.decision.holds else f" ({step.word})"
            grouped.setdefault(says or where, []).append(where + failed)
    return {says: "; ".join(places) for says, places in grouped.items()}


def _background(proof: Proof) -> tuple[tuple[str, Sequence[str]], ...]:
    theorem = proof.theorem
    return (
        ("Hypotheses", theorem.hypotheses),
        ("Assumed, not checked here", theorem.assumed),
        ("What could go wrong", theorem.could_go_wrong),
        ("Improves on", (theorem.improves,) if theorem.improves else ()),
        ("Source", (theorem.source,)),
    )


def _section(proof: Proof, pictures: Sequence[str]) -> str:
    theorem = proof.theorem
    background = (*_background(proof), (_BY_COQ, theorem.formal))
    facts = "".join(f"<p><b>{name}:</b> {markup.escape('; '.join(values))}</p>" for name, values in background if values)
    steps = "".join(f"<li>{markup.escape(str(step))}{_displayed(step.step.formula)}</li>" for step in proof.done)
    heading = (
        f'<h2 id="{markup.escape(theorem.id)}">'
        + f"{markup.escape(theorem.id)}: {markup.escape(theorem.title)}</h2><p><b>{proof.verdict}</b> ({proof.trust})</p>"
    )
    return f"<section>{heading}{_displayed(theorem.latex)}{facts}{''.join(pictures)}<ol>{steps}</ol></section>"


def _displayed(formula: str) -> str:
    return f'<div class="formula">{convert(formula, display="block")}</div>' if formula else ""


def _prose(text: str) -> str:
    """Text in LaTeX: what is written as mathematics becomes mathematics, special characters are written out."""
    parts, end = [], 0
    for found in _MATHEMATICS.finditer(text):
        parts += [escaped_for_latex(text[end : found.start()]), f"${_symbol(found)}$"]
        end = found.end()
    return "".join([*parts, escaped_for_latex(text[end:])]).replace("$$", "")


def _symbol(found: re.Match[str]) -> str:
    text = found.group()
    match found.lastgroup:
        case "order":
            return {">=": r"\ge", "<=": r"\le"}[text]
        case "star":
            return rf"{text[0]}^\star"
        case "index":
            name, index = text.split("_")
            return rf"{re.sub(_GREEK, lambda x: chr(92) + x.group(), name)}_{{{index}}}"
        case "greek":
            return rf"\{text}"
    power = text[1:].strip("{}")
    return f"^{{{power}}}"
