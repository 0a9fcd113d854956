"""What the ledger tells for Today: concluded by the worker, kept, and read by the page.

The page never waits for it: a conclusion of another ledger or of another day is shown with its date while the worker
is at the new one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from fondaco.relationships.outlook import Forecast
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm
from fondaco.web.relationships.channels import contacts_of
from fondaco.web.today.models import Morning
from fondaco.workflows.buyer_book import Book, Sought, book_of
from fondaco.workflows.forecast import forecast_of

#: Relationships of each kind that Today names.
NAMED = 5
#: Letters of a buyer's name that are kept.
LETTERS = 120
#: One that was wanted so long ago is wanted anew: its worker is gone.
LOST = timedelta(minutes=15)


def want_if_stale(firm: Firm, fingerprint: str, today: date, *, now: datetime) -> Morning:
    """Ask the worker for a new conclusion where the ledger or the day is another; return how it stands."""
    from fondaco.web.today.tasks import morning_task

    held, _made = Morning.objects.get_or_create(firm=firm)
    if held.fingerprint == fingerprint and held.day == today:
        return held
    waiting = Q(wanted__isnull=True) | Q(wanted__lt=now - LOST)
    if Morning.objects.filter(waiting, firm=firm).update(wanted=now):
        morning_task.enqueue(firm.pk, today.isoformat())
        held.refresh_from_db()
    return held


def conclude(firm: Firm, today: date, *, now: datetime) -> None:
    """Conclude anew, and keep it.

    Raises
    ------
    FondacoError
        Where the ledger cannot be read; what was concluded last stays.
    """
    fingerprint = workspace().ledger(firm.slug).fingerprint()
    book = book_of(workspace(), firm.slug, today).with_contacts(contacts_of(firm))
    facts = facts_of(book, forecast_of(workspace(), firm.slug))
    Morning.objects.filter(firm=firm).update(
        fingerprint=fingerprint, day=today, made=now, wanted=None, failed="", facts=facts
    )


def failed(firm: Firm, sentence: str, today: date, *, now: datetime) -> None:
    """Keep why it failed; it is not tried again until the ledger or the day changes."""
    fingerprint = workspace().ledger(firm.slug).fingerprint()
    Morning.objects.filter(firm=firm).update(
        failed=sentence[:500], fingerprint=fingerprint, day=today, made=now, wanted=None
    )


def facts_of(book: Book, forecast: Forecast) -> dict[str, Any]:
    """Return what Today shows of book and forecast, as JSON values.

    ``stalled``: relationships that stand still, who promises most first; ``single``: buyers who ordered once and promise
    most; ``trial``: what was expected of the last past quarter and what came; ``next``: what is expected of the next.
    """
    still = sorted(
        book.seek(Sought(state="stands still")),
        key=lambda line: (-(line.known.expected.estimate or 0.0), line.standing.silent, line.mark),
    )
    single = [call for call in forecast.calls(NAMED) if call.kind == "second order"]
    return {
        "until": forecast.until and forecast.until.isoformat(),
        "stages": [{"stage": step.stage, "buyers": step.now} for step in book.stages.steps],
        "stalled": [
            {
                "mark": line.mark, "name": line.name[:LETTERS], "market": line.known.seen.market,
                "says": line.standing.says, "alive": line.known.alive.to_json(2),
            }
            for line in still[:NAMED]
        ],
        "stalled_in_all": len(still),
        "single": [
            {
                "name": call.buyer.buyer[:LETTERS], "market": call.buyer.market, "platform": call.buyer.platform,
                "last": call.buyer.last.isoformat(), "again": round(call.buyer.again, 2),
            }
            for call in single
        ],
        **_expectation(forecast),
    }  # fmt: skip


def _expectation(forecast: Forecast) -> dict[str, Any]:
    trials, total = forecast.pace.trials, forecast.total
    last = max(trials, key=lambda one: one.day, default=None)
    nearest = next(iter(forecast.ahead), None)
    told = None if total is None or nearest is None else total.orders.get(nearest)
    return {
        "trial": None if last is None else last.to_json(),
        "next": None if told is None else {"months": nearest, **told.to_json(1)},
        "level": forecast.level,
        "why": "" if total is None else total.alive.why or "",
    }
