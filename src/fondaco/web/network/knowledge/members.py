"""Who of a network may write in whose name, and how a writer is called."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from fondaco.web.accounts.access import NetworkAccess
from fondaco.web.accounts.models import Firm, NetworkMembership, Role
from fondaco.web.network.knowledge.board_models import Shared
from fondaco.web.network.knowledge.firm_models import ShownToNetwork


def writing_firms(seen: NetworkAccess) -> QuerySet[Firm]:
    """Return the member firms in whose name this person may write."""
    return Firm.objects.filter(
        network_memberships__network=seen.network,
        memberships__user=seen.user,
        memberships__role__in=(Role.OWNER, Role.MEMBER),
    ).distinct()


def own_firms(seen: NetworkAccess) -> QuerySet[Firm]:
    """Return the member firms that this person belongs to in any role."""
    return Firm.objects.filter(
        network_memberships__network=seen.network, memberships__user=seen.user
    ).distinct()


def must_write(seen: NetworkAccess) -> list[Firm]:
    """Return `writing_firms`; refuses a person who is neither a writer nor a supporter."""
    firms = list(writing_firms(seen))
    if not firms and not seen.supports:
        raise PermissionDenied(_("Your role lets you look on. Ask an owner of your firm for more."))
    return firms


def own_membership(seen: NetworkAccess, slug: str) -> NetworkMembership:
    """Return the membership of a firm in whose name this person may write; 404 for any other."""
    found = NetworkMembership.objects.filter(
        network=seen.network, firm__slug=slug, firm__in=writing_firms(seen)
    ).select_related("firm")
    if (membership := found.first()) is None:
        raise Http404
    return membership


def members_of(seen: NetworkAccess) -> frozenset[int]:
    """Return the ids of the firms that are in the network now."""
    return frozenset(seen.network.memberships.values_list("firm_id", flat=True))


def author_of(written: Shared, members: Iterable[int]) -> str:
    """Return the name to show; empty where a firm wrote that is not to be named, or is a member no more."""
    if written.firm_id is None:
        return str(written.network)
    return str(written.firm) if written.named and written.firm_id in members else ""


def willing(seen: NetworkAccess, what: ShownToNetwork.What) -> frozenset[int]:
    """Return the ids of the firms that let the network see something of theirs."""
    found = ShownToNetwork.objects.filter(membership__network=seen.network, what=what)
    return frozenset(found.values_list("membership__firm_id", flat=True))
