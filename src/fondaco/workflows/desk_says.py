"""What the desk's log says of buyers: events for the one timeline, the contact, moves off platforms.

The rows are those of `fondaco.workflows.desk_log`; the web builds them from its database, the command line reads its files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from fondaco.relationships.identity import Event, known_by
from fondaco.relationships.leaving import Move
from fondaco.workflows.buyer_book import Contact
from fondaco.workflows.desk_log import Agreement, Case, Step

#: Kinds of steps, as the timeline calls them.
KINDS: Mapping[str, str] = {
    "sample": "Sample sent", "tasting": "Tasting or trial", "meeting": "Meeting", "call": "Call", "visit": "Visit",
    "move": "Move off the platform", "note": "Note",
}  # fmt: skip
#: What became of a step.
ENDED: Mapping[str, str] = {
    "open": "Still open",
    "kept": "It went on from there",
    "lost": "The buyer was lost",
}
#: What is written in a case, and letters of it that a timeline shows.
WRITTEN: Mapping[str, str] = {"note": "note of ours", "message": "the buyer wrote", "answer": "we answered"}
SHOWN = 300
_SIGNS = {
    "sample": "sample", "tasting": "tasting", "meeting": "meeting", "call": "call", "visit": "visit",
    "move": "moved off the platform",
}  # fmt: skip
_MET = {"tasting", "meeting", "visit"}
#: Ties by how people came together, to compare beside the single steps; a sample says nothing of that.
_TIES = {**dict.fromkeys(_MET, "met in person"), "call": "at a distance", "move": "at a distance"}


@dataclass(frozen=True)
class Logged:
    """What people logged of the contact beside the ledger; see `fondaco.relationships.leaving.Tie`."""

    messages: int = 0
    sample_sent: bool = False
    met: bool = False
    moved: bool = False
    last: date | None = None
    trust: tuple[str, ...] = ()


def contacts_of(steps: Iterable[Step]) -> dict[str, Contact]:
    """Return what was logged of buyers, by record: last day, loss, signs."""
    found: dict[str, Contact] = {}
    for step in steps:
        before = found.get(step.buyer, Contact(signs={}))
        signs = dict(before.signs or {})
        for names in (_SIGNS, _TIES):
            if name := names.get(step.kind):
                signs[name] = min(step.day, signs.get(name, step.day))
        said = step.outcomes[0] if step.outcomes else None
        lost = said.day if said is not None and said.ended == "lost" else None
        days = [step.day, *([said.day] if said is not None and lost is None else [])]
        last = max([*days, *([before.last] if before.last else [])])
        losses = [each for each in (before.lost, lost) if each is not None]
        found[step.buyer] = Contact(last, max(losses, default=None), signs)
    return found


def logged_of(steps: Sequence[Step], messages: int = 0) -> Logged:
    """Return what steps, and messages in cases beside the files, say of the contact with one buyer."""
    kinds = {step.kind for step in steps}
    trust = ("has met people of the firm",) if kinds & _MET else ()
    return Logged(
        messages=messages,
        sample_sent=bool(kinds & {"sample", "tasting"}),
        met=bool(kinds & _MET),
        moved="move" in kinds,
        last=max((step.day for step in steps), default=None),
        trust=trust,
    )


def moves_of(steps: Iterable[Step]) -> list[Move]:
    """Return the firm's moves off platforms, and how they ended."""
    return [
        Move(step.exchanges or 0, step.outcomes[0].ended if step.outcomes else "open")
        for step in steps
        if step.kind == "move"
    ]


def events_of(
    record: str,
    steps: Iterable[Step],
    agreements: Iterable[Agreement],
    *,
    words: Callable[[str], str] = str,
    address: Callable[[Step | Agreement], str] = lambda _row: "",
) -> list[Event]:
    """Return the events of a buyer that steps and agreements tell.

    Parameters
    ----------
    record
        One of the buyer's, which the events go to.
    words, address
        What says a word in the reader's language, and where a row is shown.
    """
    found, desk = [], words("desk")
    for step in steps:
        at, there = _noon(step.day), address(step)
        told = f"{step.channel}: {step.what}" if step.channel else step.what
        found.append(Event(at, desk, words(KINDS.get(step.kind, step.kind)), record, told, there))
        for said in step.outcomes:
            told = f"{words(ENDED[said.ended])} {said.why}".strip()
            found.append(Event(_noon(said.day), desk, words("outcome"), record, told, there))
    for agreed in agreements:
        there = address(agreed)
        found.append(Event(agreed.made, desk, words("standing agreement"), record, agreed.what, there))
        for day in agreed.days:
            name = words("delivered") if day.done else words("missed")
            told = f"{agreed.what} {day.note}".strip()
            found.append(Event(_noon(day.due), desk, name, record, told, there))
    return found


def case_events(
    record: str,
    cases: Iterable[Case],
    *,
    words: Callable[[str], str] = str,
    address: Callable[[Case], str] = lambda _case: "",
) -> list[Event]:
    """Return the events of a buyer that its cases tell beside the files: those typed in or sent, and what was written."""
    found = []
    for case in cases:
        platform, there = case.record.split("\t")[0] or words("desk"), address(case)
        if case.told is not None:
            told = " · ".join(part for part in (case.told.product, case.told.message[:SHOWN]) if part)
            found.append(Event(case.told.at, platform, words(case.told.kind), record, told, there))
        for word in case.words:
            found.append(
                Event(word.at, platform, words(WRITTEN[word.sort]), record, word.text[:SHOWN], there)
            )
    return found


def messages_in(cases: Iterable[Case]) -> int:
    """Return how many messages went both ways in cases beside what the files say; an answer that a file tells counts once."""
    found = 0
    for case in cases:
        sorts = [word.sort for word in case.words]
        twice = case.in_file and "answer" in sorts
        found += sorts.count("message") + sorts.count("answer") - twice + (case.told is not None)
    return found


def is_of(case: Case, records: Collection[str], parted: Collection[frozenset[str]] = frozenset()) -> bool:
    """Whether a case is of the buyer with these records.

    One that a file tells of has a record of them; one that was typed in or sent counts by the mark, or by the firm or
    person in one country, spelt the same, unless people parted it from them.

    Parameters
    ----------
    parted
        Pairs of records that people ruled to be two buyers.
    """
    if case.record in records:
        return True
    if case.told is None or any(frozenset((case.record, record)) in parted for record in records):
        return False
    ours = known_by(case.record)
    return any(ours & known_by(record) for record in records)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


__all__ = [
    "ENDED",
    "KINDS",
    "Logged",
    "case_events",
    "contacts_of",
    "events_of",
    "is_of",
    "logged_of",
    "messages_in",
    "moves_of",
]  # fmt: skip
