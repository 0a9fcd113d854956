"""How often somebody may ask, counted in the database by the minute, so that all workers of a site count together."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import F

from fondaco.web.inquiries.models import RateWindow

#: Requests a minute, of one token and of one address.
OF_TOKEN, OF_ADDRESS = 60, 120


def too_often(who: str, most: int, *, now: datetime) -> int:
    """Count a request of `who`; return after how many seconds to come back, 0 where it is within `most` a minute.

    `who` is kept as a hash only.
    """
    mark, minute = sha256(who.encode()).hexdigest(), now.replace(second=0, microsecond=0)
    held = RateWindow.objects.filter(who=mark, minute=minute)
    if not held.update(count=F("count") + 1):
        try:
            with transaction.atomic():
                RateWindow.objects.create(who=mark, minute=minute, count=1)
        except IntegrityError:  # another worker was quicker
            held.update(count=F("count") + 1)
        RateWindow.objects.filter(minute__lt=minute - timedelta(minutes=5)).delete()
    count = held.values_list("count", flat=True).first() or 1
    return 0 if count <= most else max(1, 60 - now.second)
