"""Files of dated entries: which entries can be read, and what is wrong with the others.

An entry is a TOML table, ``[[rule]]`` or ``[[platform]]``; what a file's entries share stands in ``[defaults]``.
Each says by which day it was looked at (``checked``, ``recalled``, ``study``), and from that follows when it wants
another look.  An entry that cannot be read is told with file, number, id and field; the others count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator

from fondaco.kernel import Damaged, InputError, Problem
from fondaco.reference.products import Tags, tags

Origin = Literal["shipped", "user"]
#: How an entry was looked at.
Look = Literal["checked", "recalled", "study"]

_LOOKS: Mapping[Look, str] = {
    "checked": "the day it was compared with its source",
    "recalled": "written down without it",
    "study": "as a study tells it",
}
_LARGEST_FILE = 4 << 20


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)
How = TypeVar("How", bound=Look)


class InOrder(BaseModel):
    """What is in force between two days, the first of which does not lie behind the second."""

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> InOrder:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"`valid_to` ({self.valid_to}) lies before `valid_from` ({self.valid_from})")
        return self


def looked_at(
    stated: Mapping[How, date | None], review_by: date | None, days: Mapping[How, int]
) -> tuple[How, date, date]:
    """Return how an entry was looked at, on which day, and by which day it wants another look.

    Parameters
    ----------
    stated
        The days that the entry says, by how it was looked at.
    review_by
        As the entry says it; None for so many `days` behind the look.

    Raises
    ------
    InputError
        Where not exactly one day is said, or none on which anybody can have looked.

    Examples
    --------
    >>> looked_at({"checked": date(2026, 1, 10), "recalled": None}, None, {"checked": 365, "recalled": 90})
    ('checked', datetime.date(2026, 1, 10), datetime.date(2027, 1, 10))
    """
    said = [(how, day) for how, day in stated.items() if day is not None]
    if len(said) != 1:
        ways = " or ".join(f"`{how}` ({_LOOKS[how]})" for how in stated)
        raise InputError(f"say one of {ways}.")
    how, day = said[0]
    try:
        again = review_by or day + timedelta(days=days[how])
    except OverflowError:
        raise InputError(f"`{how}` ({day}) is no day on which anybody looked.") from None
    if again < day:
        raise InputError(f"`review_by` ({again}) lies before the day it was stated ({day}).")
    return how, day, again


def first_fault(error: ValidationError) -> str:
    """Return the first thing that is wrong: the field, what may stand there, and what was found."""
    first = error.errors(include_url=False)[0]
    # Where a field may hold a text or a list of them, pydantic names the kind behind the field.
    field = ".".join(str(part) for part in first["loc"] if part not in ("str", "list[str]"))
    found = first.get("input")
    said = "" if first["type"] == "missing" or isinstance(found, dict) else f" (found: {str(found)[:60]!r})"
    told = f"{first['msg'].removeprefix('Value error, ').rstrip('.')}{said}."
    return f"`{field}`: {told}" if field else told


@cache
def _file_of(name: str) -> type[BaseModel]:
    """Return the form of a file with tables of a name."""
    fields: Any = {"defaults": (dict[str, Any], {}), name: (list[dict[str, Any]], [])}
    form: type[BaseModel] = create_model(
        "_File", __config__=ConfigDict(extra="forbid", strict=True), **fields
    )
    return form


@dataclass(frozen=True)
class Entries(Generic[Entry]):
    """Entries of one kind, and how they stand in files.

    Attributes
    ----------
    name
        Of its tables, and of what is wrong with one: ``rule`` for ``[[rule]]``.
    read
        Reads a table with the file's defaults in it, given the file's name, where it comes from and the product tags;
        raises `InputError` or pydantic's ``ValidationError``.
    """

    name: str
    read: Callable[[dict[str, Any], str, Origin, Tags], Entry]

    def tables(self, text: str, where: str) -> list[dict[str, Any]]:
        """Return a file's entries as tables, each with what they share in it.

        Raises
        ------
        InputError
            Where the text is no TOML, or holds anything but ``[defaults]`` and the entries' tables.
        """
        try:
            held = _file_of(self.name).model_validate(tomllib.loads(text, parse_float=Decimal))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{where} is no TOML: {error}.") from None
        except RecursionError:
            raise InputError(f"{where} is no TOML that can be read: its tables stand too deep.") from None
        except ValidationError as error:
            raise InputError(
                f"{where}: {first_fault(error)} {self.name.capitalize()}s stand in tables [[{self.name}]], what they "
                "share in [defaults]."
            ) from None
        said = held.model_dump()
        return [_with_defaults(table, said["defaults"]) for table in said[self.name]]

    def parse(
        self, text: str, where: str, *, origin: Origin, known: Tags | None = None
    ) -> tuple[list[Entry], list[Problem]]:
        """Read a file's entries; those that cannot be read are told.

        Parameters
        ----------
        text
            TOML: an optional table ``[defaults]``, and any number of the entries' tables.
        where
            The file's name, for messages.
        known
            The product tags; those that ship by default.

        Raises
        ------
        InputError
            Where the text is no TOML, or holds anything but these tables.
        """
        found: dict[str, Entry] = {}
        problems: list[Problem] = []

        def told(number: int, table: Mapping[str, Any], fault: str, cure: str) -> None:
            called = f"{where}, {self.name} {number} ({table.get('id', 'without an id')})"
            problems.append(Problem(self.name, 1, f"{called}: {fault}", cure))

        for number, table in enumerate(self.tables(text, where), start=1):
            cure = f"Correct the file; its other {self.name}s count."
            try:
                each = self.read(table, where, origin, known or tags())
            except ValidationError as error:
                told(number, table, first_fault(error), cure)
            except InputError as error:
                told(number, table, str(error), cure)
            else:
                if each.id in found:
                    told(number, table, "`id` stands twice in this file.", "Give the second another id.")
                else:
                    found[each.id] = each
        return list(found.values()), problems

    def file(self, path: Path, where: str, known: Tags) -> tuple[list[Entry], list[Problem]]:
        """Read one of a user's files; whatever is wrong with it is told under the name `where`."""
        where = re.sub(r"[\x00-\x1f]", "?", where)
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise InputError(
                    f"{where} is larger than {_LARGEST_FILE >> 20} MiB: that is no list of {self.name}s."
                )
            return self.parse(path.read_text("utf-8"), where, origin="user", known=known)
        except UnicodeDecodeError:
            fault, cure = f"{where} is no UTF-8 text.", "Save it as UTF-8."
        except InputError as error:
            fault, cure = str(error), f"Correct the file; its {self.name}s do not count until then."
        except OSError as error:
            fault, cure = f"{where} cannot be read ({error.strerror}).", "See to its permissions."
        return [], [Problem("file", 1, fault, cure)]

    def shipped(self, folder: Path) -> tuple[Entry, ...]:
        """Return the entries that ship with Fondaco; raises `Damaged` where one of them cannot be read."""
        found: list[Entry] = []
        for path in sorted(folder.glob("*.toml")):
            entries, problems = self.parse(path.read_text("utf-8"), path.name, origin="shipped")
            if problems:
                raise Damaged(
                    f"Shipped {self.name}s cannot be read: {problems[0].reason} Install Fondaco again."
                )
            found += entries
        return tuple(found)


def _with_defaults(table: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with what its file's entries share; how it was looked at itself goes before that."""
    own = _LOOKS.keys() & table.keys()
    return {**{name: said for name, said in defaults.items() if not own or name not in _LOOKS}, **table}
