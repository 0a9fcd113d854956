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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True)
class _Kept:
    """A view, and what it is made of: plain values in that would go with the last table that uses them."""

    view: ibis.Table
    made: ibis.Table


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
    _kept: dict[str, _Kept] = field(default_factory=dict, repr=False, compare=False)
    _held: list[dict[str, ibis.Table]] = field(default_factory=list, repr=False, compare=False)

    def kept(self, name: str, make: Callable[[], ibis.Table], rows: int = 0) -> ibis.Table:
        """Return the table of a name, made when it is first asked for and a view from then on.

        A view is worked out anew each time, but Ibis need not translate what it is made of, which takes it many times
        as long as DuckDB takes to answer.  Within `holding` its rows are held too, where they are few.

        Parameters
        ----------
        name
            Says what goes into the table: it is another one where anything differs.
        rows
            How many it has at most.
        """
        if self.name != "duckdb":
            return make()
        import ibis.expr.operations as ops

        if self._held and name in self._held[0]:
            return self._held[0][name]
        if name not in self._kept:
            made = make()
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            # Files read as they stand are a view already; asking DuckDB for the columns of another takes a while.
            plain = isinstance(made.op(), ops.DatabaseTable)
            view = made if plain else self.backend.create_view(name, made, overwrite=True)
            self._kept[name] = _Kept(view, made)
        found = self._kept[name].view
        if self._held and rows <= MOST_HELD:
            found = self._held[0][name] = found.cache()
        return found

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the rows of each table that is asked for (`kept`) in memory while the block runs."""
        outermost = not self._held
        if outermost:
            self._held.append({})
        try:
            yield
        finally:
            if outermost:  # a table that is still in use is let go of with its last use
                self._held.clear()

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


#: So many views an engine keeps by name, and tables of up to so many rows it holds (some 300 bytes a row).
MOST_KEPT, MOST_HELD = 64, 200_000

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
