"""The readers: one folder per platform.

A reader says by which columns its files are known, how they map to a canonical table, and, where
one field is stated by several columns together, the SQL for it.  Everything else (containers,
encodings, number and date styles, countries, money, duplicates, quarantine) is the same for all of
them and lives in the ledger.  To add a platform, copy the nearest folder and pass the contract
test (``tests/core/ledger/platforms/test_contract.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field

from fondaco.ledger.mapping import Mapping

#: Given a function from header to SQL (text or NULL), the SQL of a field's text.
Expression = Callable[[Callable[[str], str]], str]


@dataclass(frozen=True)
class Reader:
    """How the files of one platform are known and understood.

    Attributes
    ----------
    name, version
        Recorded with every row; the version rises when rows would be read differently.
    platform
        Under which its rows are counted.
    title
        What people call the file.
    known_by
        Columns that a file must have to be this reader's.
    mapping
        Its mapping; columns that a file lacks are left out by `mapping_for`.
    expressions
        The SQL of fields that several columns state together.
    unquoted
        Whether a quotation mark in a cell is just a character (Amazon's flat files).
    """

    name: str
    version: int
    platform: str
    title: str
    known_by: tuple[str, ...]
    mapping: Mapping
    expressions: Mapped[str, Expression] = field(default_factory=dict)
    unquoted: bool = False

    @property
    def label(self) -> str:
        """Name and version, as each row carries it."""
        return f"{self.name}/{self.version}"

    def recognises(self, columns: Sequence[str]) -> bool:
        """Tell whether a file with these columns is this reader's."""
        return set(self.known_by) <= set(columns)

    def mapping_for(self, columns: Sequence[str]) -> Mapping:
        """Return the mapping with only the columns that the file has."""
        from dataclasses import replace

        present = {name: header for name, header in self.mapping.columns.items() if header in columns}
        return replace(self.mapping, columns=present)


def readers() -> tuple[Reader, ...]:
    """Return every reader with a layout of its own; any other table is read by a mapping."""
    from fondaco.ledger.platforms import amazon, shopify

    return (*shopify.READERS, *amazon.READERS)


def recognise(columns: Sequence[str]) -> Reader | None:
    """Return the reader whose files have these columns, the most particular first; None when it is any table."""
    found = [reader for reader in readers() if reader.recognises(columns)]
    return max(found, key=lambda reader: len(reader.known_by), default=None)
