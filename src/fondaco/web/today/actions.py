"""What people want by mail: kept with an audit line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk import audit
from fondaco.web.today.models import Wish


@transaction.atomic
def wish(firm: Firm, user: User, hour: int | None, ahead: int, *, site: str, now: datetime) -> Wish:
    """Keep what a person wants by mail of a firm.

    Parameters
    ----------
    hour
        Of the firm's zone; None for no digest.
    ahead
        Hours before an answer is due; 0 for no warning.
    site
        What links in the mail begin with.
    """
    kept, _made = Wish.objects.update_or_create(
        firm=firm, user=user, defaults={"hour": hour, "ahead": ahead, "site": site[:200], "changed": now}
    )
    audit.record("digest.wished", by=user, now=now, firm=firm, hour=hour, ahead=ahead)
    return kept


@transaction.atomic
def stop(held: Wish, *, now: datetime) -> None:
    """Stop a person's mails of a firm."""
    held.hour, held.ahead, held.changed = None, 0, now
    held.save(update_fields=["hour", "ahead", "changed"])
    audit.record("digest.stopped", by=held.user, now=now, firm=held.firm)
