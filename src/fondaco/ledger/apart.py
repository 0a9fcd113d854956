"""What stands among a table's rows and is no data: totals and notes; and numbers that lost their digits.

A row is a *total* if it says so (``Total``, ``Gesamt``, ``合計`` ...) or says nothing but numbers, and one of
its numbers is the sum of the rows above: since the last total, since several, or since the first row.
A row that says it is a total and is not the sum waits in quarantine: either it is data, or rows are
missing.  A *note* is a row of a single cell that holds words.  Totals and notes are told, with their rows,
and are not among the rows read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from fondaco.kernel import Problem
from fondaco.ledger.deciding import Raw
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.numbers import (
    mixed_number_sql,
    number_shape_sql,
    number_sql,
    number_style,
    parse_mixed,
    parse_number,
)
from fondaco.ledger.schema import TABLES
from fondaco.ledger.sql import literal

#: What a row of totals begins with, in twelve languages and in DuckDB's regular expressions.
TOTAL_WORDS = (
    "grand total", "sub-?total", "totals?", "total general", "total général", "overall", "sum(?:me|s)?", "gesamt[a-zäöü]*",
    "zwischensumme", "endsumme", "insgesamt", "summe", "totale", "totali", "subtotale", "somma", "complessivo", "sous-?total",
    "totaux", "somme", "ensemble", "totales", "suma", "subtotales", "soma", "totais", "totaal", "subtotaal", "eindtotaal", "som",
    "razem", "łącznie", "ogółem", "suma", "toplam", "genel toplam", "ara toplam", "合計", "総合計", "総計", "小計", "計", "합계", "총계",
    "소계", "총합계", "合计", "总计", "小计", "总和", "итого", "всего",
)  # fmt: skip
_LABEL = rf"(?i)[\W_]*(?:{'|'.join(dict.fromkeys(TOTAL_WORDS))})(?:[\W_].{{0,60}})?"

#: A sum may be off by the rounding of its parts; in units of the numbers' own currency.
_ROUNDING = Decimal("0.011")
_MOST_CANDIDATES = 20_000

# Five or more digits and an exponent with its sign: no shop numbers its orders like this.
_CUT_NUMBER = r"[-+]?[0-9][.,][0-9]{1,14}[eE]\+[0-9]{1,3}"
_IDENTITIES = ("order", "line", "sku", "buyer", "cancels", "inquiry", "review", "listing")


@dataclass(frozen=True)
class _Candidate:
    """A row that may be a total: its number, whether it says so, its numbers by column, how many rows are above it
    since the last one, and their sums by column.
    """

    row: int
    label: str
    numbers: dict[int, Decimal]
    above: int
    sums: dict[int, Decimal]


def set_apart(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    mapping: Mapping,
    *,
    rows: bool = True,
    last_is_cut: bool = False,
) -> tuple[Raw, list[Problem]]:
    """Return the table of rows that hold data, and what is told of the others.

    Parameters
    ----------
    con, raw
        Where the rows are.
    mapping
        Which column is which field.
    rows
        Whether to look for totals and notes; the rows of a quarantine have none.
    last_is_cut
        Whether the file ends without the end of a line, so that its last row may be torn.

    Notes
    -----
    Rows whose identifying number has lost digits get a ``fault`` and wait in quarantine.
    """
    table = TABLES[mapping.table]
    types = {c.name: c.type for c in table.stated}
    numeric = {"money", "number", "count", "ratio"}
    words = [h for name, h in mapping.columns.items() if types[name] not in numeric and h in raw.columns]
    said: list[Problem] = [*raw.said]
    faults: dict[int, str] = {}
    gone: list[int] = []
    if rows and words:
        notes, candidates = _suspects(con, raw, words, last_is_cut)
        if candidates:
            totals, doubtful = _totals(con, raw, mapping, words, candidates, [row for row, _ in notes])
            gone += totals
            faults |= doubtful
            said += _told_totals(totals)
        gone += [row for row, _ in notes]
        said += _told_notes(notes)
    shown, cut = _cut_numbers(con, raw, mapping)
    said += shown
    plain = _guarded(con, raw, mapping)
    if not gone and not faults and not cut and not plain:
        return raw, said
    return _kept(con, raw, gone, faults, cut, plain), said


def _kept(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    gone: Sequence[int],
    faults: dict[int, str],
    cut: str,
    plain: dict[int, str],
) -> Raw:
    """Make the table of rows that hold data, with the faults that were found."""
    con.execute("CREATE OR REPLACE TEMP TABLE apart (row BIGINT, fault VARCHAR)")
    rows = [[row, None] for row in gone] + [[row, fault] for row, fault in faults.items()]
    if rows:
        con.executemany("INSERT INTO apart VALUES (?, ?)", rows)
    cells = ", ".join(f"{plain.get(i, f'r.c{i}')} AS c{i}" for i in range(len(raw.columns)))
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW data_rows AS SELECT r.row, coalesce(r.fault, a.fault{cut}) AS fault, {cells} "
        f"FROM {raw.table} r LEFT JOIN apart a USING (row) WHERE a.row IS NULL OR a.fault IS NOT NULL"
    )
    return replace(raw, table="data_rows")


# Totals and notes ------------------------------------------------------------------------------


def _suspects(
    con: duckdb.DuckDBPyConnection, raw: Raw, words: Sequence[str], last_is_cut: bool
) -> tuple[list[tuple[int, str]], list[tuple[int, list[str]]]]:
    """Return the notes as (row, text), and the rows that may be totals as (row, cells)."""
    cells = [raw.cell(header) for header in words]
    count = " + ".join(f"CAST({cell} IS NOT NULL AS INTEGER)" for cell in cells)
    every = ", ".join(f"c{i}" for i in range(len(raw.columns)))
    half = len(words) // 2 if len(words) > 1 else 1
    found = con.execute(
        f"SELECT row, {every} FROM {raw.table} WHERE fault IS NULL AND ({count}) <= {half} "
        f"AND ({_total_like(raw)} OR ({count}) = 0 OR {_alone(raw)}) ORDER BY row LIMIT {_MOST_CANDIDATES}"
    ).fetchall()
    last = con.execute(f"SELECT max(row) FROM {raw.table}").fetchall()[0][0] if last_is_cut else 0
    notes: list[tuple[int, str]] = []
    candidates: list[tuple[int, list[str]]] = []
    for row, *raw_cells in found:
        texts = [(cell or "").strip() for cell in raw_cells]
        filled = [text for text in texts if text]
        if row != last and len(filled) <= 1 and len(raw.columns) > 2 and _is_note(filled):
            notes.append((row, filled[0] if filled else ""))
        elif len(filled) > 1 or (filled and _says_total(filled[0])):
            candidates.append((row, texts))
    return [note for note in notes if note[1]], candidates


def _total_like(raw: Raw) -> str:
    label = literal(_LABEL)
    return "(" + " OR ".join(f"regexp_full_match(trim(c{i}), {label})" for i in range(len(raw.columns))) + ")"


def _alone(raw: Raw) -> str:
    """Return the SQL that tells whether only one cell of a row is filled."""
    count = " + ".join(
        f"CAST(nullif(trim(c{i}), '') IS NOT NULL AS INTEGER)" for i in range(len(raw.columns))
    )
    return f"({count}) <= 1"


_LABEL_RE = re.compile(_LABEL)


def _says_total(text: str) -> bool:
    return _LABEL_RE.fullmatch(text.strip()) is not None


def _is_note(filled: Sequence[str]) -> bool:
    """Tell whether the only cell of a row holds words; a lone number or code may be what is left of a row."""
    if not filled:
        return True
    (text,) = filled
    letters = sum(char.isalpha() for char in text)
    coded = any(char.isdigit() for char in text) and " " not in text
    return letters >= 2 and not coded and not _says_total(text)


def _totals(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    mapping: Mapping,
    words: Sequence[str],
    suspects: Sequence[tuple[int, list[str]]],
    notes: Sequence[int],
) -> tuple[list[int], dict[int, str]]:
    """Return the rows that are totals, and the faults of those that say so and are not."""
    places = [place for place, header in enumerate(raw.columns) if header not in words]
    marks = _marks(con, raw, mapping, places)
    candidates = _with_sums(con, raw, marks, suspects, notes)
    totals, faults = [], {}
    history: list[
        tuple[int, dict[int, Decimal]]
    ] = []  # rows and sums between totals, from the last one backwards
    for one in candidates:
        history.insert(0, (one.above, one.sums))
        if _is_sum(one, history):
            totals.append(one.row)
            continue
        if one.label:
            faults[one.row] = _not_the_sum(one, raw, history)
        # what is no total counts among the rows above the next one
        above, sums = history.pop(0)
        own = {place: sums.get(place, Decimal(0)) + one.numbers.get(place, Decimal(0)) for place in marks}
        earlier = history.pop(0) if history else (0, {})
        history.insert(
            0, (above + 1 + earlier[0], {p: own[p] + earlier[1].get(p, Decimal(0)) for p in marks})
        )
        history.insert(0, (0, {}))
    return totals, faults


@dataclass(frozen=True)
class _Style:
    """How a column's numbers are written: the decimal mark, and whether other cells have the other one."""

    mark: str
    mixed: bool

    def sql(self, text: str) -> str:
        return mixed_number_sql(text, self.mark) if self.mixed else number_sql(text, self.mark)

    def number(self, text: str) -> Decimal | None:
        return parse_mixed(text, self.mark) if self.mixed else parse_number(text, self.mark)


def _marks(
    con: duckdb.DuckDBPyConnection, raw: Raw, mapping: Mapping, places: Sequence[int]
) -> dict[int, _Style]:
    """Return the columns that hold numbers, with how these are written."""
    by_header = {header: name for name, header in mapping.columns.items()}
    marks = {}
    for place in places:
        shapes = [
            shape
            for (shape,) in con.execute(
                f"SELECT DISTINCT {number_shape_sql(f'trim(c{place})')} FROM {raw.table} WHERE c{place} IS NOT NULL LIMIT 5000"
            ).fetchall()
            if shape
        ]
        style = mapping.styles.get(by_header.get(raw.columns[place], ""), "")
        found = number_style(shapes)
        how = _Style(style, False) if style in (".", ",") else _Style(found.decimal, found.mixed)
        read = sum(how.number(shape) is not None for shape in shapes)
        if shapes and read >= 0.6 * len(shapes):
            marks[place] = how
    return marks


def _with_sums(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    marks: dict[int, _Style],
    suspects: Sequence[tuple[int, list[str]]],
    notes: Sequence[int],
) -> list[_Candidate]:
    """Return the suspects with the sums of the rows between each and the one before it."""
    con.execute("CREATE OR REPLACE TEMP TABLE suspects (suspect BIGINT)")
    con.executemany("INSERT INTO suspects VALUES (?)", [[row] for row, _ in suspects])
    sums = ", ".join(f"sum({how.sql(f'd.c{place}')})" for place, how in marks.items())
    left_out = ", ".join(map(str, notes)) or "0"
    found = con.execute(
        f"SELECT s.suspect, count(*){', ' if sums else ''}{sums} FROM {raw.table} d ASOF JOIN suspects s ON d.row < s.suspect "
        f"WHERE d.fault IS NULL AND d.row NOT IN ({left_out}) AND d.row NOT IN (SELECT suspect FROM suspects) GROUP BY 1"
    ).fetchall()
    above = {row: (count, dict(zip(marks, values, strict=True))) for row, count, *values in found}
    candidates = []
    for row, cells in suspects:
        numbers = {
            place: number for place, how in marks.items() if (number := how.number(cells[place])) is not None
        }
        count, values = above.get(row, (0, {}))
        label = next((cell for cell in cells if _says_total(cell)), "")
        candidates.append(
            _Candidate(row, label, numbers, count, {p: v or Decimal(0) for p, v in values.items()})
        )
    return candidates


def _is_sum(one: _Candidate, history: Sequence[tuple[int, dict[int, Decimal]]]) -> bool:
    """Tell whether a number of the row is the sum of the rows above, since some total or the first row."""
    rows = 0
    sums = dict.fromkeys(one.numbers, Decimal(0))
    for above, parts in history:
        rows += above
        for place in sums:
            sums[place] += parts.get(place, Decimal(0))
        if rows < (1 if one.label else 2):
            continue
        same = [
            place
            for place, number in one.numbers.items()
            if number and abs(number - sums[place]) <= max(_ROUNDING, abs(number) / 10**9)
        ]
        if same and (one.label or len(same) >= 0.5 * len(one.numbers)):
            return True
    return False


def _not_the_sum(one: _Candidate, raw: Raw, history: Sequence[tuple[int, dict[int, Decimal]]]) -> str:
    place = max(one.numbers, key=lambda p: abs(one.numbers[p]), default=None)
    if place is None:
        return f"the row says {one.label} and states no amount\nlook at the row: it is taken for no sale."
    total = sum((parts.get(place, Decimal(0)) for _, parts in history), Decimal(0))
    return (
        f"the row says {one.label} and is not the sum of the rows above it: {raw.columns[place]} is {one.numbers[place]:f}, "
        f"and they make {total.normalize():f}\nlook whether rows are missing above it; the row itself is no sale."
    )


def _told_totals(rows: Sequence[int]) -> list[Problem]:
    if not rows:
        return []
    one = len(rows) == 1
    said = (
        f"Row {rows[0]} is the total of rows above it and was not counted again."
        if one
        else f"{len(rows):,} rows are totals of rows above them and were not counted again: {_places(rows)}."
    )
    return [Problem("total_row", len(rows), said)]


def _told_notes(notes: Sequence[tuple[int, str]]) -> list[Problem]:
    if not notes:
        return []
    shown = ", ".join(f"row {row} “{text[:60]}”" for row, text in notes[:5])
    more = f" and {len(notes) - 5:,} more" if len(notes) > 5 else ""
    verb = (
        "1 row holds a note and no data" if len(notes) == 1 else f"{len(notes):,} rows hold notes and no data"
    )
    return [Problem("note", len(notes), f"{verb}: {shown}{more}.")]


def _places(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:8]))
    return f"rows {shown}" + (f" and {len(rows) - 8:,} more" if len(rows) > 8 else "")


# Numbers of orders and articles ------------------------------------------------------------------


def _cut_numbers(con: duckdb.DuckDBPyConnection, raw: Raw, mapping: Mapping) -> tuple[list[Problem], str]:
    """Tell which identifying numbers have lost digits; return the SQL of the fault of rows that cannot be told apart."""
    said, fault = [], ""
    table = TABLES[mapping.table]
    for name in _IDENTITIES:
        header = mapping.columns.get(name)
        if header is None or header not in raw.columns:
            continue
        cell = raw.cell(header)
        cut = f"contains(upper({cell}), 'E+') AND regexp_full_match({cell}, {literal(_CUT_NUMBER)})"
        long = f"length({cell}) >= 17 AND regexp_full_match({cell}, '[0-9]{{15,}}0{{2}}|[0-9]{{18,}}')"
        rows, example, rounded = con.execute(
            f"SELECT count(*) FILTER ({cut}), min({cell}) FILTER ({cut}), count(*) FILTER ({long}) "
            f"FROM {raw.table} WHERE fault IS NULL"
        ).fetchall()[0]
        if rows:
            said.append(_told_cut(header, rows, example))
        if rows and name in table.key and table.column(name).needed:
            words = f"{header} says "
            cause = ": a spreadsheet has cut its digits, so that different ones look alike"
            cure = "download the file again and import it without opening it in a spreadsheet."
            told = f"{literal(words)} || {cell} || {literal(cause + chr(10) + cure)}"
            fault += f", CASE WHEN {cut} THEN {told} END"
        elif rounded > 4 and _nearly_all(con, raw, cell, long):
            said.append(
                Problem(
                    "digits", 0, f"{header} has more digits than a spreadsheet keeps: the last ones may be lost.",
                    "compare some with the platform; if they differ, download the file again and do not open it first.",
                )
            )  # fmt: skip
    return said, fault


def _nearly_all(con: duckdb.DuckDBPyConnection, raw: Raw, cell: str, test: str) -> bool:
    share = con.execute(
        f"SELECT count(*) FILTER ({test}) / count(*) FROM {raw.table} WHERE fault IS NULL AND {cell} IS NOT NULL"
    ).fetchall()[0][0]
    return bool(share > 0.9)


def _told_cut(header: str, rows: int, example: str) -> Problem:
    return Problem(
        "digits",
        rows,
        f"In {header} {rows:,} numbers such as {example} have lost their last digits in a spreadsheet.",
        "download the file again and import it without opening it in a spreadsheet.",
    )


def _guarded(con: duckdb.DuckDBPyConnection, raw: Raw, mapping: Mapping) -> dict[int, str]:
    """Return the SQL of columns whose values carry a spreadsheet's marks: '7700, ="7700", and 7700.0 for 7700."""
    types = {c.name: c.type for c in TABLES[mapping.table].stated}
    texts = [
        (name, raw.columns.index(header))
        for name, header in mapping.columns.items()
        if types[name] == "text" and header in raw.columns
    ]
    if not texts:
        return {}
    tests = []
    for name, place in texts:
        cell = f"trim(c{place})"
        tests.append(f"bool_or(starts_with(ltrim({cell}, '\"'), '=\"') OR starts_with({cell}, ''''))")
        whole = f"bool_and(regexp_full_match({cell}, '[0-9]+\\.0') OR {cell} = '')"
        tests.append(whole if name in _IDENTITIES else "false")
    found = con.execute(f"SELECT {', '.join(tests)} FROM {raw.table} WHERE fault IS NULL").fetchall()[0]
    plain = {}
    for number, (_, place) in enumerate(texts):
        marked, whole = found[2 * number], found[2 * number + 1]
        cell = f"r.c{place}"
        if marked:
            # ="7700", and "=""7700""" where quotation marks are ordinary characters
            bare = f'regexp_replace({cell}, \'^ *(?:="(.*?)"|"=""(.*?)""") *$\', \'\\1\\2\')'
            cell = f"regexp_replace({bare}, '^ *''([^ ''][^'']*)$', '\\1')"
        if whole:
            cell = f"regexp_replace({cell}, '\\.0 *$', '')"
        if marked or whole:
            plain[place] = cell
    return plain
