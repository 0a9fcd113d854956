"""Read a rate table, CSV or TOML, into checked Parquet; rows that are wrong are named, the good ones go on.

DuckDB reads and checks column by column, so that a million rows take seconds and the memory that
``FONDACO_MEMORY`` allows (1 GB where it is not set); what does not fit waits on the disk.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fondaco.kernel import InputError, Problem, Progress, UnreadableFile, silent
from fondaco.reference import countries
from fondaco.reference.currencies import is_currency
from fondaco.reference.freight.columns import (
    CLASSES,
    COLUMNS,
    DAYS,
    FLAGS,
    KINDS,
    MONEY,
    NEEDED,
    NUMBERS,
    PAIRS,
    WAY,
    WORDS,
)

if TYPE_CHECKING:
    import duckdb


#: A TOML table is written by hand; above this it is a CSV that somebody converted.
_LARGEST_TOML = 8 << 20

_NUMBER = r"[0-9]{1,9}(\.[0-9]{1,6})?"
_PAIRS = rf"{_NUMBER}:{_NUMBER}([\s;]+{_NUMBER}:{_NUMBER})*"
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")

#: kind of fault: (reason, cure).
FAULTS: Mapping[str, tuple[str, str]] = {
    "broken line": ("has more or fewer cells than the table has columns", "Mend the line, or put quotes round cells with commas."),
    "missing": ("is empty", "State it in every row."),
    "country": ("is no country we know", "Write the country as an ISO code, such as ITA."),
    "currency": ("is no currency we know", "Write the three letters of ISO 4217, such as EUR."),
    "negative": ("is below zero", "Prices and measures are zero or more; leave the cell empty where there is none."),
    "number": ("is not a number we can read", "Write a number with a point and no separators, as 1200.50."),
    "zero": ("is zero", "Leave the cell empty where there is no bound."),
    "word": ("is not known", ""),
    "day": ("is no day", "Write days as 2026-11-30."),
    "order of days": ("is before valid_from", "Put the two days right."),
    "pairs": ("is no list of weights and prices", 'Write weights that rise, each with its price: "45:3.20 100:2.80".'),
    "no price": ("states no price", "State per_kg, per_wm, minimum, fixed, breaks or steps."),
    "two prices": ("stands beside per_kg or breaks", "Say either whole prices by steps, or prices per kg."),
    "overlap": (
        "holds for the same way on the same days as another row, with another price",
        "End the older by valid_to, or tell them apart by carrier or zone; neither was taken.",
    ),
    "repeated": ("stands in the table more than once", "Nothing to do: it counts once."),
    "expired": ("has run out", "Nothing to do where newer rows follow; else bring the carrier's new table."),
}  # fmt: skip

#: Faults that put no row aside.
_HARMLESS = ("repeated", "expired")


@dataclass(frozen=True)
class Taken:
    """What was read of a table.

    Attributes
    ----------
    file
        Its name.
    rows_read, rates
        Rows it holds, and those that were taken.
    destinations
        ISO 3166-1 alpha-3, those with most rates first.
    kinds
        Rates by kind.
    fictional
        Whether any of it was made up for a demonstration.
    valid_to
        The last day on which any of it holds; None where one has no end.
    problems
        What was wrong, by column and kind.
    notes
        What was understood otherwise than it may seem.
    """

    file: str
    rows_read: int
    rates: int
    destinations: tuple[str, ...]
    kinds: Mapping[str, int]
    fictional: bool
    valid_to: date | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "file": self.file, "rows_read": self.rows_read, "rates": self.rates,
            "destinations": list(self.destinations), "kinds": dict(self.kinds), "fictional": self.fictional,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "problems": [vars(problem) for problem in self.problems], "notes": list(self.notes),
        }  # fmt: skip


@dataclass
class _Source:
    """The raw table: what was read of which file."""

    file: str
    row: str  # what a row is called: row 2 is the line after the column names of a CSV
    columns: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def read(
    path: Path, target: Path, *, today: date, name: str | None = None, currency: str = "",
    progress: Progress = silent,
) -> Taken:  # fmt: skip
    """Read a table of rates and write the good rows to `target` as Parquet.

    Parameters
    ----------
    path
        A CSV or TOML file.
    target
        Where the Parquet file goes; its folder takes what does not fit into memory.
    today
        Decides which rates have run out.
    name
        What the file is called in messages.
    currency
        Of rows that state none.

    Raises
    ------
    UnreadableFile
        When it is no table, or none of its rows can be taken.
    InputError
        When a column is missing.
    """
    import duckdb

    called = name or path.name
    if not path.is_file():
        raise UnreadableFile(f"{called} is not there: check the path.")
    memory = os.environ.get("FONDACO_MEMORY", "1GB")
    config: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(target.parent / "spill")}
    con = duckdb.connect(str(target.parent / "work.duckdb"), config=config)
    try:
        con.execute("SET enable_progress_bar = false")
        progress("Reading", 0.0)
        opened = (_open_toml if path.suffix.casefold() == ".toml" else _open_csv)(con, path, called)
        _type(con, opened, currency)
        progress("Checking", 0.5)
        _find_faults(con, today)
        progress("Keeping", 0.9)
        return _keep(con, opened, target)
    finally:
        con.close()


def _open_csv(con: duckdb.DuckDBPyConnection, path: Path, called: str) -> _Source:
    import duckdb

    try:
        con.execute(
            """
            CREATE TABLE raw AS SELECT row_number() OVER () + 1 AS "row ", * FROM read_csv(?, all_varchar = true,
            header = true, strict_mode = true, store_rejects = true, rejects_limit = 100000, max_line_size = 1000000)
            """,
            [str(path)],
        )
    except duckdb.Error as error:
        first = str(error).splitlines()[0][:200]
        hint = (
            "save it as UTF-8" if "utf" in first.casefold() or "unicode" in first.casefold() else "check it"
        )
        raise UnreadableFile(f"{called} is no table that can be read ({first}): {hint}.") from None
    # Lines that were refused do not count as rows: number the others as the file does.
    con.execute("CREATE TABLE refused AS SELECT DISTINCT line FROM reject_errors")
    if con.execute("SELECT count(*) FROM refused").fetchall()[0][0]:
        con.execute(
            "CREATE TABLE steps AS SELECT line - row_number() OVER (ORDER BY line) AS before FROM refused"
        )
        con.execute('UPDATE raw SET "row " = "row " + (SELECT count(*) FROM steps WHERE before < "row ")')
    return _named(con, _Source(called, "row"))


def _open_toml(con: duckdb.DuckDBPyConnection, path: Path, called: str) -> _Source:
    import polars as pl

    if path.stat().st_size > _LARGEST_TOML:
        raise UnreadableFile(f"{called} is too large for TOML: bring it as CSV.")
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, RecursionError):
        raise UnreadableFile(f"{called} is no UTF-8 text that can be read: save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(f"{called} is no TOML: {error}.") from None
    rates = data.pop("rate", None)
    if not isinstance(rates, list) or not rates or not all(isinstance(each, dict) for each in rates):
        raise InputError(f"{called} states no rate: write each under [[rate]].")
    rows = [{key: _text(value) for key, value in {**data, **each}.items()} for each in rates]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    table = pl.DataFrame(
        {"row ": range(1, len(rows) + 1), **{c: [row.get(c) for row in rows] for c in columns}},
        schema={"row ": pl.Int64, **dict.fromkeys(columns, pl.String)},
    )
    con.register("given", table.to_arrow())
    con.execute("CREATE TABLE raw AS SELECT * FROM given")
    con.execute("CREATE TABLE refused (line BIGINT)")
    return _named(con, _Source(called, "rate"))


def _text(value: object) -> str:
    """Return a TOML value as the text that a cell of a CSV would have."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return " ".join(
            ":".join(map(_text, each)) if isinstance(each, list) else _text(each) for each in value
        )
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _named(con: duckdb.DuckDBPyConnection, source: _Source) -> _Source:
    """Find our columns among the table's; the others are told and left."""
    there = [row[0] for row in con.execute("SELECT column_name FROM (DESCRIBE raw)").fetchall()][1:]
    found: dict[str, str] = {}
    for said in there:
        name = said.strip().casefold().replace(" ", "_")
        if name in found:
            raise InputError(f"{source.file} has the column {name} twice: keep one.")
        if name in COLUMNS:
            found[name] = said
        else:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            source.notes.append(
                f"Column {said!r} is not known"
                + (f"; did you mean {near[0]}?" if near else " and was left out.")
            )
    needed = [name for name in NEEDED if name not in found and name != "currency"]
    priced = any(name in found for name in (*MONEY, *PAIRS))
    if needed or not priced:
        lacks = ", ".join(
            [*needed, *([] if priced else ["a price (per_kg, per_wm, minimum, fixed, breaks, steps)"])]
        )
        raise InputError(f"{source.file} lacks {lacks}. Its columns are: {', '.join(there)[:300]}.")
    picked = ", ".join(
        f"nullif(trim({_quoted(found[name])}), '') AS {name}" if name in found else f"NULL::VARCHAR AS {name}"
        for name in COLUMNS
    )
    con.execute(f'CREATE TABLE said AS SELECT "row " AS row, {picked} FROM raw')
    con.execute("DROP TABLE raw")
    source.columns = tuple(found)
    return source


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _type(con: duckdb.DuckDBPyConnection, source: _Source, currency: str) -> None:
    """Make the table `typed`; what cannot be read is NULL there, and found by comparing with `said`."""
    if currency and not is_currency(currency):
        raise InputError(f"--currency {currency!r} is no currency we know: write three letters, such as EUR.")
    if "currency" not in source.columns and not currency:
        raise InputError(
            f"{source.file} lacks currency: add the column, or state it once with --currency EUR."
        )
    _meanings(con, "places", ("destination", "origin"), _market)
    _meanings(con, "currencies", ("currency",), lambda said: said.upper() if is_currency(said) else None)
    numbers = ", ".join(
        f"CASE WHEN regexp_full_match({name}, '{_NUMBER}') THEN TRY_CAST({name} AS DECIMAL(18, 6)) END AS {name}"
        for name in NUMBERS
    )
    flags = ", ".join(
        f"CASE WHEN lower({name}) IN {_YES} THEN true WHEN lower({name}) IN {_NO} THEN false END AS {name}"
        for name in FLAGS
    )
    ascending = (
        "list_transform(regexp_extract_all({0}, '([0-9.]+):', 1), lambda x: TRY_CAST(x AS DECIMAL(18, 6)))"
    )
    lists = ", ".join(
        f"CASE WHEN regexp_full_match({name}, '{_PAIRS}') AND {ascending.format(name)} = "
        f"list_sort(list_distinct({ascending.format(name)})) THEN {name} END AS {name}"
        for name in PAIRS
    )
    days = ", ".join(
        f"CASE WHEN regexp_full_match({name}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN TRY_CAST({name} AS DATE) END AS {name}"
        for name in DAYS
    )
    classes = "string_split_regex(lower(trim(s.classes, ' ,;|')), '[ ,;|]+')"
    con.execute(f"""
        CREATE TABLE typed AS SELECT s.row, d.meaning AS destination, o.meaning AS origin, {", ".join(WORDS)},
        CASE WHEN lower(kind) IN {KINDS} THEN lower(kind) END AS kind, {numbers}, {flags}, {lists}, {days},
        CASE WHEN len(list_filter({classes}, lambda x: x NOT IN {CLASSES})) = 0
             THEN array_to_string(list_sort(list_distinct({classes})), ' ') END AS classes,
        TRY_CAST(regexp_extract(days, '^([0-9]{{1,3}})(\\s*-\\s*([0-9]{{1,3}}))?$', 1) AS INTEGER) AS days_low,
        coalesce(TRY_CAST(regexp_extract(days, '^([0-9]{{1,3}})(\\s*-\\s*([0-9]{{1,3}}))?$', 3) AS INTEGER), days_low) AS days_high,
        CASE WHEN lower(covers) IN ('door', 'port') THEN lower(covers) END AS covers,
        CASE WHEN s.currency IS NULL THEN nullif('{currency.upper()}', '') ELSE c.meaning END AS currency
        FROM said s LEFT JOIN places d ON d.spelt = s.destination LEFT JOIN places o ON o.spelt = s.origin
        LEFT JOIN currencies c ON c.spelt = s.currency
    """)


def _meanings(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], mean: Callable[[str], str | None]
) -> None:
    union = " UNION ".join(f"SELECT DISTINCT {name} FROM said" for name in columns)
    said = [row[0] for row in con.execute(union).fetchall() if row[0] is not None]
    con.execute(f"CREATE TABLE {table} (spelt VARCHAR, meaning VARCHAR)")
    import polars as pl

    given = pl.DataFrame(
        {"spelt": said, "meaning": [mean(each) for each in said]},
        schema={"spelt": pl.String, "meaning": pl.String},
    ).to_arrow()
    con.register("meant", given)
    con.execute(f"INSERT INTO {table} SELECT * FROM meant")
    con.unregister("meant")


def _market(said: str) -> str | None:
    try:
        return countries.from_code(said)
    except InputError:
        return None


def _checks() -> Iterator[tuple[str, str, str]]:
    """Yield (column, kind of fault, condition) over `said s` and `typed t`."""
    yield "destination", "missing", "s.destination IS NULL"
    yield "destination", "country", "s.destination IS NOT NULL AND t.destination IS NULL"
    yield "origin", "country", "s.origin IS NOT NULL AND t.origin IS NULL"
    yield "kind", "missing", "s.kind IS NULL"
    yield "currency", "missing", "s.currency IS NULL AND t.currency IS NULL"
    yield "currency", "currency", "s.currency IS NOT NULL AND t.currency IS NULL"
    for name in ("kind", "classes", "covers", *FLAGS):
        yield name, "word", f"s.{name} IS NOT NULL AND t.{name} IS NULL"
    for name in NUMBERS:
        yield name, "negative", f"s.{name} LIKE '-%'"
        yield name, "number", f"s.{name} IS NOT NULL AND s.{name} NOT LIKE '-%' AND t.{name} IS NULL"
    for name in ("capacity_m3", "capacity_kg"):
        yield name, "zero", f"t.{name} = 0"
    for name in PAIRS:
        yield name, "pairs", f"s.{name} IS NOT NULL AND t.{name} IS NULL"
    for name in DAYS:
        yield name, "day", f"s.{name} IS NOT NULL AND t.{name} IS NULL"
    yield "days", "number", "s.days IS NOT NULL AND (t.days_low IS NULL OR t.days_high < t.days_low)"
    yield "valid_to", "order of days", "t.valid_to < t.valid_from"
    nothing = " AND ".join([f"coalesce(t.{n}, 0) = 0" for n in MONEY] + [f"s.{n} IS NULL" for n in PAIRS])
    unread = " AND ".join(f"(s.{n} IS NULL OR t.{n} IS NOT NULL)" for n in MONEY)
    yield "per_kg", "no price", f"{nothing} AND {unread}"
    yield "steps", "two prices", "t.steps IS NOT NULL AND (t.per_kg > 0 OR t.breaks IS NOT NULL)"


def _find_faults(con: duckdb.DuckDBPyConnection, today: date) -> None:
    """Fill `faults` (row, column, kind, found), and leave the good rows in `good`."""
    con.execute("CREATE TABLE faults (row BIGINT, col VARCHAR, kind VARCHAR, found VARCHAR)")
    con.execute("INSERT INTO faults SELECT line, '', 'broken line', '' FROM refused")
    checks = list(_checks())
    # One look at all rows for those with any fault; what each fault is is found out of these few.
    anything = " OR ".join(f"coalesce({condition}, false)" for _column, _kind, condition in checks)
    con.execute(f"CREATE TABLE suspect AS SELECT s.row FROM said s JOIN typed t USING (row) WHERE {anything}")
    con.execute("CREATE TABLE said_so AS SELECT * FROM said SEMI JOIN suspect USING (row)")
    con.execute("CREATE TABLE typed_so AS SELECT * FROM typed SEMI JOIN suspect USING (row)")
    for column, kind, condition in checks:
        con.execute(
            f"INSERT INTO faults SELECT s.row, ?, ?, left(s.{column}, 60) FROM said_so s JOIN typed_so t USING (row) "
            f"WHERE {condition}",
            [column, kind],
        )
    con.execute("CREATE VIEW fit AS SELECT * FROM typed ANTI JOIN suspect USING (row)")
    _find_conflicts(con)
    con.execute(
        "CREATE VIEW good AS SELECT * FROM fit ANTI JOIN "
        "(SELECT row FROM faults WHERE kind IN ('repeated', 'overlap')) USING (row)"
    )
    con.execute(
        "INSERT INTO faults SELECT row, 'valid_to', 'expired', valid_to::VARCHAR FROM good WHERE valid_to < ?",
        [today],
    )


def _find_conflicts(con: duckdb.DuckDBPyConnection) -> None:
    """Add the rows that stand twice, and those that price one way twice on a day, which is no price."""
    way = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in WAY)
    # Rows alone on their way cannot conflict; two ways with one hash are only looked at for nothing.
    con.execute(f"CREATE TABLE ways AS SELECT row, hash({way}) AS mark FROM fit")
    con.execute(
        "CREATE TABLE shared AS SELECT * FROM fit SEMI JOIN (SELECT row FROM ways SEMI JOIN "
        "(SELECT mark FROM ways GROUP BY mark HAVING count(*) > 1) USING (mark)) USING (row)"
    )
    columns = [name for name in (*COLUMNS, "days_low", "days_high") if name != "days"]
    same = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in columns)
    con.execute(f"CREATE TABLE once AS SELECT min(row) AS row FROM shared GROUP BY {same}")
    con.execute("INSERT INTO faults SELECT row, '', 'repeated', '' FROM shared ANTI JOIN once USING (row)")
    con.execute(f"""
        INSERT INTO faults SELECT row, 'valid_from', 'overlap', coalesce(valid_from::VARCHAR, 'since ever') FROM (
          SELECT row, valid_from, coalesce(valid_from, DATE '0001-01-01') AS a, coalesce(valid_to, DATE '9999-12-31') AS b,
          max(b) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest,
          min(a) OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next
          FROM shared SEMI JOIN once USING (row) WINDOW w AS (PARTITION BY {way} ORDER BY a, row)
        ) WHERE a <= latest OR b >= next
    """)


def _problems(con: duckdb.DuckDBPyConnection, source: _Source) -> Iterator[Problem]:
    rows = con.execute(
        "SELECT col, kind, count(*), list_slice(list(row ORDER BY row), 1, 5), arg_min(found, row) FROM faults "
        "GROUP BY col, kind ORDER BY min(row), col"
    ).fetchall()
    choices = {
        "kind": KINDS, "classes": CLASSES, "covers": ("door", "port"), **dict.fromkeys(FLAGS, ("yes", "no")),
    }  # fmt: skip
    for column, kind, count, first, found in rows:
        reason, cure = FAULTS[kind]
        where = f"{source.file}, {source.row} {', '.join(f'{row:,}' for row in first)}"
        where += " ..." if count > len(first) else ""
        where += f", column {column}" if column else ""
        shown = f" {found!r}" if found else ""
        yield Problem(kind, count, f"{where}:{shown} {reason}.", cure or f"Say {', '.join(choices[column])}.")


def _keep(con: duckdb.DuckDBPyConnection, source: _Source, target: Path) -> Taken:
    rejected = con.execute("SELECT count(*) FROM refused").fetchall()[0][0]
    rows_read = rejected + con.execute("SELECT count(*) FROM said").fetchall()[0][0]
    count, fictional, valid_to, open_end = con.execute(
        "SELECT count(*), coalesce(bool_or(fictional), false), max(valid_to), count(*) FILTER (valid_to IS NULL) FROM good"
    ).fetchall()[0]
    problems = tuple(_problems(con, source))
    if not count:
        told = " ".join(problem.reason for problem in problems[:5]) or "It holds no rows."
        raise UnreadableFile(f"No rate of {source.file} can be taken. {told}")
    con.execute(
        f"COPY (SELECT * FROM good ORDER BY destination, kind, row) TO '{str(target).replace(chr(39), chr(39) * 2)}' "
        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
    )
    by = "SELECT {0}, count(*) AS n FROM good GROUP BY {0} ORDER BY n DESC, {0}"
    destinations = tuple(row[0] for row in con.execute(by.format("destination")).fetchall())
    kinds = dict(con.execute(by.format("kind")).fetchall())
    return Taken(
        source.file, rows_read, count, destinations, kinds, fictional, None if open_end else valid_to, problems,
        tuple(source.notes),
    )  # fmt: skip
