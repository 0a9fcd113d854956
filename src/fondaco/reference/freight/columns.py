"""The columns of a rate table, and one rate as a record.

Prices are in the rate's currency.  ``per_kg`` is for each chargeable kilogram, ``per_wm`` for each revenue tonne
(weight or measure: the larger of tonnes and cubic metres), ``minimum`` the least that the freight comes to,
``fixed`` what is added to it: for each parcel or container where the kind is ``parcel`` or ``fcl``, else once.

``breaks`` are prices per kg from a weight on, ``"45:3.20 100:2.80"``; ``steps`` are whole prices up to a weight,
``"1:12.50 2:15 5:22"``.  In TOML both may be lists of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

Kind = Literal["parcel", "air", "groupage", "lcl", "fcl"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: How goods may have to travel.
Class = Literal["ambient", "chilled", "frozen"]
CLASSES: tuple[Class, ...] = get_args(Class)
#: How far a price reaches.
Covers = Literal["door", "port"]

#: cm3 that count as a kilogram where a table does not say: what parcel services and IATA carriers commonly use.
DIVISORS: Mapping[Kind, Decimal] = {"parcel": Decimal(5000), "air": Decimal(6000)}

MONEY = ("per_kg", "per_wm", "minimum", "fixed")
PAIRS = ("breaks", "steps")
NUMBERS = (*MONEY, "volumetric_divisor", "round_up_kg", "capacity_m3", "capacity_kg")
WORDS = ("zone", "carrier", "source")
FLAGS = ("as_if_heavier", "papers", "fictional")
DAYS = ("valid_from", "valid_to")

#: Every column, in the order in which tables are kept.
COLUMNS = (
    "destination", "origin", "zone", "kind", "carrier", *MONEY, *PAIRS, "as_if_heavier", "volumetric_divisor",
    "round_up_kg", "capacity_m3", "capacity_kg", "classes", "days", "covers", "papers", "currency", *DAYS,
    "source", "fictional",
)  # fmt: skip
NEEDED = ("destination", "kind", "currency")

#: What is the same way to the same place: of such rates only one may hold on a day.
WAY = ("destination", "origin", "zone", "kind", "carrier", "classes", "currency", "covers", "papers",
       "capacity_m3", "capacity_kg")  # fmt: skip

Pairs = tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True)
class Rate:
    """One rate of a table.

    Attributes
    ----------
    destination, origin
        ISO 3166-1 alpha-3; an empty origin holds from anywhere.
    zone
        The part of the destination for which alone it holds; empty for all of it.
    kind, carrier
        The way of sending, and who carries.
    per_kg, per_wm, minimum, fixed
        Prices in `currency`; zero where there is none.
    breaks, steps
        (from kg, price per kg) and (up to kg, price), ascending.
    as_if_heavier
        Whether a consignment may be charged at a heavier break's least weight where that is cheaper.
    volumetric_divisor
        cm3 that count as a kilogram; None where volume does not count.
    round_up_kg
        Chargeable weight is rounded up to a multiple of it; None for no rounding.
    capacity_m3, capacity_kg
        Of one parcel or container; of the whole consignment for other kinds; None where there is no bound.
    classes
        How goods travel with it.
    days
        Days on the way, from and to; None where not stated.
    covers
        ``door`` or ``port``, as far as the price reaches; empty where not stated.
    papers
        Whether export papers and customs are part of the service; None where not stated.
    valid_from, valid_to
        First and last day; None is open.
    source
        Who stated it.
    fictional
        Whether it was made up for a demonstration.
    table, row
        Where it stands.
    firm
        Whose own table that is; empty where it is the workspace's.
    """

    destination: str
    kind: Kind
    currency: str
    origin: str = ""
    zone: str = ""
    carrier: str = ""
    per_kg: Decimal = Decimal(0)
    per_wm: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    fixed: Decimal = Decimal(0)
    breaks: Pairs = ()
    steps: Pairs = ()
    as_if_heavier: bool = True
    volumetric_divisor: Decimal | None = None
    round_up_kg: Decimal | None = None
    capacity_m3: Decimal | None = None
    capacity_kg: Decimal | None = None
    classes: tuple[Class, ...] = ("ambient",)
    days: tuple[int, int] | None = None
    covers: Covers | Literal[""] = ""
    papers: bool | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    fictional: bool = False
    table: str = ""
    row: int = 0
    firm: str = ""

    def holds(self, today: date) -> bool:
        """Whether it is in force on a day."""
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or today <= self.valid_to
        )

    @property
    def way(self) -> tuple[object, ...]:
        """What it is a price of: of rates with the same way only one is meant to hold on a day."""
        return tuple(getattr(self, name) for name in WAY)


def pairs(said: str) -> Pairs:
    """Read ``"45:3.20 100:2.80"``.

    >>> pairs("45:3.20 100:2.80")
    ((Decimal('45'), Decimal('3.20')), (Decimal('100'), Decimal('2.80')))
    """
    held = (part.split(":") for part in said.replace(";", " ").split())
    return tuple((Decimal(first), Decimal(second)) for first, second in held)


def rate_of(row: Mapping[str, Any], table: str, firm: str = "") -> Rate:
    """Return a kept row as a rate; numbers that are not stated get their kind's usual meaning."""
    kind: Kind = row["kind"]
    divisor = row["volumetric_divisor"]
    low, high = row["days_low"], row["days_high"]
    return Rate(
        destination=row["destination"], origin=row["origin"] or "", zone=row["zone"] or "",
        kind=kind, carrier=row["carrier"] or "", currency=row["currency"],
        per_kg=_number(row["per_kg"]) or Decimal(0), per_wm=_number(row["per_wm"]) or Decimal(0),
        minimum=_number(row["minimum"]) or Decimal(0), fixed=_number(row["fixed"]) or Decimal(0),
        breaks=pairs(row["breaks"] or ""), steps=pairs(row["steps"] or ""),
        as_if_heavier=row["as_if_heavier"] is not False,
        # Zero says that volume does not count.
        volumetric_divisor=DIVISORS.get(kind) if divisor is None else _number(divisor) or None,
        round_up_kg=_number(row["round_up_kg"]) or None,
        capacity_m3=_number(row["capacity_m3"]), capacity_kg=_number(row["capacity_kg"]),
        classes=tuple((row["classes"] or "ambient").split()),  # type: ignore[arg-type]
        days=None if low is None else (low, high), covers=row["covers"] or "", papers=row["papers"],
        valid_from=row["valid_from"], valid_to=row["valid_to"], source=row["source"] or table,
        fictional=bool(row["fictional"]), table=table, row=row["row"], firm=firm,
    )  # fmt: skip


def _number(value: Decimal | None) -> Decimal | None:
    """Return a kept number without the zeros that its column adds."""
    if value is None:
        return None
    plain = value.normalize()
    return plain if int(plain.as_tuple().exponent) <= 0 else plain.quantize(Decimal(1))
