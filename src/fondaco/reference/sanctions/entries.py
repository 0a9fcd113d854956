"""What a sanctions list says of somebody, in one form for all authorities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Authority = Literal["EU", "UN", "UK", "OFAC"]
Quality = Literal["primary", "strong", "weak"]

#: What the lists are called and where they are published; the addresses are for people, nothing is fetched.
AUTHORITIES: dict[str, str] = {
    "EU": "Consolidated list of persons, groups and entities subject to EU financial sanctions",
    "UN": "United Nations Security Council Consolidated List",
    "UK": "UK Sanctions List (and OFSI's consolidated list, which ended on 28 January 2026)",
    "OFAC": "OFAC Specially Designated Nationals and Blocked Persons List (US)",
}


@dataclass(frozen=True)
class ListedName:
    """A name that a list gives: ``weak`` is an alias that the authority itself calls weak or of low quality."""

    text: str
    quality: Quality = "primary"


@dataclass(frozen=True)
class Listed:
    """A person, firm or ship on a list.

    Attributes
    ----------
    authority, id
        Whose list, and its number there.
    kind
        ``person``, ``company``, ``vessel`` or ``other``.
    names
        The primary one first, then aliases and spellings in other scripts.
    countries
        Nationalities and countries of addresses, ISO 3166-1 alpha-3.
    programme
        The regime or programme, as the list calls it.
    born
        Dates or years of birth as the list writes them.
    listed_on
        When it was put on the list, as the list writes it.
    """

    authority: Authority
    id: str
    kind: Literal["person", "company", "vessel", "other"]
    names: tuple[ListedName, ...]
    countries: tuple[str, ...] = ()
    programme: str = ""
    born: tuple[str, ...] = ()
    listed_on: str = ""


@dataclass(frozen=True)
class SanctionsList:
    """A list as it was read.

    Attributes
    ----------
    authority, layout
        Whose, and in which of its layouts.
    published
        The day that the file states; ``None`` where it states none.
    file
        The names of the files.
    entries
        Who is on it.
    problems
        Entries that could not be taken, and places that were not understood, in words.
    """

    authority: Authority
    layout: str
    published: date | None
    file: str
    entries: tuple[Listed, ...]
    problems: tuple[str, ...] = ()
