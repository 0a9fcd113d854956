"""The readers: one folder per platform.

A reader says by which columns its files are known, how they map to a canonical table, and, where
one field is stated by several columns together, the SQL for it.  What the columns are called in
each language stands in ``headers.toml`` beside it.  Everything else (containers, encodings, number
and date styles, countries, money, duplicates, quarantine) is the same for all of them and lives in
the ledger.  To add a platform, copy the nearest folder and pass the contract test
(``tests/core/ledger/platforms/test_contract.py``).
"""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms.cells import Cell, Expression
from fondaco.ledger.platforms.headers import (
    Names,
    Spellings,
    folded,
    match,
    own_names,
    read_spellings,
    repaired,
    unverified,
    with_spellings,
)

#: Of the columns by which a layout is known, the share that a file must have to be taken for it.
ENOUGH = 0.75


@dataclass(frozen=True)
class Reader:
    """How the files of one platform are known and understood.

    Columns are called by one name here, usually the English one; `headers` has their other names.

    Attributes
    ----------
    name, version
        Recorded with every row; the version rises when rows would be read differently.
    platform
        Under which its rows are counted.
    title
        What people call the file.
    known_by
        Columns that tell this layout; a file with three quarters of them is taken for it.
    mapping
        Its mapping; columns that a file lacks are left out by `for_columns`.
    instead
        For a field, the columns that state it where that of the mapping is absent, best first.
    optional
        Fields whose column is absent from some files; its absence is not worth a word.
    expressions
        The SQL of fields that several columns state together, and of ``kind`` where rows name it.
    aside
        The SQL of what a row is that is none of the table's, such as a line that counts the others; NULL
        for the table's own rows.
    sums_up
        The SQL of whether a row sums up an order whose items have rows of their own.
    preferred
        The style of a field's dates where no row settles it and its column has its English name; for ``currency`` what a sign of several means.
    notes
        What the file does not tell, in words; said with each import.
    unquoted
        Whether a quotation mark in a cell is just a character (Amazon's flat files).
    headers
        Every column of the layout with its other spellings.
    unverified
        Those of the spellings that no file is known to have had.
    changes
        For a file: what it has other than the layout, in words.
    """

    name: str
    version: int
    platform: str
    title: str
    known_by: tuple[str, ...]
    mapping: Mapping
    instead: Mapped[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    expressions: Mapped[str, Expression] = field(default_factory=dict)
    aside: Expression | None = None
    sums_up: Expression | None = None
    preferred: Mapped[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unquoted: bool = False
    headers: Names = field(default_factory=dict)
    unverified: frozenset[str] = frozenset()
    changes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name and version, as each row carries it."""
        return f"{self.name}/{self.version}"

    @property
    def layout(self) -> str:
        """Its section in ``headers.toml``."""
        return self.name.removeprefix(f"{self.platform}-")

    @cached_property
    def _reads(self) -> tuple[str, ...]:
        """Every column that it reads, by the name it has here."""
        wanted = dict.fromkeys([*self.known_by, *self.mapping.columns.values()])
        for others in self.instead.values():
            wanted |= dict.fromkeys(others)
        for expression in (*self.expressions.values(), self.aside, self.sums_up):
            if expression is not None:
                expression(lambda column: wanted.setdefault(column, None) or "NULL")
        return tuple(wanted)

    @cached_property
    def names(self) -> Names:
        """Every column that is known, with its other spellings."""
        return {**dict.fromkeys(self._reads, ()), **self.headers}

    def likeness(self, columns: Sequence[str]) -> float:
        """Return how surely a file with these columns is this reader's: the share of `known_by`, 0 to 1."""
        known = match(columns, self.names, ()).found
        if sum(name in known for name in self.known_by) < min(3, len(self.known_by)):
            return 0.0  # near names alone tell nothing, and looking for them takes most of the time
        found = match(columns, self.names, self.known_by).found
        return sum(name in found for name in self.known_by) / len(self.known_by)

    def recognises(self, columns: Sequence[str]) -> bool:
        """Tell whether a file with these columns is this reader's."""
        return self.likeness(columns) >= ENOUGH

    def for_columns(self, columns: Sequence[str]) -> Reader:
        """Return the reader for a file with these columns: in the file's own names, with what has changed."""
        found = match(columns, self.names, self._reads)
        chosen: dict[str, str] = {}
        for name, column in self.mapping.columns.items():
            stated = [c for c in (column, *self.instead.get(name, ())) if c in found.found]
            if stated:
                chosen[name] = found.found[stated[0]]
        # How an English report writes its days says nothing of one in another language.
        english = {folded(name) for name in self.names}
        preferred = {
            k: v for k, v in self.preferred.items() if k not in chosen or folded(chosen[k]) in english
        }
        return replace(
            self,
            preferred=preferred,
            mapping=replace(self.mapping, columns=chosen),
            expressions={name: _in_file(sql, found.found) for name, sql in self.expressions.items()},
            aside=self.aside and _in_file(self.aside, found.found),
            sums_up=self.sums_up and _in_file(self.sums_up, found.found),
            changes=self._changes(found.near, found.strange, chosen, found.found),
        )

    def _changes(
        self, near: dict[str, str], strange: Sequence[str], chosen: dict[str, str], found: dict[str, str]
    ) -> tuple[str, ...]:
        said = [f'"{column}" is taken for "{name}" of the {self.title}.' for name, column in near.items()]
        said += [
            f'The {self.title} has no column "{column}" any more: {name} stays empty.'
            for name, column in self.mapping.columns.items()
            if name not in (*chosen, *self.optional)
        ]
        if strange:
            more = "" if len(strange) <= 5 else f" and {len(strange) - 5} more"
            names = ", ".join(f'"{column}"' for column in strange[:5])
            said.append(f"The {self.title} has columns that are not known and not read: {names}{more}.")
        guessed = [
            column
            for name, column in found.items()
            if name in self._reads and folded(column) in self.unverified
        ]
        if guessed:
            names = ", ".join(f'"{column}"' for column in guessed[:3]) + (
                " and others" if guessed[3:] else ""
            )
            said.append(
                f"That {names} are what the {self.title} calls these columns in this language was put together without "
                "such a file: compare some rows."
            )
        damaged = [column for column in found.values() if repaired(column) != column]
        if damaged:
            said.append(
                f'A wrong encoding has damaged the file before it came here: "{damaged[0]}" is read as '
                f'"{repaired(damaged[0])}". Names of buyers and products may be damaged too: download it again.'
            )
        return tuple(said)


def _in_file(expression: Expression, found: Mapped[str, str]) -> Expression:
    """Return an expression that asks for the file's own columns."""

    def sql(cell: Cell) -> str:
        return expression(lambda column: cell(found[column]) if column in found else "NULL")

    return sql


@lru_cache(maxsize=1)
def _own() -> tuple[Reader, ...]:
    from fondaco.ledger.platforms import alibaba, amazon, ebay, etsy, shopify, woocommerce

    found = (
        *shopify.READERS, *amazon.READERS, *ebay.READERS, *etsy.READERS, *woocommerce.READERS, *alibaba.READERS,
    )  # fmt: skip
    return tuple(
        replace(
            r, headers=own_names(r.platform).get(r.layout, {}), unverified=unverified(r.platform, r.layout)
        )
        for r in found
    )


def readers(spellings: Spellings | None = None) -> tuple[Reader, ...]:
    """Return every reader with a layout of its own; any other table is read by a mapping.

    Parameters
    ----------
    spellings
        What a workspace adds to the names of columns (`workspace_spellings`).
    """
    if not spellings:
        return _own()
    return tuple(
        replace(r, headers=with_spellings(r.headers, spellings.get(r.platform, {}).get(r.layout, {})))
        for r in _own()
    )


def workspace_spellings(home: Path) -> Spellings:
    """Return the names of columns that a workspace adds in ``headers/PLATFORM.toml``.

    Raises
    ------
    InputError
        Where such a file says something that no reader knows.
    """
    known: dict[str, dict[str, Names]] = {}
    for reader in _own():
        known.setdefault(reader.platform, {})[reader.layout] = reader.names
    return read_spellings(home / "headers", known)


def recognise(columns: Sequence[str], among: Sequence[Reader] | None = None) -> Reader | None:
    """Return the reader whose files have these columns, ready for them; None when it is any table."""
    among = readers() if among is None else among
    scored = [(reader.likeness(columns), len(reader.known_by), reader) for reader in among]
    fitting = [entry for entry in scored if entry[0] >= ENOUGH]
    if not fitting:
        return None
    return max(fitting, key=lambda entry: entry[:2])[2].for_columns(columns)


__all__ = ["Cell", "Expression", "Reader", "Spellings", "readers", "recognise", "workspace_spellings"]
