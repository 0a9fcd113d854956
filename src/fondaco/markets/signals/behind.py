"""The ledger's rows behind a finding: file, row and import, so that anybody can look for themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from fondaco.markets import sums

#: How many rows a finding names; their number is told beside.
LISTED = 20


@dataclass(frozen=True, order=True)
class Ref:
    """Where a row stands: table of the ledger, import, file, and row of the file from 1."""

    table: str
    import_: str
    file: str
    row: int

    def to_json(self) -> dict[str, Any]:
        """Return the reference as JSON values."""
        return {"table": self.table, "import": self.import_, "file": self.file, "row": self.row}


@dataclass(frozen=True)
class Behind:
    """The rows behind a finding: the first of them, and how many there are."""

    rows: tuple[Ref, ...]
    total: int

    def to_json(self) -> dict[str, Any]:
        """Return ``rows`` and ``rows_total``."""
        return {"rows": [ref.to_json() for ref in self.rows], "rows_total": self.total}


NOTHING = Behind((), 0)


def ref_of(table: str, row: Mapping[str, Any]) -> Ref:
    """Return the reference of a ledger row that has its origin columns."""
    return Ref(table, row["import"], row["file"], row["row"])


def behind_rows(table: str, rows: Iterable[Mapping[str, Any]]) -> Behind:
    """Keep the references of ledger rows that have their origin columns."""
    return behind(ref_of(table, row) for row in rows)


def behind(refs: Iterable[Ref]) -> Behind:
    """Keep the first `LISTED` references and count all."""
    held = list(refs)
    return Behind(tuple(held[:LISTED]), len(held))


def rows_behind(name: str, table: ir.Table, latest: str = "day") -> Behind:
    """Return the rows of a filtered table, those with the latest day first."""
    total = int(sums.rows(table.aggregate(n=table.count()))[0]["n"])
    first = table.order_by([ibis.desc(latest), ibis.desc("import"), "file", "row"]).limit(LISTED)
    return Behind(tuple(ref_of(name, row) for row in sums.rows(first.select("import", "file", "row"))), total)
