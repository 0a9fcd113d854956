"""How a file would be understood: shown before anything is taken in."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fondaco.kernel import NeedsAnswer, Question
from fondaco.ledger.asides import set_aside
from fondaco.ledger.deciding import Setting
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import workspace_spellings
from fondaco.ledger.raw import load
from fondaco.ledger.schema import TABLES
from fondaco.ledger.stage import carry_down, stage
from fondaco.ledger.taking import connection
from fondaco.ledger.understanding import Options, Understanding, understand

if TYPE_CHECKING:
    from fondaco.ledger.books import Ledger


@dataclass(frozen=True)
class Preview:
    """How one table of a file would be understood.

    Attributes
    ----------
    name, reader, platform, table
        The table, the reader, and where its rows would go.
    mapping
        The mapping in force.
    confidence
        Of the mapping, 0 to 1; 1 for a known layout or a mapping a person gave.
    sure
        Whether it may be taken in without a person having looked at the mapping.
    columns
        For each source column: header, field or None, confidence, first values.
    rows
        How many rows the table has.
    first_rows
        The first rows as they would be understood; those that would not be taken carry ``reason``.
    questions, doubts
        What a person must state, and what they should look at.
    taken, quarantined, net_total
        What would become of all rows; None while questions are open.
    """

    name: str
    reader: str
    platform: str
    table: str
    mapping: Mapping
    confidence: float
    columns: tuple[tuple[str, str | None, float, tuple[str, ...]], ...]
    rows: int
    sure: bool = True
    first_rows: tuple[dict[str, Any], ...] = ()
    questions: tuple[Question, ...] = ()
    doubts: tuple[str, ...] = ()
    taken: int | None = None
    quarantined: int | None = None
    net_total: Any = None


def look_at(home: Path, ledger: Ledger | None, path: Path, options: Options, *, rows: int) -> list[Preview]:
    """Show how every table of a file would be understood.

    Raises
    ------
    UnreadableFile
        When it holds no table.
    """
    from fondaco.reference.rates import Rates

    remembered = ledger.remembered if ledger else _remember_nothing
    setting = ledger.setting if ledger else Setting(options.currency or "EUR", Rates.load(home))
    with tempfile.TemporaryDirectory(prefix="fondaco-") as scratch:
        return [
            _preview(Path(scratch), one, setting, rows)
            for one in understand(
                path, Path(scratch), options, remembered, spellings=workspace_spellings(home)
            )
        ]


def _remember_nothing(_columns: Sequence[str]) -> None:
    """Return no mapping: there is no firm yet."""


def _preview(scratch: Path, one: Understanding, setting: Setting, rows: int) -> Preview:
    head = one.source.head(50)
    by_header = {header: name for name, header in one.mapping.columns.items()}
    sure = {g.header: g.confidence for g in one.proposal.columns} if one.proposal else {}
    columns = tuple(
        (
            header,
            by_header.get(header),
            sure.get(header, 1.0) if header in by_header else 0.0,
            tuple(dict.fromkeys(r[i].strip() for r in head if i < len(r) and r[i].strip()))[:3],
        )
        for i, header in enumerate(one.source.dialect.columns)
    )
    fields = one.proposal.confidence.values() if one.proposal else ()
    found = Preview(
        name=one.source.name,
        reader=one.reader,
        platform=one.mapping.platform,
        table=one.mapping.table,
        mapping=one.mapping,
        confidence=min(fields, default=1.0),
        columns=columns,
        rows=0,
        sure=one.proposal is None or one.proposal.sure,
        doubts=(*one.source.dialect.doubts, *one.changes, *(one.proposal.doubts if one.proposal else ())),
    )
    with connection(scratch) as con:
        raw = load(con, one.source)
        said = tuple(problem.reason for problem in set_aside(con, raw, one.layout))
        found = replace(found, doubts=(*found.doubts, *said))
        found = replace(found, rows=con.execute(f"SELECT count(*) FROM {raw.table}").fetchall()[0][0])
        carry_down(con, raw, one.mapping, one.expressions)
        try:
            staged = stage(
                con, raw, one.mapping, setting, expressions=one.expressions, preferred=one.preferred
            )
        except NeedsAnswer as open_:
            return replace(found, questions=open_.questions)
        names = [c.name for c in TABLES[one.mapping.table].columns]
        shown = ", ".join(f'"{name}"' for name in ("row", *names, "reason"))
        rows_ = con.execute(f"SELECT {shown} FROM {staged.table} ORDER BY row LIMIT {int(rows)}").fetchall()
        value = "sum(value)" if one.mapping.table == "orders" else "NULL"
        taken, refused, money = con.execute(
            f"SELECT count(*) FILTER (reason IS NULL), count(*) FILTER (reason IS NOT NULL), {value} FROM {staged.table}"
        ).fetchall()[0]
    first = tuple(
        {k: v for k, v in zip(("row", *names, "reason"), row, strict=True) if v is not None} for row in rows_
    )
    return replace(
        found,
        first_rows=first,
        doubts=(*found.doubts, *staged.doubts),
        taken=taken,
        quarantined=refused,
        net_total=money,
    )
