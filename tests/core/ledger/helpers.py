"""What the ledger's tests share: a desk with one firm, and small files written where a test stands."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Mapped
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from fondaco.ledger import CLASSES, ImportReport, Ledger, Workspace
from fondaco.ledger.schema import ORIGIN
from fondaco.workflows import replay, take_in

#: The columns of a plain order table; most tests write files of this shape.
HEADER = ("Order", "Date", "SKU", "Product", "Quantity", "Price", "Currency", "Customer", "Country")


class Desk:
    """A workspace with one firm, whose clock moves on by a day with every step."""

    def __init__(self, home: Path, *, market: str = "IT", currency: str = "EUR") -> None:
        self.home, self.folder = home / "workspace", home / "files"
        self.folder.mkdir(parents=True)
        self.workspace = Workspace(self.home)
        self.market, self.currency = market, currency
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)

    @property
    def ledger(self) -> Ledger:
        return self.workspace.ledger("shop")

    def tick(self) -> datetime:
        self.now += timedelta(days=1)
        return self.now

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def take(self, *paths: Path, **options: Any) -> ImportReport:
        """Take files in; the five classes must add up in rows and in money, whatever the file."""
        given = {"home": self.market, "currency": self.currency} | options
        report = take_in(self.workspace, "shop", list(paths), now=self.tick(), **given)
        assert_adds_up(report)
        return report

    def replay(self, import_id: str, mapping: Any = None) -> ImportReport:
        report = replay(self.workspace, "shop", import_id, mapping=mapping, now=self.tick())
        assert_adds_up(report)
        return report

    def undo(self, import_id: str) -> None:
        self.ledger.undo(import_id, now=self.tick())

    def rows(self, table: str = "orders", *, as_of: date | None = None) -> list[dict[str, Any]]:
        """Return what counts, in the order of file and row."""
        found: list[dict[str, Any]] = self.ledger.table(table, as_of=as_of).to_pyarrow().to_pylist()
        return sorted(found, key=lambda row: (row["file"], row["row"]))

    def said(self, *columns: str, table: str = "orders", as_of: date | None = None) -> list[tuple[Any, ...]]:
        """Return some columns of what counts, sorted."""
        return sorted((tuple(row[c] for c in columns) for row in self.rows(table, as_of=as_of)), key=str)

    def state(self, table: str = "orders") -> list[str]:
        """Return all that counts and says something, apart from which import brought it."""
        kept = {c.name for c in ORIGIN} - {"row"}
        return sorted(str({k: v for k, v in row.items() if k not in kept}) for row in self.rows(table))

    def total(self) -> Decimal:
        return sum((row["value"] or Decimal(0) for row in self.rows()), Decimal(0))


def assert_adds_up(report: ImportReport) -> None:
    assert sum(getattr(report, name) for name in CLASSES) == report.rows_read
    if report.totals:
        assert sum(report.totals.values()) == report.net_total


def csv_of(rows: Iterable[Iterable[object]], header: Iterable[str] = HEADER, between: str = ",") -> str:
    """Write a table as plain text; cells must not need quoting."""
    return "".join(between.join(map(str, row)) + "\n" for row in [header, *rows])


def line(order: str, **cells: object) -> tuple[object, ...]:
    """Return one plain order line; what is not said is ordinary."""
    usual: dict[str, object] = {
        "Order": order,
        "Date": "2026-05-14",
        "SKU": "A-1",
        "Product": "Jar",
        "Quantity": 2,
        "Price": "10.00",
        "Currency": "EUR",
        "Customer": "K1",
        "Country": "Germany",
    }
    return tuple(
        (usual | {k.capitalize() if k != "sku" else "SKU": v for k, v in cells.items()})[h] for h in HEADER
    )


def problem(report: ImportReport, kind: str) -> Any:
    """Return the one problem of a kind."""
    (found,) = [p for p in report.problems if p.kind == kind]
    return found


def counts(report: ImportReport) -> Mapped[str, int]:
    return {name: getattr(report, name) for name in CLASSES if getattr(report, name)}
