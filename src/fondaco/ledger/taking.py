"""Taking files in: the one way by which facts come into a firm's ledger.

::

    file -> blobs -> source -> raw table -> staged rows -> related to what is known -> Parquet
                                                                                        -> journal

Everything up to the journal row is preparation that a crash simply loses.  What happens to each source, and how its
rows are accounted for, is `fondaco.ledger.accounting`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError, Problem, Progress, UnknownName, UnreadableFile, silent
from fondaco.ledger.accounting import Import, read_all
from fondaco.ledger.containers import fingerprint
from fondaco.ledger.deciding import Setting
from fondaco.ledger.mapping import Mapping, from_toml, to_toml
from fondaco.ledger.platforms import Spellings, readers
from fondaco.ledger.raw import Source
from fondaco.ledger.report import CLASSES, ImportReport
from fondaco.ledger.store import Event, Store, connect, live, sql_path
from fondaco.ledger.understanding import (
    TABLE_READER,
    Options,
    Remembered,
    Understanding,
    ask_where_unsure,
    understand,
    without_covers,
)
from fondaco.ledger.workbench import scratch_folder


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
