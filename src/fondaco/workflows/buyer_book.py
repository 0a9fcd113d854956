"""All buyers of a firm as a book to leaf through: how far each is, whether it moves, who is sought, page by page.

The book is a conclusion, kept by the fingerprint of the ledger, the rows of `fondaco.workflows.rulings` and the day; a page
takes the few lines that it shows.  What people logged beside the ledger (steps, losses) is laid over it by the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fondaco.kernel import UnknownName
from fondaco.ledger import Workspace
from fondaco.numerics.competing import Incidence
from fondaco.relationships.identity import Records
from fondaco.relationships.onwards import (
    LEFT,
    Helped,
    Patience,
    Standing,
    Way,
    curves,
    patience,
    standing_of,
    way_to,
    what_helped,
)
from fondaco.relationships.stage import STAGES, Stage
from fondaco.workflows.buyers import buyers_mark
from fondaco.workflows.conclusions import is_kept, key_of, remembering
from fondaco.workflows.desk_log import agreed_mark, agreed_of
from fondaco.workflows.stages import Known, Stages, stages_of


@dataclass(frozen=True)
class Contact:
    """What was logged of a buyer beside the ledger: its last day, the day on which it was lost, signs by their first day."""

    last: date | None = None
    lost: date | None = None
    signs: Mapping[str, date] | None = None


@dataclass(frozen=True)
class Line:
    """A buyer in the book.

    Attributes
    ----------
    mark
        Short and lasting, for addresses: that of its first record.
    known, standing, last
        Names, stage and outlook; whether it moves; the last sign on any channel.
    """

    mark: str
    known: Known
    standing: Standing
    last: date

    @property
    def name(self) -> str:
        """What to call it: the first of its names."""
        return self.known.names[0] if self.known.names else self.known.buyer

    def to_json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        return self.known.to_json() | {
            "mark": self.mark,
            "last": self.last.isoformat(),
            "standing": self.standing.to_json(),
        }


@dataclass(frozen=True)
class Sought:
    """What is sought in the book; empty fields seek nothing."""

    text: str = ""
    market: str = ""
    stage: str = ""
    state: str = ""


@dataclass(frozen=True)
class Book:
    """All buyers, and how to find one.

    Attributes
    ----------
    stages
        Buyers and funnel as `fondaco.workflows.stages` tells them.
    usual
        How long silence is usual at each stage.
    """

    stages: Stages
    lines: tuple[Line, ...]
    usual: Mapping[Stage, Patience]
    _places: Mapping[str, int]
    _records: Records
    _words: tuple[str, ...]

    def by_mark(self, mark: str) -> Line | None:
        """Return the buyer that has a record of this mark."""
        place = self._places.get(mark)
        return None if place is None else self.lines[place]

    def of_record(self, record: str) -> Line | None:
        """Return the buyer of a record, also of one that the files write otherwise by now."""
        found = self._records.find(record)
        return None if found is None else self.by_mark(mark_of(found))

    def with_contacts(self, contacts: Mapping[str, Contact]) -> Book:
        """Return the book with what was logged beside the ledger, by record."""
        until = self.stages.until
        if until is None or not contacts:
            return self
        lines = list(self.lines)
        for mark, held in self.by_buyer(contacts).items():
            place = self._places[mark]
            line, logged = lines[place], joined(held)
            last = max(line.last, logged.last or line.last)
            day = max(until, last)
            lines[place] = replace(
                line, last=last, standing=standing_of(line.known.seen, last, day, self.usual, logged.lost)
            )
        return replace(self, lines=tuple(lines))

    def by_buyer(self, contacts: Mapping[str, Contact]) -> dict[str, list[Contact]]:
        """Return contacts by their buyer's mark; those of nobody that is known are left out."""
        found: dict[str, list[Contact]] = {}
        for record, contact in contacts.items():
            if (line := self.of_record(record)) is not None:
                found.setdefault(line.mark, []).append(contact)
        return found

    def seek(self, sought: Sought, sort: str = "") -> list[Line]:
        """Return the buyers that are sought, in order; every word must stand in one of a buyer's names or marks."""
        words = sought.text.casefold().split()
        found = [
            line
            for line, text in zip(self.lines, self._words, strict=True)
            if (not sought.market or line.known.seen.market == sought.market)
            and (not sought.stage or line.known.seen.stage == sought.stage)
            and (not sought.state or line.standing.state == sought.state)
            and all(word in text for word in words)
        ]
        key = SORTS.get(sort.removeprefix("-"))
        return found if key is None else sorted(found, key=key, reverse=sort.startswith("-"))

    def record_meant(self, said: str) -> str:
        """Return the record that somebody means: written out with bars, or the first of the buyer they name."""
        written = said.replace("|", "\t")
        if written.count("\t") == 4 and (found := self._records.find(written)) is not None:
            return found
        return min(self.named(said).known.records)

    def named(self, said: str) -> Line:
        """Return the one buyer that somebody means by a name, a mark or an id.

        Raises
        ------
        UnknownName
            Where there is none, or several.
        """
        exact = [line for line in self.lines if said in (line.known.buyer, line.mark)]
        plain = said.strip().casefold()
        same = exact or [
            line for line in self.lines if plain in (name.casefold() for name in line.known.names)
        ]
        found = same or (self.seek(Sought(text=said)) if plain else [])
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnknownName(
                f"There is no buyer {said!r}. `fondaco buyers` lists them, with all their names."
            )
        some = "; ".join(f"{line.name} ({line.mark})" for line in found[:5])
        raise UnknownName(f"{said!r} may be {len(found)} buyers: {some}. Say the mark in brackets.")


#: Ways of sorting, by the name in an address; with "-" the other way round.
SORTS: Mapping[str, Callable[[Line], Any]] = {
    "name": lambda line: line.name.casefold(),
    "market": lambda line: line.known.seen.market or "",
    "stage": lambda line: STAGES.index(line.known.seen.stage),
    "alive": lambda line: line.known.alive.estimate or 0.0,
    "expected": lambda line: line.known.expected.estimate or 0.0,
    "last": lambda line: line.last,
    "silent": lambda line: line.standing.silent,
}


def mark_of(record: str) -> str:
    r"""Return the mark of a record, for addresses.

    >>> len(mark_of("shop\tK1\tAnna\t\tITA"))
    16
    """
    return hashlib.sha256(record.encode()).hexdigest()[:16]


def joined(contacts: Iterable[Contact]) -> Contact:
    """Return what several records' contacts come to: the last day, the last loss, the first of each sign."""
    held = list(contacts)
    signs: dict[str, date] = {}
    for each in held:
        for name, day in (each.signs or {}).items():
            signs[name] = min(day, signs.get(name, day))
    lasts = [each.last for each in held if each.last is not None]
    losses = [each.lost for each in held if each.lost is not None]
    return Contact(max(lasts, default=None), max(losses, default=None), signs)


def book_of(workspace: Workspace, firm: str, today: date) -> Book:
    """Return the book of a firm's buyers as of a day."""
    return remembering(_key(workspace, firm, today), lambda: _book(stages_of(workspace, firm, today)))


def book_is_kept(workspace: Workspace, firm: str, today: date) -> bool:
    """Whether the book is at hand, so that a page can be shown at once."""
    return is_kept(_key(workspace, firm, today))


def _key(workspace: Workspace, firm: str, today: date) -> tuple[str, ...]:
    ledger = workspace.ledger(firm)
    agreed = agreed_mark(agreed_of(workspace, firm, today))
    return (
        *key_of(workspace, ledger, f"book of buyers {today}", None),
        buyers_mark(workspace, firm),
        agreed,
    )


def _book(found: Stages) -> Book:
    usual = patience((each.seen for each in found.buyers), found.until or date.min)
    lines, words = [], []
    places: dict[str, int] = {}
    for number, each in enumerate(found.buyers):
        last = max((*each.seen.asked[-1:], *each.seen.ordered[-1:]))
        standing = standing_of(each.seen, last, max(found.until or last, last), usual)
        lines.append(Line(mark_of(min(each.records)), each, standing, last))
        places.update((mark_of(record), number) for record in each.records)
        words.append(" ".join((*each.names, each.buyer)).casefold())
    records = Records(record for each in found.buyers for record in each.records)
    return Book(found, tuple(lines), usual, places, records, tuple(words))


@dataclass(frozen=True)
class Step:
    """How buyers come to a stage: the curves of who moved on and who left, and what went with moving on."""

    stage: Stage
    curves: Mapping[int, Incidence] | None
    helped: tuple[Helped, ...]
    exits: int


def onwards_of(
    book: Book, contacts: Mapping[str, Contact], *, market: str = "", platform: str = ""
) -> tuple[Step, ...]:
    """Return how buyers come to their first and second order, of one market or platform where these are named."""
    until = book.stages.until
    if until is None:
        return ()
    logged = {mark: joined(held) for mark, held in book.by_buyer(contacts).items()}
    chosen = [
        line
        for line in book.lines
        if (not market or line.known.seen.market == market)
        and (not platform or platform in line.known.seen.platforms)
    ]
    found = []
    stages: tuple[Stage, ...] = ("expansion", "commitment")
    for stage in stages:
        ways = [
            way_to(line.known.seen, stage, until, logged.get(line.mark, Contact()).lost) for line in chosen
        ]
        signs = [_signs(line, way, logged.get(line.mark)) for line, way in zip(chosen, ways, strict=True)]
        going = [way for way in ways if way is not None]
        found.append(
            Step(stage, curves(going), what_helped(ways, signs), sum(way.cause == LEFT for way in going))
        )
    return tuple(found)


def _signs(line: Line, way: Way | None, logged: Contact | None) -> dict[str, date]:
    """Return the signs of a buyer after it set out, by their first day."""
    if way is None:
        return {}
    later = next((day for day in line.known.seen.asked if day > way.begun), None)
    shown = {} if later is None else {"asked again": later}
    signs = (logged and logged.signs) or {}
    return shown | {name: day for name, day in signs.items() if day >= way.begun}


def page_of(lines: Sequence[Line], page: int, most: int) -> tuple[Sequence[Line], int]:
    """Return the lines of a page and its number, which is the last where fewer are there."""
    last = max(-(-len(lines) // most), 1)
    number = min(max(page, 1), last)
    return lines[(number - 1) * most : number * most], number


__all__ = [
    "SORTS", "Book", "Contact", "Line", "Sought", "Step", "book_is_kept", "book_of", "joined", "mark_of", "onwards_of",
    "page_of",
]  # fmt: skip
