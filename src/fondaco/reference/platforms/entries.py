"""A platform as a value: what it is for, who buys there, who may sell, what it asks and offers, and since when.

Everything that is said of a platform carries its source and the day it was looked at; what nobody has said is
None or empty and means *not known*, never *no*.  ``*`` among countries stands for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

from fondaco.reference import regulations

#: What a platform is for (Da Rocha, Neves da Fonseca and Kogut 2024, table 1); one platform may be several.
Kind = Literal["sales", "reach", "support"]
#: Where a platform stands in Korea's table of ways of selling.
Group = regulations.Platform
Buyers = Literal["business", "consumers"]
Basis = Literal["checked", "recalled", "study"]
#: What can be done on a platform; `STEPS` says where in a deal.
MechanismName = Literal[
    "rfq", "inquiry", "ready-to-ship", "auction", "samples", "chat", "video", "ads", "live", "content", "search",
    "shop-page", "storefront", "payment", "escrow", "fulfilment", "logistics", "translation", "analytics", "funding",
]  # fmt: skip
#: The steps of a deal, and the mechanisms that serve each.
STEPS: Mapping[str, tuple[MechanismName, ...]] = {
    "found": ("ads", "live", "content", "search", "shop-page"),
    "asked": ("rfq", "inquiry", "chat", "video", "samples"),
    "sold": ("ready-to-ship", "auction", "storefront"),
    "paid": ("payment", "escrow"),
    "delivered": ("fulfilment", "logistics"),
}
State = Literal["yes", "no", "unknown"]

KINDS: tuple[Kind, ...] = get_args(Kind)
MECHANISMS: tuple[MechanismName, ...] = get_args(MechanismName)
EVERYWHERE = "*"


def _within(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def names(countries: tuple[str, ...], market: str) -> bool:
    """Whether a list of countries names a market, or all.

    >>> names(("*",), "ITA"), names(("KOR",), "ITA")
    (True, False)
    """
    return EVERYWHERE in countries or market in countries


@dataclass(frozen=True)
class Mechanism:
    """A way of dealing, for sellers of some countries, between two days; `absent` says that they have it not."""

    name: MechanismName
    sellers: tuple[str, ...]
    source: str
    absent: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    says: str = ""


@dataclass(frozen=True)
class Limit:
    """A number that the platform holds its sellers to, such as hours to answer or quotations for one request."""

    id: str
    value: Decimal
    unit: str
    says: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    caveat: str = ""

    def in_force(self, today: date) -> bool:
        """Whether it holds on a day, as far as is known."""
        return _within(self.valid_from, self.valid_to, today)

    def to_json(self) -> dict[str, Any]:
        """Return the limit as JSON values."""
        return {
            "id": self.id,
            "value": f"{self.value:f}",
            "unit": self.unit,
            "says": self.says,
            "source": self.source,
            "valid_from": _iso(self.valid_from),
            "valid_to": _iso(self.valid_to),
            "caveat": self.caveat or None,
        }


@dataclass(frozen=True)
class Fee:
    """What the platform takes, in words with the numbers that the source prints, and whose word it is."""

    what: str
    amount: str
    source: str
    as_of: date | None = None


@dataclass(frozen=True)
class Registration:
    """What sellers must be registered for in some markets, beyond what the markets' rules say of the group."""

    markets: tuple[str, ...]
    needs: tuple[str, ...]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Platform:
    """A platform.

    Attributes
    ----------
    id, name
        Its short name, which is the ledger's where the ledger reads its files; its own name.
    kinds
        ``sales``, ``reach`` (interaction and reach), ``support``.
    group
        Where it stands in Korea's table: own site, rented shop service, select mall, open market, social business
        account; None where the table has no place for it.
    buyers, who
        Businesses, consumers or both; who they are in words.
    home
        Whence it is run, alpha-3.
    reach
        Markets where its buyers are; ``*`` for many of the world; empty where not known.
    sellers
        Countries whose firms may sell there; ``*`` for all; empty where not known.
    tags
        Product tags of what it is made for; all goods where empty.
    curated
        Whether it chooses what it lists and asks for proof of quality.
    languages
        ISO 639-1 of its buyers' pages, the main one first; empty where not known.
    basis, looked_at, review_by
        Whether it was compared with its sources, written down from general knowledge, or stands in a study; when;
        from when it wants another look.
    unverified
        What of it nobody has compared with a source.
    """

    id: str
    name: str
    kinds: tuple[Kind, ...]
    group: Group | None
    buyers: tuple[Buyers, ...]
    who: str
    home: str | None
    reach: tuple[str, ...]
    sellers: tuple[str, ...]
    tags: tuple[str, ...]
    curated: bool
    languages: tuple[str, ...]
    basis: Basis
    looked_at: date
    review_by: date
    look_up: str
    sources: tuple[str, ...]
    unverified: tuple[str, ...] = ()
    mechanisms: tuple[Mechanism, ...] = ()
    limits: tuple[Limit, ...] = ()
    fees: tuple[Fee, ...] = ()
    registrations: tuple[Registration, ...] = ()
    origin: Literal["shipped", "user"] = "shipped"
    file: str = ""

    @property
    def niche(self) -> bool:
        """Whether it is made for some goods only."""
        return bool(self.tags)

    def overdue(self, today: date) -> bool:
        """Whether it wanted another look before a day."""
        return today > self.review_by

    def offers(self, name: MechanismName, seller: str, today: date) -> State:
        """Return whether sellers of a country have a mechanism on a day; what nobody said is not known.

        What names the country goes before what is said of all.
        """
        said = [
            m
            for m in self.mechanisms
            if m.name == name and (names(m.sellers, seller)) and _within(m.valid_from, m.valid_to, today)
        ]
        own = [m for m in said if EVERYWHERE not in m.sellers] or said
        if not own:
            return "unknown"
        return "no" if all(m.absent for m in own) else "yes"

    def offered(self, seller: str, today: date) -> tuple[MechanismName, ...]:
        """Return the mechanisms that sellers of a country have on a day, as far as is known."""
        return tuple(name for name in MECHANISMS if self.offers(name, seller, today) == "yes")

    def limit(self, id_: str, today: date) -> Limit | None:
        """Return a limit in force on a day, the latest first; None where none is known."""
        held = [limit for limit in self.limits if limit.id == id_ and limit.in_force(today)]
        return max(held, key=lambda limit: limit.valid_from or date.min, default=None)

    def registration(self, market: str, today: date) -> Registration | None:
        """Return what the platform itself asks in a market, what names the market before what is said of all."""
        held = [
            r
            for r in self.registrations
            if names(r.markets, market) and _within(r.valid_from, r.valid_to, today)
        ]
        return next(iter(sorted(held, key=lambda r: EVERYWHERE in r.markets)), None)

    @property
    def fee_says(self) -> str:
        """The fees in a sentence, or where to look them up."""
        if not self.fees:
            return f"not known; look it up at {self.look_up}"
        return "; ".join(f"{fee.what}: {fee.amount} ({fee.source})" for fee in self.fees)

    def to_json(self, seller: str, today: date) -> dict[str, Any]:
        """Return the platform as JSON values, with what sellers of a country have there on a day."""
        return {
            "platform": self.id,
            "name": self.name,
            "kinds": list(self.kinds),
            "group": self.group,
            "buyers": list(self.buyers),
            "who": self.who,
            "home": self.home,
            "reach": list(self.reach),
            "sellers": list(self.sellers),
            "tags": list(self.tags),
            "curated": self.curated,
            "languages": list(self.languages),
            "mechanisms": {name: self.offers(name, seller, today) for name in self._mentioned()},
            "limits": [limit.to_json() for limit in self.limits if limit.in_force(today)],
            "fees": self.fee_says,
            "basis": self.basis,
            "looked_at": self.looked_at.isoformat(),
            "overdue": self.overdue(today),
            "sources": list(self.sources),
            "unverified": list(self.unverified),
            "look_up": self.look_up,
            "origin": self.origin,
        }

    def _mentioned(self) -> tuple[MechanismName, ...]:
        return tuple(dict.fromkeys(mechanism.name for mechanism in self.mechanisms))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
