"""Journal tables as text for a terminal, as HTML and as LaTeX."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from fondaco.pls.journal import MARK, Cell, JournalTable


def cell_text(cell: Cell, *, p: bool = False) -> str:
    """Return a cell as it is printed.

    >>> cell_text(0.7081), cell_text(-0.05), cell_text((0.1, 1.2)), cell_text(0.0002, p=True), cell_text(None)
    ('.708', '-.050', '[.100, 1.200]', '< .001', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, tuple):
        return f"[{_decimal(cell[0])}, {_decimal(cell[1])}]"
    if p:
        return "< .001" if cell < 0.001 else p_text(cell)
    return _decimal(cell)


def p_text(p: float) -> str:
    """Return a p value with as many decimals as keep it on its side of the usual levels.

    >>> p_text(0.0521), p_text(0.04996)
    ('.052', '.04996')
    """
    for digits in (3, 4, 5):
        if all((p < level) == (round(p, digits) < level) for level in (0.1, 0.05, 0.01, 0.001)):
            return f"{p:.{digits}f}".removeprefix("0")
    return f"{p:.7f}".removeprefix("0")


def _decimal(value: float) -> str:
    if not math.isfinite(value):
        return "n/a"
    text = f"{value:.3f}"
    if float(text) == 0:
        text = "0.000"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def cells_of(table: JournalTable) -> list[list[str]]:
    """Return the rows of a table as printed, with marks."""
    return [
        [
            cell_text(cell, p=j in table.p_columns) + (MARK if (i, j) in table.missed else "")
            for j, cell in enumerate(row)
        ]
        for i, row in enumerate(table.rows)
    ]


def text(tables: Sequence[JournalTable]) -> str:
    """Return tables for a terminal or a plain file."""
    return "\n".join(_text_table(table) for table in tables)


def _text_table(table: JournalTable) -> str:
    rows = [list(table.header), *cells_of(table)]
    widths = [max(len(row[j]) for row in rows) for j in range(len(table.header))]
    left = {j for j in range(len(table.header)) if any(isinstance(row[j], str) for row in table.rows)}
    lines = [
        "  ".join(
            cell.ljust(w) if j in left else cell.rjust(w)
            for j, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    rule = "-" * max(map(len, lines))
    notes = [line for note in table.notes for line in _wrap(note, 100)]
    return "\n".join(
        [table.title, rule, lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), rule, *notes, ""]
    )


def _wrap(note: str, width: int) -> list[str]:
    lines = [""]
    for word in note.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


# HTML ------------------------------------------------------------------------------------------

_SHEET = """
.pls { font: 15px/1.45 system-ui, sans-serif; color: CanvasText; color-scheme: light dark; max-width: 68rem }
.pls table { border-collapse: collapse; margin: 1.6rem 0 0.3rem; border-top: 2px solid; border-bottom: 2px solid }
.pls caption { text-align: left; white-space: nowrap; font-weight: 600; padding-bottom: 0.4rem }
.pls th { border-bottom: 1px solid; font-weight: 600 }
.pls th, .pls td { padding: 0.15rem 0.7rem; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.pls .word { text-align: left }
.pls .missed { font-weight: 700 }
.pls .note { margin: 0; font-size: 0.86rem; opacity: 0.85 }
"""


def html(tables: Sequence[JournalTable], *, before: str = "") -> str:
    """Return tables as a part of a page, with its own style; `before` is HTML to stand above them."""
    return (
        f'<div class="pls"><style>{_SHEET}</style>\n{before}'
        + "\n".join(map(_html_table, tables))
        + "</div>\n"
    )


def _html_table(table: JournalTable) -> str:
    words = {j for j in range(len(table.header)) if any(isinstance(row[j], str) for row in table.rows)}

    def one(tag: str, i: int, j: int, content: str) -> str:
        classes = [*(["word"] if j in words else []), *(["missed"] if (i, j) in table.missed else [])]
        joined = " ".join(classes)
        named = f' class="{joined}"' if classes else ""
        return f"<{tag}{named}>{escape(content)}</{tag}>"

    head = "".join(one("th", -1, j, name) for j, name in enumerate(table.header))
    body = "\n".join(
        f"<tr>{''.join(one('td', i, j, cell) for j, cell in enumerate(row))}</tr>"
        for i, row in enumerate(cells_of(table))
    )
    notes = "\n".join(f'<p class="note">{escape(note)}</p>' for note in table.notes)
    caption = f"<caption>{escape(table.title)}</caption>"
    return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n{notes}"


def page(title: str, body: str) -> str:
    """Return a whole HTML page."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>\n'
        f"<body>\n{body}</body></html>\n"
    )


# LaTeX -----------------------------------------------------------------------------------------

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "→": r"$\rightarrow$", MARK: r"$^{\dagger}$", "²": r"$^2$",
    "<": r"$<$", ">": r"$>$", "−": "$-$",
}  # fmt: skip


def latex_text(words: str) -> str:
    r"""Return words with what LaTeX would take for commands made plain.

    >>> latex_text("cost_50% & more")
    'cost\\_50\\% \\& more'
    """
    return "".join(_SPECIAL.get(character, character) for character in words)


def latex(tables: Sequence[JournalTable]) -> str:
    r"""Return tables for a document that loads booktabs and threeparttable."""
    head = "% Needs \\usepackage{booktabs} and \\usepackage{threeparttable}.\n"
    return head + "\n".join(map(_latex_table, tables))


def _latex_table(table: JournalTable) -> str:
    words = {j for j in range(len(table.header)) if any(isinstance(row[j], str) for row in table.rows)}
    columns = "".join("l" if j in words else "r" for j in range(len(table.header)))
    rows = [" & ".join(map(_latex_cell, row)) + r" \\" for row in [list(table.header), *cells_of(table)]]
    notes = "\n".join(rf"\item {latex_text(note)}" for note in table.notes)
    label = "tab:" + "".join(c if c.isalnum() else "-" for c in table.name.lower())
    return "\n".join(
        [
            r"\begin{table}[htbp]\centering\begin{threeparttable}",
            rf"\caption{{{latex_text(table.title)}}}\label{{{label}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule", rows[0], r"\midrule", *rows[1:], r"\bottomrule",
            r"\end{tabular}",
            r"\begin{tablenotes}\footnotesize", notes, r"\end{tablenotes}",
            r"\end{threeparttable}\end{table}", "",
        ]
    )  # fmt: skip


def _latex_cell(words: str) -> str:
    """A cell of a row: a minus is one, and a bracket at its start is no option of the line before."""
    plain = latex_text(words)
    if words[:1] == "-" and words[1:2] in ".0123456789":
        plain = "$-$" + plain[1:]
    return "{" + plain + "}" if plain.startswith("[") else plain
