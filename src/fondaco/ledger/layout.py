"""Where the tables of a sheet begin and end.

A sheet may hold several tables, one below the other, each with a header of its own, with titles and
blank rows between.  `blocks` finds them.  A file of one plain table is told as such from its bytes
alone: a header, like a title or a blank line, is a line without any digit, and rows of data nearly
always have one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fondaco.ledger.containers import records
from fondaco.ledger.header import column_names, find_header, header_names, is_header_again
from fondaco.ledger.sniff import Dialect

#: How many rows are looked at below what may be a header.
_BELOW = 12

#: So many lines without a digit, and the file is one of words; its rows are looked at one by one.
_CHUNK = 1 << 22
_WORDS_ONLY = re.compile(rb"\n[^0-9\n]*(?=\n)")


@dataclass(frozen=True)
class Block:
    """One table of a sheet.

    Attributes
    ----------
    header_row
        The last row of its header, the first of the sheet being 1; 0 where it has none.
    last_row
        Its last row; 0 where it goes on to the end of the sheet.
    columns
        Its columns, as `header.column_names` makes them.
    """

    header_row: int
    last_row: int
    columns: tuple[str, ...]


def blocks(path: Path, dialect: Dialect) -> tuple[Block, ...]:
    """Return the tables of a sheet, from above.

    Parameters
    ----------
    path
        The sheet as UTF-8 text.
    dialect
        How it is written, and where its first header is.
    """
    first = Block(dialect.header_row, 0, dialect.columns)
    if dialect.header_row == 0 or dialect.delimiter in ("", " ") or not _has_lines_of_words(path, dialect):
        return (first,)
    found = [first]
    for row, before, names in _headers(path, dialect):
        columns = column_names(names)
        if is_header_again(names, found[-1].columns):
            continue  # its rows go on below it
        found[-1] = Block(found[-1].header_row, before, found[-1].columns)
        found.append(Block(row, 0, columns))
    return tuple(found)


def _has_lines_of_words(path: Path, dialect: Dialect) -> bool:
    """Return whether a line below the header has no digit: blank, a title, another header, a note."""
    skipped = 0
    with path.open("rb") as stream:
        for _ in range(dialect.header_row):
            stream.readline()
        rest = b"\n"
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            if _WORDS_ONLY.search(text, max(skipped, 0)):
                return True
            rest = text[text.rfind(b"\n") :]
    return False


def _headers(path: Path, dialect: Dialect) -> Iterator[tuple[int, int, list[str]]]:
    """Yield (last row of a header, last row of the table above it, names) for each header but the first."""
    window: deque[tuple[int, list[str]]] = deque()
    last_data = dialect.header_row
    rows = records(path, dialect.delimiter, dialect.quote, width=len(dialect.columns))
    skip_to = dialect.header_row
    for row, cells, torn in rows:
        if row <= dialect.header_row or torn:
            continue
        window.append((row, cells))
        if len(window) <= _BELOW:
            continue
        here, _ = window[0]
        if here > skip_to and (found := _header_here(window, last_data)):
            yield found
            skip_to = found[0]
        last_data = _after(window.popleft(), last_data)
    while window:
        here, _ = window[0]
        if here > skip_to and (found := _header_here(window, last_data)):
            yield found
            skip_to = found[0]
        last_data = _after(window.popleft(), last_data)


def _after(row: tuple[int, list[str]], last_data: int) -> int:
    """Return the last row so far that is more than a title."""
    return row[0] if _filled(row[1]) > 1 else last_data


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _header_here(
    window: Sequence[tuple[int, list[str]]], last_data: int
) -> tuple[int, int, list[str]] | None:
    """Return a header at the first row of `window`, or None.

    It holds words only, no two alike, over at least one column of values; and it stands below a blank row
    or a title, or names its columns as tables do.
    """
    row, cells = window[0]
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < 2 or any(any(char.isdigit() for char in cell) and not _named(cell) for cell in filled):
        return None
    below = [cells_ for _, cells_ in window]
    place, sure = find_header(below)
    if place != 1 or not sure:
        return None
    apart = last_data < row - 1
    known = sum(_named(cell) for cell in filled) >= 0.6 * len(filled)
    if not (known or (apart and len(below) > 1)):
        return None
    end, names = header_names(below, 1)
    while names and not names[-1].strip():
        names.pop()
    return window[end - 1][0], last_data, names


def _named(cell: str) -> bool:
    """Return whether a cell is the name of a column of some table."""
    from fondaco.ledger.platforms.table.naming import is_column_name

    return is_column_name(cell)
