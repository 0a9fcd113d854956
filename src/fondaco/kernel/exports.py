"""Cells for other people's spreadsheets: text that a spreadsheet would run as a formula is made plain."""

from __future__ import annotations

#: What a spreadsheet takes for the start of a formula (or of a command, in old ones).
_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(cell: object) -> object:
    """Return `cell` so that a spreadsheet shows it and does not run it.

    A text that begins like a formula gets an apostrophe before it; numbers (also negative ones) and
    everything else stay as they are.

    >>> neutralise("=HYPERLINK(A1)")
    "'=HYPERLINK(A1)"
    >>> neutralise("-12.50"), neutralise("+4"), neutralise(-3), neutralise("tea - green")
    ('-12.50', '+4', -3, 'tea - green')
    """
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(_STARTERS):
        return cell
    # A number with a sign is no formula; anything else after the sign may be.
    if cell[:1] in "+-" and cell[1:].replace(".", "", 1).isdecimal() and cell.isascii():
        return cell
    return "'" + cell
