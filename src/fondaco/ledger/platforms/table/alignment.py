"""Whether the cells of a table stand one column beside their names.

A blank cell more in the header than in the rows, or one less, shifts every column against its name.
It shows where names promise dates, numbers, countries and currencies: none is where it should be,
and all are one column further.
"""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.ledger.header import column_names
from fondaco.ledger.platforms.table.propose import look_at_values, propose, value_fit
from fondaco.ledger.schema import TABLES

#: Named columns that promise a kind of value, and how well values fit in place and beside it, for a shift.
_LEAST_COLUMNS, _IN_PLACE, _BESIDE = 3, 0.6, 0.9


def aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the names of the columns as the cells stand: moved by one where they plainly are.

    Parameters
    ----------
    columns
        The names as they stand in the header, as many as there are columns.
    rows
        Some rows as text.

    Examples
    --------
    >>> rows = [["7", "2026-01-02", "5.00", "Italy"], ["8", "2026-01-03", "6.50", "Spain"]] * 3
    >>> aligned(["Note", "Order", "Date", "Price", "Country"], [["", *row[:1], *row[1:]] for row in rows])
    ('Note', 'Order', 'Date', 'Price', 'Country')
    >>> aligned(["Note", "Order", "Date", "Price", "Country"], rows)
    ('Order', 'Date', 'Price', 'Country', 'column_5')
    """
    named = propose(columns, [])
    table = TABLES[named.mapping.table]
    fields = {table.column(name): columns.index(header) for name, header in named.mapping.columns.items()}
    kinds = ("day", "time", "money", "number", "count")
    telling = {
        c: place for c, place in fields.items() if c.type in kinds or c.name in ("country", "currency")
    }
    if len(telling) < _LEAST_COLUMNS or not rows:
        return tuple(columns)
    looks = [
        look_at_values([row[place] if place < len(row) else "" for row in rows])
        for place in range(len(columns))
    ]

    def fit(shift: int) -> float:
        """Return the mean fit of the values that stand `shift` columns beside their names."""
        total = 0.0
        for column, place in telling.items():
            look = looks[place + shift] if 0 <= place + shift < len(looks) else None
            if look is not None and look.filled:
                total += 1.0 if look.serial and column.type in ("day", "time") else value_fit(column, look)
        return total / len(telling)

    if fit(0) > _IN_PLACE:
        return tuple(columns)
    if fit(1) >= _BESIDE and _is_unnamed(columns, len(columns) - 1):
        return _renamed(["", *columns[:-1]])
    if fit(-1) >= _BESIDE and not looks[len(columns) - 1].filled:
        return _renamed([*columns[1:], ""])
    return tuple(columns)


def _is_unnamed(columns: Sequence[str], place: int) -> bool:
    return columns[place] == f"column_{place + 1}"


def _renamed(columns: Sequence[str]) -> tuple[str, ...]:
    return column_names(["" if name.startswith("column_") else name for name in columns])
