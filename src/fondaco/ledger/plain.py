"""A table as it stands in a file: names and cells, with nothing understood.

For readers that bring their own meaning, such as a survey's: any text file (encoding, delimiter and
quoting found as for an import), gzip, ZIP and workbooks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fondaco.kernel import UnreadableFile
from fondaco.ledger.containers import Blob, Text, records, to_text, unpack
from fondaco.ledger.sniff import Dialect, sniff

_HEADER_WITHIN = 60


@dataclass(frozen=True)
class PlainTable:
    """One table of a file.

    Attributes
    ----------
    name
        What people call it: ``answers.csv`` or ``book.xlsx/Sheet1``.
    columns
        The header's cells, stripped; empty and repeated ones stand as they are.
    rows
        The number of each row in its file, the first line being 1; rows without any cell are left out.
    cells
        For each column its cells as text, in the order of `rows`; None where a cell is empty.
    delimiter
        What sets the cells apart; a comma for a workbook.
    doubts
        What a person should look at, as sentences.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    cells: tuple[pl.Series, ...]
    delimiter: str
    doubts: tuple[str, ...] = ()


def read_plain(path: Path, *, header: bool = True) -> list[PlainTable]:
    """Read every table of a file.

    Parameters
    ----------
    path
        The file.
    header
        Whether to look for column names: the first row that is as wide as the table and holds more words
        than numbers.  Without, every row is data and the columns are called ``column_1`` ...

    Raises
    ------
    UnreadableFile
        When the file is missing, empty, no table, has no row of names, or a row that does not fit it.
    """
    with tempfile.TemporaryDirectory(prefix="fondaco-") as scratch:
        return [_table(blob, named=header) for blob in unpack(path, Path(scratch))]


def _table(blob: Blob, *, named: bool) -> PlainTable:
    dialect = sniff(blob.head, size=blob.size, name=blob.name)
    text = to_text(blob, dialect.encoding)
    header, columns = _header(text, dialect, blob.name) if named else (0, _unnamed(text, dialect))
    frame = _read_fast(text, dialect, header, len(columns))
    if frame is None:
        frame = _read_carefully(text, dialect, header, columns, blob.name)
    frame = frame.with_columns(pl.exclude("row").str.strip_chars().replace("", None))
    height = frame.height
    frame = frame.filter(pl.any_horizontal(pl.exclude("row").is_not_null()))
    doubts = [doubt for doubt in dialect.doubts if "column names" not in doubt]
    if frame.height < height:
        doubts.append(f"{height - frame.height} rows without any cell are left out.")
    if text.repaired:
        doubts.append(f"{text.repaired} broken characters were read as Windows-1252.")
    cells = tuple(frame.get_columns()[1:])
    return PlainTable(blob.name, columns, tuple(frame["row"]), cells, dialect.delimiter or ",", tuple(doubts))


def _header(text: Text, dialect: Dialect, name: str) -> tuple[int, tuple[str, ...]]:
    """Return (row of the header, its cells without empty ones at the end)."""
    width = len(dialect.columns)
    for row, cells, _ in records(text.path, dialect.delimiter, dialect.quote):
        plain = [" ".join(cell.split()) for cell in cells]
        filled = [cell for cell in plain if cell]
        if len(filled) >= max(1, 0.6 * width) and sum(map(_is_number, filled)) < 0.5 * len(filled):
            while plain and not plain[-1]:
                plain.pop()
            return row, tuple(plain)
        if len(filled) >= max(1, 0.6 * width) or row >= _HEADER_WITHIN:
            break
    raise UnreadableFile(
        f"{name} has no row of column names: put one name above each column and save it again."
    )


def _unnamed(text: Text, dialect: Dialect) -> tuple[str, ...]:
    width = max(len(cells) for _, cells, _ in records(text.path, dialect.delimiter, dialect.quote))
    return tuple(f"column_{place}" for place in range(1, width + 1))


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _read_fast(text: Text, dialect: Dialect, header: int, width: int) -> pl.DataFrame | None:
    """Read a well-formed file; None where it is not one."""
    if dialect.delimiter in ("", " "):
        return None
    try:
        frame = pl.read_csv(
            text.path,
            has_header=False,
            skip_lines=header,
            separator=dialect.delimiter,
            quote_char=dialect.quote or None,
            schema={f"c{i}": pl.String for i in range(width)},
        )
    except pl.exceptions.NoDataError:
        frame = pl.DataFrame(schema={f"c{i}": pl.String for i in range(width)})
    except pl.exceptions.PolarsError:
        return None
    if frame.height + header != text.lines:  # a cell holds line breaks: rows are not lines
        return None
    return frame.with_row_index("row", offset=header + 1)


def _read_carefully(
    text: Text, dialect: Dialect, header: int, columns: Sequence[str], name: str
) -> pl.DataFrame:
    """Read row by row, refusing the first that does not fit under the header."""
    width = len(columns)
    rows: list[int] = []
    cells: list[list[str]] = []
    for row, found, torn in records(text.path, dialect.delimiter, dialect.quote, width=width):
        if row <= header:
            continue
        if torn:
            raise UnreadableFile(f"{name}, row {row}: a quotation mark is opened and not closed. Close it.")
        if any(cell.strip() for cell in found[width:]):
            raise UnreadableFile(
                f"{name}, row {row}: {len(found)} cells under {width} column names. Put cells that hold the "
                "delimiter into quotation marks, or name the missing column."
            )
        rows.append(row)
        cells.append([*found[:width], *[""] * (width - len(found))])
    schema = {f"c{i}": pl.String for i in range(width)}
    frame = pl.DataFrame(cells, schema=schema, orient="row")
    return frame.insert_column(0, pl.Series("row", rows, dtype=pl.UInt32))
