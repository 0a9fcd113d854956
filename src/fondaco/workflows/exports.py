"""A firm's ledger in open formats, with a codebook: for other programs, researchers, or leaving."""

from __future__ import annotations

from pathlib import Path

from fondaco.kernel import Refused
from fondaco.kernel.exports import SafeWriter
from fondaco.ledger import TABLES, Workspace, write_table
from fondaco.ledger.schema import ORIGIN, STORED


def export(workspace: Workspace, firm: str, target: Path) -> list[Path]:
    """Write every table of a firm as Parquet and CSV, with the codebook beside them.

    The Parquet files are exact; in the CSV files, text that a spreadsheet would run as a formula
    has an apostrophe put before it.

    Raises
    ------
    Refused
        When `target` exists and is not an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} is not an empty folder: name a new one, so that nothing is overwritten.")
    target.mkdir(parents=True, exist_ok=True)
    ledger = workspace.ledger(firm)
    written = []
    for name in TABLES:
        written += write_table(ledger.table(name), target / name)
    codebook = target / "codebook.csv"
    with codebook.open("w", encoding="utf-8", newline="") as out:
        writer = SafeWriter(out)
        writer.writerow(["table", "column", "type", "personal", "key", "meaning"])
        for table in TABLES.values():
            for column in (*table.columns, *ORIGIN):
                key = column.name in table.key
                writer.writerow(
                    [
                        table.name,
                        column.name,
                        STORED[column.type],
                        column.personal,
                        key,
                        column.text,
                    ]
                )
    return [*written, codebook]
