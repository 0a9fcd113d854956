"""How the rows of a file stand to each other and to what the ledger knows already.

Three questions, each answered by a temporary table with a ``row`` column:

``lines``
    Which of several like lines of its order is this one, and is it a whole-line repeat?
``related``
    Does the row repeat its own file, or say again or anew what an earlier import said?
``ties``
    Which earlier order does a line that takes something back belong to?
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from fondaco.kernel import Problem
from fondaco.ledger.deciding import Raw
from fondaco.ledger.schema import TABLES
from fondaco.ledger.sql import literal, quote
from fondaco.ledger.stage import Staged
from fondaco.ledger.store import sql_path


@dataclass(frozen=True)
class Known:
    """What the ledger holds of one table, as Parquet files.

    Attributes
    ----------
    files
        Those of the imports that count, and of earlier sources of this very import.
    order
        For each import its place in the journal: the later statement wins.
    """

    files: tuple[Path, ...]
    order: dict[str, int]

    @property
    def paths(self) -> list[str]:
        """The files, as SQL parameters take them."""
        return [str(file) for file in self.files]


def number_occurrences(con: duckdb.DuckDBPyConnection, raw: Raw, staged: Staged, places: Path | None) -> None:
    """Make ``lines``: for rows whose key is not alone in the file, occurrence and whole-line repeat.

    Rows that go to quarantine are numbered as well, so that a later replay finds their `places`: the
    occurrences that they had among all rows of their file.
    """
    alike = {"occurrence", "platform"}  # the same for all rows of a source, or not known yet
    key = ", ".join(quote(n) for n in TABLES[staged.mapping.table].key if n not in alike)
    cells = ", ".join(f"c{i}" for i in range(len(raw.columns)))
    # Hashes find the few candidates in little memory; the keys themselves decide.
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE alike AS
        SELECT row, {key} FROM {staged.table} WHERE hash({key}) IN
            (SELECT h FROM (SELECT hash({key}) AS h FROM {staged.table}) GROUP BY h HAVING count(*) > 1)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE lines AS
        SELECT row, row_number() OVER (PARTITION BY {key} ORDER BY row) AS occurrence,
               min(row) OVER (PARTITION BY {key}, said) AS first_same,
               max(row) OVER (PARTITION BY {key}) AS last_row
        FROM (SELECT a.*, hash({cells}) AS said FROM alike a JOIN {raw.table} USING (row))"""
    )
    con.execute("DROP TABLE alike")
    if places is not None:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE lines AS SELECT p.row, p.occurrence, coalesce(l.first_same, p.row) AS first_same, "
            f"coalesce(l.last_row, p.row) AS last_row FROM read_parquet('{sql_path(places)}') p LEFT JOIN lines l USING (row)"
        )


def relate(con: duckdb.DuckDBPyConnection, staged: Staged, import_: str, known: Known) -> list[Problem]:
    """Make ``related``: rows that repeat another, with the row they repeat as ``import:row``."""
    table, repeats = TABLES[staged.mapping.table], staged.mapping.repeats
    dropped, target = "false", "first_same"
    if table.by_id:
        dropped, target = "row <> last_row", "last_row"
    elif repeats == "drop":
        dropped = "row <> first_same"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE related AS SELECT row, 'dropped' AS statement, "
        f"{literal(import_ + ':')} || {target} AS repeats FROM lines WHERE {dropped}"
    )
    if known.files:
        _relate_to_ledger(con, staged, known, known.order[import_])
    count = con.execute("SELECT count(*) FROM lines WHERE row <> first_same").fetchall()[0][0]
    if not count:
        return []
    kept = repeats == "keep" and not table.by_id
    how = "kept: a repeated line can be real." if kept else "counted once."
    cure = f"to count {'them once' if kept else 'each'}, import with --repeats {'drop' if kept else 'keep'}."
    where = "order" if table.name == "orders" else "file"
    said = f"{count:,} lines repeat another line of their {where} in every column and were {how}"
    return [Problem("repeated_line", count, said, "" if table.by_id else cure)]


def _relate_to_ledger(con: duckdb.DuckDBPyConnection, staged: Staged, known: Known, place: int) -> None:
    """Find rows whose natural key the ledger has; the later statement wins, the older stays in history.

    What is read again late keeps its `place` in that order: a statement made after it stands.
    """
    table = TABLES[staged.mapping.table]
    key = ", ".join(quote(name) for name in table.key)
    bare = ", ".join("occ.occurrence" if n == "occurrence" else f"s.{quote(n)}" for n in table.key)
    if "occurrence" in table.key:
        bare = bare.replace("occ.occurrence", "coalesce(l.occurrence, 1) AS occurrence")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE mine AS SELECT s.row, {bare} FROM {staged.table} s LEFT JOIN lines l ON l.row = s.row "
        "WHERE s.reason IS NULL AND s.row NOT IN (SELECT row FROM related)"
    )
    con.execute('CREATE OR REPLACE TEMP TABLE orders_of_imports ("import" VARCHAR, seq BIGINT)')
    con.executemany("INSERT INTO orders_of_imports VALUES (?, ?)", [[k, v] for k, v in known.order.items()])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT o.*, i.seq AS known_place FROM read_parquet($files, union_by_name = true, hive_partitioning = false) o "
        f'JOIN orders_of_imports i ON i."import" = o."import" SEMI JOIN mine USING ({key}) '
        f"WHERE o.statement <> 'dropped' QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY i.seq DESC, o.source DESC, o.row DESC) = 1",
        {"files": known.paths},
    )
    said = [c.name for c in table.columns if (c.stated and c.name not in table.key) or c.name == "kind"]
    same = " AND ".join(f"s.{quote(n)} IS NOT DISTINCT FROM k.{quote(n)}" for n in said if n != "cancels")
    con.execute(
        f"INSERT INTO related SELECT m.row, CASE WHEN {same} THEN 'repeat' WHEN k.known_place > {place} THEN 'older' ELSE 'revision' END, "
        f"k.\"import\" || ':' || k.row FROM mine m JOIN known k USING ({key}) JOIN {staged.table} s ON s.row = m.row"
    )


def tie_reversals(con: duckdb.DuckDBPyConnection, staged: Staged, known: Known) -> list[Problem]:
    """Make ``ties``: for lines that take something back, the order they take back where it can be told.

    The order is the latest earlier one in which the same buyer bought at least as many of the same
    article at the same price, counted down by what was taken back of it already.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE ties (row BIGINT, cancels VARCHAR)")
    if staged.mapping.table != "orders":
        return []
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE back AS
        SELECT row, buyer, lower(sku) AS sku, unit_price, "at", -quantity AS units, cancels
        FROM {staged.table} WHERE reversal"""
    )
    rows, said_so = con.execute("SELECT count(*), count(cancels) FROM back").fetchall()[0]
    if not rows:
        return []
    con.execute("DELETE FROM back WHERE cancels IS NOT NULL OR buyer IS NULL OR sku IS NULL OR NOT units > 0")
    sold = f'SELECT "order", buyer, lower(sku) AS sku, unit_price, "at", quantity FROM {staged.table} WHERE kind = \'sale\' AND row NOT IN (SELECT row FROM related)'
    if known.files:
        sold += (
            ' UNION ALL SELECT "order", buyer, lower(sku), unit_price, "at", quantity '
            "FROM read_parquet($files, union_by_name = true, hive_partitioning = false) WHERE kind = 'sale' AND statement = 'first'"
        )
    con.execute(
        f"""INSERT INTO ties
        WITH sold AS (SELECT "order", buyer, sku, unit_price, min("at") AS "at", sum(quantity) AS units FROM ({sold})
                      SEMI JOIN (SELECT DISTINCT buyer, sku FROM back) USING (buyer, sku) GROUP BY ALL),
        tied AS (SELECT b.row, any_value(b.sku) AS sku, any_value(b.unit_price) AS unit_price, any_value(b.units) AS units,
                        any_value(b."at") AS "at", max({{'at': s."at", 'order': s."order", 'bought': s.units}}) AS latest
                 FROM back b JOIN sold s ON s.buyer = b.buyer AND s.sku = b.sku AND s.unit_price = b.unit_price
                      AND s."at" <= b."at" AND s.units >= b.units GROUP BY b.row),
        counted AS (SELECT row, latest, sum(units) OVER (PARTITION BY latest."order", sku, unit_price
                                                         ORDER BY "at", row) AS taken FROM tied)
        SELECT row, latest."order" FROM counted WHERE taken <= latest.bought""",
        {"files": known.paths} if known.files else None,
    )
    tied = said_so + con.execute("SELECT count(*) FROM ties").fetchall()[0][0]
    said = (
        f"{rows:,} {'line takes' if rows == 1 else 'lines take'} something back: {tied:,} {'was' if tied == 1 else 'were'} tied to the order they cancel; for {rows - tied:,} no "
        "earlier purchase of the same article by the same buyer at the same price was found."
    )
    return [
        Problem(
            "cancellation",
            rows,
            said,
            "" if tied == rows else "import the earlier orders as well, where they exist.",
        )
    ]
