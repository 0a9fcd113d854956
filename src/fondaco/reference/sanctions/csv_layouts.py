"""The CSV of the European Union (FSF 1.1), the UK Sanctions List, OFSI's consolidated list and OFAC's SDN list.

All but OFAC's name their columns; each repeats an entry in a row for each name, address or number.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fondaco.kernel import UnreadableFile
from fondaco.reference.sanctions.entries import Authority, Listed
from fondaco.reference.sanctions.terms import countries_of, joined, name_of

Kind = Literal["person", "company", "vessel", "other"]
_KINDS: Mapping[str, Kind] = {
    "person": "person", "p": "person", "individual": "person", "enterprise": "company", "e": "company", "entity": "company", "ship": "vessel",
    "vessel": "vessel",
}  # fmt: skip
_LONGEST_CELL = 1 << 20
_OFAC_NULL = "-0-"
#: OFAC's CSV tells aliases that it calls weak in the remarks alone: ``DOB 1945; a.k.a. 'ZAHAR, Mahmoud'.``
_OFAC_WEAK = re.compile(r"\b[afn]\.k\.a\. '(.+?)'(?=[;.]|$)")


@dataclass
class _Gathered:
    """What the rows of one entry said so far."""

    kind: Kind = "other"
    names: list[tuple[str, str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    programme: str = ""
    born: list[str] = field(default_factory=list)
    since: str = ""

    def listed(self, authority: Authority, number: str) -> Listed:
        return Listed(
            authority, number, self.kind, name_of(self.names), countries_of(self.places), self.programme,
            tuple(dict.fromkeys(filter(None, self.born))), self.since,
        )  # fmt: skip


def rows_of(file: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a file with their line; raises `UnreadableFile` where it is no text or no table."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with file.open(encoding="utf-8-sig", errors="strict", newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter)
            for row in reader:
                yield reader.line_num, [" ".join(cell.split()) for cell in row]
    except UnicodeDecodeError:
        with file.open(encoding="cp1252", errors="replace", newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter)
            for row in reader:
                yield reader.line_num, [" ".join(cell.split()) for cell in row]
    except csv.Error as error:
        raise UnreadableFile(
            f"{file.name} is no table that can be read ({error}); download the list again."
        ) from None


def read_eu(file: Path) -> tuple[str, list[Listed], list[str]]:
    """Read the EU's CSV 1.1: semicolons, one row for each name, address, birth or number of an entry."""
    dated, found, problems = "", dict[str, _Gathered](), list[str]()
    columns: dict[str, int] = {}
    for line, row in rows_of(file, ";"):
        if "Entity_LogicalId" in row:
            columns = {name: place for place, name in enumerate(row)}
            continue
        if not columns:
            dated = dated or (row[1] if row[:1] == ["fileGenerationDate"] and len(row) > 1 else "")
            continue
        cell = _cells(row, columns)
        number = cell("Entity_EU_ReferenceNumber") or cell("Entity_LogicalId")
        if not number:
            if any(row):
                problems.append(f"{file.name}, row {line}: no number of an entry; the row is left out.")
            continue
        dated = dated or cell("fileGenerationDate")
        held = found.setdefault(number, _Gathered())
        held.kind = (
            _kind(cell("Entity_SubjectType_ClassificationCode") or cell("Entity_SubjectType")) or held.kind
        )
        name = cell("NameAlias_WholeName") or joined(
            cell("NameAlias_FirstName"), cell("NameAlias_MiddleName"), cell("NameAlias_LastName")
        )
        held.names.append((name, "strong" if held.names else "primary"))
        held.places += [cell("Citizenship_CountryIso2Code"), cell("Address_CountryIso2Code")]
        held.born.append(cell("BirthDate_BirthDate") or cell("BirthDate_Year"))
        held.programme = held.programme or cell("Entity_Regulation_Programme")
        held.since = held.since or cell("Entity_Regulation_PublicationDate")
    return dated, *_entries(file, "EU", found, problems)


def read_uk(file: Path) -> tuple[str, list[Listed], list[str]]:
    """Read the UK Sanctions List's CSV, or OFSI's consolidated list before it: commas, a row for each name."""
    dated, found, problems = "", dict[str, _Gathered](), list[str]()
    columns: dict[str, int] = {}
    for line, row in rows_of(file, ","):
        if "Name 6" in row:
            columns = {name.casefold(): place for place, name in enumerate(row)}
            continue
        if not columns:
            dated = dated or _uk_day(row)
            continue
        cell = _cells(row, columns)
        number = cell("unique id") or cell("group id")
        if not number:
            if any(row):
                problems.append(f"{file.name}, row {line}: no number of an entry; the row is left out.")
            continue
        held = found.setdefault(number, _Gathered())
        held.kind = _kind(cell("designation type") or cell("group type")) or held.kind
        primary = (cell("name type") or cell("alias type")).casefold().startswith("primary name") and not (
            cell("alias type").casefold().endswith("variation")
        )
        weak = any(
            word in (cell("alias strength") or cell("alias quality")).casefold() for word in ("low", "weak")
        )
        name = joined(*(cell(f"name {n}") for n in (1, 2, 3, 4, 5, 6)))
        held.names.append((name, "primary" if primary else "weak" if weak else "strong"))
        held.names.append((cell("name non-latin script"), "strong"))
        held.places += [
            cell("nationality"),
            cell("nationality(/ies)"),
            cell("country"),
            cell("address country"),
        ]
        held.born += [cell("dob"), cell("d.o.b")]
        held.programme = held.programme or cell("regime name") or cell("regime")
        held.since = held.since or cell("date designated") or cell("listed on")
    return dated, *_entries(file, "UK", found, problems)


def read_ofac(files: Sequence[Path]) -> tuple[str, list[Listed], list[str]]:
    """Read OFAC's SDN.CSV, with ALT.CSV (aliases) and ADD.CSV (addresses) where they are given beside it."""
    found, problems = dict[str, _Gathered](), list[str]()
    others: dict[str, list[list[str]]] = defaultdict(list)
    for file in files:
        for line, row in rows_of(file, ","):
            cells = ["" if cell == _OFAC_NULL else cell for cell in row]
            if not cells or not cells[0].isdigit():
                if any(cell.strip("\x1a") for cell in cells):
                    problems.append(f"{file.name}, row {line}: no number of an entry; the row is left out.")
            elif len(cells) >= 11:
                held = found.setdefault(cells[0], _Gathered())
                held.kind = _kind(cells[2]) or "company"
                held.names.append((_turned(cells[1], held.kind), "primary"))
                held.names += [(_turned(name, held.kind), "weak") for name in _OFAC_WEAK.findall(cells[-1])]
                held.programme = cells[3]
            else:
                others[cells[0]].append(cells)
    for number, rows in others.items():
        target = found.get(number)
        if target is None:
            problems.append(
                f"Entry {number} has aliases or addresses but no name; give SDN.CSV together with them."
            )
            continue
        for cells in rows:
            if len(cells) == 5:
                target.names.append((_turned(cells[3], target.kind), "strong"))
            elif len(cells) > 4:
                target.places.append(cells[4])
    return "", *_entries(files[0], "OFAC", found, problems)


def _turned(name: str, kind: Kind) -> str:
    """Return a person's name the other way round from ``FAMILY, Given``."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and kind == "person" else name


def _cells(row: Sequence[str], columns: Mapping[str, int]):  # type: ignore[no-untyped-def]
    def cell(name: str) -> str:
        place = columns.get(name, len(row))
        return row[place] if place < len(row) else ""

    return cell


def _kind(said: str) -> Kind | None:
    return _KINDS.get(said.casefold())


def _uk_day(row: Sequence[str]) -> str:
    if row and row[0].startswith("Report Date:"):
        return row[0].removeprefix("Report Date:").strip()
    return row[1] if len(row) > 1 and row[0].rstrip(":") == "Last Updated" else ""


def _entries(
    file: Path, authority: Authority, found: Mapping[str, _Gathered], problems: Iterable[str]
) -> tuple[list[Listed], list[str]]:
    entries, told = [], list(problems)
    for number, held in found.items():
        entry = held.listed(authority, number)
        if entry.names:
            entries.append(entry)
        else:
            told.append(f"{file.name}: entry {number} has no name and is left out.")
    return entries, told
