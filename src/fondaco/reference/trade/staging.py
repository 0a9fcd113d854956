"""All cells of a trade file as text, with file and row: the table ``staged``, and broken lines in ``broken``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.kernel.errors import UnreadableFile
from fondaco.reference.trade.bench import Bench, text_sql
from fondaco.reference.trade.layouts import ROLES, Layout, recognise
from fondaco.reference.trade.opening import Table


@dataclass(frozen=True)
class Staged:
    """What lies on the bench: the names of its tables, their common layout, and rows without column names."""

    files: tuple[str, ...]
    layout: Layout
    rows: int


def stage(bench: Bench, tables: Sequence[Table]) -> Staged:
    """Copy the cells that matter into tables of texts.

    Raises
    ------
    UnreadableFile
        Where a table is none, two are of unlike layouts, or there are no rows.
    """
    columns = ", ".join(f'"{role}" VARCHAR' for role in ROLES)
    bench.con.execute(f"CREATE TABLE staged (file USMALLINT, row BIGINT, {columns}, part BOOLEAN)")
    bench.con.execute("CREATE TABLE broken (file USMALLINT, row BIGINT, said VARCHAR)")
    layout: Layout | None = None
    for number, table in enumerate(tables):
        bench.progress(f"Reading {table.name}", 0.6 * number / len(tables))
        layout = _stage_one(bench, number, table, layout)
    rows = bench.count("staged") + bench.count("broken")
    if layout is None or not rows:
        raise UnreadableFile(f"{bench.name} has column names and no rows: download it again.")
    return Staged(tuple(table.name for table in tables), layout, rows)


def _stage_one(bench: Bench, number: int, table: Table, first: Layout | None) -> Layout:
    """Copy one table's cells; return the layout of the first."""
    source, columns = _source(bench, table)
    layout = recognise(columns, file=table.name, named=bench.options.columns)
    if first is None:
        bench.notes += layout.notes
    elif layout.name != first.name:
        raise UnreadableFile(
            f"{bench.name} holds tables of two layouts ({first.name} and {layout.name}): name them one by one."
        )
    place = {column: f'"c{position}"' for position, column in reversed(list(enumerate(columns)))}
    said = ", ".join(
        f"trim({place[layout.columns[role]]})" if role in layout.columns else "NULL" for role in ROLES
    )
    parts = [
        f"upper(trim(coalesce({place[column]}, ''))) NOT IN ({', '.join(text_sql(v) for v in sorted(whole))})"
        for column, whole in layout.only.items()
    ]
    part = " OR ".join(parts) or "false"
    bench.run(
        f"INSERT INTO staged SELECT {number}, row_number() OVER () + 1, {said}, {part} FROM {source}",
        table.name,
    )
    _put_broken_lines_apart(bench, number)
    return layout if first is None else first


def _source(bench: Bench, table: Table) -> tuple[str, tuple[str, ...]]:
    """Return SQL for a table's cells, called c0, c1 and so on, and what its columns are called."""
    if table.encoding == "parquet":
        read = f"read_parquet({text_sql(table.path)})"
        names = tuple(column[0] for column in bench.con.execute(f"SELECT * FROM {read} LIMIT 0").description)
        renamed = ", ".join(f'CAST("{c}" AS VARCHAR) AS "c{n}"' for n, c in enumerate(names))
        return f"(SELECT {renamed} FROM {read})", names
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(table.columns)))
    packed = ", compression = 'gzip'" if table.packed else ""
    call = (
        f"read_csv({text_sql(table.path)}, columns = {{{columns}}}, auto_detect = false, header = false, skip = 1, "
        f"delim = {text_sql(table.delimiter)}, quote = '\"', escape = '\"', encoding = '{table.encoding}', "
        f"store_rejects = true, nullstr = ''{packed})"
    )
    return call, table.columns


def _put_broken_lines_apart(bench: Bench, number: int) -> None:
    if "reject_errors" not in {row[0] for row in bench.rows("SHOW TABLES")}:
        return
    bench.con.execute(
        f"INSERT INTO broken SELECT DISTINCT ON (line) {number}, line, left(csv_line, 80) FROM reject_errors"
    )
    bench.con.execute("DROP TABLE reject_errors")
    bench.con.execute("DROP TABLE reject_scans")
