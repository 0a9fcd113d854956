"""Journal tables as an Excel workbook, one sheet each: numbers stay numbers.

Needs XlsxWriter, which the rest of `fondaco.pls` does not.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from fondaco.kernel.exports import neutralise
from fondaco.pls.errors import PlsError
from fondaco.pls.journal import Cell, JournalTable


def workbook(tables: Sequence[JournalTable]) -> bytes:
    """Return the workbook's content.

    A text that a spreadsheet would run as a formula gets an apostrophe before it; an interval takes two
    columns.

    Raises
    ------
    PlsError
        When XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise PlsError(
            "Writing Excel needs the package XlsxWriter: install it, or write .html or .tex."
        ) from None
    held = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(held, options) as book:
        styles = {
            "title": book.add_format({"bold": True, "font_size": 12}),
            "head": book.add_format({"bold": True, "top": 2, "bottom": 1, "align": "center"}),
            "number": book.add_format({"num_format": "0.000"}),
            "missed": book.add_format({"num_format": "0.000", "bold": True, "font_color": "#9C1C1C"}),
            "p": book.add_format({"num_format": '[<0.001]"< .001";0.000'}),
            "word": book.add_format(),
            "note": book.add_format({"italic": True, "font_color": "#555555"}),
        }
        for table in tables:
            _sheet(book.add_worksheet(_sheet_name(table.name)), table, styles)
    return held.getvalue()


def _sheet_name(name: str) -> str:
    return "".join(" " if c in "[]:*?/\\" else c for c in name)[:31]


def _sheet(sheet, table: JournalTable, styles) -> None:  # type: ignore[no-untyped-def]  # XlsxWriter has no types
    wide = [any(isinstance(row[j], tuple) for row in table.rows) for j in range(len(table.header))]
    starts = [j + sum(wide[:j]) for j in range(len(table.header))]
    sheet.write_string(0, 0, str(neutralise(table.title)), styles["title"])
    for j, name in enumerate(table.header):
        for k, part in enumerate((f"{name} low", f"{name} high") if wide[j] else (name,)):
            sheet.write_string(2, starts[j] + k, str(neutralise(part)), styles["head"])
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row):
            style = "missed" if (i, j) in table.missed else "p" if j in table.p_columns else "number"
            _cell(sheet, 3 + i, starts[j], cell, styles[style], styles)
    for i, note in enumerate(table.notes):
        sheet.write_string(4 + len(table.rows) + i, 0, str(neutralise(note)), styles["note"])
    for j in range(len(table.header)):
        words = [cell for row in table.rows if isinstance(cell := row[j], str)]
        longest = max(map(len, [table.header[j], *words]))
        sheet.set_column(starts[j], starts[j] + wide[j], min(max(10, longest + 2), 60))
    sheet.freeze_panes(3, 1)


def _cell(sheet, row: int, column: int, cell: Cell, style, styles) -> None:  # type: ignore[no-untyped-def]
    if isinstance(cell, str):
        sheet.write_string(row, column, str(neutralise(cell)), styles["word"])
    elif isinstance(cell, tuple):
        for k, value in enumerate(cell):
            _cell(sheet, row, column + k, value, style, styles)
    elif cell is not None and cell == cell and abs(cell) != float("inf"):  # noqa: PLR0124  NaN
        sheet.write_number(row, column, cell, style)
