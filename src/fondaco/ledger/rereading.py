"""Reading past imports again, when a reader has learned something since.

An import keeps its source rows (`keeping`).  Rereading takes them through today's readers, as an
import of its own that stands in the place of the earlier one: one journal row puts it there, undoing
it brings the earlier one back, and a past day is still shown as it was known then.  What people
decided (countries, charges, constants, repeats) is kept.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError, Progress, Refused, UnknownName, silent
from fondaco.ledger.accounting import Import, read_all
from fondaco.ledger.current import current
from fondaco.ledger.deciding import Setting
from fondaco.ledger.engine import duckdb_engine
from fondaco.ledger.keeping import kept_source
from fondaco.ledger.mapping import Mapping, from_toml
from fondaco.ledger.platforms import Reader, Spellings, readers
from fondaco.ledger.report import CLASSES, money
from fondaco.ledger.schema import TABLES
from fondaco.ledger.store import RAW, DataFile, Event, Store, live, superseded
from fondaco.ledger.taking import event_of, identity_of
from fondaco.ledger.understanding import Options, Understanding, understand_source
from fondaco.ledger.workbench import scratch_folder

#: Rows that are shown of a difference.
EXAMPLES = 20


@dataclass(frozen=True)
class Change:
    """One row that is read differently: where it stands, and for each field what it said and says."""

    file: str
    row: int
    fields: tuple[tuple[str, Any, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the public fields."""
        said = [
            {"field": n, "before": _plain(before), "after": _plain(after)} for n, before, after in self.fields
        ]
        return {"file": self.file, "row": self.row, "fields": said}


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Difference:
    """What reading an import again changes in what counts.

    Attributes
    ----------
    import_, files
        The import, and its files.
    readers, readers_now
        Readers and versions, then and today.
    rows
        Rows of its sources.
    changed, come, gone
        Rows that count in both readings and say something else; that count only now; only before.
    quarantined_before, quarantined
        Rows set aside, then and now.
    value_before, value
        Net value of its rows that count, in the firm's `currency`; None without order lines.
    examples
        The first of the changed rows.
    reread
        The import that stands in its place now; None while nothing was done.
    """

    import_: str
    files: tuple[str, ...]
    readers: tuple[str, ...]
    readers_now: tuple[str, ...]
    rows: int
    currency: str
    quarantined_before: int
    quarantined: int
    changed: int = 0
    come: int = 0
    gone: int = 0
    value_before: Decimal | None = None
    value: Decimal | None = None
    examples: tuple[Change, ...] = ()
    reread: str | None = None

    @property
    def differs(self) -> bool:
        """Whether anything would count differently."""
        counts = self.changed or self.come or self.gone
        return bool(counts) or self.quarantined_before != self.quarantined

    def to_json(self) -> dict[str, Any]:
        """Return the public fields (see ``docs/json.md``)."""
        data = {k: v for k, v in vars(self).items() if k not in ("import_", "examples")}
        for name in ("value_before", "value"):
            data[name] = None if data[name] is None else money(data[name])
        said = [change.to_json() for change in self.examples]
        return {"import": self.import_, "differs": self.differs, **data, "examples": said}


@dataclass(frozen=True)
class Rereading:
    """What rereading found: differences by import, and imports whose rows were not kept."""

    differences: tuple[Difference, ...]
    not_kept: tuple[str, ...]
    done: bool


def outdated(store: Store, spellings: Spellings | None = None) -> list[str]:
    """Return the imports that today's readers would understand otherwise, by readers and mappings alone.

    `spellings` are what the workspace adds to the readers' names of columns.
    """
    counting = live(store.events())
    roots = [e for e in counting if not e.detail.get("replays") and _is_kept(store, e)]
    return [
        root.import_
        for root in roots
        if _is_outdated(_understood_today(store, root, _chain(counting, root), readers(spellings)), root)
    ]


def reread(
    store: Store,
    firm: str,
    setting: Setting,
    import_ids: Sequence[str],
    *,
    now: datetime,
    commit: bool,
    spellings: Spellings | None = None,
    by: str = "",
    progress: Progress = silent,
) -> Rereading:
    """Read imports again from the rows they keep, and tell the difference; with `commit`, let it count.

    Parameters
    ----------
    import_ids
        Which; all whose reader has changed when none is named.
    commit
        Whether the new readings take the place of the old ones, all at one moment.
    spellings
        What the workspace adds to the readers' names of columns.

    Raises
    ------
    UnknownName, InputError, Refused
        When an import is not there, is undone, was read again already, or did not keep its rows.
    """
    with scratch_folder(store) as scratch:
        if not commit:
            return _reread(
                _Trial(store.folder), firm, setting, import_ids, spellings, scratch, now, by, progress
            )[0]
        with store.lock():
            store.sweep(store.events())
            found, new = _reread(store, firm, setting, import_ids, spellings, scratch, now, by, progress)
            if new:
                store.commit(new[0], scratch, *new[1:])
            return replace(found, done=bool(new))


class _Trial(Store):
    """A store whose new files stay in scratch folders and count nowhere."""

    def add(self, table: str, parquet: Path, *, name: str, rows: int) -> DataFile:
        target = parquet.with_name(f"{table}-trial-{name}")
        os.replace(parquet, target)
        return DataFile(table, str(target), rows, "")


def _reread(
    store: Store,
    firm: str,
    setting: Setting,
    import_ids: Sequence[str],
    spellings: Spellings | None,
    scratch: Path,
    now: datetime,
    by: str,
    progress: Progress,
) -> tuple[Rereading, list[Event]]:
    events = store.events()
    counting = live(events)
    roots, not_kept = _chosen(store, events, import_ids, spellings)
    chains = {root.import_: _chain(counting, root) for root in roots}
    replaced = {e.import_ for chain in chains.values() for e in chain}
    rest = [e for e in events if e.import_ not in replaced]
    new: list[Event] = []
    seq = max((e.seq for e in events), default=0)
    for number, root in enumerate(roots):
        start, width = number / len(roots), 1 / len(roots)
        part: Progress = lambda step, share, s=start, w=width: progress(step, s + w * share)  # type: ignore[misc]  # noqa: E731
        run = Import.begin(store, firm, setting, rest + new, scratch, now, by, part)
        run.order = root.order
        understood = _understood_today(store, root, chains[root.import_], readers(spellings))
        report, settled = read_all(run, understood)
        run.files += [f for f in root.files if f.table == RAW]
        detail: dict[str, Any] = {
            "supersedes": [e.import_ for e in chains[root.import_]],
            "order": root.order,
        }
        if prints := root.detail.get("prints"):
            # The same files brought again are known, as this reading.
            detail |= {"prints": prints, "identity": identity_of(prints, understood)}
        detail |= {name: root.detail.get(name) for name in ("platform", "given")}
        event = event_of(run, understood, settled, report, detail)
        new.append(replace(event, seq=seq + 1 + number))
    if not roots:
        return Rereading((), tuple(not_kept), False), []
    progress("Comparing with what counts", 0.98)
    pairs = [(root, chains[root.import_], event) for root, event in zip(roots, new, strict=True)]
    after = sorted([e for e in counting if e.import_ not in replaced] + new, key=lambda e: e.order)
    found = compare(store, counting, after, pairs, setting.currency)
    return Rereading(tuple(found), tuple(not_kept), False), new


# ---------------------------------------------------------------- which, and how


def _chosen(
    store: Store, events: Sequence[Event], import_ids: Sequence[str], spellings: Spellings | None
) -> tuple[list[Event], list[str]]:
    """Return the imports to read again in the order of their statements, and those that cannot be."""
    counting = {e.import_: e for e in live(list(events))}
    if not import_ids:
        old = set(outdated(store, spellings))
        gone = [
            e.import_ for e in counting.values() if not e.detail.get("replays") and not _is_kept(store, e)
        ]
        return [e for e in counting.values() if e.import_ in old], gone
    chosen: dict[str, Event] = {}
    for import_id in import_ids:
        if import_id not in {e.import_ for e in events if e.kind == "import"}:
            raise UnknownName(f"There is no import {import_id!r}: list them with fondaco imports.")
        if later := superseded(events).get(import_id):
            raise InputError(f"{import_id} was read again already, as {later}: name that one.")
        if import_id not in counting:
            raise Refused(f"Import {import_id} is undone: import its file again instead.")
        root = counting[import_id]
        while root.detail.get("replays"):
            root = counting[root.detail["replays"]]
        if not _is_kept(store, root):
            raise Refused(f"Import {root.import_} did not keep its rows: undo it and import its file again.")
        chosen[root.import_] = root
    return sorted(chosen.values(), key=lambda e: e.order), []


def _is_kept(store: Store, event: Event) -> bool:
    understood = event.detail["understood"]
    there = all((store.folder / f.path).is_file() for f in event.files if f.table == RAW)
    return there and all("columns" in u and _raw_of(event, n) for n, u in enumerate(understood))


def _raw_of(event: Event, number: int) -> DataFile | None:
    return next((f for f in event.files if f.table == RAW and f.path.endswith(f"-{number}.parquet")), None)


def _chain(counting: Sequence[Event], root: Event) -> list[Event]:
    """Return an import and the replays of its quarantine, and theirs."""
    chain = [root]
    while later := next((e for e in counting if e.detail.get("replays") == chain[-1].import_), None):
        chain.append(later)
    return chain


def _understood_today(
    store: Store, root: Event, chain: Sequence[Event], among: Sequence[Reader]
) -> list[Understanding]:
    """Return how today's readers understand each source of an import, people's decisions kept."""
    found = []
    for number, was in enumerate(root.detail["understood"]):
        raw = _raw_of(root, number)
        assert raw is not None  # asked before
        source = kept_source(was["file"], store.folder / raw.path, was["columns"])
        last = [u for e in chain for u in e.detail["understood"] if u["file"] == was["file"]][-1]
        decided = from_toml(last["mapping"], f"the mapping of import {root.import_}")
        found.append(_today(source, was, _unsettled(was, decided), root, among))
    return found


def _unsettled(was: dict[str, Any], decided: Mapping) -> Mapping:
    """Return a mapping without the styles that the rows settled by themselves: they shall do so again."""
    settled = from_toml(was["mapping"], "the mapping").styles
    given = was.get("styles", settled)
    styles = {k: v for k, v in decided.styles.items() if k in given or settled.get(k) != v}
    return replace(decided, styles=styles)


def _today(
    source: Any, was: dict[str, Any], decided: Mapping, root: Event, among: Sequence[Reader]
) -> Understanding:
    options = Options(platform=root.detail.get("platform"))
    given = understand_source(source, replace(options, mapping=decided), lambda _columns: None, among)
    if root.detail.get("given"):
        return given
    fresh = understand_source(source, options, lambda _columns: None, among)
    if fresh.layout is None and was["chosen"] == "remembered":
        return given
    if fresh.proposal is not None and not fresh.proposal.sure:
        return given
    names = TABLES[fresh.mapping.table].names
    constants = {
        k: v for k, v in decided.constants.items() if k in names and k not in fresh.mapping.columns
    } | fresh.mapping.constants
    mapping = replace(
        fresh.mapping,
        constants=constants,
        countries=fresh.mapping.countries | decided.countries,
        charges=fresh.mapping.charges | decided.charges,
        repeats=decided.repeats,
        styles={k: v for k, v in fresh.mapping.styles.items() if k not in constants},
    )
    return replace(fresh, mapping=mapping)


def _is_outdated(today: Sequence[Understanding], root: Event) -> bool:
    for now, was in zip(today, root.detail["understood"], strict=True):
        then = from_toml(was["mapping"], "the mapping")
        same = replace(then, styles={}).fingerprint() == replace(now.mapping, styles={}).fingerprint()
        if now.reader != was["reader"] or not (same or root.detail.get("given")):
            return True
    return False


# ---------------------------------------------------------------- the difference


def compare(
    store: Store,
    before: Sequence[Event],
    after: Sequence[Event],
    pairs: Sequence[tuple[Event, Sequence[Event], Event]],
    currency: str,
) -> list[Difference]:
    """Return for each rereading what would count otherwise.

    Parameters
    ----------
    before, after
        The imports that count before and after.
    pairs
        For each rereading: the import, the import and its replays, and the new reading.
    """
    origin = {e.import_: root.import_ for root, chain, _ in pairs for e in chain}
    origin |= {new.import_: root.import_ for root, _, new in pairs}
    tables = {f.table for _, chain, new in pairs for e in (*chain, new) for f in e.files} & TABLES.keys()
    found = {root.import_: _accounted(root, chain, new, currency) for root, chain, new in pairs}
    for name in sorted(tables):
        touched = [e for _, chain, new in pairs for e in (*chain, new)]
        for root_id, change in _compare_table(store, before, after, touched, name, origin).items():
            if root_id in found:
                found[root_id] = _added(found[root_id], change)
    return list(found.values())


def _accounted(root: Event, chain: Sequence[Event], new: Event, currency: str) -> Difference:
    report = new.detail["report"]
    last = chain[-1].detail["report"]
    return Difference(
        root.import_,
        tuple(report["files"]),
        tuple(root.detail["report"]["readers"]),
        tuple(report["readers"]),
        sum(report[name] for name in CLASSES),
        currency,
        last["quarantined"],
        report["quarantined"],
        reread=new.import_,
    )


def _added(one: Difference, change: dict[str, Any]) -> Difference:
    counts = {n: getattr(one, n) + change[n] for n in ("changed", "come", "gone")}
    worth = {
        n: change[n] if (had := getattr(one, n)) is None else had + (change[n] or 0)
        for n in ("value_before", "value")
    }
    return replace(one, **counts, **worth, examples=(*one.examples, *change["examples"])[:EXAMPLES])


def _compare_table(
    store: Store,
    before: Sequence[Event],
    after: Sequence[Event],
    touched: Sequence[Event],
    name: str,
    origin: dict[str, str],
) -> dict[str, dict[str, Any]]:
    """Compare one table as it counts before and after, over the keys that the rereadings state."""
    engine, table = duckdb_engine(), TABLES[name]
    stated = current(store, [replace(e, detail={}) for e in touched], name, engine).select(list(table.key))
    names = [c.name for c in table.columns if c.name != "occurrence"]
    backend = engine.backend
    for view, events in (("reread_before", before), ("reread_after", after)):
        rows = current(store, events, name, engine).semi_join(stated, list(table.key))
        who = rows["import"].substitute(origin)
        chosen = rows.select("file", "row", *names, origin=who)
        backend.create_table(view, chosen, temp=True, overwrite=True)
    columns = ", ".join(f'"{n}"' for n in names)
    con = backend.con
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE reread_gone AS SELECT origin, file, row, {columns} FROM reread_before EXCEPT ALL "
        f"SELECT origin, file, row, {columns} FROM reread_after"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE reread_come AS SELECT origin, file, row, {columns} FROM reread_after EXCEPT ALL "
        f"SELECT origin, file, row, {columns} FROM reread_before"
    )
    found = _counts(con, table.name == "orders")
    for root_id, change in found.items():
        change["examples"] = _examples(con, root_id, names)
    for view in ("before", "after", "gone", "come"):
        con.execute(f"DROP TABLE IF EXISTS reread_{view}")
    return found


def _counts(con: Any, worth: bool) -> dict[str, dict[str, Any]]:
    both = "SELECT g.origin FROM reread_gone g JOIN reread_come c USING (origin, file, row)"
    value = "sum(value)" if worth else "CAST(NULL AS DECIMAL(18,4))"
    rows = con.execute(
        f"""SELECT o.origin, coalesce(b.n, 0), coalesce(c.n, 0), coalesce(g.n, 0), x.value, y.value
        FROM (SELECT origin FROM reread_before UNION SELECT origin FROM reread_after) o
        LEFT JOIN (SELECT origin, count(*) n FROM ({both}) GROUP BY 1) b USING (origin)
        LEFT JOIN (SELECT origin, count(*) n FROM reread_come GROUP BY 1) c USING (origin)
        LEFT JOIN (SELECT origin, count(*) n FROM reread_gone GROUP BY 1) g USING (origin)
        LEFT JOIN (SELECT origin, {value} AS value FROM reread_before GROUP BY 1) x USING (origin)
        LEFT JOIN (SELECT origin, {value} AS value FROM reread_after GROUP BY 1) y USING (origin)"""
    ).fetchall()
    none = Decimal(0) if worth else None
    return {
        origin: {
            "changed": both_,
            "come": come - both_,
            "gone": gone - both_,
            "value_before": none if before is None else before,
            "value": none if after is None else after,
        }
        for origin, both_, come, gone, before, after in rows
    }


def _examples(con: Any, root_id: str, names: Sequence[str]) -> tuple[Change, ...]:
    said = ", ".join(f'g."{n}", c."{n}"' for n in names)
    rows = con.execute(
        f"SELECT file, row, {said} FROM reread_gone g JOIN reread_come c USING (origin, file, row) "
        f"WHERE origin = ? ORDER BY file, row LIMIT {EXAMPLES}",
        [root_id],
    ).fetchall()
    return tuple(
        Change(
            row[0],
            row[1],
            tuple((n, b, a) for n, b, a in zip(names, row[2::2], row[3::2], strict=True) if b != a),
        )
        for row in rows
    )
