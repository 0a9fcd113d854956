"""What people do with expectations, hours and renewal decisions: lock, check, save, write the audit line.

The audit line holds what was done and to which entry, not its text, which a person's right to be forgotten can still
reach in the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import Refused
from fondaco.readiness.expectations import Expected
from fondaco.readiness.renewal import Review
from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk import audit
from fondaco.web.readiness.outlook_models import Expectation, HoursEntry, RenewalDecision

#: Entries of hours that a firm may keep.
MOST_ENTRIES = 50_000


@transaction.atomic
def keep_expectation(
    firm: Firm, found: Expected, stated: Mapping[str, float], *, by: User, now: datetime
) -> Expectation:
    """Keep what the firm expects, so that the renewal can be judged by it."""
    day = now.date()
    kept = Expectation.objects.create(
        firm=firm, day=day, aim=found.asked.aim, stated=dict(stated), hopes=dict(found.asked.hopes),
        found=found.to_json(), by=by, made=now,
    )  # fmt: skip
    audit.record("expectation.kept", by=by, now=now, firm=firm, expectation=kept.pk)
    return kept


@transaction.atomic
def log_hours(entry: HoursEntry, *, firm: Firm, by: User, now: datetime) -> HoursEntry:
    """Keep hours; one person has at most 24 on a day."""
    Firm.objects.select_for_update().get(pk=firm.pk)
    if HoursEntry.objects.filter(firm=firm).count() >= MOST_ENTRIES:
        raise Refused(_("The log is full: take old entries away first."))
    same = HoursEntry.objects.filter(firm=firm, day=entry.day, person__iexact=entry.person)
    if sum((each.hours for each in same), entry.hours) > 24:
        raise Refused(_("That would be more than 24 hours for one person on one day."))
    entry.firm, entry.by, entry.made = firm, by, now
    entry.save()
    audit.record("hours.logged", by=by, now=now, firm=firm, entry=entry.pk, day=entry.day.isoformat())
    return entry


@transaction.atomic
def remove_hours(entry: HoursEntry, *, firm: Firm, by: User, now: datetime) -> None:
    """Take an entry away that was wrong."""
    held = HoursEntry.objects.select_for_update().filter(pk=entry.pk, firm=firm).first()
    if held is None:
        raise Refused(_("This entry is gone already."))
    audit.record("hours.removed", by=by, now=now, firm=firm, entry=held.pk, day=held.day.isoformat())
    held.delete()


@transaction.atomic
def decide(
    decision: RenewalDecision, found: Review, *, firm: Firm, by: User, now: datetime
) -> RenewalDecision:
    """Keep what the firm decided, with what the review said on that day.

    Raises
    ------
    Refused
        Where a firm would come back to what it never left, or leave twice.
    """
    Firm.objects.select_for_update().get(pk=firm.pk)
    before = (
        RenewalDecision.objects.filter(firm=firm, platform__iexact=decision.platform, day__lte=decision.day)
        .order_by("-day", "-pk")
        .first()
    )
    left = before is not None and before.choice == "leave"
    if decision.choice == "return" and not left:
        raise Refused(_("No exit from this platform is on record: there is nothing to come back to."))
    if decision.choice != "return" and left:
        raise Refused(_("The firm left this platform already: record first that it came back."))
    decision.firm, decision.by, decision.made, decision.seen = firm, by, now, found.to_json()
    decision.save()
    audit.record(
        "renewal.decided", by=by, now=now, firm=firm, decision=decision.pk, day=decision.day.isoformat()
    )
    return decision
