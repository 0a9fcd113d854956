"""Taking files in: the one way by which facts come into a firm's ledger.

::

    file -> blobs -> source -> raw table -> staged rows -> related to what is known -> Parquet
                                                                                        -> journal

Everything up to the journal row is preparation that a crash simply loses.  Each row of each file
ends as exactly one of: fact, adjustment, charge, duplicate, quarantined; the counts and the money of
the five are compared with what was read before anything is committed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from fondaco.kernel import (
    Damaged,
    FondacoError,
    InputError,
    NeedsAnswer,
    NoRoom,
    Problem,
    UnknownName,
    UnreadableFile,
)
from fondaco.ledger.apart import set_apart
from fondaco.ledger.asides import drop_summaries, drop_told_elsewhere, set_aside
from fondaco.ledger.containers import fingerprint
from fondaco.ledger.deciding import Raw, Setting, literal, quote
from fondaco.ledger.keeping import LARGEST_KEPT, KeptSource, keep_rows, used_headers
from fondaco.ledger.mapping import Mapping, from_toml, to_toml
from fondaco.ledger.platforms import Spellings, readers
from fondaco.ledger.raw import Source, load
from fondaco.ledger.relating import Known, number_occurrences, relate, tie_reversals
from fondaco.ledger.report import CLASSES, ImportReport
from fondaco.ledger.schema import KINDS, ORIGIN, TABLES
from fondaco.ledger.stage import Staged, carry_down, stage
from fondaco.ledger.store import DataFile, Event, Store, connect, live, sql_path, write_parquet
from fondaco.ledger.understanding import (
    TABLE_READER,
    Options,
    Remembered,
    Understanding,
    ask_where_unsure,
    question_of_refusals,
    understand,
    without_covers,
)

#: What one import may hold in memory; beyond it DuckDB spills to the firm's scratch folder.
MEMORY = "500MB"

Progress = Callable[[str, float], None]


def silent(step: str, share: float) -> None:
    """Report nothing."""


@contextmanager
def scratch_folder(store: Store) -> Iterator[Path]:
    """Give a folder of our own inside the firm's, gone afterwards; a full disk is said in words."""
    try:
        with store.scratch() as folder:
            yield folder
    except FondacoError:
        raise
    except Exception as error:
        if not _is_full(error):
            raise
        raise NoRoom(
            f"The disk that holds {store.folder} is full or may not be written ({str(error)[:200]}). Nothing was left half "
            "done: make room and do it again."
        ) from None


def _is_full(error: Exception) -> bool:
    """Tell whether an error of the system, of DuckDB or of Delta says that there is no room to write."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return True
    said = str(error).lower()
    return any(
        words in said for words in ("no space left", "os error 28", "disk quota", "max_temp_directory_size")
    )


@contextmanager
def connection(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB of our own that spills into `scratch`."""
    with connect() as con:
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
    names: Sequence[str] | None = None,
    remembered: Remembered,
    spellings: Spellings | None = None,
    now: datetime,
    by: str = "",
    progress: Progress = silent,
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
    names
        What people call the files, where their paths do not say it.
    remembered
        Gives the mapping used last time for a list of columns.
    spellings
        What the workspace adds to the readers' names of columns.
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
        prints, seen = [fingerprint(path) for path in paths], [_stamp(path) for path in paths]
        named = zip(paths, names or [path.name for path in paths], strict=True)
        understood = [
            u
            for path, name in named
            for u in understand(path, scratch, options, remembered, name=name, spellings=spellings)
        ]
        for path, stamp in zip(paths, seen, strict=True):
            if _stamp(path) != stamp:
                raise UnreadableFile(
                    f"{path.name} changed while it was read: wait until it is written, then import it."
                )
        identity = identity_of(prints, understood)
        understood, left_out = without_covers(understood)
        ask_where_unsure(understood)
        progress("Waiting for the ledger", 0.1)
        with store.lock():
            events = store.events()
            if before := _same_before(live(events), identity, understood):
                return _nothing_new(before), understood
            store.sweep(events)
            run = Import.begin(store, firm, setting, events, scratch, now, by, progress)
            run.problems += [*left_out, *_clock(events, now)]
            report, settled = read_all(run, understood)
            on_commit()
            detail: dict[str, Any] = {"identity": identity, "prints": prints}
            detail |= {"platform": options.platform, "given": options.mapping is not None}
            _commit(run, understood, settled, report, detail)
            return report, settled


def _stamp(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file does: which it is, its size and its time; nothing for one that is gone."""
    try:
        seen = path.stat()
    except OSError:
        return (0, 0, 0)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)


def identity_of(prints: Sequence[str], understood: Sequence[Understanding]) -> str:
    """Return what makes an import the same as an earlier one, styles that rows settle themselves aside."""
    facts = [list(prints), [(u.reader, replace(u.mapping, styles={}).fingerprint()) for u in understood]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _same_before(events: Sequence[Event], identity: str, understood: Sequence[Understanding]) -> Event | None:
    """Return the import that brought these very files, understood in the same way."""
    for event in events:
        if event.detail.get("identity") != identity:
            continue
        known = [from_toml(u["mapping"], event.import_).styles for u in event.detail["understood"]]
        if all(
            u.mapping.styles.items() <= styles.items() for u, styles in zip(understood, known, strict=True)
        ):
            return event
    return None


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
    spellings: Spellings | None = None,
    now: datetime,
    by: str = "",
    progress: Progress = silent,
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
        waiting = [_from_quarantine(scratch, file, event, mapping, spellings) for file in files]
        understood = [one for one, _ in waiting]
        run = Import.begin(store, firm, setting, events, scratch, now, by, progress)
        run.order = event.order
        report, settled = read_all(run, understood, [places for _, places in waiting])
        _commit(run, understood, settled, report, {"replays": import_id, "order": event.order})
        return report, settled


def _from_quarantine(
    scratch: Path, file: Path, event: Event, mapping: Mapping | None, spellings: Spellings | None
) -> tuple[Understanding, Path]:
    """Write quarantined rows as a file again; return how to understand it, and each row's place."""
    import csv

    from fondaco.ledger.containers import Text
    from fondaco.ledger.sniff import Dialect

    with connect() as con:
        rows = con.execute(
            f"SELECT row, file, source, \"values\", kind, reason FROM '{sql_path(file)}' ORDER BY row"
        ).fetchall()
        places = scratch / f"{file.stem}-places.parquet"
        con.execute(
            f"COPY (SELECT row, occurrence FROM '{sql_path(file)}') TO '{sql_path(places)}' (FORMAT parquet)"
        )
    understood = event.detail["understood"][rows[0][2]]
    columns = tuple(json.loads(rows[0][3]))
    text = scratch / f"{file.stem}.replay"
    with text.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in rows:
            cells, torn = json.loads(row[3]), row[5] if row[4] == "columns" else ""
            writer.writerow([row[0], torn, *(cells[name] or "" for name in columns)])
    layout = next((r for r in readers(spellings) if r.label == understood["reader"]), None)
    layout = layout and layout.for_columns(columns)
    source = Source(rows[0][1], Text(text, len(rows), 0), Dialect("utf-8", ",", '"', 0, columns, 1.0, ()))
    chosen = from_toml(understood["mapping"], f"the mapping of import {event.import_}")
    if mapping is not None and set(mapping.columns.values()) <= set(columns):
        chosen = mapping
    label = understood["reader"] if layout else TABLE_READER
    return Understanding(source, label, layout, chosen, None), places


def _clock(events: Sequence[Event], now: datetime) -> list[Problem]:
    """Say when the clock stands before the last thing that was done."""
    last = max((e.at for e in events), default=now)
    if now >= last:
        return []
    said = (
        f"The clock says {now:%Y-%m-%d %H:%M}, and the last import was made at {last:%Y-%m-%d %H:%M}. What is imported now "
        "counts as the later statement all the same."
    )
    return [Problem("clock", 0, said, "set the clock, so that past days are shown as they were known then.")]


@dataclass
class Import:
    """One import while it is made: what it is given, and what it has come to so far."""

    id: str
    store: Store
    firm: str
    setting: Setting
    events: list[Event]
    scratch: Path
    now: datetime
    by: str
    progress: Progress
    files: list[DataFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))
    totals: dict[str, Decimal] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)
    rows_read: int = 0
    added: int = 0
    money_read: Decimal = Decimal(0)
    order: int = 1 << 40  # after everything else, unless it is read again in the place of an earlier one

    @classmethod
    def begin(
        cls,
        store: Store,
        firm: str,
        setting: Setting,
        events: list[Event],
        scratch: Path,
        now: datetime,
        by: str,
        progress: Progress,
    ) -> Import:
        """Begin an import under a name that no other has."""
        return cls(
            f"{now:%Y%m%d}-{secrets.token_hex(4)}", store, firm, setting, events, scratch, now, by, progress
        )

    def told_by(self, platform: str) -> set[str]:
        """Return by which readers of a platform the imports that count, and this one so far, were read."""
        names = {u["reader"].partition("/")[0] for e in live(self.events) for u in e.detail["understood"]}
        return {name for name in names | self.readers if name.startswith(f"{platform}-")}

    def known(self, table: str) -> Known:
        """Return what is known of a table: by the imports that count and earlier sources of this one."""
        counting = live(self.events)
        files = [file for event in counting for file in event.files] + self.files
        paths = tuple(self.store.folder / file.path for file in files if file.table == table)
        return Known(paths, {e.import_: e.order for e in counting} | {self.id: self.order})


def read_all(
    run: Import, understood: Sequence[Understanding], places: Sequence[Path] = ()
) -> tuple[ImportReport, list[Understanding]]:
    """Read every source into Parquet files that do not count yet, and account for every row.

    `places` gives for each source of a replay the occurrence that each of its rows had.  The
    understandings come back with the styles that the rows have settled.
    """
    settled = []
    for number, one in enumerate(understood):
        start, width = 0.15 + 0.75 * number / len(understood), 0.75 / len(understood)
        run.progress(f"Reading {one.source.name}", start)
        part = _part_of(run.progress, start, width)
        mapping = _take_source(run, one, number, part, places[number] if places else None)
        settled.append(replace(one, mapping=mapping))
    _check_sums(run)
    counts = run.counts
    report = ImportReport(
        import_=run.id,
        firm=run.firm,
        files=tuple(u.source.name for u in understood),
        readers=tuple(dict.fromkeys(u.reader for u in understood)),
        tables=tuple(dict.fromkeys(u.mapping.table for u in understood)),
        rows_read=run.rows_read,
        facts=counts["facts"],
        adjustments=counts["adjustments"],
        charges=counts["charges"],
        duplicates=counts["duplicates"],
        quarantined=counts["quarantined"],
        added=run.added,
        currency=run.setting.currency,
        totals=run.totals,
        problems=tuple(run.problems),
    )
    return report, settled


def event_of(
    run: Import,
    understood: Sequence[Understanding],
    settled: Sequence[Understanding],
    report: ImportReport,
    detail: dict[str, Any],
) -> Event:
    """Return the journal row of an import that was read: its files, its account, how it was understood."""
    detail |= {
        "contested": sorted(run.contested),
        "report": report.to_json(),
        "totals": {name: str(total) for name, total in run.totals.items()},
        "understood": [
            {
                "file": u.source.name,
                "reader": u.reader,
                "mapping": to_toml(u.mapping),
                "columns": list(u.source.dialect.columns),
                # What a later reader needs to know: who chose the mapping, and which styles came with it.
                "chosen": "layout" if u.layout else "proposed" if u.proposal else "remembered",
                "styles": before.mapping.styles,
            }
            for before, u in zip(understood, settled, strict=True)
        ],
    }
    seq = max((e.seq for e in run.events), default=0) + 1
    return Event(seq, "import", run.id, run.now, run.by, tuple(run.files), detail)


def _commit(
    run: Import,
    understood: Sequence[Understanding],
    settled: Sequence[Understanding],
    report: ImportReport,
    detail: dict[str, Any],
) -> None:
    """Write the journal row from which on the import counts."""
    run.progress("Committing", 0.95)
    run.store.commit(event_of(run, understood, settled, report, detail), run.scratch)
    run.progress("Done", 1.0)


def _part_of(progress: Progress, start: float, width: float) -> Progress:
    """Return a progress callback for one part of the whole."""
    return lambda step, share: progress(step, start + width * share)


def _take_source(
    run: Import, one: Understanding, number: int, progress: Progress, occurrences: Path | None
) -> Mapping:
    """Read, stage, relate and write one source, and return its mapping with what its rows have settled.

    Its files do not count until the journal names them.
    """
    with connection(run.scratch) as con:
        raw = load(con, one.source, run.scratch, numbered=occurrences is not None)
        if occurrences is None:
            _keep_source(con, run, one, raw, number)
        run.problems += set_aside(con, raw, one.layout)
        if not con.execute(f"SELECT count(*) FROM {raw.table}").fetchall()[0][0]:
            raise UnreadableFile(
                f"{one.source.name} has a header and no rows: check that it is the right file."
            )
        con.execute("SET preserve_insertion_order = false")  # rows carry their numbers; order costs memory
        raw, apart = set_apart(
            con,
            raw,
            one.mapping,
            rows=occurrences is None,
            last_is_cut=one.source.is_cut,
        )
        run.problems += apart
        carry_down(con, raw, one.mapping, one.expressions)
        progress(f"Understanding {one.source.name}", 0.3)
        staged = stage(
            con, raw, one.mapping, run.setting, expressions=one.expressions, preferred=one.preferred
        )
        _ask_where_most_are_refused(con, one, staged)
        number_occurrences(con, raw, staged, occurrences)
        progress(f"Comparing {one.source.name} with the ledger", 0.6)
        known = run.known(one.mapping.table)
        run.problems += relate(con, staged, run.id, known)
        run.problems += drop_summaries(con, staged, run.id, one.layout)
        others = one.layout is not None and bool(run.told_by(one.layout.platform) - {one.layout.name})
        run.problems += drop_told_elsewhere(con, staged, one.layout, known, others)
        run.problems += tie_reversals(con, staged, known)
        if con.execute("SELECT count(*) FROM related").fetchall()[0][0]:
            run.contested.add(one.mapping.table)
        progress(f"Writing {one.source.name}", 0.75)
        written = _write(con, run, one, raw, staged, number)
        run.files += written
        run.problems += staged.problems
        run.readers.add(one.reader.partition("/")[0])
        run.problems += [Problem("layout", 0, said) for said in one.changes]
        doubts = (*one.source.dialect.doubts, *(one.proposal.doubts if one.proposal else ()), *staged.doubts)
        run.problems += [Problem("doubt", 0, doubt) for doubt in doubts]
        _count(con, run, one, staged, written)
        _report_quarantine(con, run, written)
        return staged.mapping


def _keep_source(
    con: duckdb.DuckDBPyConnection, run: Import, one: Understanding, raw: Raw, number: int
) -> None:
    """Keep the rows as they stood in the file; those that are read again are kept already."""
    if isinstance(one.source, KeptSource):
        return
    if one.source.text.path.stat().st_size > LARGEST_KEPT:
        said = f"{one.source.name} is too long for its rows to be kept"
        run.problems.append(
            Problem("not_kept", 0, said, "keep the file, in case a better reader should read it again.")
        )
        return
    used = used_headers(raw.columns, one.mapping, one.expressions)
    name = f"{run.id}-{number}.parquet"
    run.files.append(keep_rows(con, raw, used, run.store, run.scratch, name))


def _ask_where_most_are_refused(con: duckdb.DuckDBPyConnection, one: Understanding, staged: Staged) -> None:
    rows, refused, reason = con.execute(
        f"SELECT count(*), count(*) FILTER (fault <> 'columns'), mode(reason) FROM {staged.table}"
    ).fetchall()[0]
    if question := question_of_refusals(one, rows, refused, reason):
        raise NeedsAnswer([question])


def _write(
    con: duckdb.DuckDBPyConnection, run: Import, one: Understanding, raw: Raw, staged: Staged, number: int
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
        "source": str(number),
        "row": "s.row",
        "reader": literal(one.reader),
        "statement": "coalesce(r.statement, 'first')",
        "repeats": "r.repeats",
    }
    chosen += [f"{origin[c.name]} AS {quote(c.name)}" for c in ORIGIN]
    values = ", ".join(f"{literal(h)}, w.c{i}" for i, h in enumerate(raw.columns))
    value = "s.value" if table.name == "orders" else "CAST(NULL AS DECIMAL(18,4))"
    refused = (
        f'{literal(run.id)} AS "import", {literal(one.source.name)} AS file, s.row, {literal(one.reader)} AS reader, '
        f'{literal(table.name)} AS "table", s.fault AS kind, s.reason, s.cure, {value} AS value, '
        f"coalesce(l.occurrence, 1) AS occurrence, CAST({number} AS BIGINT) AS source, "
        f'CAST(json_object({values}) AS VARCHAR) AS "values"'
    )
    rows = f"FROM {staged.table} s LEFT JOIN lines l ON l.row = s.row"
    more = "LEFT JOIN related r ON r.row = s.row LEFT JOIN ties t ON t.row = s.row"
    taken = f"SELECT {', '.join(chosen)} {rows} {more} WHERE s.reason IS NULL"
    left = f"SELECT {refused} {rows} JOIN {raw.table} w ON w.row = s.row WHERE s.reason IS NOT NULL"
    return [*_copy(con, run, table.name, number, taken), *_copy(con, run, "quarantine", number, left)]


def _copy(con: duckdb.DuckDBPyConnection, run: Import, table: str, number: int, query: str) -> list[DataFile]:
    target = run.scratch / f"{table}-{number}.parquet"
    rows = write_parquet(con, query, target)
    return [run.store.add(table, target, name=f"{run.id}-{number}.parquet", rows=rows)] if rows else []


def _count(
    con: duckdb.DuckDBPyConnection,
    run: Import,
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
        repeats = (
            f"CASE WHEN statement IN ('repeat', 'dropped', 'older') THEN 'duplicates' ELSE {kind_sql} END"
        )
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


def _report_quarantine(con: duckdb.DuckDBPyConnection, run: Import, written: Sequence[DataFile]) -> None:
    files = [str(run.store.folder / file.path) for file in written if file.table == "quarantine"]
    if not files:
        return
    found = con.execute(
        "SELECT kind, count(*), reason, cure FROM read_parquet(?) GROUP BY ALL ORDER BY 2 DESC, 3", [files]
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


def _check_sums(run: Import) -> None:
    """Refuse to commit an import whose classes do not add up to what was read."""
    rows, money = sum(run.counts.values()), sum(run.totals.values(), Decimal(0))
    if rows != run.rows_read or money != run.money_read:
        raise Damaged(
            f"{run.rows_read:,} rows worth {run.money_read} were read and {rows:,} worth {money} accounted for: "
            "nothing was imported. Please report this with the file."
        )
