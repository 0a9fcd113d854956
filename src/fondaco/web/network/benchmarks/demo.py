"""What the demonstration's firms share in their consortium, and the figures that come of it."""

from __future__ import annotations

from datetime import datetime

from fondaco.ledger import Workspace
from fondaco.network.disclosure import Indicator
from fondaco.web.accounts.access import NetworkAccess
from fondaco.web.accounts.models import Consent, Item, Network, User
from fondaco.web.network.benchmarks import refreshing
from fondaco.web.network.benchmarks.models import Refresh, SharedIndicator
from fondaco.web.network.benchmarks.sharing import READINESS, network_of
from fondaco.workflows.networks import write_network


def seed_sharing(workspace: Workspace, network: Network, by: User, now: datetime) -> None:
    """Let all firms share all figures that they may, unless some are shared already, and keep the network's file."""
    consents = Consent.objects.filter(network=network, item=Item.READINESS)
    consenting = set(consents.values_list("firm_id", flat=True))
    if not SharedIndicator.objects.filter(membership__network=network).exists():
        SharedIndicator.objects.bulk_create(
            SharedIndicator(membership=membership, indicator=each.value, given_by=by, given_at=now)
            for membership in network.memberships.all()
            for each in Indicator
            if each not in READINESS or membership.firm_id in consenting
        )
    write_network(workspace, network_of(network))


def seed_figures(network: Network, by: User, now: datetime) -> None:
    """Queue the computing of all members' figures, once: whoever opens the demonstration finds them there."""
    if not Refresh.objects.filter(network=network).exists():
        refreshing.start(NetworkAccess(by, network, supports=True, own_firms=frozenset()), now=now)
