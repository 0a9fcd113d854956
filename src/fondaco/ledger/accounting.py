"""What an import comes to: every source read, related to what is known, written, and accounted for row by row.

Each row of each file ends as exactly one of: fact, adjustment, charge, duplicate, quarantined; the counts and the
money of the five (in the firm's currency, orders only) are compared with what was read.  The files that are written
do not count before the journal names them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from fondaco.kernel import Damaged, NeedsAnswer, Problem, Progress, UnreadableFile
from fondaco.ledger.apart import set_apart
from fondaco.ledger.asides import drop_summaries, drop_told_elsewhere, set_aside
from fondaco.ledger.deciding import Raw, Setting
from fondaco.ledger.keeping import LARGEST_KEPT, KeptSource, keep_rows, used_headers
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.raw import load
from fondaco.ledger.relating import Known, number_occurrences, relate, tie_reversals
from fondaco.ledger.report import CLASSES, ImportReport
from fondaco.ledger.schema import KINDS, ORIGIN, TABLES
from fondaco.ledger.sql import literal, quote
from fondaco.ledger.stage import Staged, carry_down, stage
from fondaco.ledger.store import DataFile, Event, Store, live, sql_path, write_parquet
from fondaco.ledger.understanding import Understanding, question_of_refusals
from fondaco.ledger.workbench import connection


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
        if one.mapping.table == "orders":
            run.problems += _dated_ahead(con, staged, run.now)
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


def _dated_ahead(con: duckdb.DuckDBPyConnection, staged: Staged, now: datetime) -> list[Problem]:
    """Tell of rows dated after today, and after tomorrow, which has begun elsewhere: growth counts from the last day."""
    rows, last = con.execute(
        f"SELECT count(*), max(day) FROM {staged.table} WHERE reason IS NULL AND day > ?",
        [now.date() + timedelta(days=1)],
    ).fetchall()[0]
    if not rows:
        return []
    are, their = ("row is", "its day") if rows == 1 else ("rows are", "their days")
    return [
        Problem(
            "ahead",
            rows,
            f"{rows:,} {are} dated after today, the last {last}: growth and what is expected count from the last day of all.",
            f"look at {their}; where it is wrong, undo this import, correct the file and import it again.",
        )
    ]


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
