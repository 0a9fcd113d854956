"""SQL for the cells of platforms' files: what several readers say of a cell in the same way.

Each function takes the SQL of a cell's text (NULL where it is empty) and returns the SQL of a text.
What is not understood is passed on as it stands, so that the row is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fondaco.ledger.sql import literal

#: Given a column's name, the SQL of its cell: text, or NULL.
Cell = Callable[[str], str]

#: Given `Cell`, the SQL of a field's text.
Expression = Callable[[Cell], str]


def first_of(*columns: str) -> Expression:
    """Take the first of several columns that says something."""
    return lambda cell: _coalesced([cell(column) for column in columns])


def _coalesced(cells: Sequence[str]) -> str:
    stated = [c for c in cells if c != "NULL"]
    return "NULL" if not stated else stated[0] if len(stated) == 1 else f"coalesce({', '.join(stated)})"


# Written for RE2: what may stand around an amount, and the amount with thousands and at most two decimals.
_SIGN = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{1,3}|kr\.?|Kr\.?|zł|zl|Kč|Ft|lei|Rs\.?|Fr\.?|лв|円|元|원|﷼)"
_GAP = "[ \u00a0\u202f\u2009]?"
_BETWEEN = "[.,'\u2019 \u00a0\u202f\u2009]"
_AMOUNT = (
    rf"(?:=\"|')?[-−–(+]?{_GAP}(?:{_SIGN})?{_GAP}[-−–(]?{_GAP}"
    rf"([0-9]{{1,3}}(?:{_BETWEEN}[0-9]{{2,3}})*{_BETWEEN}[0-9]{{3}}|[0-9]+)(?:[.,]([0-9]{{1,2}}))?"
    rf"{_GAP}(?:{_SIGN})?{_GAP}[-−–)]?\"?"
).replace("'", "''")


def money_of(text: str) -> str:
    """Read an amount of at most two decimals, each cell by itself, as a plain decimal.

    Platforms mix styles within one file (``5.255,61 €`` beside ``1,234``).  With at most two
    decimals a cell tells its own mark: three digits after the last one are thousands.
    """
    if text == "NULL":
        return text
    whole = f"regexp_replace(regexp_extract({text}, '^{_AMOUNT}$', 1), '[^0-9]', '', 'g')"
    cents = f"rpad(regexp_extract({text}, '^{_AMOUNT}$', 2), 2, '0')"
    minus = f"CASE WHEN regexp_matches({text}, '[-−–(]') THEN '-' ELSE '' END"
    return (
        f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,12}}(\\.[0-9]{{1,2}})?') THEN {text} "
        f"WHEN regexp_full_match({text}, '{_AMOUNT}') THEN {minus} || {whole} || '.' || {cents} ELSE {text} END"
    )


def count_of(text: str) -> str:
    """Read a whole number whatever stands between its thousands: ``1,234``, ``1.234``, ``1 234``, ``12.0``."""
    if text == "NULL":
        return text
    grouped = f"regexp_full_match({text}, '[0-9]{{1,3}}([., \u00a0\u202f''’][0-9]{{3}})+')"
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    return (
        f"CASE WHEN {grouped} THEN {digits} WHEN regexp_full_match({text}, '[0-9]+[.,]0+') "
        f"THEN regexp_extract({text}, '^[0-9]+') ELSE {text} END"
    )


def code_of(text: str) -> str:
    """Read a number that is a name: without Excel's guards (``="12"``, ``'12``) and without ``.0`` at its end."""
    if text == "NULL":
        return text
    bare = f"regexp_replace({text}, '^(?:=\"(.*)\"|''(.*))$', '\\1\\2')"
    bare = f"CASE WHEN {text}[1] IN ('=', '''') THEN {bare} ELSE {text} END"
    return f"regexp_replace({bare}, '^([0-9]{{6,}})\\.0+$', '\\1')"


def point_of(text: str) -> str:
    """Read an amount as a platform writes it, ``48.00``, also where a spreadsheet has made ``48,00`` of it."""
    return (
        text
        if text == "NULL"
        else f"CASE WHEN regexp_full_match({text}, '-?[0-9]+,[0-9]{{1,2}}') THEN replace({text}, ',', '.') ELSE {text} END"
    )


def pointed(column: str) -> Expression:
    """Take a column of amounts that the platform writes with a decimal point."""
    return lambda cell: point_of(cell(column))


def money(*columns: str) -> Expression:
    """Take the first of several columns that says something, as an amount."""
    return lambda cell: money_of(first_of(*columns)(cell))


def count(*columns: str) -> Expression:
    """Take the first of several columns that says something, as a whole number."""
    return lambda cell: count_of(first_of(*columns)(cell))


def code(*columns: str) -> Expression:
    """Take the first of several columns that says something, as a number that is a name."""
    return lambda cell: code_of(first_of(*columns)(cell))


def constant(text: str) -> Expression:
    """Say the same of every row."""
    return lambda _cell: literal(text)


def sum_of(*columns: str) -> Expression:
    """Add columns of amounts; a cell that is no number is passed on, to be refused by name."""

    def sql(cell: Cell) -> str:
        cells = [money_of(c) for column in columns if (c := cell(column)) != "NULL"]
        if not cells:
            return "NULL"
        number = "TRY_CAST({} AS DECIMAL(18,4))"
        bad = " ".join(
            f"WHEN {c} IS NOT NULL AND {number.format(c)} IS NULL AND {c} NOT LIKE '-%-' AND {c} <> '-' THEN {c}"
            for c in cells
        )
        nothing = " AND ".join(f"{c} IS NULL" for c in cells)
        total = " + ".join(f"coalesce({number.format(c)}, 0)" for c in cells)
        return f"CASE WHEN {nothing} THEN NULL {bad} ELSE CAST({total} AS VARCHAR) END"

    return sql


def once_for(group: Expression, text: Expression) -> Expression:
    """Count what all rows of an order say alike only on the first of them.

    Where the rows of an order say different things, each says what is its own.
    """

    def sql(cell: Cell) -> str:
        by, said = group(cell), text(cell)
        if "NULL" in (by, said):
            return said
        rows = f"OVER (PARTITION BY {by})"
        first = f"row_number() OVER (PARTITION BY {by} ORDER BY row) = 1"
        differ = f"min({said}) {rows} IS DISTINCT FROM max({said}) {rows}"
        return f"CASE WHEN {differ} THEN {said} WHEN {first} THEN max({said}) {rows} END"

    return sql


def sign_of(*columns: str) -> Expression:
    """Return the currency's sign or code beside the first amount that is stated."""

    def sql(cell: Cell) -> str:
        text = _coalesced([cell(column) for column in columns])
        if text == "NULL":
            return text
        return f"nullif(regexp_replace({text}, '[-–−+0-9.,()''\\s\u00a0\u202f]+', '', 'g'), '')"

    return sql
