"""Taking files in: the one way by which facts come into a firm's ledger.

::

    file -> blobs -> source -> raw table -> staged rows -> related to what is known -> Parquet
                                                                                        -> journal

Everything up to the journal row is preparation that a crash simply loses.  Each row of each file
ends as exactly one of: fact, adjustment, charge, duplicate, quarantined; the counts and the money of
the five are compared with what was read before anything is committed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from fondaco.kernel import Damaged, InputError, NeedsAnswer, Problem, UnknownName, UnreadableFile
from fondaco.ledger.containers import fingerprint, unpack
from fondaco.ledger.mapping import Mapping, from_toml, to_toml
from fondaco.ledger.platforms import Reader, readers, recognise
from fondaco.ledger.platforms.table.propose import Proposal, propose
from fondaco.ledger.raw import Source, load, source_of
from fondaco.ledger.report import CLASSES, ImportReport
from fondaco.ledger.schema import KINDS, ORIGIN, TABLES, Table
from fondaco.ledger.stage import Raw, Setting, Staged, carry_down, literal, quote, stage
from fondaco.ledger.store import DataFile, Event, Store, live, sql_path

#: Rises when the ledger would understand the same file differently.
TABLE_READER = "table/1"

#: What one import may hold in memory; beyond it DuckDB spills to the firm's scratch folder.
MEMORY = "600MB"

Progress = Callable[[str, float], None]


def _silent(step: str, share: float) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Options:
    """What a person states about the files they bring.

    Attributes
    ----------
    platform
        A reader's name or platform, to overrule recognition; ``table`` for any table.
    currency, country, marketplace
        For what the files do not say themselves.
    period
        First and last day covered by files without dates.
    mapping
        A mapping instead of the recognised or proposed one.
    repeats
        ``keep`` or ``drop`` lines that repeat another whole line of their file.
    """

    platform: str | None = None
    currency: str | None = None
    country: str | None = None
    marketplace: str | None = None
    period: tuple[date, date] | None = None
    mapping: Mapping | None = None
    repeats: str | None = None


@dataclass(frozen=True)
class Understanding:
    """How a source is understood: by which reader, with which mapping, how surely.

    Attributes
    ----------
    source
        The table in the file.
    reader
        Reader and version, as rows carry it.
    layout
        The reader with a layout of its own; None for any table.
    mapping
        The mapping in force.
    proposal
        Where the mapping was proposed from names and values: the proposal; else None.
    """

    source: Source
    reader: str
    layout: Reader | None
    mapping: Mapping
    proposal: Proposal | None

    @property
    def expressions(self) -> Any:
        """The reader's own SQL, if any."""
        return self.layout.expressions if self.layout else {}


Remembered = Callable[[Sequence[str]], Mapping | None]


def understand(path: Path, scratch: Path, options: Options, remembered: Remembered) -> list[Understanding]:
    """Find every table in a file and how each is to be understood.

    Raises
    ------
    UnreadableFile
        When the file holds no table.
    """
    header_row = options.mapping.header_row if options.mapping else None
    found: list[Understanding] = []
    faults: list[UnreadableFile] = []
    blobs = unpack(path, scratch)
    for blob in blobs:
        try:
            source = source_of(blob, header_row=header_row, unquoted=_is_unquoted)
            found.append(_understand_source(source, options, remembered))
        except UnreadableFile as fault:
            faults.append(fault)
    if not found or (faults and len(blobs) == 1):
        raise faults[0]
    return found


def _is_unquoted(columns: Sequence[str]) -> bool:
    reader = recognise(columns)
    return bool(reader and reader.unquoted)


def _understand_source(source: Source, options: Options, remembered: Remembered) -> Understanding:
    columns = source.dialect.columns
    layout = _layout(columns, options.platform)
    proposal = None
    if options.mapping is not None:
        _check_columns(options.mapping, source)
        mapping = options.mapping
        layout = layout if layout and layout.platform == mapping.platform else None
    elif layout is not None:
        mapping = layout.mapping_for(columns)
    elif known := remembered(columns):
        mapping = known
    else:
        proposal = propose(columns, source.head())
        mapping = proposal.mapping
    return Understanding(
        source, layout.label if layout else TABLE_READER, layout, _stated(mapping, options), proposal
    )


def _layout(columns: Sequence[str], platform: str | None) -> Reader | None:
    if platform is None:
        return recognise(columns)
    if platform == "table":
        return None
    named = [r for r in readers() if platform in (r.name, r.platform)]
    if not named:
        known = sorted({r.platform for r in readers()} | {"table"})
        raise UnknownName(f"There is no platform {platform!r}: choose one of {', '.join(known)}.")
    fitting = [r for r in named if r.recognises(columns)]
    if not fitting:
        wanted = ", ".join(named[0].known_by)
        raise InputError(
            f"This is no {named[0].title}: it would have the columns {wanted}. Leave --platform out."
        )
    return fitting[0]


def _check_columns(mapping: Mapping, source: Source) -> None:
    import difflib

    absent = [header for header in mapping.columns.values() if header not in source.dialect.columns]
    if absent:
        near = difflib.get_close_matches(absent[0], source.dialect.columns, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise InputError(
            f"{source.name} has no column {absent[0]!r}, which the mapping names; it has: "
            f"{', '.join(source.dialect.columns[:20])}.{hint}"
        )


def _stated(mapping: Mapping, options: Options) -> Mapping:
    """Put what a person states in the place of what a file does not say."""
    names = TABLES[mapping.table].names
    given = {"currency": options.currency, "country": options.country, "marketplace": options.marketplace}
    if options.period:
        given |= {"day": options.period[0].isoformat(), "until": options.period[1].isoformat()}
    constants = {k: v for k, v in given.items() if v and k in names and k not in mapping.columns}
    if not constants and options.repeats in (None, mapping.repeats):
        return mapping
    styles = {k: v for k, v in mapping.styles.items() if k not in constants}
    return replace(
        mapping,
        constants={**mapping.constants, **constants},
        styles=styles,
        repeats=options.repeats or mapping.repeats,
    )


# ---------------------------------------------------------------- the import


@contextmanager
def scratch_folder(store: Store) -> Iterator[Path]:
    """Give a folder of our own inside the firm's, gone afterwards."""
    folder = store.folder / "scratch" / secrets.token_hex(6)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def connection(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB of our own that spills into `scratch`."""
    with duckdb.connect() as con:
        con.execute(f"SET memory_limit = '{os.environ.get('FONDACO_IMPORT_MEMORY', MEMORY)}'")
        con.execute(f"SET temp_directory = '{sql_path(scratch / 'spill')}'")
        con.execute("SET TimeZone = 'UTC'")
        yield con


def take(
    store: Store,
    firm: str,
    setting: Setting,
    paths: Sequence[Path],
    options: Options,
    *,
    remembered: Remembered,
    now: datetime,
    by: str = "",
    progress: Progress = _silent,
    on_commit: Callable[[], None] = lambda: None,
) -> tuple[ImportReport, list[Understanding]]:
    """Take files into a firm's ledger as one import that counts as a whole or not at all.

    Parameters
    ----------
    store, firm, setting
        The firm's ledger, its name, its reporting currency and rates.
    paths
        The files.
    options
        What a person states.
    remembered
        Gives the mapping used last time for a list of columns.
    now, by
        When and by whom.
    progress
        Called with a step in words and the share done, 0 to 1.
    on_commit
        Called just before the import is committed.

    Raises
    ------
    UnreadableFile, NeedsAnswer, InputError
        Nothing has been written then.
    """
    if not paths:
        raise InputError("Name at least one file to import.")
    with scratch_folder(store) as scratch:
        progress("Looking at the files", 0.0)
        prints = [fingerprint(path) for path in paths]
        understood = [u for path in paths for u in understand(path, scratch, options, remembered)]
        identity = _identity(prints, understood)
        progress("Waiting for the ledger", 0.1)
        with store.lock():
            events = store.events()
            if before := _same_before(live(events), identity):
                return _nothing_new(before), understood
            store.sweep(events)
            return _take_understood(
                store,
                firm,
                setting,
                understood,
                events,
                scratch,
                now,
                by,
                progress,
                {"identity": identity, "prints": prints},
                on_commit=on_commit,
            ), understood


def _identity(prints: Sequence[str], understood: Sequence[Understanding]) -> str:
    facts = [list(prints), [(u.reader, u.mapping.fingerprint()) for u in understood]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _same_before(events: Sequence[Event], identity: str) -> Event | None:
    return next((e for e in events if e.detail.get("identity") == identity), None)


def _nothing_new(before: Event) -> ImportReport:
    """Report files that are in already: every row repeats the row it was."""
    from fondaco.ledger.report import report_from_json

    report = report_from_json(before.detail["report"], before.detail["totals"])
    said = Problem(
        "already_imported", report.rows_read, f"These files were imported before, as {before.import_}."
    )
    total = report.net_total
    return replace(
        report,
        facts=0,
        adjustments=0,
        charges=0,
        quarantined=0,
        duplicates=report.rows_read,
        added=0,
        totals={}
        if total is None
        else {name: total if name == "duplicates" else Decimal(0) for name in CLASSES},
        problems=(said,),
        already=True,
    )


def replay(
    store: Store,
    firm: str,
    setting: Setting,
    import_id: str,
    mapping: Mapping | None,
    *,
    now: datetime,
    by: str = "",
    progress: Progress = _silent,
) -> tuple[ImportReport, list[Understanding]]:
    """Read the quarantined rows of an import again, as an import of its own that can be undone.

    Each row keeps its file, row number and place among its order's lines, so that the outcome is
    the same as if the whole file had been read with the corrected mapping.
    """
    with scratch_folder(store) as scratch, store.lock():
        events = store.events()
        event = next((e for e in live(events) if e.import_ == import_id), None)
        if event is None:
            raise UnknownName(f"Import {import_id} is undone: nothing of it waits in quarantine.")
        if later := next((e for e in live(events) if e.detail.get("replays") == import_id), None):
            raise InputError(f"{import_id} was replayed already, as {later.import_}: replay that one.")
        files = [store.folder / f.path for f in event.files if f.table == "quarantine"]
        if not files:
            raise InputError(f"No row of import {import_id} waits in quarantine.")
        store.sweep(events)
        waiting = [_from_quarantine(scratch, file, event, mapping) for file in files]
        understood = [one for one, _ in waiting]
        report = _take_understood(
            store,
            firm,
            setting,
            understood,
            events,
            scratch,
            now,
            by,
            progress,
            {"replays": import_id},
            [places for _, places in waiting],
        )
        return report, understood


def _from_quarantine(
    scratch: Path, file: Path, event: Event, mapping: Mapping | None
) -> tuple[Understanding, Path]:
    """Write quarantined rows as a file again; return how to understand it, and each row's place."""
    import csv

    from fondaco.ledger.containers import Text
    from fondaco.ledger.sniff import Dialect

    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT row, file, source, occurrence, \"values\" FROM '{sql_path(file)}' ORDER BY row"
        ).fetchall()
        places = scratch / f"{file.stem}-places.parquet"
        con.execute(
            f"COPY (SELECT row, occurrence FROM '{sql_path(file)}') TO '{sql_path(places)}' (FORMAT parquet)"
        )
    understood = event.detail["understood"][rows[0][2]]
    columns = tuple(json.loads(rows[0][4]))
    text = scratch / f"{file.stem}.replay"
    with text.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in rows:
            cells = json.loads(row[4])
            writer.writerow([row[0], "", *(cells[name] or "" for name in columns)])
    layout = next((r for r in readers() if r.label == understood["reader"]), None)
    source = Source(
        rows[0][1], Text(text, len(rows), False, 0), Dialect("utf-8", ",", '"', 0, columns, 1.0, ())
    )
    chosen = from_toml(understood["mapping"], f"the mapping of import {event.import_}")
    if mapping is not None and set(mapping.columns.values()) <= set(columns):
        chosen = mapping
    label = understood["reader"] if layout else TABLE_READER
    return Understanding(source, label, layout, chosen, None), places


@dataclass
class _Import:
    """What belongs to one import while it is made."""

    id: str
    store: Store
    setting: Setting
    events: list[Event]
    scratch: Path
    files: list[DataFile]
    problems: list[Problem]
    counts: dict[str, int]
    totals: dict[str, Decimal]
    contested: set[str]
    rows_read: int = 0
    added: int = 0
    money_read: Decimal = Decimal(0)


def _take_understood(
    store: Store,
    firm: str,
    setting: Setting,
    understood: Sequence[Understanding],
    events: list[Event],
    scratch: Path,
    now: datetime,
    by: str,
    progress: Progress,
    detail: dict[str, Any],
    occurrences: Sequence[Path] = (),
    on_commit: Callable[[], None] = lambda: None,
) -> ImportReport:
    run = _Import(
        id=f"{now:%Y%m%d}-{secrets.token_hex(4)}",
        store=store,
        setting=setting,
        events=live(events),
        scratch=scratch,
        files=[],
        problems=[],
        counts=dict.fromkeys(CLASSES, 0),
        totals={},
        contested=set(),
    )
    for number, one in enumerate(understood):
        start, width = 0.15 + 0.75 * number / len(understood), 0.75 / len(understood)
        progress(f"Reading {one.source.name}", start)
        places = occurrences[number] if occurrences else None
        _take_source(
            run, one, number, lambda step, share, a=start, w=width: progress(step, a + w * share), places
        )
    _check_sums(run)
    report = ImportReport(
        import_=run.id,
        firm=firm,
        files=tuple(u.source.name for u in understood),
        readers=tuple(dict.fromkeys(u.reader for u in understood)),
        tables=tuple(dict.fromkeys(u.mapping.table for u in understood)),
        rows_read=run.rows_read,
        **run.counts,
        added=run.added,
        currency=setting.currency,
        totals=run.totals,
        problems=tuple(run.problems),
    )
    detail |= {
        "contested": sorted(run.contested),
        "report": report.to_json(),
        "totals": {name: str(total) for name, total in run.totals.items()},
        "understood": [
            {"file": u.source.name, "reader": u.reader, "mapping": to_toml(u.mapping)} for u in understood
        ],
    }
    progress("Committing", 0.95)
    on_commit()
    seq = max((e.seq for e in events), default=0) + 1
    store.commit(Event(seq, "import", run.id, now, by, tuple(run.files), detail), scratch)
    progress("Done", 1.0)
    return report


def _take_source(
    run: _Import, one: Understanding, number: int, progress: Progress, occurrences: Path | None
) -> None:
    """Read, stage, relate and write one source; its files are not counted until the journal names them."""
    with connection(run.scratch) as con:
        raw = load(con, one.source, numbered=occurrences is not None)
        if not con.execute(f"SELECT count(*) FROM {raw.table}").fetchall()[0][0]:
            raise UnreadableFile(
                f"{one.source.name} has a header and no rows: check that it is the right file."
            )
        carry_down(con, raw, one.mapping, one.expressions)
        progress(f"Understanding {one.source.name}", 0.3)
        staged = stage(con, raw, one.mapping, run.setting, expressions=one.expressions)
        _number_occurrences(con, staged, one.mapping, occurrences)
        progress(f"Comparing {one.source.name} with the ledger", 0.6)
        _relate(con, run, one, staged)
        _tie_reversals(con, run, staged)
        progress(f"Writing {one.source.name}", 0.75)
        written = _write(con, run, one, raw, staged, number)
        run.files += written
        run.problems += staged.problems
        run.problems += [Problem("doubt", 0, doubt) for doubt in staged.doubts]
        _count(con, run, one, staged, written)
        _report_quarantine(con, run, staged)


def _key(table: Table) -> list[str]:
    return [name for name in table.key if name != "occurrence"]


def _number_occurrences(
    con: duckdb.DuckDBPyConnection, staged: Staged, mapping: Mapping, occurrences: Path | None
) -> None:
    """Make ``lines``: for rows whose key is not alone in the file, occurrence and whole-line repeat.

    Rows that go to quarantine are numbered as well, so that a later replay finds their place.
    """
    key = ", ".join(quote(name) for name in _key(TABLES[mapping.table]))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE lines AS WITH shared AS (SELECT {key} FROM {staged.table} GROUP BY ALL "
        f"HAVING count(*) > 1) SELECT row, row_number() OVER (PARTITION BY {key} ORDER BY row) AS occurrence, "
        f"first_value(row) OVER (PARTITION BY {key}, same ORDER BY row) AS first_same, "
        f"last_value(row) OVER (PARTITION BY {key} ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) "
        f"AS last_row FROM {staged.table} SEMI JOIN shared USING ({key})"
    )
    if occurrences is not None:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE lines AS SELECT row, occurrence, row AS first_same, row AS last_row "
            f"FROM read_parquet('{sql_path(occurrences)}')"
        )


def _relate(con: duckdb.DuckDBPyConnection, run: _Import, one: Understanding, staged: Staged) -> None:
    """Make ``related``: rows that repeat their own file or say again what the ledger has, with what they repeat."""
    table = TABLES[one.mapping.table]
    if table.by_id:
        dropped = "l.row <> l.last_row"
        target = "l.last_row"
    else:
        dropped = "l.row <> l.first_same" if one.mapping.repeats == "drop" else "false"
        target = "l.first_same"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE related AS SELECT row, 'dropped' AS statement, "
        f"{literal(run.id + ':')} || {target} AS repeats FROM lines l WHERE {dropped}"
    )
    repeated = con.execute("SELECT count(*) FROM lines WHERE row <> first_same").fetchall()[0][0]
    if repeated:
        kept = one.mapping.repeats == "keep" and not table.by_id
        run.problems.append(
            Problem(
                "repeated_line",
                repeated,
                f"{repeated:,} lines repeat another line of their order in every column and were "
                + ("kept: a repeated line can be real." if kept else "counted once."),
                "to count them once, import with --repeats drop."
                if kept
                else "to count each, import with --repeats keep.",
            )
        )
    files = [run.store.folder / f.path for e in run.events for f in e.files if f.table == table.name]
    files += [run.store.folder / f.path for f in run.files if f.table == table.name]
    if files:
        _relate_to_ledger(con, run, table, staged, [str(file) for file in files])
    if con.execute("SELECT count(*) FROM related").fetchall()[0][0]:
        run.contested.add(table.name)


def _relate_to_ledger(
    con: duckdb.DuckDBPyConnection, run: _Import, table: Table, staged: Staged, files: list[str]
) -> None:
    """Find rows whose natural key the ledger has; the later statement wins, the older stays in history."""
    key = ", ".join(quote(name) for name in table.key)
    bare = ", ".join("occ.occurrence" if n == "occurrence" else f"s.{quote(n)}" for n in table.key)
    if "occurrence" in table.key:
        bare = bare.replace("occ.occurrence", "coalesce(l.occurrence, 1) AS occurrence")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE mine AS SELECT s.row, {bare} FROM {staged.table} s LEFT JOIN lines l ON l.row = s.row "
        "WHERE s.reason IS NULL AND s.row NOT IN (SELECT row FROM related)"
    )
    # Earlier files of this very import are known as well: what they say counts as said before.
    order = {e.import_: e.seq for e in run.events} | {run.id: 1 << 40}
    con.execute('CREATE OR REPLACE TEMP TABLE orders_of_imports ("import" VARCHAR, seq BIGINT)')
    con.executemany("INSERT INTO orders_of_imports VALUES (?, ?)", [[k, v] for k, v in order.items()])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT o.* FROM read_parquet($files, union_by_name = true) o "
        f'JOIN orders_of_imports i ON i."import" = o."import" SEMI JOIN mine USING ({key}) '
        f"WHERE o.statement <> 'dropped' QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY i.seq DESC, o.row DESC) = 1",
        {"files": files},
    )
    said = [c.name for c in table.columns if (c.stated and c.name not in table.key) or c.name == "kind"]
    same = " AND ".join(f"s.{quote(n)} IS NOT DISTINCT FROM k.{quote(n)}" for n in said if n != "cancels")
    con.execute(
        f"INSERT INTO related SELECT m.row, CASE WHEN {same} THEN 'repeat' ELSE 'revision' END, "
        f"k.\"import\" || ':' || k.row FROM mine m JOIN known k USING ({key}) JOIN {staged.table} s ON s.row = m.row"
    )


def _tie_reversals(con: duckdb.DuckDBPyConnection, run: _Import, staged: Staged) -> None:
    """Make ``ties``: for lines that take something back, the order they take back where it can be told.

    The order is the latest earlier one in which the same buyer bought at least as many of the same
    article at the same price, counted down by what was taken back of it already.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE ties (row BIGINT, cancels VARCHAR)")
    if staged.mapping.table != "orders":
        return
    rows = con.execute(f"SELECT count(*) FROM {staged.table} WHERE reversal").fetchall()[0][0]
    if not rows:
        return
    files = [str(run.store.folder / f.path) for e in run.events for f in e.files if f.table == "orders"]
    sold = f'SELECT "order", buyer, lower(sku) AS sku, unit_price, "at", quantity FROM {staged.table} WHERE kind = \'sale\''
    if files:
        sold += (
            ' UNION ALL SELECT "order", buyer, lower(sku), unit_price, "at", quantity '
            "FROM read_parquet($files, union_by_name = true) WHERE kind = 'sale' AND statement = 'first'"
        )
    con.execute(
        f"""INSERT INTO ties
        WITH back AS (SELECT row, buyer, lower(sku) AS sku, unit_price, "at", -quantity AS units FROM {staged.table}
                      WHERE reversal AND quantity < 0 AND buyer IS NOT NULL AND sku IS NOT NULL AND cancels IS NULL),
        sold AS (SELECT "order", buyer, sku, unit_price, min("at") AS "at", sum(quantity) AS units FROM ({sold})
                 WHERE (buyer, sku) IN (SELECT (buyer, sku) FROM back) GROUP BY ALL),
        tied AS (SELECT b.row, b.units, b."at", s."order", s.sku, s.unit_price, s.units AS bought
                 FROM back b JOIN sold s ON s.buyer = b.buyer AND s.sku = b.sku AND s.unit_price = b.unit_price
                      AND s."at" <= b."at" AND s.units >= b.units
                 QUALIFY row_number() OVER (PARTITION BY b.row ORDER BY s."at" DESC, s."order" DESC) = 1),
        counted AS (SELECT row, "order", bought, sum(units) OVER (PARTITION BY "order", sku, unit_price
                                                                  ORDER BY "at", row) AS taken FROM tied)
        SELECT row, "order" FROM counted WHERE taken <= bought""",
        {"files": files} if files else None,
    )
    tied = con.execute(
        f"SELECT count(*) FROM {staged.table} s LEFT JOIN ties t USING (row) "
        "WHERE s.reversal AND coalesce(t.cancels, s.cancels) IS NOT NULL"
    ).fetchall()[0][0]
    run.problems.append(
        Problem(
            "cancellation",
            rows,
            f"{rows:,} lines take something back: {tied:,} were tied to the order they cancel; for {rows - tied:,} no "
            "earlier purchase of the same article by the same buyer at the same price was found.",
            "" if tied == rows else "import the earlier orders as well, where they exist.",
        )
    )


def _write(
    con: duckdb.DuckDBPyConnection, run: _Import, one: Understanding, raw: Raw, staged: Staged, number: int
) -> list[DataFile]:
    """Write the rows that were taken, and those that were not, as Parquet files of the ledger."""
    table = TABLES[one.mapping.table]
    chosen = []
    for column in table.columns:
        name = quote(column.name)
        if column.name == "occurrence":
            chosen.append("coalesce(l.occurrence, 1) AS occurrence")
        elif column.name == "cancels":
            chosen.append("coalesce(s.cancels, t.cancels) AS cancels")
        else:
            chosen.append(f"s.{name}")
    origin = {
        "import": literal(run.id),
        "file": literal(one.source.name),
        "row": "s.row",
        "reader": literal(one.reader),
        "statement": "coalesce(r.statement, 'first')",
        "repeats": "r.repeats",
    }
    chosen += [f"{origin[c.name]} AS {quote(c.name)}" for c in ORIGIN]
    joins = (
        f"FROM {staged.table} s LEFT JOIN lines l ON l.row = s.row LEFT JOIN related r ON r.row = s.row "
        "LEFT JOIN ties t ON t.row = s.row"
    )
    taken = f"SELECT {', '.join(chosen)} {joins} WHERE s.reason IS NULL"
    values = ", ".join(f"{literal(h)}, w.c{i}" for i, h in enumerate(raw.columns))
    when = "s.value" if table.name == "orders" else "CAST(NULL AS DECIMAL(18,4))"
    refused = (
        f'SELECT {literal(run.id)} AS "import", {literal(one.source.name)} AS file, s.row, {literal(one.reader)} AS reader, '
        f'{literal(table.name)} AS "table", s.fault AS kind, s.reason, s.cure, {when} AS value, '
        f"coalesce(l.occurrence, 1) AS occurrence, CAST({number} AS BIGINT) AS source, "
        f'CAST(json_object({values}) AS VARCHAR) AS "values" FROM {staged.table} s JOIN {raw.table} w ON w.row = s.row '
        "LEFT JOIN lines l ON l.row = s.row WHERE s.reason IS NOT NULL"
    )
    return [*_copy(con, run, table.name, number, taken), *_copy(con, run, "quarantine", number, refused)]


def _copy(
    con: duckdb.DuckDBPyConnection, run: _Import, table: str, number: int, query: str
) -> list[DataFile]:
    target = run.scratch / f"{table}-{number}.parquet"
    (rows,) = con.execute(
        f"COPY ({query}) TO '{sql_path(target)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
    ).fetchall()[0]
    return [run.store.add(table, target, name=f"{run.id}-{number}.parquet", rows=rows)] if rows else []


def _count(
    con: duckdb.DuckDBPyConnection,
    run: _Import,
    one: Understanding,
    staged: Staged,
    written: Sequence[DataFile],
) -> None:
    """Count the five classes from the files as written, and what was read from the stage."""
    orders = one.mapping.table == "orders"
    value = "coalesce(sum(value), 0)" if orders else "0"
    read, money = con.execute(f"SELECT count(*), {value} FROM {staged.table}").fetchall()[0]
    run.rows_read += read
    run.money_read += money
    if orders and not run.totals:
        run.totals = dict.fromkeys(CLASSES, Decimal(0))
    plural = {"fact": "facts", "adjustment": "adjustments", "charge": "charges"}
    for file in written:
        kind_sql = "kind" if orders else "'sale'"
        repeats = f"CASE WHEN statement IN ('repeat', 'dropped') THEN 'duplicates' ELSE {kind_sql} END"
        if file.table == "quarantine":
            repeats = "'quarantined'"
        found = con.execute(
            f"SELECT {repeats}, count(*), {value} FROM '{sql_path(run.store.folder / file.path)}' GROUP BY ALL"
        ).fetchall()
        for kind, rows, total in found:
            name = kind if kind in CLASSES else plural[KINDS[kind]]
            run.counts[name] += rows
            run.added += rows if name not in ("duplicates", "quarantined") else 0
            if orders:
                run.totals[name] += total


def _report_quarantine(con: duckdb.DuckDBPyConnection, run: _Import, staged: Staged) -> None:
    found = con.execute(
        f"SELECT fault, count(*), reason, cure FROM {staged.table} WHERE reason IS NOT NULL GROUP BY ALL ORDER BY 2 DESC, 3"
    ).fetchall()
    run.problems += [Problem(kind, rows, reason, cure) for kind, rows, reason, cure in found[:50]]
    rest = found[50:]
    if rest:
        run.problems.append(
            Problem(
                "quarantine",
                sum(row[1] for row in rest),
                f"{len(rest):,} further reasons: see the quarantine.",
                "list them with fondaco quarantine.",
            )
        )


def _check_sums(run: _Import) -> None:
    """Refuse to commit an import whose classes do not add up to what was read."""
    rows, money = sum(run.counts.values()), sum(run.totals.values(), Decimal(0))
    if rows != run.rows_read or money != run.money_read:
        raise Damaged(
            f"{run.rows_read:,} rows worth {run.money_read} were read and {rows:,} worth {money} accounted for: "
            "nothing was imported. Please report this with the file."
        )


__all__ = ["Options", "Understanding", "from_toml", "take", "understand", "NeedsAnswer"]
