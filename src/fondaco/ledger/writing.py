"""Tables of the ledger written out in open formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.kernel.exports import SafeWriter

if TYPE_CHECKING:
    import ibis


def write_table(table: ibis.Table, target: Path) -> list[Path]:
    """Write a table as ``target.parquet``, exactly, and as ``target.csv`` for spreadsheets.

    In the CSV file, text that a spreadsheet would run as a formula has an apostrophe put before it.
    """
    import pyarrow.parquet as pq

    parquet, text = target.with_suffix(".parquet"), target.with_suffix(".csv")
    table.to_parquet(parquet)
    with pq.ParquetFile(parquet) as exact, text.open("w", encoding="utf-8", newline="") as out:
        writer = SafeWriter(out)
        writer.writerow(exact.schema_arrow.names)
        for batch in exact.iter_batches():
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                writer.writerow(row)
    return [parquet, text]
