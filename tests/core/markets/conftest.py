"""Small ledgers for the markets' tests, on each engine that is there."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from fondaco.ledger.schema import ORIGIN, TABLES

Make = Callable[..., ir.Table]

ARROW = {
    "text": pa.string(),
    "money": pa.decimal128(18, 4),
    "number": pa.decimal128(18, 4),
    "count": pa.int64(),
    "day": pa.date32(),
    "time": pa.timestamp("us"),
    "flag": pa.bool_(),
    "ratio": pa.float64(),
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark of one core; the tests that need it are skipped where it cannot run."""
    session = pytest.importorskip("pyspark.sql", reason="the extra `spark` is not installed").SparkSession
    if shutil.which("java") is None:
        pytest.skip("no Java here")
    spark = (
        session.builder.master("local[1]")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(spark)
    spark.stop()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def table(request: pytest.FixtureRequest) -> Make:
    """Return `make(name, rows)`: a canonical table on the engine, from rows that state what matters."""
    number = itertools.count()
    connection = ibis.duckdb.connect() if request.param == "duckdb" else request.getfixturevalue("spark")

    def make(name: str, rows: Sequence[Mapping[str, Any]]) -> ir.Table:
        defaults = SALE if name == "orders" else {}
        columns = (*TABLES[name].columns, *ORIGIN)
        schema = pa.schema([(column.name, ARROW[column.type]) for column in columns])
        held = pa.Table.from_pylist([_typed({**defaults, **row}) for row in rows], schema=schema)
        view = f"{name}_{next(number)}_{request.node.name.replace('[', '_').replace(']', '')}"
        if request.param == "duckdb":
            return connection.create_table(view, held, temp=True)
        frame = connection._session.createDataFrame(held) if rows else None
        if frame is None:
            frame = connection._session.createDataFrame([], _empty(connection, schema))
        frame.createOrReplaceTempView(view)
        return connection.table(view)

    return make


def _empty(connection: Any, schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


#: What a row of `orders` is unless it says otherwise: a sale of one unit.
SALE = {"platform": "shopify", "marketplace": "shop", "kind": "sale", "quantity": 1}


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for name in ("quantity", "value", "amount", "price", "rating"):
        if isinstance(typed.get(name), int | str):
            typed[name] = Decimal(typed[name])
    for name in ("day", "until"):
        if isinstance(typed.get(name), str):
            typed[name] = date.fromisoformat(typed[name])
    return typed
