"""How an account is laid out: as text, HTML or LaTeX. Numbers are never split, and no column goes without a word."""

from __future__ import annotations

import html as markup
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from scverify.model.exact import whole

# columns, where a terminal does not say
WIDTH = 80
# what is narrower than this is laid out as if it had this width: there, a terminal wraps lines by itself
LEAST_WIDTH = 40
_GAP = "  "


@dataclass(frozen=True)
class Table:
    """A table with a header; columns named in `words` are aligned to the left, the others, numbers, to the right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Account:
    """What a result says of itself: a heading, named facts, tables, notes, and code, whose lines stay as they are."""

    heading: str
    facts: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    code: str = ""


def as_text(account: Account, width: int = WIDTH) -> str:
    """The account in lines of at most `width` characters, as far as unbroken words allow."""
    width = max(whole(width, "width", 0), LEAST_WIDTH)
    blocks = [wrapped(account.heading, width)]
    label = max((len(name) for name, _ in account.facts), default=0)
    if account.facts:
        blocks[0] += "\n" + "\n".join(wrapped(f"{name:<{label}}{_GAP}{fact}", width, label + len(_GAP)) for name, fact in account.facts)
    blocks += [_table_text(table, width) for table in account.tables]
    if account.notes:
        blocks.append("\n".join(wrapped(note, width) for note in account.notes))
    return "\n\n".join([*blocks, *([account.code] if account.code else [])])


def as_html(account: Account) -> str:
    """The account as an HTML fragment for a notebook."""
    parts = [f"<p><b>{markup.escape(account.heading)}</b></p>"]
    if account.facts:
        parts.append(_html_table([], account.facts))
    for table in account.tables:
        parts += [f"<p>{markup.escape(table.title)}</p>"] if table.title else []
        parts.append(_html_table(table.header, table.rows))
    parts += [f"<p>{markup.escape(note)}</p>" for note in account.notes]
    return "".join([*parts, *([f"<pre>{markup.escape(account.code)}</pre>"] if account.code else [])])


def as_latex(account: Account) -> str:
    """The account in LaTeX: facts and tables as tabulars, code as it stands."""
    parts = [rf"\paragraph{{{escaped_for_latex(account.heading)}}}"]
    if account.facts:
        parts.append(_latex_table("ll", account.facts))
    for table in account.tables:
        parts += [escaped_for_latex(table.title)] if table.title else []
        columns = "".join("l" if name in table.words else "r" for name in table.header)
        parts.append(_latex_table(columns, [table.header, *table.rows]))
    parts += [escaped_for_latex(note) for note in account.notes]
    return "\n\n".join([*parts, *([rf"\begin{{verbatim}}{account.code}\end{{verbatim}}"] if account.code else [])])


def escaped_for_latex(text: str) -> str:
    """Text with LaTeX's special characters written out."""
    special = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$"}
    special |= {character: f"\\{character}" for character in "_&%$#{}"}
    special |= {"−": "$-$", "±": r"$\pm$", "×": r"$\times$", "≈": r"$\approx$", "²": "$^2$", "…": r"\dots{}"}
    return "".join(special.get(character, character) for character in text)


def _latex_table(columns: str, rows: Sequence[Sequence[str]]) -> str:
    lines = "\n".join(" & ".join(map(escaped_for_latex, row)) + r" \\" for row in rows)
    return rf"\begin{{tabular}}{{{columns}}}" + f"\n{lines}\n" + r"\end{tabular}"


def _html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{markup.escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{markup.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def wrapped(text: str, width: int, indent: int = 0) -> str:
    """Lines broken between words alone; what follows the first is indented."""
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent=" " * min(indent, width // 2), break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )


def _table_text(table: Table, width: int) -> str:
    """The table: long cells of words are broken into lines; columns that still do not fit stay away, and a line says which."""
    rows = [table.header, *table.rows]
    sizes = [_size(table, [row[column] for row in rows], name, width) for column, name in enumerate(table.header)]
    shown = _fitting(table, sizes, width)
    spare = width - sum(sizes[c] + len(_GAP) for c in shown) + len(_GAP)
    for c in shown:
        more = min(max(0, spare), max(len(row[c]) for row in rows) - sizes[c])
        sizes[c], spare = sizes[c] + more, spare - more
    lines = [_row_text(row, sizes, shown, table) for row in rows]
    left_out = [name for column, name in enumerate(table.header) if column not in shown]
    title = [wrapped(f"{table.title}:", width)] if table.title else []
    note = [wrapped(f"(too wide for {width} columns, not shown: {', '.join(left_out)}; see --json)", width)] if left_out else []
    return "\n".join([*title, *lines, *note])


def _size(table: Table, cells: Sequence[str], name: str, width: int) -> int:
    """The least width of a column: of its longest cell, or for words, which can be broken, half of the line or the longest word."""
    longest = max(map(len, cells))
    if name not in table.words:
        return longest
    return min(longest, max(width // 2, *(len(word) for cell in cells for word in (cell.split() or [""]))))


def _fitting(table: Table, sizes: Sequence[int], width: int) -> list[int]:
    """Columns from the left that fit, those of words first: a verdict or a kind says more than one more number."""
    order = sorted(range(len(sizes)), key=lambda column: (column > 0 and table.header[column] not in table.words, column))
    shown: list[int] = []
    used = -len(_GAP)
    for column in order:
        if used + sizes[column] + len(_GAP) <= width or not shown:
            shown.append(column)
            used += sizes[column] + len(_GAP)
    return sorted(shown)


def _row_text(row: Sequence[str], sizes: Sequence[int], shown: Sequence[int], table: Table) -> str:
    """A row in as many lines as its longest cell needs."""
    broken = [wrapped(row[c], sizes[c]).split("\n") if len(row[c]) > sizes[c] else [row[c]] for c in shown]
    lines = []
    for parts in zip_longest(*broken, fillvalue=""):
        cells = [
            part.ljust(sizes[c]) if table.header[c] in table.words or c == 0 else part.rjust(sizes[c])
            for c, part in zip(shown, parts, strict=True)
        ]
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines)
