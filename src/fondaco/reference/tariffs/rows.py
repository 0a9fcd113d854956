"""Tariff rows and market rules as values: what a market charges on which goods, since when, on whose word.

A *row* is a duty on goods below an HS code, for every origin or for those of a group.  A *market rule* is the
rest of a customs entry: what the customs value contains, tax with its reduced rates, excise, reliefs, fees,
rounding.  Both are dated, and both say whether they were compared with their source (``checked``) or written
down from what somebody else reports or from general knowledge.

Expressions of duty are those of `fondaco.reference.tariffs.duty`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from fondaco.reference.groups import EFTA, EU

#: ``duty`` is the customs duty itself; ``additional`` comes on top of it, such as a surcharge.
Kind = Literal["duty", "additional"]
KINDS: tuple[Kind, ...] = ("duty", "additional")

#: Codes that stand for several origins; of agreements of the United States, the partners.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "EU": EU,
    "EFTA": EFTA,
    "USMCA": ("CAN", "MEX"),
    "CAFTA-DR": ("CRI", "DOM", "SLV", "GTM", "HND", "NIC"),
}


@dataclass(frozen=True)
class Tariff:
    """One row of a tariff.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3 of the importing country.
    hs
        Goods whose code begins with it, 2 to 10 digits; empty for all goods.
    origins
        Alpha-3 of the origins it is for; empty for all (most favoured nation).
    duty
        An expression of duty; empty where the line is known and its rate cannot be worked out.
    up_to
        Where the duty is only known within bounds, the upper one; `duty` is then the lower.
    kind
        ``duty`` or ``additional``.
    needs
        What the rate asks for, in words, such as a statement on origin; empty where nothing.
    valid_from, valid_to
        First and last day in force; None where there is no end.
    source, url, note
        Whose word it is, where, and what one should know.
    checked
        The day it was compared with its source; None where it never was.
    file, row
        Where it stands.
    """

    market: str
    hs: str
    origins: tuple[str, ...]
    duty: str
    up_to: str
    kind: Kind
    needs: str
    valid_from: date
    valid_to: date | None
    source: str
    url: str
    checked: date | None
    note: str
    file: str
    row: int

    @property
    def preferential(self) -> bool:
        """Whether it is for some origins only."""
        return bool(self.origins)

    def in_force(self, today: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)

    @property
    def called(self) -> str:
        """The row in a few words, for steps and warnings."""
        rate = self.duty or "rate not readable"
        rate += f" up to {self.up_to}" if self.up_to else ""
        goods = f"HS {self.hs}" if self.hs else "all goods"
        return f"{goods} in {self.market}: {rate} ({self.source}; {self.file}, row {self.row})"

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "market": self.market,
            "hs": self.hs,
            "origins": list(self.origins),
            "duty": self.duty or None,
            "up_to": self.up_to or None,
            "kind": self.kind,
            "needs": self.needs,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "source": self.source,
            "url": self.url,
            "checked": self.checked.isoformat() if self.checked else None,
            "note": self.note,
            "file": self.file,
            "row": self.row,
        }


@dataclass(frozen=True)
class Dated:
    """What parts of a market rule have in common: goods, days, source."""

    name: str
    expression: str
    hs: tuple[str, ...] = ()
    valid_from: date = date.min
    valid_to: date | None = None
    source: str = ""
    checked: date | None = None

    def holds(self, hs: str, today: date) -> bool:
        """Whether it speaks of goods on a day; of all goods where it names none."""
        return (
            (not self.hs or any(hs.startswith(prefix) for prefix in self.hs))
            and self.valid_from <= today
            and (self.valid_to is None or today <= self.valid_to)
        )


@dataclass(frozen=True)
class Excise(Dated):
    """An excise by goods and strength.

    ``above`` and ``up_to`` are % vol: strengths from `above` (itself included) to `up_to` (included).
    """

    above: Decimal = Decimal(0)
    up_to: Decimal = Decimal(100)
    base: tuple[str, ...] = ("value", "duty")

    def by_strength(self) -> bool:
        """Whether the strength decides."""
        return self.above > 0 or self.up_to < 100

    def of_strength(self, strength: Decimal | None) -> bool:
        """Whether goods of a strength fall under it."""
        if not self.by_strength():
            return True
        return strength is not None and self.above <= strength <= self.up_to


@dataclass(frozen=True)
class Fee(Dated):
    """A fee of entry; `mode` is ``any`` or ``sea``, `waived_for` are origins that do not pay it."""

    mode: Literal["any", "sea"] = "any"
    waived_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarketRule:
    """How a market taxes an entry, beside the duty.

    Attributes
    ----------
    market, currency
        Alpha-3; ISO 4217 that the entry is worked out in.
    basis
        ``CIF`` or ``FOB``.
    tax_name, tax, tax_base
        What the tax is called, its rate, and the parts of its base.
    reduced
        Lower rates by goods.
    excises, excise_on
        Rates of excise; headings on which some excise is due, so that none on record means unknown, not none.
    duty_free_up_to, tax_free_up_to
        Reliefs, each ``(amount, currency)``.
    relief_on
        What is compared with them: the ``goods`` or the ``customs_value``.
    no_relief
        Headings that have no relief.
    relief_for
        For whom: in words, such as "goods that a person orders for own use"; empty for everybody.
    fees
        Fees of entry.
    rounding
        By levy; the currency's smallest unit where it is not stated.
    """

    market: str
    currency: str
    basis: Literal["CIF", "FOB"]
    tax_name: str
    tax: str
    tax_base: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    source: str
    url: str = ""
    checked: date | None = None
    note: str = ""
    reduced: tuple[Dated, ...] = ()
    excises: tuple[Excise, ...] = ()
    excise_on: tuple[str, ...] = ()
    duty_free_up_to: tuple[Decimal, str] | None = None
    tax_free_up_to: tuple[Decimal, str] | None = None
    relief_on: Literal["goods", "customs_value"] = "goods"
    no_relief: tuple[str, ...] = ()
    relief_for: str = ""
    fees: tuple[Fee, ...] = ()
    rounding: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    def in_force(self, today: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)

    def tax_for(self, hs: str, today: date) -> Dated:
        """Return the rate of tax for goods: the reduced one of the longest code that fits, else the general."""
        fitting = [
            (max((len(prefix) for prefix in each.hs if hs.startswith(prefix)), default=0), each)
            for each in self.reduced
            if each.holds(hs, today)
        ]
        if fitting:
            return max(fitting, key=lambda pair: pair[0])[1]
        return Dated(self.tax_name, self.tax, source=self.source, checked=self.checked)

    def bears_excise(self, hs: str) -> bool:
        """Whether some excise is due on goods."""
        return any(hs.startswith(prefix) for prefix in self.excise_on)

    def to_json(self) -> dict[str, Any]:
        """Return the rule as JSON values, its essentials."""
        return {
            "market": self.market,
            "currency": self.currency,
            "basis": self.basis,
            "tax": {"name": self.tax_name, "rate": self.tax, "base": list(self.tax_base)},
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "source": self.source,
            "url": self.url,
            "checked": self.checked.isoformat() if self.checked else None,
            "note": self.note,
            "file": self.file,
        }
