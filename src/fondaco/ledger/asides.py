"""Lines of a platform's file that are none of the table's rows, and rows that say what others say already.

Three kinds, none of which is lost in silence:

- a line that is no row (``2,record(s) downloaded``) is set aside before anything is read, counted and said;
- a row that sums up an order, whose items have rows of their own, counts as a duplicate of its first item;
- an order that another report of the same platform told before counts once, as that report tells it.
"""

from __future__ import annotations

import duckdb

from fondaco.kernel import Problem
from fondaco.ledger.deciding import Raw
from fondaco.ledger.platforms import Reader
from fondaco.ledger.relating import Known
from fondaco.ledger.sql import literal
from fondaco.ledger.stage import Staged


def set_aside(con: duckdb.DuckDBPyConnection, raw: Raw, layout: Reader | None) -> list[Problem]:
    """Take lines that are no rows out of the raw table, and mark orders whose items are not in the file."""
    if layout is None or (layout.aside is None and layout.sums_up is None):
        return []
    problems = []
    words = layout.aside(lambda header: _cell(raw, header)) if layout.aside else "NULL"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE asides AS SELECT row, said FROM (SELECT row, {words} AS said FROM {raw.table} "
        "WHERE fault IS NULL) WHERE said IS NOT NULL"
    )
    found = con.execute("SELECT row, said FROM asides ORDER BY row").fetchall()
    if found:
        shown = "; ".join(f'row {row} "{said[:60]}"' for row, said in found[:3])
        more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
        text = f"Lines that are no rows of the table were left out: {shown}{more}."
        problems.append(Problem("aside", len(found), text))
    fault, cells = "fault", ", ".join(f"c{i}" for i in range(len(raw.columns)))
    orphans = 0
    if layout.sums_up is not None and "order" in layout.mapping.columns:
        order = raw.cell(layout.mapping.columns["order"])
        sums_up = layout.sums_up(lambda header: _cell(raw, header))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE sums AS SELECT row, {order} AS deal, {sums_up} AS sums FROM {raw.table} "
            "WHERE row NOT IN (SELECT row FROM asides) AND fault IS NULL"
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE summaries AS SELECT row, item FROM (SELECT row, sums, "
            "min(CASE WHEN NOT sums THEN row END) OVER (PARTITION BY deal) AS item FROM sums) WHERE sums"
        )
        (orphans,) = con.execute("SELECT count(*) FROM summaries WHERE item IS NULL").fetchall()[0]
        fault = (
            "CASE WHEN fault IS NULL AND row IN (SELECT row FROM summaries WHERE item IS NULL) "
            "THEN 'the row sums up an order whose items are not in the file' ELSE fault END AS fault"
        )
    if found or orphans:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE kept AS SELECT row, {fault}, {cells} FROM {raw.table} "
            "WHERE row NOT IN (SELECT row FROM asides)"
        )
        con.execute(f"CREATE OR REPLACE TEMP VIEW {raw.table} AS FROM kept")
    return problems


def _cell(raw: Raw, header: str) -> str:
    return raw.cell(header) if header in raw.columns else "NULL"


def drop_summaries(
    con: duckdb.DuckDBPyConnection, staged: Staged, import_: str, layout: Reader | None
) -> list[Problem]:
    """Add to ``related`` the rows that sum up an order: duplicates of the order's first item."""
    if layout is None or layout.sums_up is None or "order" not in layout.mapping.columns:
        return []
    con.execute("DELETE FROM related WHERE row IN (SELECT row FROM summaries)")
    con.execute(
        f"INSERT INTO related SELECT m.row, 'dropped', {literal(import_ + ':')} || m.item FROM summaries m "
        f"JOIN {staged.table} s ON s.row = m.row WHERE m.item IS NOT NULL AND s.reason IS NULL"
    )
    (rows,) = con.execute("SELECT count(*) FROM summaries WHERE item IS NOT NULL").fetchall()[0]
    if not rows:
        return []
    said = f"{rows:,} rows sum up an order whose items have rows of their own; they are not counted again."
    return [Problem("summary", rows, said)]


def drop_told_elsewhere(
    con: duckdb.DuckDBPyConnection, staged: Staged, layout: Reader | None, known: Known, others: bool
) -> list[Problem]:
    """Add to ``related`` sales of orders that another report of the platform told before.

    `others` says whether any import that counts was read by another reader of the platform.
    """
    if layout is None or not others or not known.files or staged.mapping.table != "orders":
        return []
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE told AS
        SELECT "order", min("import" || ':' || row) AS place FROM
        read_parquet($files, union_by_name = true, hive_partitioning = false)
        WHERE platform = {literal(layout.platform)} AND kind IN ('sale', 'void') AND statement <> 'dropped'
          AND split_part(reader, '/', 1) <> {literal(layout.name)}
          AND "import" IN (SELECT unnest($imports))
        GROUP BY ALL""",
        {"files": known.paths, "imports": list(known.order)},
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE again AS SELECT s.row, t.place FROM {staged.table} s JOIN told t USING ("order")
        WHERE s.reason IS NULL AND s.kind IN ('sale', 'void')
          AND s.row NOT IN (SELECT row FROM related WHERE statement = 'dropped')"""
    )
    con.execute("DELETE FROM related WHERE row IN (SELECT row FROM again)")
    con.execute("INSERT INTO related SELECT row, 'dropped', place FROM again")
    rows, orders, first = con.execute(
        f"SELECT count(*), count(DISTINCT s.\"order\"), min(split_part(a.place, ':', 1)) FROM again a JOIN {staged.table} s USING (row)"
    ).fetchall()[0]
    if not rows:
        return []
    said = (
        f"{rows:,} rows tell of {orders:,} orders that another report of {layout.platform} told before, such as in import "
        f"{first}; they are counted once, as told there."
    )
    return [Problem("told_before", rows, said, f"to have this report count instead, undo import {first}.")]
