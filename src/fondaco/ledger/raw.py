"""From a blob of text to a table of raw cells with row numbers, nothing dropped.

The cells are kept as Parquet in the import's scratch folder rather than in a DuckDB table: its
dictionaries hold each distinct cell once, so what follows looks at the distinct spellings of a
column and not at every row, and memory holds none of it.

A well-formed file is read by DuckDB at full speed.  Where rows are ragged, cells hold line breaks
or blank lines stand between rows, Python's own CSV reader goes through it first: slower, but it
can say of every row which one it is and what is wrong with it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import duckdb

from fondaco.kernel import Problem, UnreadableFile
from fondaco.ledger.containers import Blob, Text, records, to_text
from fondaco.ledger.deciding import Raw
from fondaco.ledger.header import column_names, is_header_again
from fondaco.ledger.layout import blocks
from fondaco.ledger.mojibake import mend, repair
from fondaco.ledger.sniff import Dialect, sniff
from fondaco.ledger.sql import literal
from fondaco.ledger.store import sql_path, write_parquet

T = TypeVar("T")

#: Characters; a longer row is put aside with only the beginning of its cells.
LONGEST_ROW = 2_000_000


@dataclass(frozen=True)
class Source:
    """One table found in a file, with how it is written.

    Attributes
    ----------
    name
        What people call it.
    text
        Its UTF-8 copy.
    dialect
        Delimiter, quotation mark, row of the header, columns.
    last_row
        Its last row where other tables stand below it in the same sheet; 0 where none does.
    """

    name: str
    text: Text
    dialect: Dialect
    last_row: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether the text ends without the end of a line, so that its last row may be torn."""
        with self.text.path.open("rb") as stream:
            stream.seek(max(0, self.text.path.stat().st_size - 1))
            return stream.read(1) not in (b"\n", b"\r", b"")

    def head(self, most: int = 200) -> list[list[str]]:
        """Return its first rows after the header, as they stand; titles and repeated headers are no rows."""
        rows = []
        least = 2 if len(self.dialect.columns) > 2 else 1
        for row, cells, _ in records(self.text.path, self.dialect.delimiter, self.dialect.quote):
            if self.last_row and row > self.last_row:
                break
            filled = sum(bool(cell.strip()) for cell in cells)
            if (
                row > self.dialect.header_row
                and filled >= least
                and not is_header_again(cells, self.dialect.columns)
            ):
                rows.append(cells)
            if len(rows) == most:
                break
        return rows


def sources_of(
    blob: Blob, *, header_row: int | None = None, unquoted: Callable[[Sequence[str]], bool]
) -> list[Source]:
    """Find out how a blob is written, make its UTF-8 copy, and return each table that stands in it.

    Parameters
    ----------
    blob
        The bytes.
    header_row
        The row of the header where a person has said it.
    unquoted
        Tells from the columns whether quotation marks are ordinary characters.
    """
    dialect = sniff(blob.head, size=blob.size, name=blob.name)
    mended = mend(to_text(blob, dialect.encoding))
    text = mended.text
    if mended.doubts:
        columns = column_names([repair(name)[0] for name in dialect.columns])
        dialect = replace(dialect, columns=columns, doubts=(*dialect.doubts, *mended.doubts))
    if unquoted(dialect.columns):
        dialect = replace(dialect, quote="")
    if header_row and header_row != dialect.header_row:
        header = next(
            (c for row, c, _ in records(text.path, dialect.delimiter, dialect.quote) if row == header_row),
            None,
        )
        if header is None:
            raise UnreadableFile(f"{blob.name} has no row {header_row}: correct header_row in the mapping.")
        return [
            Source(blob.name, text, replace(dialect, header_row=header_row, columns=column_names(header)))
        ]
    found = blocks(text.path, dialect)
    if len(found) == 1:
        return [Source(blob.name, text, dialect)]
    return [
        Source(
            blob.name if place == 0 else f"{blob.name} (from row {block.header_row})",
            text,
            replace(dialect, header_row=block.header_row, columns=block.columns),
            block.last_row,
        )
        for place, block in enumerate(found)
    ]


def load(con: duckdb.DuckDBPyConnection, source: Source, scratch: Path, *, numbered: bool = False) -> Raw:
    """Make the raw table of a source: ``row``, ``fault`` and one text column per header.

    The cells go to a file in `scratch`.  A `numbered` source is one of ours: each line brings its row
    number and fault with it.
    """
    raw = Raw("raw", source.dialect.columns, scratch / f"{source.text.path.stem}.cells.parquet")
    if source.text.path.suffix == ".parquet":  # rows that an import kept (`keeping`)
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {raw.table} AS FROM read_parquet('{sql_path(source.text.path)}', "
            "hive_partitioning = false)"
        )
    elif numbered:
        _load_numbered(con, raw, source.text.path)
    elif source.last_row or not _load_fast(con, source, raw):
        raw = _load_carefully(con, source, raw)
    return raw


def _load_fast(con: duckdb.DuckDBPyConnection, source: Source, raw: Raw) -> bool:
    """Read a well-formed file; return False where it is not one."""
    dialect = source.dialect
    if dialect.delimiter in ("", " ") or (dialect.quote and _may_end_open(source)):
        return False
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(raw.columns)))
    try:
        # The rows are written in the order of the file, so that a row's place tells its number.
        write_parquet(
            con,
            f"FROM read_csv('{sql_path(source.text.path)}', "
            f"columns = {{{columns}}}, auto_detect = false, header = false, skip = {dialect.header_row}, "
            f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, escape = {literal(dialect.quote)}, "
            "strict_mode = true, null_padding = false, max_line_size = 1048576, buffer_size = 8388608, "
            f"new_line = {_newline(source.text.path)})",
            raw.cells,
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return False
    # The header may stand again further down: then each row has to be looked at.
    named = next((n for n, name in enumerate(raw.columns) if name != f"column_{n + 1}"), 0)
    beside = [
        n for n in (named - 1, named, named + 1) if 0 <= n < len(raw.columns)
    ]  # names may have been moved
    again = f"count(*) FILTER ({literal(raw.columns[named])} IN ({', '.join(f'trim(c{n})' for n in beside)}))"
    cells = ", ".join(f"c{i}" for i in range(len(raw.columns)))
    empty = f"coalesce({cells}) IS NULL" if len(raw.columns) > 1 else "c0 IS NULL"
    rows, repeated, blank = con.execute(
        f"SELECT count(*), {again}, count(*) FILTER ({empty}) FROM '{sql_path(raw.cells)}'"
    ).fetchall()[0]
    if rows + dialect.header_row != source.text.lines or repeated:
        return False
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {raw.table} AS SELECT file_row_number + {dialect.header_row + 1} AS row, "
        f"CAST(NULL AS VARCHAR) AS fault, * EXCLUDE (file_row_number) "
        f"FROM read_parquet('{sql_path(raw.cells)}', file_row_number = true){f' WHERE NOT ({empty})' if blank else ''}"
    )
    return True


def _may_end_open(source: Source) -> bool:
    """Tell whether the file may end inside quotation marks: an odd number of them in a last line without an end."""
    if not source.is_cut:
        return False
    with source.text.path.open("rb") as stream:
        stream.seek(max(0, source.text.path.stat().st_size - (1 << 20)))
        last = stream.read().rpartition(b"\n")[2]
    return last.count(source.dialect.quote.encode()) % 2 == 1


def _newline(path: Path) -> str:
    with path.open("rb") as stream:
        return r"'\r\n'" if b"\r\n" in stream.read(1 << 16) else r"'\n'"


def _load_carefully(con: duckdb.DuckDBPyConnection, source: Source, raw: Raw) -> Raw:
    """Read row by row, marking the rows that do not fit their header."""
    clean = source.text.path.with_suffix(".clean")
    width = len(raw.columns)
    cut, before, beside = source.is_cut, 0, 0
    rows = records(source.text.path, source.dialect.delimiter, source.dialect.quote, width=width)
    with clean.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for (row, cells, torn), is_last in _told_last(rows):
            if source.last_row and row > source.last_row:
                break
            if row <= source.dialect.header_row or not any(cell.strip() for cell in cells):
                continue
            if is_header_again(cells, raw.columns):
                continue  # as some exports repeat it on every page
            fault = _fault(cells, width, torn=torn)
            if sum(map(len, cells)) > LONGEST_ROW:
                fault, cells = "the row is longer than a table's row can be", [cell[:1000] for cell in cells]
            if is_last and cut and (torn or len(cells) < before):
                fault = (
                    "the file ends in the middle of this row\ndownload the file again: rows may be missing."
                )
            before = len(cells)
            beside += not fault and any(cell.strip() for cell in cells[width:])
            writer.writerow([row, fault, *cells[:width], *[""] * (width - len(cells))])
    _load_numbered(con, raw, clean)
    clean.unlink()
    if not beside:
        return raw
    said = f"Cells to the right of the table, in {beside:,} rows, have no column name and were left out."
    return replace(raw, said=(Problem("note", beside, said),))


def _told_last(rows: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Yield each of `rows`, and whether it is the last."""
    before: list[T] = []
    for row in rows:
        if before:
            yield before.pop(), False
        before.append(row)
    if before:
        yield before.pop(), True


def _load_numbered(con: duckdb.DuckDBPyConnection, raw: Raw, path: Path) -> None:
    width = len(raw.columns)
    columns = ", ".join(
        ["'row': 'BIGINT'", "'fault': 'VARCHAR'", *(f"'c{i}': 'VARCHAR'" for i in range(width))]
    )
    write_parquet(
        con,
        f"SELECT * REPLACE (nullif(fault, '') AS fault) FROM read_csv('{sql_path(path)}', columns = {{{columns}}}, "
        "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', max_line_size = 16777216, "
        "buffer_size = 33554432, parallel = false, new_line = '\\n')",
        raw.cells,
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW {raw.table} AS FROM '{sql_path(raw.cells)}'")


def _fault(cells: Sequence[str], width: int, *, torn: bool) -> str:
    if torn:
        return "a quotation mark is opened in this row and not closed"
    # Behind an empty cell stands what somebody wrote beside the table; without one the row is out of step.
    if any(cell.strip() for cell in cells[width:]) and (cells[width].strip() or not any(cells[:width])):
        return f"the row has {len(cells)} cells where the header has {width}"
    return ""
