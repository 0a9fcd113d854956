"""The files of one firm's ledger: Delta Lake tables, and the journal that makes imports count.

::

    ledger/firm=gifts/
        orders/    _delta_log/  20261121-5e0c11d2-0.parquet ...
        quarantine/ ...
        raw/       the source rows that each import keeps (`keeping`), as text
        imports/   the journal: one row per import or undo

An import first adds its Parquet files to the Delta table of each canonical table, then commits one
row to the journal.  Readers open only the files that a live journal row names, so this one row is
the moment at which an import begins to count: a process killed before it leaves files that nobody
opens, one killed after it leaves a whole import.  Every journal row carries the SHA-256 of its
files, which `verify` checks.

One firm is one folder with Delta tables of its own (``firm=`` is the partition): firms never wait
for each other, and leaving one out of a backup, or handing one over, is a matter of one folder.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from fondaco.kernel import Damaged, Refused
from fondaco.ledger.containers import fingerprint
from fondaco.ledger.scratch import SCRATCH, scratch_in

JOURNAL = "imports"
RAW = "raw"
LONGEST_WAIT = 600.0  # seconds that an import waits for another one of the same firm


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of the ledger as the journal knows it: path below the firm's folder."""

    table: str
    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Event:
    """One row of the journal.

    Attributes
    ----------
    seq
        Its place in the journal, from 1; later statements win by it.
    kind
        ``import``, ``undo`` or ``forget``.
    import_
        The import it brings or withdraws.
    at
        When, in UTC.
    by
        Who, where that is known.
    files
        For an import: its data files.
    detail
        For an import: its report and options, as JSON-ready values.
    """

    seq: int
    kind: str
    import_: str
    at: datetime
    by: str
    files: tuple[DataFile, ...]
    detail: dict[str, Any]

    @property
    def order(self) -> int:
        """Its place among statements: the later wins.  A rereading stands where the first reading stood."""
        return int(self.detail.get("order", self.seq))


#: Journals as last read, by folder, with the Delta log's files at that time.
_journals: dict[Path, tuple[tuple[str, ...], list[Event]]] = {}
MOST_JOURNALS = 512


class Store:
    """The folder of one firm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def lock(self, *, wait: float = LONGEST_WAIT) -> Iterator[None]:
        """Hold the firm's ledger for writing; the operating system lets go of it if we are killed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / ".lock", timeout=wait):
                yield
        except Timeout:
            raise Refused(
                f"Another import has held this firm's ledger for {wait:.0f} seconds: wait for it and try again."
            ) from None

    def add(self, table: str, parquet: Path, *, name: str, rows: int) -> DataFile:
        """Move a finished Parquet file into a table and commit it to that table's Delta log."""
        from deltalake.transaction import AddAction

        folder = self.folder / table
        delta = _open_delta(folder) or _create_delta(folder, parquet)
        target = folder / name
        _sync(parquet)
        os.replace(parquet, target)
        action = _add_action(AddAction, target, rows)
        delta.create_write_transaction([action], mode="append", schema=delta.schema())
        _sync(folder / "_delta_log")
        return DataFile(table, f"{table}/{name}", rows, fingerprint(target))

    def keep(self, parquet: Path, *, name: str, rows: int) -> DataFile:
        """Move a finished Parquet file of source rows into ``raw/``.

        It is no Delta table: the columns are those of each file.
        """
        folder = self.folder / RAW
        folder.mkdir(exist_ok=True)
        _sync(parquet)
        os.replace(parquet, folder / name)
        _sync(folder)
        return DataFile(RAW, f"{RAW}/{name}", rows, fingerprint(folder / name))

    def commit(self, event: Event, scratch: Path, *more: Event) -> None:
        """Append to the journal: the moment at which imports, or an undo, count; several do so at once."""
        parquet = scratch / f"journal-{event.seq}.parquet"
        write_journal(parquet, [event, *more])
        name = f"{event.seq:08d}-{event.kind}-{event.import_}.parquet"
        self.add(JOURNAL, parquet, name=name, rows=1 + len(more))

    def rewrite_journal(self, events: Sequence[Event], scratch: Path) -> None:
        """Put another journal in the place of the whole journal, in one commit; the old is then nobody's."""
        from deltalake.transaction import AddAction, RemoveAction

        folder = self.folder / JOURNAL
        delta = _open_delta(folder)
        listed = sorted(Path(uri).name for uri in delta.file_uris())
        parquet = scratch / "journal.parquet"
        write_journal(parquet, events)
        name = f"{max(e.seq for e in events):08d}-journal-{secrets.token_hex(4)}.parquet"
        _sync(parquet)
        os.replace(parquet, folder / name)
        actions = [RemoveAction(path=old, deletion_timestamp=0, data_change=True) for old in listed]
        actions.append(_add_action(AddAction, folder / name, len(events)))
        delta.create_write_transaction(actions, mode="append", schema=delta.schema())
        _sync(folder / "_delta_log")

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Hold what keeps a backup and the erasure of a person apart: files vanish during the latter."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".erasing", timeout=LONGEST_WAIT):
            yield

    def events(self) -> list[Event]:
        """Return the journal, oldest first; it is read again when its Delta log has changed."""
        journal = self.folder / JOURNAL
        log = journal / "_delta_log"
        try:
            # The folder's own number and time tell a new workspace in the place of an old one.
            seen = log.stat()
            version = (str(seen.st_ino), str(seen.st_mtime_ns), *sorted(path.name for path in log.iterdir()))
        except FileNotFoundError:
            return []
        kept = _journals.get(self.folder)
        if kept is None or kept[0] != version:
            if len(_journals) >= MOST_JOURNALS:
                _journals.clear()
            kept = _journals[self.folder] = (version, self._read_journal(journal))
        return list(kept[1])

    def journal_files(self) -> list[str]:
        """Return the names of the files that hold the journal."""
        delta = _open_delta(self.folder / JOURNAL)
        return sorted(Path(uri).name for uri in delta.file_uris()) if delta else []

    def _read_journal(self, journal: Path) -> list[Event]:
        import polars as pl
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError, TableNotFoundError

        columns = ("seq", "kind", "import", "at", "by", "files", "detail")
        try:
            files = DeltaTable(str(journal)).file_uris()
            if not files:
                return []
            # Not by DuckDB: opening one takes longer than all else that is done here.
            rows = pl.read_parquet(files, hive_partitioning=False).select(columns).sort("seq").rows()
        except TableNotFoundError:
            return []  # killed before the first commit ever
        except (DeltaError, pl.exceptions.PolarsError, OSError) as error:
            raise Damaged(
                f"The journal in {journal} cannot be read ({error}): restore the last backup."
            ) from None
        return [
            Event(
                seq,
                kind,
                import_,
                at.replace(tzinfo=UTC),
                by,
                tuple(DataFile(**f) for f in json.loads(files_)),
                json.loads(detail),
            )
            for seq, kind, import_, at, by, files_, detail in rows
        ]

    def sweep(self, events: list[Event]) -> int:
        """Withdraw data files that no journal row names: what a killed import left behind.

        Call it only while holding `lock`.  Returns how many files it withdrew.
        """
        from deltalake.transaction import RemoveAction

        known = {f.path for e in events for f in e.files}
        swept = 0
        for kept in self.folder.glob(f"{RAW}/*"):
            if f"{RAW}/{kept.name}" not in known:
                kept.unlink()
                swept += 1
        for log in self.folder.glob("*/_delta_log"):
            table = log.parent.name
            delta = _open_delta(log.parent)
            listed = {Path(uri).name for uri in delta.file_uris()} if delta else set()
            there = {p.name for p in log.parent.glob("*.parquet")}
            strays = {name for name in listed | there if f"{table}/{name}" not in known}
            if table == JOURNAL:  # what it lists counts; a row that was never listed was never said
                strays = there - listed
            actions = [
                RemoveAction(path=n, deletion_timestamp=0, data_change=True) for n in sorted(strays & listed)
            ]
            if actions:
                delta.create_write_transaction(list(actions), mode="append", schema=delta.schema())
            for stray in strays:
                (log.parent / stray).unlink(missing_ok=True)
                swept += 1
        return swept

    def scratch(self) -> AbstractContextManager[Path]:
        """Give a folder of our own inside the firm's, gone afterwards (`scratch.scratch_in`)."""
        return scratch_in(self.folder / SCRATCH)


def live(events: list[Event], as_of: date | None = None) -> list[Event]:
    """Return the imports that count, oldest first; with `as_of`, as they stood at the end of that day (UTC).

    An import that was read again counts no more, until that rereading is undone.
    """
    known = [e for e in events if as_of is None or e.at.date() <= as_of]
    gone = {e.import_ for e in known if e.kind == "undo"}
    gone |= superseded(known).keys()
    return [e for e in known if e.kind == "import" and e.import_ not in gone]


def superseded(events: Sequence[Event]) -> dict[str, str]:
    """Return for each import that was read again the import that stands in its place."""
    undone = {e.import_ for e in events if e.kind == "undo"}
    return {
        old: e.import_
        for e in events
        if e.kind == "import" and e.import_ not in undone
        for old in e.detail.get("supersedes", ())
    }


def write_journal(parquet: Path, events: Sequence[Event]) -> None:
    """Write rows of the journal as a Parquet file."""
    with connect() as con:
        con.execute(
            'CREATE TABLE rows (seq BIGINT, kind VARCHAR, "import" VARCHAR, "at" TIMESTAMP, "by" VARCHAR, '
            "files VARCHAR, detail VARCHAR)"
        )
        con.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                [
                    event.seq,
                    event.kind,
                    event.import_,
                    event.at.astimezone(UTC).replace(tzinfo=None),
                    event.by,
                    json.dumps([vars(f) for f in event.files]),
                    json.dumps(event.detail, ensure_ascii=False),
                ]
                for event in events
            ],
        )
        con.execute(f"COPY (FROM rows ORDER BY seq) TO '{sql_path(parquet)}' (FORMAT parquet)")


def _add_action(kind: Any, path: Path, rows: int) -> Any:
    """Return what tells Delta of a file; of its content only how many rows it has."""
    seen = path.stat()
    return kind(
        path=path.name,
        size=seen.st_size,
        partition_values={},
        modification_time=int(seen.st_mtime * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": rows}),
    )


def _open_delta(folder: Path) -> Any:
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(str(folder))
    except TableNotFoundError:
        return None


def _create_delta(folder: Path, parquet: Path) -> Any:
    """Make a Delta table with the columns of its first Parquet file."""
    from deltalake import DeltaTable, Schema

    with _describer().cursor() as con:
        columns = con.execute(f"DESCRIBE SELECT * FROM '{sql_path(parquet)}'").fetchall()
    fields = [
        {"name": name, "type": _DELTA_TYPES.get(type_, type_.lower()), "nullable": True, "metadata": {}}
        for name, type_, *_ in columns
    ]
    folder.mkdir(parents=True, exist_ok=True)
    schema = Schema.from_json(json.dumps({"type": "struct", "fields": fields}))
    return DeltaTable.create(str(folder), schema=schema, mode="ignore")


#: DuckDB's names of types in Delta's words; decimals are spelled alike.
_DELTA_TYPES = {"VARCHAR": "string", "BIGINT": "long", "TIMESTAMP": "timestamp_ntz"}


def sql_path(path: Path) -> str:
    """Return a path for use between single quotes in SQL."""
    return str(path).replace("'", "''")


def connect() -> Any:
    """Open a DuckDB in memory that prints nothing: its own progress bar goes to standard output, among our JSON."""
    import duckdb

    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    return con


@cache
def _describer() -> Any:
    """Keep a DuckDB for questions about one file: opening one takes longer than the answer."""
    return connect()


def write_parquet(con: Any, query: str, target: Path) -> int:
    """Write what a query gives as a Parquet file, packed lightly; return its rows."""
    (rows,) = con.execute(
        f"COPY ({query}) TO '{sql_path(target)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    ).fetchall()[0]
    return int(rows)


def _sync(path: Path) -> None:
    """Make the system write a file, or a folder's list of files, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
