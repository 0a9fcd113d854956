"""The real file of a gift wholesaler, beside plain SQL over the raw text that shares nothing with our code."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fondaco.ledger import CLASSES, ImportReport, Workspace
from fondaco.workflows import scorecard_of, take_in

pytestmark = [
    pytest.mark.requirement("X03", "F97"),
    pytest.mark.xdist_group("online-retail"),
    pytest.mark.slow,
]

#: Article numbers that are no goods, gathered by hand from the file.
NO_GOODS = "'POST', 'DOT', 'M', 'C2', 'D', 'S', 'B', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'PADS'"
#: The spellings of the five largest foreign markets.
SPELT = {"Netherlands": "NLD", "EIRE": "IRL", "Germany": "DEU", "France": "FRA", "Australia": "AUS"}


@pytest.fixture(scope="module")
def raw(shared: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    path = shared / "data" / "online_retail" / "online_retail.csv.gz"
    con.execute(
        f"""CREATE TABLE raw AS SELECT *, CAST(Quantity AS DECIMAL(18,4)) * CAST(UnitPrice AS DECIMAL(18,4)) AS net,
        InvoiceNo LIKE 'C%' AS cancelled,
        upper(StockCode) NOT IN ({NO_GOODS}) AND NOT lower(StockCode) LIKE 'gift\\_%' ESCAPE '\\' AS goods
        FROM read_csv('{path}', all_varchar = true)"""
    )
    return con


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("gifts"))


@pytest.fixture(scope="module")
def report(workspace: Workspace, shared: Path) -> ImportReport:
    path = shared / "data" / "online_retail" / "online_retail.csv.gz"
    return take_in(
        workspace, "gifts", [path], home="GB", currency="GBP", now=datetime(2026, 11, 21, tzinfo=UTC)
    )


def one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    return con.execute(sql).fetchall()[0][0]


def test_every_row_and_every_penny_is_accounted_for(
    raw: duckdb.DuckDBPyConnection, report: ImportReport
) -> None:
    assert report.rows_read == one(raw, "SELECT count(*) FROM raw") == 541_909
    assert sum(getattr(report, name) for name in CLASSES) == 541_909
    assert report.net_total == one(raw, "SELECT sum(net) FROM raw") == Decimal("9747747.934")
    assert sum(report.totals.values()) == Decimal("9747747.934")
    assert report.to_json()["net_total"] == "9747747.93"


def test_repeated_lines_and_cancellations_are_reported(
    raw: duckdb.DuckDBPyConnection, report: ImportReport
) -> None:
    columns = "InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country"
    repeats = one(raw, f"SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM raw GROUP BY {columns})")
    told = {problem.kind: problem.count for problem in report.problems if problem.kind != "country"}
    assert told["repeated_line"] == repeats == 5_268


def test_cancellation_lines_are_what_they_are(
    raw: duckdb.DuckDBPyConnection, report: ImportReport, workspace: Workspace
) -> None:
    orders = workspace.ledger("gifts").table("orders")
    lines = orders.filter(orders.order.startswith("C")).to_pyarrow().to_pylist()
    waiting = [
        row for row in workspace.ledger("gifts").quarantine() if row.values["InvoiceNo"].startswith("C")
    ]
    assert len(lines) + len(waiting) == one(raw, "SELECT count(*) FROM raw WHERE cancelled") == 9_288
    assert {row.values["Country"] for row in waiting} <= {"European Community", "Unspecified"}
    assert all(row["reversal"] for row in lines)
    assert {row["kind"] for row in lines if row["sku"][:1].isdigit()} == {"cancellation"}


def test_a_tied_cancellation_names_an_earlier_order_of_that_article_by_that_buyer(
    raw: duckdb.DuckDBPyConnection, report: ImportReport, workspace: Workspace
) -> None:
    orders = workspace.ledger("gifts").table("orders")
    tied = orders.filter(orders.cancels.notnull()).select(
        "order", "cancels", "sku", "buyer", "quantity", "unit_price", "at"
    )
    raw.register("tied", tied.to_pyarrow())
    assert one(raw, "SELECT count(*) FROM tied") > 6_000
    unfounded = one(
        raw,
        """SELECT count(*) FROM tied t WHERE NOT EXISTS (SELECT 1 FROM raw r WHERE r.InvoiceNo = t.cancels
        AND lower(r.StockCode) = lower(t.sku) AND r.CustomerID = t.buyer AND CAST(r.InvoiceDate AS TIMESTAMP) <= t."at"
        AND CAST(r.UnitPrice AS DECIMAL(18,4)) = t.unit_price AND CAST(r.Quantity AS INTEGER) > 0)""",
    )
    assert unfounded == 0
    overdrawn = one(
        raw,
        """SELECT count(*) FROM (SELECT cancels, lower(sku) AS sku, unit_price, -sum(quantity) AS back FROM tied
        GROUP BY ALL) t WHERE back > (SELECT sum(CAST(r.Quantity AS INTEGER)) FROM raw r WHERE r.InvoiceNo = t.cancels
        AND lower(r.StockCode) = t.sku AND CAST(r.UnitPrice AS DECIMAL(18,4)) = t.unit_price)""",
    )
    assert overdrawn == 0


def test_markets_rank_as_plain_sql_ranks_them(
    raw: duckdb.DuckDBPyConnection, report: ImportReport, workspace: Workspace
) -> None:
    expected = raw.execute(
        """SELECT Country, sum(net) FILTER (goods), count(DISTINCT InvoiceNo) FILTER (sold),
        count(DISTINCT CustomerID) FILTER (sold)
        FROM (SELECT *, goods AND NOT cancelled AND CAST(Quantity AS INTEGER) > 0
              AND (net <> 0 OR CustomerID IS NOT NULL) AS sold FROM raw) WHERE Country NOT IN ('United Kingdom', 'Unspecified', 'European Community')
        GROUP BY ALL ORDER BY 2 DESC LIMIT 5"""
    ).fetchall()
    assert [SPELT[row[0]] for row in expected] == ["NLD", "IRL", "DEU", "FRA", "AUS"]
    card = scorecard_of(workspace, "gifts")
    foreign = [m for m in card.markets if m.rank is not None and not m.home][:5]
    assert [m.market for m in foreign] == ["NLD", "IRL", "DEU", "FRA", "AUS"]
    for found, (_, revenue, orders, buyers) in zip(foreign, expected, strict=True):
        assert found.net_revenue == revenue
        assert (found.orders, found.buyers) == (orders, buyers)


def test_importing_it_again_adds_nothing(report: ImportReport, workspace: Workspace, shared: Path) -> None:
    path = shared / "data" / "online_retail" / "online_retail.csv.gz"
    again = take_in(workspace, "gifts", [path], now=datetime(2026, 11, 22, tzinfo=UTC))
    assert (again.added, again.duplicates) == (0, 541_909)
    assert workspace.ledger("gifts").verify() == []
