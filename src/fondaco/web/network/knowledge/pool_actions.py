"""What people do with pools of shipments: state rates, open a pool, put shipments in, work out who ships with whom."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fondaco.kernel.errors import FondacoError, InputError, Refused
from fondaco.network.delivery import Shipment, deliver, rates_of
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Network, NetworkMembership, User
from fondaco.web.desk import audit
from fondaco.web.network.knowledge.pool_models import Pool, PooledShipment, Rates
from fondaco.workflows.shipping import keep_pool

log = logging.getLogger("fondaco.web.network")

#: Shipments in one pool; what can be worked out within the time of a page's patience.
MOST = 2000
#: Seconds to search at most.
SECONDS = 20


def rates_now(network: Network) -> Rates | None:
    """Return the network's newest table of rates."""
    return Rates.objects.filter(network=network).first()


def shipments_in(pool: Pool) -> list[Shipment]:
    """Return the pool's shipments as the core knows them."""
    return [each.shipment for each in pool.shipments.select_related("membership__firm")]


def rests_on(shipments: Sequence[Shipment], rates: Rates | None) -> str:
    """Return the mark of what a result rests on."""
    said = repr((shipments, rates.pk if rates else None))
    return hashlib.sha256(said.encode()).hexdigest()


def write_files(network: Network) -> None:
    """Write the shipments of the open pool that closes first, and the rates, as the command line reads them."""
    pool = Pool.objects.filter(network=network, closed=None).order_by("closes", "pk").first()
    rates = rates_now(network)
    keep_pool(workspace(), network.slug, shipments_in(pool) if pool else [], rates.text if rates else "")


def _then_write(network: Network) -> None:
    transaction.on_commit(lambda: write_files(network))


@transaction.atomic
def state_rates(rates: Rates, *, network: Network, by: User, now: datetime) -> Rates:
    """Keep a table of rates; it counts from now on."""
    rates.network, rates.by, rates.made = network, by, now
    rates.save()
    audit.record("rates.stated", by=by, now=now, network=network, entry=rates.pk)
    _then_write(network)
    return rates


@transaction.atomic
def open_pool(pool: Pool, *, network: Network, by: User, now: datetime) -> Pool:
    """Open a pool."""
    pool.network, pool.by, pool.made = network, by, now
    pool.save()
    audit.record("pool.opened", by=by, now=now, network=network, entry=pool.pk)
    _then_write(network)
    return pool


@transaction.atomic
def close_pool(pool: Pool, *, by: User, now: datetime) -> None:
    """Close a pool: nothing goes in or out any more, the result stays."""
    held = _open(pool)
    held.closed = now
    held.save(update_fields=["closed"])
    audit.record("pool.closed", by=by, now=now, network=held.network, entry=held.pk)
    _then_write(held.network)


def _open(pool: Pool) -> Pool:
    held = Pool.objects.select_for_update().get(pk=pool.pk)
    if held.closed is not None:
        raise Refused(_("This pool is closed."))
    return held


@transaction.atomic
def put_in(
    pool: Pool, membership: NetworkMembership, shipments: Sequence[Shipment], *, by: User, now: datetime
) -> int:
    """Put a member's shipments into a pool; one with a reference that is there already takes its place.

    Raises
    ------
    InputError
        For a shipment that is ready on no day of the pool, or too many of them.
    """
    held = _open(pool)
    for each in shipments:
        _fits(held, each.shipment, each.ready_from, each.ready_to)
        PooledShipment.objects.update_or_create(
            pool=held,
            membership=membership,
            reference=each.shipment,
            defaults={
                "destination": each.destination, "ready_from": each.ready_from, "ready_to": each.ready_to,
                "weight_kg": each.weight_kg, "volume_m3": each.volume_m3, "travels": each.class_, "by": by, "made": now,
            },
        )  # fmt: skip
    if held.shipments.count() > MOST:
        raise InputError(_("A pool takes %(most)d shipments: open another one.") % {"most": MOST})
    audit.record(
        "pool.joined",
        by=by,
        now=now,
        firm=membership.firm,
        network=held.network,
        entry=held.pk,
        number=len(shipments),
    )
    _then_write(held.network)
    return len(shipments)


def _fits(pool: Pool, reference: str, first: date, last: date) -> None:
    if last < pool.opens or first > pool.closes:
        raise InputError(
            _(
                "Shipment %(name)s is ready from %(first)s to %(last)s, and the pool goes from %(opens)s to %(closes)s."
            )
            % {"name": reference, "first": first, "last": last, "opens": pool.opens, "closes": pool.closes}
        )


@transaction.atomic
def take_out(shipment: PooledShipment, *, by: User, now: datetime) -> None:
    """Take a shipment out of its pool."""
    held = _open(shipment.pool)
    firm = shipment.membership.firm
    shipment.delete()
    audit.record("pool.left", by=by, now=now, firm=firm, network=held.network, entry=held.pk)
    _then_write(held.network)


@transaction.atomic
def work_out(pool: Pool, *, by: User, now: datetime) -> None:
    """Queue the calculation of a pool.

    Raises
    ------
    Refused
        Where it is at work already, or there is nothing to work out.
    """
    from fondaco.web.network.knowledge.tasks import solve_pool

    held = _open(pool)
    if held.working(now):
        raise Refused(_("This is being worked out already."))
    if rates_now(held.network) is None:
        raise Refused(_("The network has stated no rates yet."))
    if not held.shipments.exists():
        raise Refused(_("There is no shipment in the pool yet."))
    held.state, held.started = Pool.State.QUEUED, now
    held.save(update_fields=["state", "started"])
    audit.record("pool.worked_out", by=by, now=now, network=held.network, entry=held.pk)
    solve_pool.enqueue(held.pk)


def solve(pool_id: int) -> None:
    """Work a pool out, on the worker's side; what failed is said in words."""
    pool = Pool.objects.select_related("network").get(pk=pool_id)
    rates, shipments = rates_now(pool.network), shipments_in(pool)
    try:
        if rates is None or not shipments:
            raise InputError(_("There is nothing to work out any more."))
        found = deliver(shipments, rates_of(rates.text, rates.source), seconds=SECONDS).to_json()
    except FondacoError as error:
        said: dict[str, Any] = {"state": Pool.State.FAILED, "sentence": str(error), "result": None}
    except Exception:
        log.exception("pool failed", extra={"pool": pool_id})
        said = {"state": Pool.State.FAILED, "result": None, "sentence": _("Something failed on our side; it is written in the log. Try again.")}  # fmt: skip
    else:
        said = {"state": Pool.State.DONE, "sentence": "", "result": found}
    currency = rates.currency if rates else ""
    Pool.objects.filter(pk=pool_id, closed=None).update(
        **said, currency=currency, rests_on=rests_on(shipments, rates), started=timezone.now()
    )
