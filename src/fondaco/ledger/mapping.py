"""What a person or Fondaco decided about a file's columns: the `mapping.toml`.

A mapping is plain data: which source column is which field of a canonical table, what is stated in
its place where the file is silent, and the few decisions that only a person can take (a country's
spelling, an article number that is no goods).  It is written as TOML, so that it can be read,
edited and passed on.

``from_toml`` says everything that is wrong with a text at once; a mapping it returns is usable.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Mapped
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from fondaco.kernel.errors import InputError, UnreadableFile
from fondaco.kernel.writing import write_atomically
from fondaco.ledger.schema import KINDS, TABLES, Table

#: What `Mapping.charges` may say of an article number.
CHARGE_ANSWERS = tuple(KINDS)

#: Date styles that are not a strptime format.
NAMED_DATE_STYLES = ("iso", "iso_offset", "excel", "unix")

_SECTIONS = ("mapping", "columns", "constants", "styles", "countries", "charges")
_SCALARS = (
    "table",
    "platform",
    "name",
    "repeats",
    "header_row",
    "carry",
    "void_status",
    "cancel_prefix",
)
_LARGEST_MAPPING = 4 * 1024 * 1024


@dataclass(frozen=True)
class Mapping:
    """How the columns of a file become a canonical table.

    Attributes
    ----------
    table
        Which canonical table: a key of `schema.TABLES`.
    platform
        The platform its rows are counted under.
    name
        For people; not part of the fingerprint.
    columns
        Field to the text of the source header, as it stands in the file, without blanks at its ends.
    constants
        Field to a value, for what the file does not state (currency, country, marketplace, period).
    styles
        Field to "." or "," (the decimal mark) for numbers, and for days and times to ``iso``,
        ``iso_offset``, ``excel``, ``unix`` or a strptime format (after ``names:`` when its month
        names are not English).  Where absent, all rows of the file decide.
    countries
        A spelling to ISO 3166-1 alpha-3 or ``unknown``.
    charges
        An article number, in any letter case, to a kind of `schema.KINDS`; ``sale`` says it *is* goods.
    repeats
        ``keep`` or ``drop`` lines that repeat another whole line of their order.
    header_row
        The row of the header, the first of the file being 1, where a person fixed it.
    carry
        Fields stated only on the first row of an order and meant for all of its rows.
    void_status
        Statuses in lower case that mean the line was cancelled before it was charged.
    cancel_prefix
        What the number of a cancelling order begins with.

    Examples
    --------
    >>> mapping = Mapping(columns={"order": "Invoice"}, constants={"currency": "GBP"})
    >>> from_toml(to_toml(mapping), "mapping.toml") == mapping
    True
    """

    table: str = "orders"
    platform: str = "table"
    name: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    charges: dict[str, str] = field(default_factory=dict)
    repeats: str = "keep"
    header_row: int | None = None
    carry: tuple[str, ...] = ()
    void_status: tuple[str, ...] = ()
    cancel_prefix: str = ""

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that bears on what is read; the name does not."""
        content = asdict(self)
        del content["name"]
        content["charges"] = {code.casefold(): kind for code, kind in self.charges.items()}
        content["carry"] = sorted(self.carry)
        content["void_status"] = sorted(self.void_status)
        text = json.dumps(content, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


# Reading and writing ---------------------------------------------------------------------------


def read_mapping(path: Path | str) -> Mapping:
    """Return the mapping in the TOML file at `path`.

    Raises
    ------
    UnreadableFile
        When there is no such file, or it is not text.
    InputError
        When the text is not TOML or says something a mapping cannot; one sentence for each fault.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_MAPPING + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreadableFile(f"The mapping {path} cannot be read ({why}). Check its name.") from error
    if len(raw) > _LARGEST_MAPPING:
        raise UnreadableFile(f"{path} is too large to be a mapping. Name the .toml file, not the data.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"The mapping {path} is not UTF-8 text. Save it again as UTF-8.") from error
    return from_toml(text, str(path))


def write_mapping(mapping: Mapping, path: Path | str) -> None:
    """Write `mapping` to `path`: the file is replaced whole or not at all."""
    write_atomically(Path(path), to_toml(mapping), mode=0o644)  # it holds no data and is passed on


_HEAD = """\
# How Fondaco reads one kind of file. Edit it, keep it, pass it on: it holds no data.
# Each section below begins with what it means. Lines that begin with # are notes.
"""

_NOTES = {
    "mapping": """\
# table: {tables}.
# platform: what the rows are counted under.   name: for people.
# repeats: "keep" or "drop" lines that repeat another whole line of their order.
# header_row: the row with the column names, the first being 1; leave it out to have it found.
# carry: fields stated only on the first row of an order.
# void_status: statuses of lines cancelled before they were charged.
# cancel_prefix: what the number of a cancelling order begins with, such as "C".""",
    "columns": """\
# field = "column of the file".
# Fields of {table}: {fields}.""",
    "constants": """\
# field = "value", for what the file does not state: currency = "EUR", country = "ITA",
# marketplace = "Amazon.it", day = "2026-01-01", until = "2026-01-31".""",
    "styles": """\
# Numbers: field = "," or "." (the decimal mark).
# Days and times: "iso", "iso_offset", "excel", "unix" or a format such as "%d/%m/%Y %H:%M";
# "names:%d %B %Y" where months have names that are not English. Left out: all rows decide.""",
    "countries": """\
# "spelling in the file" = "ISO 3166 code of three letters" or "unknown".""",
    "charges": """\
# "article number" = what it is when it is not goods: {charges}; "sale" says it is goods.""",
}


def to_toml(mapping: Mapping) -> str:
    """Return `mapping` as TOML with notes that explain each section."""
    table = TABLES.get(mapping.table)
    facts = {
        "tables": ", ".join(TABLES),
        "table": mapping.table,
        "fields": ", ".join(column.name for column in table.stated) if table else "?",
        "charges": ", ".join(kind for kind, klass in KINDS.items() if klass == "charge"),
    }
    sections: dict[str, dict[str, Any]] = {
        "mapping": _scalars(mapping),
        "columns": mapping.columns,
        "constants": mapping.constants,
        "styles": mapping.styles,
        "countries": mapping.countries,
        "charges": mapping.charges,
    }
    parts = [_HEAD]
    for name, content in sections.items():
        parts.append(f"[{name}]\n{_wrapped(_NOTES[name].format(**facts))}\n{tomli_w.dumps(content)}")
    return "\n".join(parts)


def _scalars(mapping: Mapping) -> dict[str, Any]:
    values = {name: getattr(mapping, name) for name in _SCALARS}
    if mapping.header_row is None:
        del values["header_row"]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _wrapped(notes: str, width: int = 100) -> str:
    lines = []
    for line in notes.splitlines():
        while len(line) > width and " " in line[3:width]:
            cut = line.rindex(" ", 3, width)
            lines.append(line[:cut])
            line = "#   " + line[cut + 1 :]
        lines.append(line)
    return "\n".join(lines)


def from_toml(text: str, where: str) -> Mapping:
    """Return the mapping that the TOML `text` states; `where` names it in messages.

    Raises
    ------
    InputError
        One sentence for each wrong section, key, field, kind or value.
    """
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is not valid TOML: {error}. Correct that line.") from error
    faults: list[str] = []
    mapping = _read_sections(content, faults)
    if faults:
        raise InputError("\n".join(f"{where}: {fault}" for fault in faults))
    return mapping


# Checking --------------------------------------------------------------------------------------


def _read_sections(content: dict[str, Any], faults: list[str]) -> Mapping:
    faults += [_unknown("section", name, _SECTIONS) for name in content if name not in _SECTIONS]
    sections: dict[str, dict[str, Any]] = {}
    for name in _SECTIONS:
        value = content.get(name, {})
        if not isinstance(value, dict):
            faults.append(f"{name} must be a section, written [{name}].")
            value = {}
        sections[name] = value

    scalars = _read_scalars(sections.pop("mapping"), faults)
    texts = {name: _texts(name, section, faults) for name, section in sections.items()}
    table = TABLES.get(str(scalars.get("table", "orders")))
    if table is not None:
        _check_fields(table, texts, scalars, faults)
    _check_answers(texts, faults)
    texts["columns"] = {name: header.strip() for name, header in texts["columns"].items()}
    chosen: dict[str, Any] = {**scalars, **texts}
    return Mapping(**chosen)


def _read_scalars(section: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in section.items():
        if name not in _SCALARS:
            faults.append(_unknown("key", name, _SCALARS, "[mapping]"))
        elif name == "header_row":
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                faults.append(f"[mapping] header_row is {value!r}; it must be a row number, 1 or more.")
            else:
                found[name] = value
        elif name in ("carry", "void_status"):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                faults.append(f'[mapping] {name} must be a list of texts, such as ["one", "two"].')
            else:
                found[name] = tuple(item.casefold() if name == "void_status" else item for item in value)
        elif not isinstance(value, str):
            faults.append(f"[mapping] {name} is {value!r}; it must be a text in quotes.")
        else:
            found[name] = value
    if (table := found.get("table")) is not None and table not in TABLES:
        faults.append(_unknown("table", table, TABLES, "[mapping]"))
    if found.get("repeats", "keep") not in ("keep", "drop"):
        faults.append(f'[mapping] repeats is "{found["repeats"]}"; it must be "keep" or "drop".')
    return found


def _texts(name: str, section: dict[str, Any], faults: list[str]) -> dict[str, str]:
    wrong = [key for key, value in section.items() if not isinstance(value, str)]
    faults += [f"[{name}] {key} is {section[key]!r}; it must be a text in quotes." for key in wrong]
    return {key: value for key, value in section.items() if isinstance(value, str)}


def _check_fields(
    table: Table, texts: Mapped[str, dict[str, str]], scalars: Mapped[str, Any], faults: list[str]
) -> None:
    types = {column.name: column.type for column in table.stated}
    for section in ("columns", "constants", "styles"):
        for name in texts[section]:
            if name not in types:
                faults.append(_unknown("field", name, types, f"[{section}]", f" of {table.name}"))
    for name in scalars.get("carry", ()):
        if name not in types:
            faults.append(_unknown("field", name, types, "[mapping] carry", f" of {table.name}"))
    for name, header in texts["columns"].items():
        if not header.strip():
            faults.append(f"[columns] {name} is empty; give the column's name or delete the line.")
    for name, style in texts["styles"].items():
        fault = _style_fault(types.get(name), style)
        if fault:
            faults.append(f'[styles] {name} is "{style}"; {fault}.')


def _style_fault(type_: str | None, style: str) -> str:
    if type_ in ("money", "number", "count", "ratio"):
        return "" if style in (".", ",") else 'it must be "." or ",", the decimal mark'
    if type_ in ("day", "time"):
        if all(part in NAMED_DATE_STYLES or "%" in part for part in style.split("|")):
            return ""
        names = ", ".join(NAMED_DATE_STYLES)
        return f'it must be one of {names}, or a format such as "%d/%m/%Y"'
    if type_ is None:
        return ""
    return "only numbers, days and times have a style"


def _check_answers(texts: Mapped[str, dict[str, str]], faults: list[str]) -> None:
    for spelling, code in texts["countries"].items():
        if code != "unknown" and not re.fullmatch("[A-Z]{3}", code):
            faults.append(
                f'[countries] "{spelling}" is "{code}"; it must be an ISO 3166 code of three capital '
                'letters, such as "DEU", or "unknown".'
            )
    currency = texts["constants"].get("currency")
    if currency is not None and not re.fullmatch("[A-Z]{3}", currency):
        faults.append(
            f'[constants] currency is "{currency}"; it must be an ISO 4217 code of three capital '
            'letters, such as "EUR".'
        )
    country = texts["constants"].get("country")
    if country is not None and country != "unknown" and not re.fullmatch("[A-Z]{3}", country):
        faults.append(
            f'[constants] country is "{country}"; it must be an ISO 3166 code of three capital '
            'letters, such as "DEU".'
        )
    said: dict[str, str] = {}
    for code, kind in texts["charges"].items():
        if kind not in CHARGE_ANSWERS:
            faults.append(_unknown("kind", kind, CHARGE_ANSWERS, f'[charges] "{code}":'))
        other = said.setdefault(code.casefold(), kind)
        if other != kind:
            faults.append(f'[charges] "{code}" is said to be both {other} and {kind}; keep one.')


def _unknown(what: str, name: str, known: Iterable[str], place: str = "", of: str = "") -> str:
    known = list(known)
    near = difflib.get_close_matches(name.casefold(), known, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}."
    return f'{place} "{name}" is no {what}{of}; {hint}'.strip()
