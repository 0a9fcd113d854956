"""The rate tables that a workspace, or one of its firms, keeps: checked Parquet with a record of each.

A table is there when its record (``NAME.json``) is; the record is written last and in one step, so that a killed
command leaves the old table or the new one.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fondaco.kernel import Damaged, InputError, NoRoom, Problem, Progress, UnknownName, silent
from fondaco.kernel.writing import write_atomically
from fondaco.reference.freight.columns import Rate, rate_of
from fondaco.reference.freight.reading import Taken, read

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

#: So many rates to one country are looked at; more are zones, and one must be named.
MOST = 2000


@dataclass(frozen=True)
class Kept:
    """A table that is kept: its name, whose it is (empty: the workspace's), when it was added, what it holds."""

    name: str
    firm: str
    added: str
    parquet: Path
    taken: Taken

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"name": self.name, "firm": self.firm or None, "added": self.added, **self.taken.to_json()}


class Freight:
    """The rate tables of a workspace and, where named, of one of its firms.

    Parameters
    ----------
    folder
        The workspace's, ``<home>/freight``; made when something is first added.
    firm
        The firm's short name.
    """

    def __init__(self, folder: Path, firm: str = "") -> None:
        self.folder = folder
        self.firm = firm

    def tables(self) -> list[Kept]:
        """Return the tables kept, the firm's own first, each lot by name."""
        own = self._of(self.folder / "firms" / self.firm, self.firm) if self.firm else []
        return [*own, *self._of(self.folder, "")]

    def add(
        self, path: Path, *, now: datetime, name: str | None = None, called: str | None = None,
        currency: str = "", progress: Progress = silent,
    ) -> Kept:  # fmt: skip
        """Read a table and keep its good rows; one of the same name goes.

        Parameters
        ----------
        name
            What it is kept as; from the file's name where it is left out.
        called
            The file's name, where it is not that of `path`.
        currency
            Of rows that state none.

        Raises
        ------
        InputError
            When it cannot be read, or none of its rows can be taken.
        NoRoom
            When the disk may not be written.
        """
        file = called or path.name
        kept_as = name or re.sub(r"[^a-z0-9]+", "-", Path(file).stem.casefold()).strip("-")[:40]
        if not NAME.fullmatch(kept_as):
            raise InputError(
                f"{kept_as!r} cannot be a table's name: use lower-case letters, digits and hyphens."
            )
        folder = self.folder / "firms" / self.firm if self.firm else self.folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as scratch:
                new = Path(scratch) / "rates.parquet"
                taken = read(path, new, today=now.date(), name=file, currency=currency, progress=progress)
                parquet = folder / f"{kept_as}.{now:%Y%m%d%H%M%S%f}.parquet"
                os.replace(new, parquet)
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise NoRoom(f"{folder} cannot be written ({error}): check its permissions.") from None
        record = {"added": now.isoformat(), "parquet": parquet.name, **taken.to_json()}
        write_atomically(folder / f"{kept_as}.json", json.dumps(record, ensure_ascii=False, indent=1))
        for old in folder.glob(f"{kept_as}.*.parquet"):
            if old != parquet:
                old.unlink(missing_ok=True)
        return Kept(kept_as, self.firm, now.isoformat(), parquet, taken)

    def remove(self, name: str) -> Kept:
        """Remove a table: the firm's own where a firm is named, else the workspace's.

        Raises
        ------
        UnknownName
            When there is none of that name.
        """
        for kept in self.tables():
            if kept.name == name and kept.firm == self.firm:
                (kept.parquet.parent / f"{name}.json").unlink()
                kept.parquet.unlink(missing_ok=True)
                return kept
        known = ", ".join(kept.name for kept in self.tables()) or "none yet"
        raise UnknownName(f"There is no rate table {name!r}; known: {known}.")

    def rates(self, destination: str, *, origin: str = "", zone: str = "") -> tuple[Rate, ...]:
        """Return all rates to a country, in force or not; the firm's own first.

        Parameters
        ----------
        destination, origin
            ISO 3166-1 alpha-3; rates from elsewhere than a stated origin are left out.
        zone
            Only rates of that zone and of the whole country; all where it is empty.
        """
        found: list[Rate] = []
        for kept in self.tables():
            found += _rates(str(kept.parquet), kept.name, kept.firm, destination, origin, zone)
        return tuple(found)

    def _of(self, folder: Path, firm: str) -> list[Kept]:
        return [_kept(path, firm) for path in sorted(folder.glob("*.json"))]


def _kept(path: Path, firm: str) -> Kept:
    try:
        record = json.loads(path.read_text("utf-8"))
        until = record["valid_to"]
        taken = Taken(
            record["file"], record["rows_read"], record["rates"], tuple(record["destinations"]), record["kinds"],
            record["fictional"], date.fromisoformat(until) if until else None,
            tuple(Problem(**each) for each in record["problems"]), tuple(record["notes"]),
        )  # fmt: skip
        kept = Kept(path.stem, firm, record["added"], path.parent / Path(record["parquet"]).name, taken)
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path} is not as we left it ({error}): remove it and add the table again.") from None
    if not kept.parquet.is_file():
        raise Damaged(f"{kept.parquet} is missing: remove {path.name} and add {taken.file} again.")
    return kept


@lru_cache(maxsize=512)
def _rates(parquet: str, table: str, firm: str, destination: str, origin: str, zone: str) -> Sequence[Rate]:
    """Return rates of one file, which never changes once it is written."""
    import duckdb

    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT * FROM read_parquet(?) WHERE destination = ? AND (? = '' OR origin IS NULL OR origin = ?) "
            "AND (? = '' OR zone IS NULL OR lower(zone) = lower(?)) ORDER BY row LIMIT ?",
            [parquet, destination, origin, origin, zone, zone, MOST],
        )
        names = [column[0] for column in rows.description or ()]
        return tuple(rate_of(dict(zip(names, row, strict=True)), table, firm) for row in rows.fetchall())
