"""What a plan is held against: prices and floors, law, delivery, platforms, languages, means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Priced:
    """A price that buyers see or are to see, for one unit at the works.

    Attributes
    ----------
    channel
        Where it is asked, to compare channels; empty where it is not a channel's.
    stands
        Where it stands, in words, such as ``a listing``.
    floor
        The lowest price at which the margin holds, in the same currency; None where it is not known.
    units
        The quantity it holds from: only prices of one quantity are compared.
    """

    product: str
    market: str | None
    price: Decimal
    currency: str
    floor: Decimal | None = None
    channel: str = ""
    units: int = 1
    stands: str = ""


@dataclass(frozen=True)
class Chosen:
    """A platform that the plan proposes, in a market, and the registrations that it asks for and the firm lacks."""

    platform: str
    market: str | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Circumstances:
    """What the checks need to know beside the actions and the profile.

    Attributes
    ----------
    targets
        The markets of the plan, alpha-3.
    barred
        Markets where everything that the firm sells is prohibited.
    stops
        What prohibits a product in a market, in words, by (product, market).
    prices, platforms
        See `Priced`, `Chosen`.
    delivery
        Whether a way of delivering into a market is known; a market that was not looked at is left out.
    languages
        Official languages by market, ISO 639-1.
    tags
        What a product is, by article number, with the wider tags.
    spending
        What promotion would cost in a month, in the firm's currency; None where no part says so.
    hours
        Hours of work by action key, as far as a part states them.
    """

    targets: tuple[str, ...] = ()
    barred: frozenset[str] = frozenset()
    stops: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prices: tuple[Priced, ...] = ()
    delivery: Mapping[str, bool] = field(default_factory=dict)
    platforms: tuple[Chosen, ...] = ()
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spending: Decimal | None = None
    hours: Mapping[str, Decimal] = field(default_factory=dict)
    currency: str = ""
