"""What each kind of advertising and event brought: place in search, views, inquiries, and what a lead cost.

Rules ``promotion/ad-kinds``, ``promotion/live``, ``promotion/lead-cost`` and ``promotion/learn-it``.  The firm states
its campaigns in its profile; views and inquiries before and after come from the ledger
(`fondaco.markets.changes`).  Before and after prove no cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.markets.dossier.search_terms import cost_per_order
from fondaco.markets.money import money
from fondaco.numerics.estimates import Estimate, share, unknown
from fondaco.strategy.profile import Campaign, Profile


@dataclass(frozen=True)
class Before:
    """One campaign, and what came after it.

    Attributes
    ----------
    places
        By how many places it rose in the platform's search; None where they are not stated.
    views, inquiries
        The factor between after and before.
    """

    campaign: Campaign
    places: int | None
    views: Estimate
    inquiries: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the campaign as JSON values."""
        return {
            "name": self.campaign.name,
            "kind": self.campaign.kind,
            "since": self.campaign.since.isoformat(),
            "markets": list(self.campaign.markets),
            "places_won": self.places,
            "views_factor": self.views.to_json(2),
            "inquiries_factor": self.inquiries.to_json(2),
        }


@dataclass(frozen=True)
class LeadCost:
    """What a lead of one kind of campaign cost: an estimate with the interval of a gamma rate."""

    kind: str
    campaigns: int
    cost: Decimal
    leads: int
    each: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the cost as JSON values."""
        return {
            "kind": self.kind,
            "campaigns": self.campaigns,
            "cost": money(self.cost),
            "leads": self.leads,
            "cost_per_lead": self.each.to_json(2),
        }


def before_and_after(
    campaigns: Sequence[Campaign], factors: Mapping[tuple[str, date, str], Estimate]
) -> tuple[Before, ...]:
    """Return every campaign that has begun, with what came after.

    Parameters
    ----------
    factors
        By campaign, its first day and measure (``views``, ``inquiries``); what is not in it is not known.
    """
    missing = unknown("Not counted in the ledger for as long before and after.")
    return tuple(
        Before(
            c,
            None if c.rank_before is None or c.rank_after is None else c.rank_before - c.rank_after,
            factors.get((c.name, c.since, "views"), missing),
            factors.get((c.name, c.since, "inquiries"), missing),
        )
        for c in campaigns
    )


def lead_costs(campaigns: Sequence[Campaign]) -> tuple[LeadCost, ...]:
    """Return what a lead cost by kind, the cheapest known first; campaigns without cost or leads do not count.

    >>> c = [Campaign(name="a", kind="social", since=date(2026, 1, 1), cost=60, leads=6)]
    >>> lead_costs(c)[0].each.to_json(2)
    {'estimate': 10.0, 'low': 5.37, 'high': 20.37, 'level': 0.9}
    """
    found = []
    for kind in sorted({c.kind for c in campaigns}):
        held = [c for c in campaigns if c.kind == kind and c.cost is not None and c.leads is not None]
        if held:
            cost = sum((c.cost or Decimal(0) for c in held), Decimal(0))
            leads = sum(c.leads or 0 for c in held)
            each = cost_per_order(cost, leads) if cost > 0 else unknown("It cost nothing but time.")
            if leads == 0 and cost > 0:
                each = unknown("No lead came of it yet.")
            found.append(LeadCost(kind, len(held), cost, leads, each))
    return tuple(
        sorted(found, key=lambda one: (one.each.estimate is None, one.each.estimate or 0.0, one.kind))
    )


@dataclass(frozen=True)
class Alone:
    """How much the firm runs without help, before its first training and since.

    Attributes
    ----------
    before, since
        Shares of campaigns done alone, of those where that is stated.
    """

    trainings: int
    first: date
    before: Estimate
    since: Estimate
    alone: int
    helped: int

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "trainings": self.trainings,
            "first": self.first.isoformat(),
            "alone_before": self.before.to_json(2),
            "alone_since": self.since.to_json(2),
            "campaigns_alone_since": self.alone,
            "campaigns_helped_since": self.helped,
        }


def alone_since_training(profile: Profile, today: date) -> Alone | None:
    """Return what the firm runs alone since it was first taught; None where no training is stated."""
    held = [t.day for t in profile.training if t.day <= today]
    if not held:
        return None
    first = min(held)
    told = [c for c in profile.campaign if c.alone is not None and c.since <= today]
    since, before = [c for c in told if c.since >= first], [c for c in told if c.since < first]
    alone = sum(bool(c.alone) for c in since)
    return Alone(
        len(held),
        first,
        share(sum(bool(c.alone) for c in before), len(before)),
        share(alone, len(since)),
        alone,
        len(since) - alone,
    )


def listening_share(profile: Profile) -> Estimate:
    """Return the share of listening in the hours on social networks, as the firm states them.

    >>> from fondaco.strategy.profile import Attention
    >>> listening_share(Profile(attention=Attention(posting_hours=6, listening_hours=2))).estimate
    0.25
    """
    held = profile.attention
    if held.posting_hours is None or held.listening_hours is None:
        return unknown("Hours of posting and of listening on social networks are not stated in the profile.")
    whole = held.posting_hours + held.listening_hours
    if whole == 0:
        return unknown("The firm spends no time on social networks.")
    return Estimate(float(held.listening_hours / whole), why="as stated, not measured")
