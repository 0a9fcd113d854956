"""The source rows that an import keeps, so that a better reader can read them again without the files.

::

    raw/20261121-5e0c11d2-0.parquet     row, fault, c0, c1 ... as text; one file for each source

Kept is what the file said, cell by cell, before anything was understood.  Not kept are columns that
nobody reads and whose name says that they hold a postal address, a telephone number or a means of
payment: the desk has no use for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fondaco.ledger.containers import Text
from fondaco.ledger.deciding import Expressions, Raw
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.raw import Source
from fondaco.ledger.sniff import Dialect
from fondaco.ledger.store import DataFile, Store, connect, sql_path, write_parquet

#: Bytes of text; the rows of a longer source are not kept, and the import says so.
LARGEST_KEPT = 4 << 30

#: Names of columns that are kept empty where nothing reads them.
_ADDRESSES = re.compile(
    r"(?i)(?:^|[^a-z])(?:phone|telephone|mobile|tel|fax|street|address\d?|zip|postcode|postal|iban|bic|swift|vat|"
    r"tax[ -]?id|card|payment[ -]?(?:ref\w*|id)|ip|device|receipt|birth\w*|passport|telefon\w*|handy|"
    r"stra(?:ss|ß)e\w*|\w*strasse|hausnummer|plz|postleitzahl|adresse\d?|anschrift|\w*adresse|telefono|cellulare|indirizzo|"
    r"via|cap|partita[ -]iva|codice[ -]fiscale|t[ée]l[ée]phone|portable|rue|code[ -]postal|direcci[óo]n|"
    r"tel[ée]fono|m[óo]vil|calle|c[óo]digo[ -]postal|nif|endere[çc]o|telem[óo]vel|adres|telefoon)(?:$|[^a-z])|電話|住所|郵便|电话|地址|邮编"
)
_NO_ADDRESS = re.compile(r"(?i)e-?mail|country|land\b|paese|pays|pa[íi]s|state|city")


@dataclass(frozen=True)
class KeptSource(Source):
    """A source as an import kept it; its text is a Parquet file of raw cells."""

    @property
    def is_cut(self) -> bool:
        """Whether its last row may be torn: where it was, the row's fault says so."""
        return False

    def head(self, most: int = 200) -> list[list[str]]:
        """Return its first rows, as they stood in the file."""
        cells = ", ".join(f"coalesce(c{i}, '')" for i in range(len(self.dialect.columns)))
        with connect() as con:
            rows = con.execute(
                f"SELECT {cells} FROM '{sql_path(self.text.path)}' ORDER BY row LIMIT {int(most)}"
            ).fetchall()
        return [list(row) for row in rows]


def kept_source(name: str, kept: Path, columns: Sequence[str]) -> KeptSource:
    """Return kept rows as a source that can be understood and read like any other."""
    return KeptSource(name, Text(kept, 0, 0), Dialect("utf-8", ",", '"', 0, tuple(columns), 1.0, ()))


def keep_rows(
    con: duckdb.DuckDBPyConnection, raw: Raw, used: set[str], store: Store, scratch: Path, name: str
) -> DataFile:
    """Write the raw rows of one source as a file of the ledger that does not count yet.

    Parameters
    ----------
    con, raw
        The raw rows, as loaded.
    used
        The headers that something reads.
    store, scratch, name
        Where to, by way of which folder, and what to call it.
    """
    cells = ", ".join(
        f"c{i}" if is_kept(header, used) else f"CAST(NULL AS VARCHAR) AS c{i}"
        for i, header in enumerate(raw.columns)
    )
    target = scratch / name
    rows = write_parquet(con, f"SELECT row, fault, {cells} FROM {raw.table}", target)
    return store.keep(target, name=name, rows=rows)


def is_kept(header: str, used: set[str]) -> bool:
    """Tell whether the cells of a column are kept.

    >>> is_kept("Billing Phone", set()), is_kept("Shipping Country", set()), is_kept("Phone", {"Phone"})
    (False, True, True)
    """
    return header in used or not _ADDRESSES.search(header) or _NO_ADDRESS.search(header) is not None


def used_headers(columns: Sequence[str], mapping: Mapping, expressions: Expressions) -> set[str]:
    """Return the columns that a mapping, or a reader's own SQL, reads."""
    used = set(mapping.columns.values())

    def note(header: str) -> str:
        used.add(header)
        return "NULL"

    for expression in expressions.values():
        expression(note)
    return used & set(columns)
