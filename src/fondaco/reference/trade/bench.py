"""One trade file on its way to flows: the tables that it lies in meanwhile, and what is noted of it.

Everything runs as SQL in DuckDB, which spills to disk: a file may have any length.  The steps are `staging` (all
cells as text), `words` (what the distinct ones mean), `judging` (each row a flow or an aside) and `reading` (the flows
written, and what was found).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fondaco.kernel import Progress
from fondaco.kernel.errors import UnreadableFile

Products = Literal["hs", "labels"]

#: Columns of tables of meanings that hold numbers; the others hold texts.
_NUMBERS = {"digits": "Int32", "year": "Int32", "month": "Int32", "tonnes": "Float64"}


@dataclass(frozen=True)
class Options:
    """What a file does not say.

    Attributes
    ----------
    columns
        Role to column (`fondaco.reference.trade.layouts.ROLES`), where names are unusual.
    currency
        Of the values.
    decimal
        ``.`` or ``,`` where the numbers themselves leave it open.
    products
        ``hs`` or ``labels``.
    pad_zeros
        Whether codes with an odd number of digits lost a leading zero.
    repeats
        ``last``: of two values for one flow the last counts.  ``sum``: they are parts of it.
    """

    columns: Mapping[str, str] | None = None
    currency: str | None = None
    decimal: str | None = None
    products: Products | None = None
    pad_zeros: bool = False
    repeats: Literal["last", "sum"] = "last"


@dataclass
class Bench:
    """A file in work.

    Attributes
    ----------
    con
        DuckDB's connection, to a database of this file's own.
    name
        What people call the file.
    options
        What was said beside it.
    progress
        Called with a step in words and the share done.
    notes
        Sentences on how the file was understood, in the order in which they were found.
    """

    con: Any
    name: str
    options: Options
    progress: Progress
    notes: list[str] = field(default_factory=list)

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        found: list[tuple[Any, ...]] = self.con.execute(query, list(given)).fetchall()
        return found

    def count(self, table: str, where: str = "true") -> int:
        """Return how many rows of a table are such."""
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def distinct(self, column: str) -> list[str]:
        """Return what stands in a column of the staged cells, each text once; nothing is an empty text."""
        return [
            row[0]
            for row in self.rows(f"SELECT DISTINCT coalesce({column}, '') AS said FROM staged ORDER BY said")
        ]

    def keep(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep rows as a table, beside the file's own."""
        import polars as pl

        schema = {column: getattr(pl, _NUMBERS.get(column, "String")) for column in columns}
        self.con.register("held", pl.DataFrame(rows, schema=schema, orient="row").to_arrow())
        self.con.execute(f"CREATE TABLE {table} AS SELECT * FROM held")
        self.con.unregister("held")

    def run(self, query: str, name: str) -> None:
        """Run a query over a file's text; raises `UnreadableFile` where that is no table."""
        import duckdb

        try:
            self.con.execute(query)
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            first = str(error).splitlines()[0]
            raise UnreadableFile(
                f"{name} cannot be read as a table ({first}): save it as CSV again."
            ) from None


@contextmanager
def bench_in(scratch: Path, name: str, options: Options, progress: Progress) -> Iterator[Bench]:
    """Open a bench in a folder that goes with it."""
    import duckdb

    con = duckdb.connect(str(scratch / "reading.duckdb"), config={
        "memory_limit": os.environ.get("FONDACO_MEMORY", "2GB"), "temp_directory": str(scratch / "spill"),
    })  # fmt: skip
    con.execute("SET enable_progress_bar = false")
    try:
        yield Bench(con, name, options, progress)
    finally:
        con.close()


def text_sql(value: object) -> str:
    """Return a value as a literal of SQL.

    >>> text_sql("Cote d'Ivoire")
    "'Cote d''Ivoire'"
    """
    return "'" + str(value).replace("'", "''") + "'"
