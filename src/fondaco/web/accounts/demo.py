"""People for the demonstration: one for every role, in the fictional consortium."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from fondaco.kernel.errors import Refused
from fondaco.ledger import Firm as LedgerFirm
from fondaco.ledger import Workspace
from fondaco.web.accounts import actions
from fondaco.web.accounts.models import (
    Consent,
    Firm,
    Item,
    Membership,
    Network,
    NetworkMembership,
    Role,
    Support,
    User,
)
from fondaco.web.inquiries.demo import seed_desk
from fondaco.web.markets.demo import seed_notes
from fondaco.web.network.benchmarks.demo import seed_figures, seed_sharing
from fondaco.web.network.knowledge.demo import seed_shared
from fondaco.workflows.demo_files.firms import NetworkFacts

#: The address, name and role of each; the domain is reserved and belongs to nobody.
PEOPLE = (
    ("owner@demo.example", "Olivia Owner", "owner"),
    ("member@demo.example", "Marco Member", "member"),
    ("viewer@demo.example", "Vera Viewer", "viewer"),
    ("supporter@demo.example", "Sven Supporter", "supporter"),
    ("outsider@demo.example", "Otto Outsider", "outsider"),
)


@transaction.atomic
def seed_people(
    workspace: Workspace, firms: Sequence[LedgerFirm], network: NetworkFacts, *, now: datetime | None = None
) -> list[tuple[str, str, str]]:
    """Make the people, see `fondaco.web.demo.seed`."""
    when = now or timezone.now()
    if any(not firm.fictional for firm in [*workspace.firms(), *firms]):
        raise Refused("This workspace holds a real firm: make the demo in an empty folder of its own.")
    rows = [actions.ensure_firm_row(firm) for firm in firms]
    people: dict[str, User] = {}
    told = []
    for email, name, role in PEOPLE:
        known = User.objects.filter(email=email).exists()
        password = "" if known else secrets.token_urlsafe(9)
        people[role] = actions.ensure_user(email, password, name=name)
        told.append((email, password, role))
    for row in rows:
        Membership.objects.get_or_create(firm=row, user=people["owner"], defaults={"role": Role.OWNER})
    for row in rows[:2]:
        for role in (Role.MEMBER, Role.VIEWER):
            Membership.objects.get_or_create(firm=row, user=people[role.value], defaults={"role": role})
    held = _network(network, rows, people, when)
    seed_sharing(workspace, held, people["owner"], when)
    seed_notes(rows, people["owner"], when)
    seed_desk(workspace, rows, people["owner"], when)
    seed_shared(held, rows, people["owner"], people["supporter"], when)
    seed_figures(held, people["supporter"], when)
    return told


def _network(facts: NetworkFacts, rows: Sequence[Firm], people: dict[str, User], now: datetime) -> Network:
    row, _made = Network.objects.update_or_create(
        slug="demo-consortium",
        defaults={
            "name": facts.name,
            "founded_on": date(facts.founded, 1, 1),
            "recognised_on": date(facts.founded + 1, 1, 1),
            "recognised_by": facts.recognition,
            "fictional": True,
        },
    )
    Support.objects.get_or_create(network=row, user=people["supporter"])
    stated = {member.slug: member for member in facts.members}
    for firm in rows:
        of_firm = stated.get(firm.slug)
        NetworkMembership.objects.update_or_create(
            network=row,
            firm=firm,
            defaults={
                "joined_on": date(facts.founded, 1, 1),
                "export_share": Decimal(str(round(100 * of_firm.export_share, 2))) if of_firm else None,
                "export_share_year": now.astimezone(UTC).year - 1 if of_firm else None,
                "markets": sorted(of_firm.markets) if of_firm else [],
            },
        )
    for place, firm in enumerate(rows):
        if not Consent.objects.filter(firm=firm, network=row).exists():
            for item in (Item.READINESS, Item.MARKETS)[: 2 if place < 3 else 1]:
                actions.set_consent(firm, row, item, True, by=people["owner"], now=now)
    return row
