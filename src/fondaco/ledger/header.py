"""Which row of a table holds the names of its columns, and what they are.

A header holds words, and below it stand values: numbers, dates, addresses.  It may lie below titles and blank
rows, and may take two rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: A header further down is not looked for.
HEADER_WITHIN = 60


def column_names(cells: Sequence[str]) -> tuple[str, ...]:
    r"""Return the cells of a header as names: stripped, none empty, none twice.

    Examples
    --------
    >>> column_names(["\ufeffName ", "", "Name"])
    ('Name', 'column_2', 'Name (2)')
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        plain = " ".join(cell.replace("\ufeff", "").replace("\x00", "").split()) or f"column_{place}"
        unique, count = plain, 1
        while unique in taken:
            count += 1
            unique = f"{plain} ({count})"
        taken.add(unique)
        names.append(unique)
    return tuple(names)


def is_header_again(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Tell whether a row holds the names of `columns` once more, as exports do on every page.

    Examples
    --------
    >>> is_header_again(["Order", " Price"], ["Order", "Price", "column_3"])
    True
    """
    width = len(columns)
    if any(cell.strip() for cell in cells[width:]):
        return False
    if column_names([*cells[:width], *[""] * (width - len(cells))]) == tuple(columns):
        return True
    # the names may have been moved over the cells they belong to
    said = [cell.strip() for cell in cells if cell.strip()]
    named = [name for place, name in enumerate(columns, start=1) if name != f"column_{place}"]
    return len(named) > 2 and named in (said, said[1:], said[:-1])


_VALUE = re.compile(
    r"[^\w]*[-+(]?[A-Z]{0,3}[$€£¥₩]?\s?[0-9][0-9 .,:/'T+-]*\s?(?:[%€$£¥₩)]|[A-Z]{3}|[AaPp][Mm]|Z)?|"
    r"[0-9]{1,2}[-. /][^\W\d]{3,10}[-. /][0-9]{2,4}.*|[^\W\d]{3,10}[-. /][0-9]{1,2}[-., /]+[0-9]{2,4}.*|[^@\s]+@[^@\s]+\.[a-z]+|https?://.*|--?|n/a|true|false",
    re.IGNORECASE,
)


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Return the header's place among `rows`, from 1, or 0 where there is none, and whether that is sure."""
    width = _width_of_body(rows)
    candidates = []
    for number, row in enumerate(rows[:HEADER_WITHIN], start=1):
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if number < len(rows) and _completes(cells, rows[number]):  # a header of two rows fills up as one
            filled = [name for name in _joined_names(cells, rows[number]) if name]
        if len(filled) < max(1, 0.6 * width) or (width > 1 and len(filled) < 2):
            continue
        values = sum(_VALUE.fullmatch(cell) is not None for cell in filled)
        if values <= 0.25 * len(filled) and max(map(len, filled)) < 200:
            candidates.append((number, filled))
        if values > 0.25 * len(filled):
            break  # data have begun
    if not candidates:
        return 0, False
    for number, filled in candidates:
        end, names = header_names(rows, number)
        below = [row for row in rows[end : end + 40] if any(cell.strip() for cell in row)]
        contrast = _contrast(names, below)
        alone = not below and len(candidates) == 1
        if len(set(filled)) >= 0.7 * len(filled) and (contrast or alone):
            return number, True
    number, filled = candidates[0]
    if _all_alike(rows[number - 1 :]):
        return number, False
    return number, len(set(filled)) == len(filled) and len(filled) >= width


def header_names(rows: Sequence[Sequence[str]], row: int) -> tuple[int, list[str]]:
    """Return the last row of a header that `find_header` found at `row`, and the names it makes.

    A header may take two rows, the upper one with cells merged over several columns.  A column is then
    called by its lower name, by the upper one where it has no lower, and by both where the lower
    name alone would stand twice.

    Examples
    --------
    >>> rows = [["Order", "", "Price"], ["No", "Date", ""], ["7", "2026-01-02", "5.00"]]
    >>> header_names(rows, 1)
    (2, ['No', 'Date', 'Price'])
    """
    if row == 0:
        return 0, []
    names = list(rows[row - 1])
    above = list(rows[row - 2]) if row > 1 else []
    below = list(rows[row]) if row < len(rows) else []
    if _completes(names, below) and _contrast(below, rows[row + 1 : row + 40]):
        return row + 1, _joined_names(names, below)
    gaps = any(upper.strip() and not lower.strip() for upper, lower in zip(above, names, strict=False))
    bare = [name.strip() for name in names if name.strip()]
    twice = len(set(bare)) < len(bare) and _filled_width(above) > 1
    if (gaps or twice) and not any(_VALUE.fullmatch(cell.strip()) for cell in above if cell.strip()):
        return row, _joined_names(above, names)
    return row, names


def _completes(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Return whether `lower` holds words only, and names columns that `upper` leaves without a name."""
    cells = [cell.strip() for cell in lower]
    if not any(cells) or any(_VALUE.fullmatch(cell) for cell in cells if cell):
        return False
    named = [cell.strip() for cell in upper] + [""] * (len(cells) - len(upper))
    return any(cell and not name for cell, name in zip(cells, named, strict=False)) and any(
        name and not cell for cell, name in zip(cells, named, strict=False)
    )


def _joined_names(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    width = max(len(upper), len(lower))
    tops = [cell.strip() for cell in upper] + [""] * (width - len(upper))
    names = [cell.strip() for cell in lower] + [""] * (width - len(lower))
    over = ""
    joined = []
    for top, name in zip(tops, names, strict=True):
        over = top or over
        both = f"{over} {name}" if over and name and names.count(name) > 1 else name
        joined.append(both or top)
    return joined


def _width_of_body(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(_filled_width(row) for row in rows if any(cell.strip() for cell in row))
    full = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return 1
    usual = max(full.items(), key=lambda item: (item[1], item[0]))[0]
    return min(usual, max(widths))


def _filled_width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _contrast(header: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a column has a name above and numbers, dates or addresses below."""
    for place, cell in enumerate(header):
        if not cell.strip() or _VALUE.fullmatch(cell.strip()):
            continue
        column = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
        if column and sum(_VALUE.fullmatch(value) is not None for value in column) >= 0.6 * len(column):
            return True
    return False


def _all_alike(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row could be one of the others: words above, words below."""
    return len(rows) > 1 and not _contrast(rows[0], rows[1:])
