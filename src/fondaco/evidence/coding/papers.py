"""The data structure and the table of quotations for a paper: as Word, and as LaTeX in which nobody's words are commands."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fondaco.evidence.coding.codebook import Codebook
from fondaco.evidence.coding.comparing import Quote

_STRUCTURE = ("First-order codes", "Second-order themes", "Aggregate dimensions")
_QUOTES = ("Theme", "Code", "Quotation", "Who", "Round", "Kind")
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"{\char34}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}", "-": "{-}",
}  # fmt: skip


def latex(text: str) -> str:
    r"""Return a text as LaTeX that shows it and does nothing else.

    >>> print(latex(r"50% of \input{x} & more"))
    50\% of \textbackslash{}input\{x\} \& more
    """
    return "".join(_LATEX.get(char, char) for char in " ".join(_clean(text).split()))


def structure_rows(book: Codebook) -> tuple[tuple[str, str, str], ...]:
    """Return code, theme and dimension of each row of the structure; what is not assigned yet comes last."""
    rows = []
    for dimension in (*book.of_level(3), None):
        themes = book.under(dimension.id if dimension else None, 2)
        above = dimension.name if dimension else ""
        if dimension and not themes:
            rows.append(("", "", above))
        for theme in themes:
            rows += [(code.name, theme.name, above) for code in book.under(theme.id, 1)] or [
                ("", theme.name, above)
            ]
    return (*rows, *((code.name, "", "") for code in book.under(None, 1)))


def quote_rows(quotes: Sequence[Quote]) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table of quotations."""
    return tuple(
        (
            quote.theme, quote.code, quote.text, ", ".join(filter(None, (quote.case, quote.informant))),
            (str(quote.wave) if quote.wave else "not told") + (f" ({quote.flag})" if quote.flag else ""), quote.standing or "not told",
        )
        for quote in quotes
    )  # fmt: skip


def structure_latex(book: Codebook, title: str) -> str:
    """Return the structure as a LaTeX table; it needs the package `longtable`."""
    return _table_latex(f"Data structure: {title}", _STRUCTURE, structure_rows(book), (0.38, 0.28, 0.22))


def quotes_latex(quotes: Sequence[Quote], title: str) -> str:
    """Return the table of quotations as LaTeX; it needs the package `longtable`."""
    return _table_latex(
        f"Representative quotations: {title}",
        _QUOTES,
        quote_rows(quotes),
        (0.14, 0.16, 0.32, 0.1, 0.09, 0.08),
    )


def _table_latex(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
) -> str:
    columns = "".join(rf"p{{{width:g}\textwidth}}" for width in widths)
    first = " & ".join(rf"\textbf{{{latex(name)}}}" for name in head)
    lines = [
        rf"\begin{{longtable}}{{{columns}}}",
        rf"\caption{{{latex(title)}}}\\",
        r"\hline",
        rf"{first}\\",
        r"\hline",
        r"\endhead",
    ]
    before: Sequence[str] = ()
    for row in rows:
        lines.append(rf"{' & '.join(latex(cell) for cell in _once(row, before))}\\")
        before = row
    return "\n".join([*lines, r"\hline", r"\end{longtable}", ""])


def _once(row: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return a row without what the row before says alike in the columns of themes and dimensions."""
    spare = range(1, 3) if len(row) == 3 else range(1)
    return [
        "" if before and place in spare and cell == before[place] else cell for place, cell in enumerate(row)
    ]


def structure_word(book: Codebook, title: str, *, now: datetime) -> bytes:
    """Return the structure as a Word document."""
    return _word(f"Data structure: {title}", _STRUCTURE, structure_rows(book), now)


def quotes_word(quotes: Sequence[Quote], title: str, *, now: datetime) -> bytes:
    """Return the table of quotations as a Word document."""
    return _word(f"Representative quotations: {title}", _QUOTES, quote_rows(quotes), now)


def _word(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], now: datetime) -> bytes:
    import docx

    document: Any = docx.Document()
    said = document.core_properties
    said.author, said.title, said.comments = "", _clean(title)[:255], ""
    said.created = said.modified = now.replace(tzinfo=None)
    document.add_heading(_clean(title), level=1)
    table = document.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    for cell, name in zip(table.rows[0].cells, head, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    before: Sequence[str] = ()
    for row in rows:
        for cell, text in zip(table.add_row().cells, _once(row, before), strict=True):
            cell.text = _clean(text)
        before = row
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _clean(text: str) -> str:
    """Return the text without what no XML may hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
