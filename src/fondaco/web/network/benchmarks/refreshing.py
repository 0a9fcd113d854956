"""Computing the figures of all members: in the background, member by member, by as many workers as there are.

Each member is an item that one worker takes for a while; what a killed worker had taken is taken up again after that.
A task works for some seconds and then queues the next one, so that imports come in between.
"""

from __future__ import annotations

import hashlib
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fondaco.kernel.errors import FondacoError, Refused
from fondaco.ledger import Workspace
from fondaco.network.disclosure import Figure, Indicator, MemberFigures
from fondaco.web.accounts.access import NetworkAccess, workspace
from fondaco.web.accounts.models import Firm, Network
from fondaco.web.desk import audit
from fondaco.web.network.benchmarks import sharing
from fondaco.web.network.benchmarks.models import FirmFigures, ItemState, Refresh, RefreshItem
from fondaco.web.network.benchmarks.stated import stated_of
from fondaco.workflows import benchmarks

log = logging.getLogger("fondaco.web.network")

#: Seconds that a task works before others get a turn.
SLICE = 10.0
#: How long a worker may hold a member.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Progress:
    """How far a refresh is: members done, stopped and in all."""

    done: int
    failed: int
    total: int

    @property
    def percent(self) -> int:
        """In whole per cent."""
        return round(100 * (self.done + self.failed) / self.total) if self.total else 100


def start(seen: NetworkAccess, *, now: datetime) -> Refresh:
    """Queue the computing of all members' figures.

    Raises
    ------
    Refused
        Where it is under way.
    """
    from fondaco.web.network.benchmarks.tasks import run_refresh

    try:
        with transaction.atomic():
            refresh = Refresh.objects.create(network=seen.network, by=seen.user, made=now, beat=now)
            firms = seen.network.memberships.order_by("firm_id").values_list("firm_id", flat=True)
            RefreshItem.objects.bulk_create(
                [RefreshItem(refresh=refresh, firm_id=firm) for firm in firms], batch_size=500
            )
            audit.record("refresh.started", by=seen.user, now=now, network=seen.network, members=len(firms))
    except IntegrityError:
        raise Refused(_("The figures are being computed already: see how far it is.")) from None
    run_refresh.enqueue(str(refresh.pk))
    return refresh


def work(refresh_id: str, *, seconds: float = SLICE) -> bool:
    """Compute members' figures for some seconds; return whether there is more to do."""
    refresh = Refresh.objects.select_related("network").get(pk=refresh_id)
    if refresh.finished:
        return False
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        item = _take(refresh, timezone.now())
        if item is None:
            return _finish(refresh)
        _do(item)
        Refresh.objects.filter(pk=refresh.pk).update(beat=timezone.now())
    return True


def _take(refresh: Refresh, now: datetime) -> RefreshItem | None:
    """Take a member that waits, or that a worker held too long; two workers never take the same."""
    free = Q(state=ItemState.WAITING) | Q(state=ItemState.TAKEN, lease__lt=now)
    while True:
        with transaction.atomic():
            rows = RefreshItem.objects.select_for_update(skip_locked=True, of=("self",))
            item = rows.select_related("firm").filter(free, refresh=refresh).order_by("pk").first()
            if item is None:
                return None
            mine, attempts = uuid.uuid4(), item.attempts + 1
            taken = RefreshItem.objects.filter(free, pk=item.pk)
            if attempts > settings.JOB_ATTEMPTS:
                why = _("The worker was stopped %(times)s times while it computed this firm.")
                taken.update(state=ItemState.FAILED, sentence=why % {"times": item.attempts})
                continue
            # Where rows cannot be locked (SQLite), the condition decides.
            if taken.update(state=ItemState.TAKEN, taken=mine, lease=now + LEASE, attempts=attempts):
                item.taken, item.attempts = mine, attempts
                return item


def _do(item: RefreshItem) -> None:
    mine = RefreshItem.objects.filter(pk=item.pk, taken=item.taken, state=ItemState.TAKEN)
    try:
        row = computed(workspace(), item.firm)
    except FondacoError as error:
        mine.update(state=ItemState.FAILED, sentence=str(error))
        return
    except Exception:
        log.exception("figures failed", extra={"firm": item.firm.slug})
        mine.update(state=ItemState.FAILED, sentence=_("Something failed on our side; it is in the log."))
        return
    with transaction.atomic():
        if mine.update(state=ItemState.DONE) and row is not None:
            keep(item.firm, *row, now=timezone.now())


def computed(at: Workspace, firm: Firm) -> tuple[str, MemberFigures] | None:
    """Return a firm's figures and their mark; None where those that are kept rest on the same."""
    stated = stated_of(at, firm, timezone.localdate())
    mark = _mark(benchmarks.mark_of(at.ledger(firm.slug)), stated)
    size = benchmarks.traits_of(at, firm.slug).get("size", "")
    if FirmFigures.objects.filter(firm=firm, mark=mark).update(home=firm.home, size=size):
        return None
    return mark, benchmarks.figures_of(at, firm.slug, stated)


def _mark(ledger: str, stated: Mapping[Indicator, Figure]) -> str:
    """Return a mark of the ledger and of what is stated beside it."""
    said = repr(sorted((of.value, repr(each)) for of, each in stated.items()))
    return f"{ledger}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def keep(firm: Firm, mark: str, found: MemberFigures, *, now: datetime) -> None:
    """Keep a firm's figures in the place of those of an earlier ledger."""
    fields: Mapping[str, Any] = {
        "home": firm.home,
        "size": found.traits.get("size", ""),
        "figures": {of.value: benchmarks.figure_json(each) for of, each in found.figures.items()},
        "missing": {of.value: why for of, why in found.missing.items()},
        "until": max((each.until for each in found.figures.values()), default=None),
        "computed": now,
    }
    FirmFigures.objects.update_or_create(firm=firm, mark=mark, defaults=fields)
    FirmFigures.objects.filter(firm=firm).exclude(mark=mark).delete()


def _finish(refresh: Refresh) -> bool:
    """Publish once nothing is left; return whether other workers are still at it."""
    if refresh.items.filter(state__in=[ItemState.WAITING, ItemState.TAKEN]).exists():
        return False  # they, or whoever takes up what they leave, will finish
    now = timezone.now()
    sharing.publish(refresh.network, now=now)
    with transaction.atomic():
        if Refresh.objects.filter(pk=refresh.pk, finished=None).update(finished=now):
            told = progress(refresh)
            audit.record(
                "refresh.finished",
                by=None,
                now=now,
                network=refresh.network,
                done=told.done,
                failed=told.failed,
            )
    return False


def progress(refresh: Refresh) -> Progress:
    """Return how far a refresh is, in one query."""
    counts = refresh.items.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=ItemState.DONE)),
        failed=Count("pk", filter=Q(state=ItemState.FAILED)),
    )
    return Progress(counts["done"], counts["failed"], counts["total"])


def recover(*, now: datetime, alone: bool = False) -> int:
    """Queue again the refreshes that nobody works on; return how many.

    Parameters
    ----------
    alone
        Whether the caller knows that no worker runs: then what is taken is free at once.
    """
    from fondaco.web.network.benchmarks.tasks import run_refresh

    dead = now - timedelta(seconds=10 * (settings.JOB_HEARTBEAT or 3.0))
    lost = 0
    for refresh in Refresh.objects.filter(finished=None):
        if not alone and refresh.beat > dead:
            continue
        if alone:
            refresh.items.filter(state=ItemState.TAKEN).update(state=ItemState.WAITING)
        if Refresh.objects.filter(pk=refresh.pk, beat=refresh.beat).update(beat=now):
            lost += 1
            run_refresh.enqueue(str(refresh.pk))
    return lost


def latest(network: Network) -> Refresh | None:
    """Return the last refresh of a network."""
    return network.refreshes.first()
