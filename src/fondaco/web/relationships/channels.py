"""What the desk's own pages know of a buyer: events for the one timeline, and what they say of the contact.

Another app adds its events (cases, quotations) by `SOURCES`: a function of the firm and the buyer's records that
returns events, each with the record it belongs to and the address where it is shown.  It is added where the app starts::

    from fondaco.web.relationships.channels import SOURCES
    SOURCES.append(events_of_quotations)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from fondaco.relationships.identity import Event
from fondaco.relationships.leaving import Move
from fondaco.web.accounts.models import Firm
from fondaco.web.relationships.keeping import agreement_of, step_of
from fondaco.web.relationships.models import Agreement, Step, StepKind
from fondaco.workflows import desk_log, desk_says
from fondaco.workflows.buyer_book import Book, Contact, Line

Source = Callable[[Firm, Sequence[str]], Iterable[Event]]
#: Further channels, added by the apps that know them.
SOURCES: list[Source] = []
#: What counts messages beside the files' in the guidance on leaving the platform, added likewise.
MESSAGES: list[Callable[[Firm, Sequence[str]], int]] = []


def contacts_of(firm: Firm) -> dict[str, Contact]:
    """Return what was logged of the firm's buyers, by record: last day, loss, signs."""
    held = Step.objects.filter(firm=firm).prefetch_related("outcomes")
    return desk_says.contacts_of(map(step_of, held))


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


def logged_of(firm: Firm, line: Line, steps: Sequence[Step]) -> desk_says.Logged:
    """Return what steps, and messages in the desk's cases, say of the contact."""
    written = sum(count(firm, line.known.records) for count in MESSAGES)
    return desk_says.logged_of([step_of(step) for step in steps], written)


def moves_of(firm: Firm) -> list[Move]:
    """Return the firm's moves off platforms, and how they ended."""
    held = Step.objects.filter(firm=firm, kind=StepKind.MOVE).prefetch_related("outcomes")
    return desk_says.moves_of(map(step_of, held))


def events_of(firm: Firm, line: Line, steps: Iterable[Step], agreements: Iterable[Agreement]) -> list[Event]:
    """Return the events of a buyer that the desk knows beside the ledger."""

    def address(row: desk_log.Step | desk_log.Agreement) -> str:
        return reverse(row.row, args=[firm.slug, row.number])

    found = desk_says.events_of(
        min(line.known.records), map(step_of, steps), map(agreement_of, agreements), words=_, address=address
    )
    for source in SOURCES:
        found += source(firm, line.known.records)
    return found
