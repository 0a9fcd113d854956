"""What a firm does with its registers and with what networks may see of it: lock, save, write the audit line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import Firm, NetworkMembership, User
from fondaco.web.desk import audit
from fondaco.web.network.knowledge.firm_models import Departure, Presence, ShownToNetwork, Trait


@transaction.atomic
def share(membership: NetworkMembership, what: str, given: bool, *, by: User, now: datetime) -> None:
    """Let a network see one thing of a firm, or no longer; it works at once."""
    if what not in ShownToNetwork.What.values:
        raise InputError(_("There is nothing of that name to share."))
    if given:
        ShownToNetwork.objects.get_or_create(
            membership=membership, what=what, defaults={"given_by": by, "given_at": now}
        )
    else:
        ShownToNetwork.objects.filter(membership=membership, what=what).delete()
    audit.record(
        "consent.given" if given else "consent.withdrawn",
        by=by,
        now=now,
        firm=membership.firm,
        network=membership.network,
        item=what,
    )


@transaction.atomic
def add_presence(presence: Presence, *, firm: Firm, by: User, now: datetime) -> Presence:
    """Enter where the firm is present, or will be."""
    presence.firm, presence.by, presence.made = firm, by, now
    presence.save()
    audit.record("presence.entered", by=by, now=now, firm=firm, entry=presence.pk, name=presence.market)
    return presence


@transaction.atomic
def end_presence(presence: Presence, *, by: User, now: datetime) -> None:
    """Say that the firm is present there no more; the entry stays in the record."""
    if not Presence.objects.filter(pk=presence.pk, ended=None).update(ended=now):
        raise Refused(_("This was ended already."))
    audit.record(
        "presence.ended", by=by, now=now, firm=presence.firm, entry=presence.pk, name=presence.market
    )


@transaction.atomic
def add_departure(departure: Departure, *, firm: Firm, by: User, now: datetime) -> Departure:
    """Enter a platform that the firm left."""
    departure.firm, departure.by, departure.made = firm, by, now
    departure.save()
    audit.record("platform.left", by=by, now=now, firm=firm, entry=departure.pk, name=departure.platform)
    return departure


@transaction.atomic
def state_traits(membership: NetworkMembership, sorts: list[str], *, by: User, now: datetime) -> None:
    """State what the firm is, to be counted; the statement takes the place of the earlier one."""
    if not set(sorts) <= set(Trait.Sort.values):
        raise InputError(_("There is nothing of that name to state."))
    Trait.objects.filter(membership=membership).delete()
    Trait.objects.bulk_create(Trait(membership=membership, sort=sort) for sort in sorted(set(sorts)))
    audit.record(
        "traits.stated", by=by, now=now, firm=membership.firm, network=membership.network, number=len(sorts)
    )
