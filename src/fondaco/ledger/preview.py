"""How a file would be understood: shown before anything is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from fondaco.kernel import NeedsAnswer, Problem, Question
from fondaco.ledger.apart import set_apart
from fondaco.ledger.asides import set_aside
from fondaco.ledger.deciding import Setting
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import workspace_spellings
from fondaco.ledger.raw import load
from fondaco.ledger.schema import TABLES
from fondaco.ledger.scratch import workspace_scratch
from fondaco.ledger.stage import carry_down, stage
from fondaco.ledger.understanding import (
    Options,
    Understanding,
    question_of_refusals,
    understand,
    without_covers,
)
from fondaco.ledger.workbench import connection

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
    told
        What stands in the file beside its data and would be left out: totals, notes, hidden sheets.
    kinds
        How many rows of each kind (`schema.KINDS`) there would be.
    money
        Net amount (amount, discount and refund) of the rows that would be taken, by currency.
    first_day, last_day
        The period that the rows cover.
    markets
        How many rows each market has, the largest first; None for the unknown one.
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
    told: tuple[Problem, ...] = ()
    kinds: tuple[tuple[str, int], ...] = ()
    money: tuple[tuple[str, Decimal], ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    markets: tuple[tuple[str | None, int], ...] = ()


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
    with workspace_scratch(home) as scratch:
        understood, left_out = without_covers(
            understand(path, scratch, options, remembered, spellings=workspace_spellings(home))
        )
        found = [_preview(scratch, one, setting, rows) for one in understood]
        return [replace(found[0], told=(*left_out, *found[0].told)), *found[1:]]


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
        raw = load(con, one.source, scratch)
        aside = set_aside(con, raw, one.layout)
        raw, apart = set_apart(con, raw, one.mapping, last_is_cut=one.source.is_cut)
        count = con.execute(f"SELECT count(*) FROM {raw.table}").fetchall()[0][0]
        found = replace(found, rows=count, told=(*aside, *apart))
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
        found = replace(found, **_totals(con, staged.table, one.mapping.table))
        value = "sum(value)" if one.mapping.table == "orders" else "NULL"
        taken, refused, money = con.execute(
            f"SELECT count(*) FILTER (reason IS NULL), count(*) FILTER (reason IS NOT NULL), {value} FROM {staged.table}"
        ).fetchall()[0]
        strange, reason = con.execute(
            f"SELECT count(*) FILTER (fault <> 'columns'), mode(reason) FROM {staged.table}"
        ).fetchall()[0]
    question = question_of_refusals(one, count, strange, reason)
    first = tuple(
        {k: v for k, v in zip(("row", *names, "reason"), row, strict=True) if v is not None} for row in rows_
    )
    return replace(
        found,
        first_rows=first,
        sure=found.sure and question is None,
        questions=() if question is None else (question,),
        doubts=(*found.doubts, *staged.doubts),
        taken=taken,
        quarantined=refused,
        net_total=money,
    )


def _totals(con: duckdb.DuckDBPyConnection, staged: str, table: str) -> dict[str, Any]:
    """Return what the rows that would be taken come to: kinds, money, period, markets."""
    names = TABLES[table].names
    good = f"FROM {staged} WHERE reason IS NULL"
    found: dict[str, Any] = {}
    if table == "orders":
        net = "coalesce(amount, 0) + coalesce(discount, 0) + coalesce(refund, 0)"
        counted = f"SELECT currency, sum({net}) {good} AND kind <> 'void' AND currency IS NOT NULL"
        found["money"] = tuple(con.execute(f"{counted} GROUP BY 1 ORDER BY 2 DESC, 1").fetchall())
        found["kinds"] = tuple(
            con.execute(f"SELECT kind, count(*) {good} GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
        )
    elif "spend" in names:
        spent = f"SELECT currency, sum(spend) {good} AND currency IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        found["money"] = tuple(con.execute(spent).fetchall())
    last = "until" if "until" in names else "day"
    first, until = con.execute(f"SELECT min(day), max({last}) {good}").fetchall()[0]
    markets = f"SELECT country, count(*) {good} GROUP BY 1 ORDER BY 2 DESC, 1"
    found |= {"first_day": first, "last_day": until, "markets": tuple(con.execute(markets).fetchall())}
    return found
