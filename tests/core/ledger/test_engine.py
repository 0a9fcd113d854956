"""What counts is the same whichever engine computes it."""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

from fondaco.ledger import TABLES, Engine, duckdb_engine, spark_engine
from fondaco.ledger.engine import MOST_KEPT

TRAFFIC = "Date,SKU,Country,Impressions,Clicks,Visitors,Page views\n2026-05-14,A-1,Germany,900,30,25,60\n"


@pytest.fixture
def lived_in(desk: Desk) -> Desk:
    """A ledger with overlaps, a revision, a return, foreign money, quarantine and an undone import."""
    desk.take(
        desk.file(
            "a.csv", csv_of([*[line(f"A{n}") for n in range(6)], line("A1"), line("B1", country="Gotham")])
        )
    )
    desk.take(desk.file("b.csv", csv_of([line("A2", quantity=9), line("A3"), line("A7", currency="USD")])))
    gone = desk.take(desk.file("c.csv", csv_of([line("A4", price="99.00"), line("A8")])))
    desk.take(desk.file("d.csv", csv_of([line("A9", quantity=-1), line("A5", customer="")])))
    desk.take(desk.file("t.csv", TRAFFIC))
    desk.take(desk.file("u.csv", TRAFFIC.replace("900", "950")))
    desk.undo(gone.import_)
    return desk


def current(desk: Desk, engine: Engine, table: str) -> list[dict[str, Any]]:
    found = desk.ledger.table(table, engine=engine).to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: (row["file"], row["row"]))


def test_the_engine_in_the_process_gives_every_table(lived_in: Desk) -> None:
    engine = duckdb_engine()
    assert {
        name: len(current(lived_in, engine, name)) for name in TABLES if current(lived_in, engine, name)
    } == {
        "orders": 9,
        "traffic": 1,
    }


def test_a_table_that_is_held_has_the_same_rows_and_one_that_changes_meanwhile_is_another(
    lived_in: Desk,
) -> None:
    engine = duckdb_engine()
    plain = current(lived_in, engine, "orders")
    with lived_in.ledger.holding():
        assert current(lived_in, engine, "orders") == plain
        with lived_in.ledger.holding():  # a page that asks another question of the same firm
            assert current(lived_in, engine, "orders") == plain
        held = lived_in.ledger.table("orders")
        assert lived_in.ledger.table("orders") is held
        lived_in.take(lived_in.file("e.csv", csv_of([line("A10")])))
        assert len(current(lived_in, engine, "orders")) == len(plain) + 1
    assert lived_in.ledger.table("orders") is not held
    assert held.count().execute() == len(plain)  # who still has it can go on asking


def test_what_an_engine_keeps_is_bounded(lived_in: Desk) -> None:
    engine = duckdb_engine()
    first = lived_in.ledger.table("orders")
    for n in range(MOST_KEPT):
        engine.kept(f"other_{n}", lambda: engine.rows({"n": [1]}, {"n": "int64"}))
    assert first.count().execute() == len(current(lived_in, engine, "orders"))


@pytest.mark.slow
@pytest.mark.spark
def test_spark_gives_the_same_rows_and_the_same_sums(lived_in: Desk) -> None:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("Spark or Java is not installed")
    here, there = duckdb_engine(), spark_engine()
    for name in TABLES:
        assert current(lived_in, there, name) == current(lived_in, here, name)
    as_of = lived_in.ledger.imports()[1].at.date()
    sums = []
    for engine in (here, there):
        orders = lived_in.ledger.table("orders", engine=engine, as_of=as_of)
        by = (
            orders.group_by("country").agg(value=orders.value.sum(), lines=orders.count()).order_by("country")
        )
        sums.append(by.to_pyarrow().to_pylist())
    assert sums[0] == sums[1]
