"""What the desk's own pages know of a buyer: events for the one timeline, and what they say of the contact.

Another app adds its events (quotations, replies) by `SOURCES`: a function of the firm and the buyer's records that
returns events, each with the record it belongs to and the address where it is shown.  It is added where the app starts::

    from fondaco.web.relationships.channels import SOURCES
    SOURCES.append(events_of_quotations)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _

from fondaco.relationships.identity import Event
from fondaco.relationships.leaving import Ended as EndedMove
from fondaco.relationships.leaving import Move
from fondaco.web.accounts.models import Firm
from fondaco.web.relationships.models import Agreement, Ended, Step, StepKind
from fondaco.workflows.buyer import Logged
from fondaco.workflows.buyer_book import Book, Contact, Line

Source = Callable[[Firm, Sequence[str]], Iterable[Event]]
#: Further channels, added by the apps that know them.
SOURCES: list[Source] = []

_SIGNS = {
    StepKind.SAMPLE: "sample", StepKind.TASTING: "tasting", StepKind.MEETING: "meeting", StepKind.CALL: "call",
    StepKind.VISIT: "visit", StepKind.MOVE: "moved off the platform",
}  # fmt: skip
_ENDED: dict[Ended, EndedMove] = {Ended.OPEN: "open", Ended.KEPT: "kept", Ended.LOST: "lost"}
_MET = {StepKind.TASTING, StepKind.MEETING, StepKind.VISIT}
#: Ties by how people came together, to compare beside the single steps; a sample says nothing of that.
_TIES = {
    **dict.fromkeys(_MET, "met in person"),
    StepKind.CALL: "at a distance",
    StepKind.MOVE: "at a distance",
}


def contacts_of(firm: Firm) -> dict[str, Contact]:
    """Return what was logged of the firm's buyers, by record: last day, loss, signs."""
    found: dict[str, Contact] = {}
    for step in Step.objects.filter(firm=firm).prefetch_related("outcomes"):
        before = found.get(step.buyer, Contact(signs={}))
        signs = dict(before.signs or {})
        for names in (_SIGNS, _TIES):
            if name := names.get(StepKind(step.kind)):
                signs[name] = min(step.day, signs.get(name, step.day))
        said = step.outcome
        lost = said.day if said is not None and said.ended == Ended.LOST else None
        days = [step.day, *([said.day] if said is not None and lost is None else [])]
        last = max([*days, *([before.last] if before.last else [])])
        losses = [each for each in (before.lost, lost) if each is not None]
        found[step.buyer] = Contact(last, max(losses, default=None), signs)
    return found


def steps_of(firm: Firm, line: Line, book: Book) -> list[Step]:
    """Return the steps with one buyer, the latest first; also those of records that the files write otherwise by now."""
    held = Step.objects.filter(firm=firm).select_related("by").prefetch_related("outcomes", "outcomes__by")
    return [step for step in held if _is_of(step.buyer, line, book)]


def agreements_of(firm: Firm, line: Line, book: Book) -> list[Agreement]:
    """Return the standing agreements with one buyer."""
    held = Agreement.objects.filter(firm=firm).prefetch_related("days")
    return [each for each in held if _is_of(each.buyer, line, book)]


def _is_of(record: str, line: Line, book: Book) -> bool:
    if record in line.known.records:
        return True
    found = book.of_record(record)
    return found is not None and found.mark == line.mark


def logged_of(steps: Sequence[Step]) -> Logged:
    """Return what steps say of the contact."""
    kinds = {StepKind(step.kind) for step in steps}
    trust = ("has met people of the firm",) if kinds & _MET else ()
    return Logged(
        sample_sent=bool(kinds & {StepKind.SAMPLE, StepKind.TASTING}),
        met=bool(kinds & _MET),
        moved=StepKind.MOVE in kinds,
        last=max((step.day for step in steps), default=None),
        trust=trust,
    )


def moves_of(firm: Firm) -> list[Move]:
    """Return the firm's moves off platforms, and how they ended."""
    held = Step.objects.filter(firm=firm, kind=StepKind.MOVE).prefetch_related("outcomes")
    return [Move(step.exchanges or 0, _ENDED[Ended(step.ended)]) for step in held]


def events_of(firm: Firm, line: Line, steps: Iterable[Step], agreements: Iterable[Agreement]) -> list[Event]:
    """Return the events of a buyer that the desk knows beside the ledger."""
    first = min(line.known.records)
    found = []
    for step in steps:
        address = reverse("step", args=[firm.slug, step.pk])
        told = step.what if not step.channel else f"{step.channel}: {step.what}"
        found.append(Event(_at(step.day), _("desk"), step.get_kind_display(), first, told, address))
        for said in step.outcomes.all():
            words = f"{said.get_ended_display()} {said.why}".strip()
            found.append(Event(_at(said.day), _("desk"), _("outcome"), first, words, address))
    for agreement in agreements:
        address = reverse("agreement", args=[firm.slug, agreement.pk])
        found.append(
            Event(agreement.made, _("desk"), _("standing agreement"), first, agreement.what, address)
        )
        for day in agreement.days.all():
            words = _("delivered") if day.done else _("missed")
            found.append(
                Event(_at(day.due), _("desk"), words, first, f"{agreement.what} {day.note}".strip(), address)
            )
    for source in SOURCES:
        found += source(firm, line.known.records)
    return found  # fmt: skip


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
