"""Cells for other people's spreadsheets: text that a spreadsheet would run as a formula is made plain."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, Protocol

#: What a spreadsheet takes for the start of a formula (or of a command, in old ones).
_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(cell: object) -> object:
    """Return `cell` so that a spreadsheet shows it and does not run it.

    A text that begins like a formula gets an apostrophe before it, and so does what begins like one
    behind a semicolon, a tab or a line break: a spreadsheet that expects those between cells would
    begin a cell there.  Numbers (also negative ones) and everything else stay as they are.

    >>> neutralise("=HYPERLINK(A1)"), neutralise("jar;=1+1")
    ("'=HYPERLINK(A1)", "jar;'=1+1")
    >>> neutralise("-12.50"), neutralise("+4"), neutralise(-3), neutralise("tea - green")
    ('-12.50', '+4', -3, 'tea - green')
    """
    if not isinstance(cell, str):
        return cell
    # A number with a sign is no formula; anything else after the sign may be.
    if cell[:1] in ("+", "-") and cell[1:].replace(".", "", 1).isdecimal() and cell.isascii():
        return cell
    cell = _INSIDE.sub(r"\1'\2", cell)
    return "'" + cell if cell.lstrip(_BLANKS).startswith(_STARTERS) else cell


#: What a spreadsheet may pass over before a formula: blanks, also wide ones and those without width.
_BLANKS = " \u00a0\u2002\u2003\u2009\u200b\u202f\u3000\ufeff\0"
_INSIDE = re.compile(r"([;\t\r\n]\"?[ \u00a0]*)([=+\-@＝＋－＠])")


class _Stream(Protocol):
    def write(self, text: str, /) -> Any: ...


class SafeWriter:
    """Writes rows as comma-separated text that a spreadsheet shows and does not run."""

    def __init__(self, stream: _Stream) -> None:
        self._writer = csv.writer(stream)

    def writerow(self, cells: Iterable[object]) -> Any:
        """Write one row; every text is neutralised."""
        return self._writer.writerow([neutralise(cell) for cell in cells])
