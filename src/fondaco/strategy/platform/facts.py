"""What the choice of a platform rests on: the firm's people, means, papers, goods, buyers, and what its ledger shows.

None and absent mean *not known*; an empty set that is there means *none*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from fondaco.strategy.profile import Channel, Profile, Skill


@dataclass(frozen=True)
class Sold:
    """What the ledger knows of one platform.

    Attributes
    ----------
    revenue
        Net goods revenue from abroad in the firm's currency, of the months looked at; None where no rate is known.
    orders, inquiries
        From abroad, of the same months.
    """

    platform: str
    revenue: Decimal | None
    orders: int
    inquiries: int


@dataclass(frozen=True)
class Ledgered:
    """What the ledger says of sales abroad in the twelve months to its last day.

    Attributes
    ----------
    since, until
        The first day of an order from abroad, and the last day that the ledger knows; None where it is empty.
    by_platform
        One row each.
    markets
        Platforms by the markets in which orders or inquiries came through them, in all the ledger's time.
    """

    since: date | None = None
    until: date | None = None
    currency: str = ""
    by_platform: tuple[Sold, ...] = ()
    markets: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def orders(self) -> int:
        """Orders from abroad within the twelve months."""
        return sum(each.orders for each in self.by_platform)


@dataclass(frozen=True)
class Facts:
    """All that the choice rests on.

    Attributes
    ----------
    home
        Alpha-3 of the firm's home market.
    profile
        What the firm states of itself.
    tags
        Product tags of its goods with all that they fall under; empty where none is stated.
    proofs
        Quality proofs that still hold; None where none is stated.
    ledger
        What was sold abroad through which platform.
    channels
        The profile's channels by the id of their platform in the catalogue, or as the firm calls it.
    """

    home: str
    profile: Profile
    tags: frozenset[str] = frozenset()
    proofs: tuple[str, ...] | None = None
    ledger: Ledgered = Ledgered()
    channels: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def skill(self) -> Skill | None:
        """How well the firm can run a shop online."""
        return self.profile.people.ecommerce_skill

    def registered(self, market: str) -> frozenset[str] | None:
        """Return the registrations held in a market; None where nothing is stated of it."""
        return self.profile.holds(market) if market in self.profile.registrations else None

    @property
    def buyers(self) -> frozenset[Literal["business", "consumers"]] | None:
        """To whom the firm sells: as it aims, else as its channels and distributors say; None where none says it."""
        aim = self.profile.aims.buyers
        if aim == "both":
            return frozenset(("business", "consumers"))
        if aim is not None:
            return frozenset((aim,))
        stated: set[Literal["business", "consumers"]] = {
            c.buyers for c in self.profile.channel if c.buyers is not None
        }
        if self.profile.distributor:
            stated.add("business")
        return frozenset(stated) or None

    def sells_on(self, platform: str, market: str | None = None) -> bool:
        """Whether the firm sells on a platform already (in a market), as its profile or its ledger says."""
        channel = self.channels.get(platform)
        if channel is not None and (market is None or channel.reaches(market)):
            return True
        held = self.ledger.markets.get(platform, frozenset())
        return bool(held) if market is None else market in held

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms on which the firm sells already."""
        return tuple(dict.fromkeys((*self.channels, *(p for p, held in self.ledger.markets.items() if held))))

    @property
    def abroad_since(self) -> date | None:
        """Since when the firm has sold abroad: the earlier of its channels and its first order."""
        days = [c.since for c in self.profile.channel if c.since is not None]
        days += [self.ledger.since] if self.ledger.since is not None else []
        return min(days, default=None)
