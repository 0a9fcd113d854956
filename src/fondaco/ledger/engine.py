"""The one seam between the ledger's files and the engine that computes on them.

DuckDB inside the process is the default; Spark takes over where one machine is outgrown.  Both
give Ibis tables, and one test suite runs on both.

>>> engine = duckdb_engine()
>>> engine.name
'duckdb'
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True)
class Engine:
    """An Ibis backend that reads lists of Parquet files.

    Attributes
    ----------
    name
        ``duckdb`` or ``pyspark``.
    backend
        The connected Ibis backend.
    """

    name: str
    backend: Any

    def read(self, files: Sequence[Path]) -> ibis.Table:
        """Return the rows of Parquet files that share one schema."""
        names = [str(file) for file in files]
        view = "files_" + hashlib.sha256("\n".join(names).encode()).hexdigest()[:24]
        if self.name == "duckdb":
            # The folder (firm=...) is no column of the table; an older file may lack a column of today's.
            return self.backend.read_parquet(
                names, table_name=view, hive_partitioning=False, union_by_name=True
            )
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession() or SparkSession.builder.getOrCreate()
        # Looked up recursively, Spark does not take the folder's name (firm=...) for a column.
        session.read.option("recursiveFileLookup", "true").option("mergeSchema", "true").parquet(
            *names
        ).createOrReplaceTempView(view)
        return self.backend.table(view)

    def rows(self, columns: dict[str, list[Any]], types: dict[str, str]) -> ibis.Table:
        """Return a small table made of plain values."""
        import ibis
        import pyarrow as pa

        schema = ibis.schema(types)
        return ibis.memtable(pa.table(columns, schema=schema.to_pyarrow()), schema=schema)


_of_this_thread = threading.local()


def duckdb_engine() -> Engine:
    """Return this thread's engine in the process; ``FONDACO_MEMORY`` (such as ``2GB``) bounds it."""
    import ibis

    if found := getattr(_of_this_thread, "engine", None):
        return cast(Engine, found)
    backend = ibis.duckdb.connect()
    # DuckDB's own progress bar would go to standard output, among our JSON.
    backend.raw_sql("SET enable_progress_bar = false")
    backend.raw_sql("SET TimeZone = 'UTC'")
    if limit := os.environ.get("FONDACO_MEMORY"):
        backend.raw_sql(f"SET memory_limit = '{limit}'")
    _of_this_thread.engine = Engine("duckdb", backend)
    return cast(Engine, _of_this_thread.engine)


@cache
def spark_engine() -> Engine:
    """Return an engine on Spark; needs the extra ``spark`` and Java 17."""
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.appName("fondaco")
        .master(os.environ.get("FONDACO_SPARK_MASTER", "local[2]"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    return Engine("pyspark", ibis.pyspark.connect(session))
