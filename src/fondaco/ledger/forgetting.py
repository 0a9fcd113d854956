"""Forgetting a person on request: every file of the ledger that tells of them is written anew.

In the place of a buyer's mark stands a pseudonym drawn by lot, so that orders, money, buyers and
repeat buying count as before; names and companies of their rows get it too, messages are emptied.
Source rows and quarantined rows of theirs keep only the cells that something reads.

::

    new Parquet files  ->  a new journal in one Delta commit  ->  the old files are deleted

Killed before the commit, nothing has happened; killed after it, what is left of the old files counts
no more and is deleted by the next thing that writes.  The journal says that a person was forgotten,
when and by whom it was done; not who they were.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from fondaco.kernel import InputError
from fondaco.ledger.keeping import used_headers
from fondaco.ledger.mapping import from_toml
from fondaco.ledger.persons import Person, folded
from fondaco.ledger.platforms import readers
from fondaco.ledger.schema import ORIGIN, TABLES, Table
from fondaco.ledger.sql import literal, quote
from fondaco.ledger.store import RAW, DataFile, Event, Store, connect, sql_path, write_parquet
from fondaco.ledger.workbench import scratch_folder

#: Columns that say who somebody is; `message` is personal as well, but names nobody in a cell of its own.
WHO = ("buyer", "buyer_name", "buyer_company")

#: A mark under which so many names stand is no person's: ``guest``, a marketplace's own account.
MOST_NAMES = 4


@dataclass(frozen=True)
class Trace:
    """Rows in which a person is found, by table (or ``raw``, ``quarantine``, ``journal``)."""

    table: str
    rows: int


def find_person(store: Store, text: str) -> Person:
    """Return the person that a name, an e-mail or a buyer's id means, by all that the ledger holds.

    Raises
    ------
    InputError
        When nothing, or only a letter, is given.
    """
    wanted = folded(text)
    if sum(c.isalnum() for c in wanted) < 2:
        raise InputError("Say whom to forget: a name, an e-mail address or a buyer's id.")
    marks, names = {text.strip()}, {text.strip()}
    with _reading() as con:
        _view_persons(con, store, store.events())
        by_name = con.execute(
            "SELECT DISTINCT buyer FROM persons WHERE name = ? AND buyer <> '' AND buyer IN (SELECT buyer FROM persons "
            f"WHERE name <> '' GROUP BY buyer HAVING count(DISTINCT name) < {MOST_NAMES})",
            [wanted],
        ).fetchall()
        mine = [wanted, *(mark for (mark,) in by_name)]
        said = con.execute(
            "SELECT DISTINCT buyer_said, name_said FROM persons WHERE list_contains($1, buyer) OR name = $2",
            [mine, wanted],
        ).fetchall()
    marks |= {mark for mark, _ in said if mark and folded(mark) in mine}
    names |= {name for mark, name in said if name and (folded(mark or "") in mine or folded(name) == wanted)}
    return Person(tuple(sorted(marks)), tuple(sorted(names)))


def _view_persons(con: duckdb.DuckDBPyConnection, store: Store, events: Sequence[Event]) -> None:
    """Make ``persons``: every buyer of every file, with their name, as written and folded."""
    parts = []
    for table in TABLES.values():
        files = _files(store, events, table.name)
        if not files or "buyer" not in table.names:
            continue
        name = "buyer_name" if "buyer_name" in table.names else "NULL"
        paths = ", ".join(f"'{sql_path(store.folder / f.path)}'" for f in files)
        parts.append(
            f"SELECT DISTINCT CAST(buyer AS VARCHAR) AS buyer_said, CAST({name} AS VARCHAR) AS name_said "
            f"FROM read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"
        )
    nobody = "SELECT NULL::VARCHAR AS buyer_said, NULL::VARCHAR AS name_said WHERE false"
    con.execute(f"CREATE TABLE said AS {' UNION '.join(parts) or nobody}")
    con.execute(
        f"CREATE TABLE persons AS SELECT *, coalesce({_folded('buyer_said')}, '') AS buyer, "
        f"coalesce({_folded('name_said')}, '') AS name FROM said"
    )


def traces(store: Store, person: Person) -> list[Trace]:
    """Return where the ledger tells of a person, and in how many rows."""
    with scratch_folder(store) as scratch, _reading() as con:
        return list(_Erasure(store, store.events(), person, con, scratch).count().values())


def forget(
    store: Store, text: str, *, now: datetime, by: str, others: Callable[[Person], None]
) -> list[Trace]:
    """Erase a person from a firm's ledger, history included.

    Parameters
    ----------
    text
        A name, an e-mail or a buyer's id.
    now, by
        When, and who does it.
    others
        Erases the person outside the ledger; it is called first, so that a crash in between leaves the
        ledger's knowledge of who they are for the next try.

    Returns
    -------
    list of Trace
        What was erased; empty when there was nothing.
    """
    with store.lock(), store.erasing(), scratch_folder(store) as scratch:
        store.sweep(store.events())
        events = store.events()
        person = find_person(store, text)
        others(person)
        with _reading() as con:
            erasure = _Erasure(store, events, person, con, scratch)
            found = erasure.count()
            if not found:
                return []
            rewritten = erasure.rewrite()
        last = max(e.seq for e in events)
        rows = sum(trace.rows for trace in found.values())
        rewritten.append(Event(last + 1, "forget", "", now, by, (), {"rows": rows}))
        store.rewrite_journal(rewritten, scratch)
        store.sweep(rewritten)
        return list(found.values())


@contextmanager
def _reading() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def _files(store: Store, events: Sequence[Event], table: str) -> list[DataFile]:
    """Return a table's files of all imports, withdrawn ones too, that are there, each once."""
    found = {f.path: f for e in events for f in e.files if f.table == table}
    return [f for f in found.values() if (store.folder / f.path).is_file()]


def _folded(sql: str) -> str:
    return f"lower(trim(nfc_normalize({sql})))"


def _among(sql: str, texts: Sequence[str] | frozenset[str]) -> str:
    if not texts:
        return "false"
    return f"coalesce({_folded(sql)} IN ({', '.join(map(literal, sorted(texts)))}), false)"


@dataclass
class _Source:
    """What is known of one source of an import: its columns, which are read, and which tell of people."""

    columns: tuple[str, ...]
    used: set[str]
    personal: dict[str, str]  # header to field


@dataclass(frozen=True)
class _Refused:
    """A quarantined row as it is and as it shall be, and whether it is the person's own."""

    row: dict[str, Any]
    again: dict[str, Any]
    theirs: bool


class _Erasure:
    """One person's erasure from one firm's files."""

    def __init__(
        self,
        store: Store,
        events: Sequence[Event],
        person: Person,
        con: duckdb.DuckDBPyConnection,
        scratch: Path,
    ) -> None:
        self.store, self.events, self.person, self.con, self.scratch = (
            store,
            list(events),
            person,
            con,
            scratch,
        )
        con.execute('CREATE TABLE mine ("import" VARCHAR, file VARCHAR, row BIGINT)')
        self.touched: list[DataFile] = []

    # ------------------------------------------------------------ finding

    def count(self) -> dict[str, Trace]:
        """Find the files that tell of the person; return how many rows of each table do."""
        found: dict[str, int] = {}
        for name in TABLES:
            for file in _files(self.store, self.events, name):
                self._note(found, file, self._count_table(file, TABLES[name]))
        for file in _files(self.store, self.events, "quarantine"):
            rows = self._refused(file)
            self._note(found, file, sum(one.again != one.row for one in rows))
            mine = [[o.row["import"], o.row["file"], o.row["row"]] for o in rows if o.theirs]
            if mine:
                self.con.executemany("INSERT INTO mine VALUES (?, ?, ?)", mine)
        for file in _files(self.store, self.events, RAW):
            self._note(found, file, self._count_raw(file))
        said = sum(self.person.without_all(e.detail) != e.detail for e in self.events)
        if said:
            found["journal"] = said
        return {name: Trace(name, rows) for name, rows in found.items()}

    def _note(self, found: dict[str, int], file: DataFile, rows: int) -> None:
        if rows:
            self.touched.append(file)
            found[file.table] = found.get(file.table, 0) + rows

    def _path(self, file: DataFile) -> str:
        # The folder (firm=...) is no column of the table.
        return f"read_parquet('{sql_path(self.store.folder / file.path)}', hive_partitioning = false)"

    def _count_table(self, file: DataFile, table: Table) -> int:
        is_theirs, names_them = self._theirs(table), self._names(_texts(table))
        self.con.execute(
            f'INSERT INTO mine SELECT "import", file, row FROM {self._path(file)} WHERE {is_theirs}'
        )
        rows = self.con.execute(
            f"SELECT count(*) FROM {self._path(file)} WHERE {is_theirs} OR {names_them}"
        ).fetchall()
        return int(rows[0][0])

    def _theirs(self, table: Table) -> str:
        """Return the SQL test of whether a row is the person's."""
        tests = []
        if "buyer" in table.names:
            tests.append(_among("buyer", frozenset(self.person.pseudonyms)))
        if "buyer_name" in table.names:
            tests.append(_among("buyer_name", self.person.folded_names))
        return f"({' OR '.join(tests)})" if tests else "false"

    def _names(self, columns: Sequence[str]) -> str:
        """Return the SQL test of whether any of these columns names the person."""
        if not self.person.sql_pattern or not columns:
            return "false"
        return f"regexp_matches(concat_ws(chr(31), {', '.join(columns)}), {literal(self.person.sql_pattern)})"

    def _without(self, sql: str) -> str:
        """Return the SQL of a text with every phrase replaced; twice, as two may share the blank between."""
        if not self.person.sql_pattern:
            return sql
        pattern, said = literal(self.person.sql_pattern), literal(rf"\1{self.person.pseudonym}\2")
        once = f"regexp_replace({sql}, {pattern}, {said}, 'g')"
        return f"regexp_replace({once}, {pattern}, {said}, 'g')"

    def _mark(self, sql: str) -> str:
        """Return the SQL of a buyer's mark, the person's replaced by their pseudonyms."""
        cases = " ".join(
            f"WHEN {literal(mark)} THEN {literal(said)}" for mark, said in self.person.pseudonyms.items()
        )
        return f"CASE {_folded(sql)} {cases} ELSE {self._without(sql)} END"

    # ------------------------------------------------------------ source rows

    def _source(self, import_: str, file: str) -> _Source | None:
        """Return what is known of a source: by every reading of it together."""
        found: _Source | None = None
        for event in self.events:
            for said in event.detail.get("understood", ()):
                if said["file"] != file or "columns" not in said or import_ not in self._related(event):
                    continue
                found = _with_reading(found, said)
        return found

    def _related(self, event: Event) -> set[str]:
        """Return the imports that share the source rows of one: it, what it replays, what it read again."""
        related, before = {event.import_}, set[str]()
        while related != before:
            before = set(related)
            for e in self.events:
                links = {e.import_, e.detail.get("replays"), *e.detail.get("supersedes", ())} - {None}
                if links & related:
                    related |= links
        return related

    def _raw_parts(self, file: DataFile) -> tuple[_Source, list[str]] | None:
        """Return the source of a file of raw rows, and the SQL of whose rows are the person's or name them."""
        owners = [e for e in self.events if any(f.path == file.path for f in e.files)]
        number = int(file.path.removesuffix(".parquet").rpartition("-")[2])
        name = owners[0].detail["understood"][number]["file"]
        source = self._source(owners[0].import_, name)
        if source is None:
            return None
        imports = ", ".join(literal(i) for i in sorted(self._related(owners[0])))
        theirs = [f'row IN (SELECT row FROM mine WHERE "import" IN ({imports}) AND file = {literal(name)})']
        anywhere = [self._names([f"c{i}" for i in range(len(source.columns))])]
        for i, header in enumerate(source.columns):
            field = source.personal.get(header)
            if field == "buyer":
                theirs.append(_among(f"c{i}", frozenset(self.person.pseudonyms)))
            elif field == "buyer_name":
                theirs.append(_among(f"c{i}", self.person.folded_names))
            elif header not in source.used:
                anywhere.append(_among(f"c{i}", self.person.idents))
        return source, [f"({' OR '.join(theirs)})", f"({' OR '.join([*theirs, *anywhere])})"]

    def _count_raw(self, file: DataFile) -> int:
        parts = self._raw_parts(file)
        if parts is None:
            return 0
        rows = self.con.execute(f"SELECT count(*) FROM {self._path(file)} WHERE {parts[1][1]}").fetchall()
        return int(rows[0][0])

    # ------------------------------------------------------------ quarantined rows

    def _refused(self, file: DataFile) -> list[_Refused]:
        """Return the rows of a quarantine file, each as it is and as it shall be."""
        read = self.con.execute(f"FROM {self._path(file)} ORDER BY row")
        names = [d[0] for d in read.description or ()]
        sources: dict[tuple[str, str], _Source | None] = {}
        found = []
        for values in read.fetchall():
            row = dict(zip(names, values, strict=True))
            key = (row["import"], row["file"])
            if key not in sources:
                sources[key] = self._source(*key)
            found.append(self._cleaned(row, sources[key]))
        return found

    def _cleaned(self, row: dict[str, Any], source: _Source | None) -> _Refused:
        person = self.person
        cells: dict[str, str | None] = json.loads(row["values"])
        personal = source.personal if source else {}
        used = source.used if source else set(cells)

        def is_theirs(header: str, cell: str) -> bool:
            field = personal.get(header)
            return (field == "buyer" and folded(cell) in person.pseudonyms) or (
                field == "buyer_name" and folded(cell) in person.folded_names
            )

        said = [(header, cell) for header, cell in cells.items() if cell]
        theirs = any(is_theirs(*pair) for pair in said)
        named = theirs or any(
            person.is_named_in(cell) or (header not in used and folded(cell) in person.idents)
            for header, cell in said
        )
        for header, cell in said:
            field = personal.get(header)
            if field == "buyer" and folded(cell) in person.pseudonyms:
                cells[header] = person.pseudonyms[folded(cell)]
            elif theirs and field in WHO[1:]:
                cells[header] = person.pseudonym
            elif (theirs and field == "message") or (named and header not in used):
                cells[header] = None
            else:
                cells[header] = person.without(cell)
        again = {k: person.without(v) if isinstance(v, str) and k != "values" else v for k, v in row.items()}
        changed = cells != json.loads(row["values"])
        text = json.dumps(person.without_all(cells), ensure_ascii=False) if changed else row["values"]
        return _Refused(row, {**again, "values": text}, theirs)

    # ------------------------------------------------------------ writing anew

    def rewrite(self) -> list[Event]:
        """Write every file that tells of the person anew; return the journal that names the new ones."""
        new = {file.path: self._rewritten(file) for file in self.touched}
        return [
            replace(
                event,
                files=tuple(new.get(f.path, f) for f in event.files),
                detail=self.person.without_all(event.detail),
            )
            for event in self.events
        ]

    def _rewritten(self, file: DataFile) -> DataFile:
        old = Path(file.path).name
        name = re.sub(r"^(\d{8}-[0-9a-f]{8})(\.[0-9a-f]{8})?", rf"\1.{secrets.token_hex(4)}", old)
        target = self.scratch / name
        query = self._query(file)
        write_parquet(self.con, query, target)
        if file.table == RAW:
            return self.store.keep(target, name=name, rows=file.rows)
        return self.store.add(file.table, target, name=name, rows=file.rows)

    def _query(self, file: DataFile) -> str:
        if file.table == "quarantine":
            return self._query_quarantine(file)
        if file.table == RAW:
            parts = self._raw_parts(file)
            assert parts is not None  # it was counted
            return self._query_raw(file, *parts)
        table = TABLES[file.table]
        cells = {name: self._without(quote(name)) for name in _plain_texts(table)}
        if "buyer" in table.names:
            cells["buyer"] = self._mark("buyer")
        for name in WHO[1:]:
            if name in table.names:
                said = f"WHEN theirs AND {name} IS NOT NULL THEN {literal(self.person.pseudonym)}"
                cells[name] = f"CASE {said} ELSE {self._without(name)} END"
        if "message" in table.names:
            cells["message"] = f"CASE WHEN theirs THEN NULL ELSE {self._without('message')} END"
        for name in {"order", "cancels"} & set(
            table.names
        ):  # an order without a number is its buyer and time
            column = quote(name)
            made = f"buyer IS NOT NULL AND starts_with({column}, buyer || ' ')"
            moved = f"{self._mark('buyer')} || substr({column}, length(buyer) + 1)"
            cells[name] = f"CASE WHEN theirs AND {made} THEN {moved} ELSE {self._without(column)} END"
        chosen = ", ".join(f"{sql} AS {quote(name)}" for name, sql in cells.items())
        rows = f"SELECT *, {self._theirs(table)} AS theirs FROM {self._path(file)}"
        return f"SELECT * EXCLUDE (theirs) REPLACE ({chosen}) FROM ({rows})"

    def _query_raw(self, file: DataFile, source: _Source, tests: Sequence[str]) -> str:
        cells = ["fault"]
        for i, header in enumerate(source.columns):
            cell, field = f"c{i}", source.personal.get(header)
            if field == "buyer":
                sql = self._mark(cell)
            elif field == "message":
                sql = f"CASE WHEN theirs THEN NULL ELSE {self._without(cell)} END"
            elif field in WHO:
                said = f"WHEN theirs AND {cell} IS NOT NULL THEN {literal(self.person.pseudonym)}"
                sql = f"CASE {said} ELSE {self._without(cell)} END"
            elif header not in source.used:
                sql = f"CASE WHEN named THEN NULL ELSE {cell} END"
            else:
                sql = self._without(cell)
            cells.append(f"{sql} AS {cell}")
        rows = f"SELECT *, {tests[0]} AS theirs, {tests[1]} AS named FROM {self._path(file)}"
        return f"SELECT row, {', '.join(cells)} FROM ({rows})"

    def _query_quarantine(self, file: DataFile) -> str:
        columns = self.con.execute(f"DESCRIBE FROM {self._path(file)}").fetchall()
        typed = ", ".join(f"{quote(name)} {type_}" for name, type_, *_ in columns)
        self.con.execute(f"CREATE OR REPLACE TABLE refused ({typed})")
        marks = ", ".join("?" for _ in columns)
        rows = [[one.again[name] for name, *_ in columns] for one in self._refused(file)]
        self.con.executemany(f"INSERT INTO refused VALUES ({marks})", rows)
        return "FROM refused ORDER BY row"


def _texts(table: Table) -> list[str]:
    return [quote(c.name) for c in (*table.columns, *ORIGIN) if c.type == "text"]


def _plain_texts(table: Table) -> list[str]:
    return [c.name for c in (*table.columns, *ORIGIN) if c.type == "text" and not c.personal]


def _with_reading(found: _Source | None, said: dict[str, Any]) -> _Source:
    """Add to what is known of a source what one reading of it reads."""
    columns = tuple(said["columns"])
    mapping = from_toml(said["mapping"], "the mapping")
    layout = next((r for r in readers() if r.name == said["reader"].rpartition("/")[0]), None)
    expressions = layout.for_columns(columns).expressions if layout else {}
    found = found or _Source(columns, set(), {})
    found.used |= used_headers(columns, mapping, expressions)
    for field in (*WHO, "message"):
        for header in used_headers(
            columns,
            replace(mapping, columns={k: v for k, v in mapping.columns.items() if k == field}),
            {k: v for k, v in expressions.items() if k == field},
        ):
            found.personal.setdefault(header, field)
    return found
