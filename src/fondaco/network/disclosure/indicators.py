"""What may be shared: a closed list, and figures that can hold nothing else.

Prices, margins, revenues and buyers are not on the list, so a member's figures cannot express them: competitors who
exchange these may break the law, and no setting opens a way for them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from fondaco.kernel.errors import InputError, UnknownName


class Indicator(StrEnum):
    """All that a member may share."""

    RESPONSE_RATE = "response_rate"
    RESPONSE_HOURS = "response_hours"
    INQUIRY_TO_ORDER = "inquiry_to_order"
    ORDER_TO_REPEAT = "order_to_repeat"
    MARKETS = "markets"
    CONCENTRATION = "concentration"
    REPEAT_SHARE = "repeat_share"
    SHIPPING_PER_KILO = "shipping_per_kilo"
    EXPORT_HOURS = "export_hours"
    READINESS_STRUCTURAL = "readiness_structural"
    READINESS_EMOTIONAL = "readiness_emotional"
    ENGAGEMENT = "engagement"


@dataclass(frozen=True)
class Scale:
    """How an indicator is published.

    Attributes
    ----------
    label, unit
        In words.
    low, high
        Figures outside are taken as these ends, which anybody may know.
    step
        Published means are rounded to multiples of it above `low`.
    """

    label: str
    unit: str
    low: float
    high: float
    step: float


SCALES: Mapping[Indicator, Scale] = MappingProxyType(
    {
        Indicator.RESPONSE_RATE: Scale("Inquiries answered within a day", "share", 0, 1, 0.05),
        Indicator.RESPONSE_HOURS: Scale("Hours until half of the inquiries are answered", "hours", 0, 96, 4),
        Indicator.INQUIRY_TO_ORDER: Scale("Inquirers who order within 90 days", "share", 0, 0.5, 0.025),
        Indicator.ORDER_TO_REPEAT: Scale("New buyers who order again within 90 days", "share", 0, 1, 0.05),
        Indicator.MARKETS: Scale("Foreign markets sold to", "markets", 0, 20, 1),
        Indicator.CONCENTRATION: Scale(
            "Concentration of orders on few markets", "Herfindahl index", 0, 1, 0.05
        ),
        Indicator.REPEAT_SHARE: Scale("Buyers who ordered on more than one day", "share", 0, 1, 0.05),
        Indicator.SHIPPING_PER_KILO: Scale("Shipping cost", "EUR per kg", 0, 20, 0.5),
        Indicator.EXPORT_HOURS: Scale("Hours a week for export", "hours", 0, 80, 2),
        Indicator.READINESS_STRUCTURAL: Scale("Structural readiness", "points of 1 to 7", 1, 7, 0.25),
        Indicator.READINESS_EMOTIONAL: Scale("Emotional readiness", "points of 1 to 7", 1, 7, 0.25),
        Indicator.ENGAGEMENT: Scale("Engagement", "points of 1 to 7", 1, 7, 0.25),
    }
)


def indicator(name: str) -> Indicator:
    """Return the indicator of this name.

    Raises
    ------
    UnknownName
        For anything that is not on the list.

    Examples
    --------
    >>> indicator("response_rate").value
    'response_rate'
    >>> indicator("revenue")
    Traceback (most recent call last):
    ...
    fondaco.kernel.errors.UnknownName: 'revenue' is not shared in any network; these are: response_rate, ...
    """
    try:
        return Indicator(name)
    except ValueError:
        listed = ", ".join(Indicator)
        raise UnknownName(f"{name!r} is not shared in any network; these are: {listed}.") from None


@dataclass(frozen=True)
class Figure:
    """One figure of one member.

    Attributes
    ----------
    value
        In the unit of the indicator's scale.
    since, until
        The days that it rests on: after `since`, up to and with `until`.
    cases
        How many inquiries, buyers or orders it rests on.
    weight
        What it counts for in a mean; 1 unless the indicator is a quotient of sums, such as kilos shipped.
    """

    value: float
    since: date
    until: date
    cases: int = 0
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or not math.isfinite(self.weight) or self.weight <= 0:
            raise InputError(f"A figure of {self.value!r} with the weight {self.weight!r} cannot be shared.")
        if self.since >= self.until:
            raise InputError(f"A figure from {self.since} to {self.until} rests on no days.")


@dataclass(frozen=True)
class MemberFigures:
    """All of one member that the network's door will take: figures under the listed names, and public traits.

    Attributes
    ----------
    firm
        Short name.
    figures
        By indicator; the type holds numbers under the names of `Indicator` and nothing else.
    traits
        What groups are made by and anybody may know: ``home`` (alpha-3), ``size`` (band of employees).
    missing
        Why a figure is not there, in words.
    basis
        The fingerprint of the ledger that they rest on.
    """

    firm: str
    figures: Mapping[Indicator, Figure]
    traits: Mapping[str, str]
    missing: Mapping[Indicator, str]
    basis: str

    def __post_init__(self) -> None:
        if not all(isinstance(key, Indicator) for key in (*self.figures, *self.missing)):
            raise TypeError("Only what is on the list of indicators can be shared.")
        if not all(isinstance(value, Figure) for value in self.figures.values()):
            raise TypeError("A member shares figures only.")
        if not set(self.traits) <= TRAITS:
            raise TypeError(f"Groups are made by {', '.join(sorted(TRAITS))} only.")


#: What groups are made by.
TRAITS = frozenset({"home", "size"})
