"""Sending what is wished for: each day's digest once, each warning once, whatever happens in between.

A line is written before a mail goes out, so a crash in the middle can lose one and never send it twice.  The connection
is opened before anything is written: where there is none, all is tried again at the next turn.
"""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from fondaco.reference.time_zones import zone
from fondaco.web.accounts.models import Membership
from fondaco.web.inquiries.listing import WAITS
from fondaco.web.inquiries.models import Case
from fondaco.web.inquiries.syncing import want_if_stale as want_look
from fondaco.web.inquiries.views import home_zone
from fondaco.web.today import composing
from fondaco.web.today.models import Digest, Outcome, Warned, Wish

log = logging.getLogger("fondaco.web.today")

#: So long a digest waits for the desk to look anew before it goes out with what is there.
PATIENCE = timedelta(minutes=20)
#: Cases that one warning names at most; the others come with the next turn's.
MOST = 200


def tick(*, now: datetime, whatever_hour: bool = False) -> int:
    """Send what is due by now; return how many mails went out.

    Parameters
    ----------
    whatever_hour
        Send today's digests now, whichever hour was wished for; each day's goes out once all the same.
    """
    due: list[tuple[Wish, str]] = []
    for wish in _wishes():
        try:
            if _is_time(wish, now) or (whatever_hour and wish.hour is not None):
                due.append((wish, "digest"))
            if wish.ahead and _near(wish, now).exists():
                due.append((wish, "warning"))
        except Exception:
            log.exception("a wish for mail could not be looked at", extra={"wish": wish.pk})
    if not due:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError:  # smtplib's own errors are of this kind too
        log.warning("no mail can be sent now; it is tried again", exc_info=True)
        return 0
    try:
        return sum(
            _digest(wish, connection, now) if what == "digest" else _warn(wish, connection, now)
            for wish, what in due
        )
    finally:
        connection.close()


def _wishes() -> list[Wish]:
    """Return the wishes of people who may still see the firm."""
    held = Wish.objects.filter(Q(hour__isnull=False) | Q(ahead__gt=0), user__is_active=True)
    inside = set(Membership.objects.values_list("firm_id", "user_id"))
    return [w for w in held.select_related("firm", "user") if (w.firm_id, w.user_id) in inside]


def _is_time(wish: Wish, now: datetime) -> bool:
    """Whether today's digest is due and was not begun; it waits a while for the desk to be up to date."""
    if wish.hour is None:
        return False
    local = now.astimezone(zone(home_zone(wish.firm)))
    planned = datetime.combine(local.date(), time(wish.hour), tzinfo=local.tzinfo)
    # An hour that had passed when it was wished for counts from the next day on.
    if planned > now or planned < wish.changed:
        return False
    if Digest.objects.filter(wish=wish, day=local.date()).exists():
        return False
    look = want_look(wish.firm, now=now)
    return look.wanted is None or now - planned > PATIENCE


def _digest(wish: Wish, connection: Any, now: datetime) -> int:
    ours = home_zone(wish.firm)
    day = now.astimezone(zone(ours)).date()
    try:
        with transaction.atomic():
            claimed = Digest.objects.create(wish=wish, day=day, at=now)
    except IntegrityError:
        return 0  # another worker was quicker, or it was sent before
    outcome = Outcome.FAILED
    try:
        said = composing.digest_of(wish.firm, wish, ours, now=now)
        if said is None:
            outcome = Outcome.NOTHING
            return 0
        _send(composing.mail_of(said, wish), connection)
        outcome = Outcome.SENT
        return 1
    except Exception:
        log.exception("a digest could not be sent", extra={"wish": wish.pk})
        return 0
    finally:
        Digest.objects.filter(pk=claimed.pk).update(outcome=outcome)


def _near(wish: Wish, now: datetime) -> QuerySet[Case]:
    """Return the cases of the person, or of nobody, that are due within the hours wished for and not yet warned of."""
    held = Case.objects.filter(
        Q(owner=wish.user) | Q(owner=None), firm=wish.firm, waits__in=WAITS, due__gt=now, due__lte=now + timedelta(hours=wish.ahead)
    )  # fmt: skip
    told = Warned.objects.filter(wish=wish, case=OuterRef("pk"), due=OuterRef("due"))
    return held.exclude(Exists(told)).select_related("owner").order_by("due", "pk")


def _warn(wish: Wish, connection: Any, now: datetime) -> int:
    with transaction.atomic():
        locked = Wish.objects.select_for_update(of=("self",)).select_related("firm", "user").get(pk=wish.pk)
        cases = list(_near(locked, now)[:MOST])
        Warned.objects.bulk_create(
            Warned(wish=locked, case=case, due=case.due, at=now) for case in cases if case.due
        )
    if not cases:
        return 0
    try:
        said = composing.warning_of(locked.firm, cases, home_zone(locked.firm), now=now)
        _send(composing.mail_of(said, locked), connection)
    except Exception:
        log.exception("a warning could not be sent", extra={"wish": wish.pk})
        return 0
    return 1


def _send(mail: EmailMultiAlternatives, connection: Any) -> None:
    mail.connection = connection
    mail.send()
