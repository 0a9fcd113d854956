"""What one rate charges for a consignment, with the steps by which it comes about.

* Chargeable weight is the larger of what goods weigh and what they measure: cm3 over the divisor (parcel services
  commonly 5,000 cm3 to the kilogram, air freight 6,000), rounded up where the rate says so.
* Freight by weight or measure (LCL) is per revenue tonne: the larger of tonnes and cubic metres.
* Under breaks, the price per kg is that of the heaviest break reached.  With ``as_if_heavier`` (the carriers' usual
  rule, on unless the table says no) the lower of that and of any heavier break's least weight at its price counts.
* Freight is at least ``minimum``; ``fixed`` is added to it.
* Parcels and containers are filled one after the other with whole units, each charged for itself; for all other kinds
  the capacity is what the whole consignment may come to.

Amounts are exact and in the rate's currency; rounding is left to who shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from fondaco.reference.freight import Rate
from fondaco.strategy.place.consignment import Consignment

#: Kinds of which several are taken when one is full.
IN_PIECES = ("parcel", "fcl")

_CM3 = Decimal(1_000_000)


@dataclass(frozen=True)
class Charge:
    """What a rate charges.

    Attributes
    ----------
    amount
        In the rate's currency, not rounded.
    pieces
        Parcels or containers; 1 for other kinds.
    chargeable_kg, revenue_tonnes
        What the price was counted by, over all pieces; None where it is not by that.
    steps
        How it comes about, a phrase each.
    """

    amount: Decimal
    pieces: int
    chargeable_kg: Decimal | None
    revenue_tonnes: Decimal | None
    steps: tuple[str, ...]


@dataclass(frozen=True)
class CannotGo:
    """Why a rate cannot take a consignment, or why its charge is not known, and what would cure it."""

    why: str
    cure: str
    unknown: bool = False


def chargeable_weight(
    weight_kg: Decimal, volume_m3: Decimal | None, divisor: Decimal | None, round_up_kg: Decimal | None = None
) -> Decimal:
    """Return the weight that is charged, kg.

    Examples
    --------
    A parcel of 2 kg, 40 x 30 x 20 cm, at 5,000 cm3 to the kilogram:

    >>> chargeable_weight(Decimal(2), Decimal("0.024"), Decimal(5000))
    Decimal('4.800')
    >>> chargeable_weight(Decimal(2), Decimal("0.024"), Decimal(5000), Decimal("0.5"))
    Decimal('5.0')
    """
    heavy = weight_kg if volume_m3 is None or divisor is None else max(weight_kg, volume_m3 * _CM3 / divisor)
    if round_up_kg is None:
        return heavy
    return (heavy / round_up_kg).to_integral_value(ROUND_CEILING) * round_up_kg


def by_breaks(
    weight_kg: Decimal, below: Decimal, breaks: tuple[tuple[Decimal, Decimal], ...], *, as_if_heavier: bool
) -> Decimal:
    """Return the freight of a weight under breaks.

    Parameters
    ----------
    weight_kg
        The chargeable weight.
    below
        Price per kg below the first break.
    breaks
        (from kg, price per kg), ascending.
    as_if_heavier
        Whether a heavier break's least weight may be charged where that is cheaper.

    Examples
    --------
    90 kg at 4.00 are 360; as if they were 100 kg at 3.20 they are 320:

    >>> steps = ((Decimal(45), Decimal("4.00")), (Decimal(100), Decimal("3.20")))
    >>> by_breaks(Decimal(90), Decimal(5), steps, as_if_heavier=False)
    Decimal('360.00')
    >>> by_breaks(Decimal(90), Decimal(5), steps, as_if_heavier=True)
    Decimal('320.00')
    """
    price = next((price for start, price in reversed(breaks) if weight_kg >= start), below)
    priced = bool(price) or not breaks or weight_kg >= breaks[0][0]
    found = [weight_kg * price] if priced else []
    if as_if_heavier or not found:
        found += [start * price for start, price in breaks if start > weight_kg]
    return min(found)


def charge(rate: Rate, sent: Consignment) -> Charge | CannotGo:
    """Return what a rate charges for a consignment, or why it cannot take it."""
    if sent.temperature not in rate.classes:
        return CannotGo(
            f"it takes {' and '.join(rate.classes)} goods, not {sent.temperature}", "a rate for such goods"
        )
    if lacks := _lacking(rate, sent):
        return CannotGo(
            f"{' and '.join(lacks)} not known, and its price depends on it",
            "state weight and volume of a unit among the firm's products",
            unknown=True,
        )
    if rate.kind not in IN_PIECES:
        over = _over(rate, sent)
        return (
            CannotGo(f"the consignment is above its {over}", "send less at once")
            if over
            else _piece(rate, sent)
        )
    each = _units_in_one(rate, sent)
    if each < 1:
        return CannotGo("one unit is above what it takes", "a rate for larger pieces")
    full, rest = divmod(sent.units, each)
    parts = [_piece(rate, sent.of(each))] if full else []
    counts = [full] if full else []
    if rest:
        parts.append(_piece(rate, sent.of(rest)))
        counts.append(1)
    for part in parts:
        if isinstance(part, CannotGo):
            return part
    return _together([(part, n) for part, n in zip(parts, counts, strict=True) if isinstance(part, Charge)])


def _together(parts: list[tuple[Charge, int]]) -> Charge:
    pieces = sum(n for _, n in parts)
    weights = [part.chargeable_kg * n for part, n in parts if part.chargeable_kg is not None]
    tonnes = [part.revenue_tonnes * n for part, n in parts if part.revenue_tonnes is not None]
    steps = tuple(
        (f"{n} x " if pieces > 1 else "") + step for part, n in parts for step in part.steps
    )  # fmt: skip
    return Charge(
        sum((part.amount * n for part, n in parts), Decimal(0)), pieces,
        sum(weights, Decimal(0)) if weights else None, sum(tonnes, Decimal(0)) if tonnes else None, steps,
    )  # fmt: skip


def _lacking(rate: Rate, sent: Consignment) -> list[str]:
    by_weight = bool(rate.per_kg or rate.breaks or rate.steps)
    by_volume = (by_weight and rate.volumetric_divisor is not None) or bool(rate.per_wm)
    lacks = []
    if sent.gross_weight_kg is None and (by_weight or rate.per_wm or rate.capacity_kg is not None):
        lacks.append("the gross weight is")
    if sent.volume_m3 is None and (by_volume or rate.capacity_m3 is not None):
        lacks.append("the volume is")
    return lacks


def _over(rate: Rate, sent: Consignment) -> str:
    if (
        rate.capacity_kg is not None
        and sent.gross_weight_kg is not None
        and sent.gross_weight_kg > rate.capacity_kg
    ):
        return f"{rate.capacity_kg:f} kg"
    if rate.capacity_m3 is not None and sent.volume_m3 is not None and sent.volume_m3 > rate.capacity_m3:
        return f"{rate.capacity_m3:f} m3"
    return ""


def _units_in_one(rate: Rate, sent: Consignment) -> int:
    """Return how many units one parcel or container takes; all of them where it has no bound."""
    held = sent.units
    bounds = ((rate.capacity_kg, sent.gross_weight_kg), (rate.capacity_m3, sent.volume_m3))
    for capacity, all_units in bounds:
        if capacity is not None and all_units is not None:
            held = min(held, int((capacity * sent.units / all_units).to_integral_value(ROUND_FLOOR)))
    if rate.steps and sent.gross_weight_kg is not None:
        while held and _weight(rate, sent.of(held)) > rate.steps[-1][0]:
            held = min(held - 1, int(held * rate.steps[-1][0] / _weight(rate, sent.of(held))))
    return held


def _weight(rate: Rate, sent: Consignment) -> Decimal:
    return chargeable_weight(
        sent.gross_weight_kg or Decimal(0), sent.volume_m3, rate.volumetric_divisor, rate.round_up_kg
    )


def _piece(rate: Rate, sent: Consignment) -> Charge | CannotGo:
    freight, kg, tonnes, steps = Decimal(0), None, None, []
    if rate.per_kg or rate.breaks or rate.steps:
        kg = _weight(rate, sent)
        measured = sent.gross_weight_kg is not None and kg > sent.gross_weight_kg
        steps.append(f"{kg.normalize():f} kg chargeable" + (" (by volume or rounding)" if measured else ""))
        if rate.steps:
            whole = next((price for up_to, price in rate.steps if kg <= up_to), None)
            if whole is None:
                return CannotGo(f"it ends at {rate.steps[-1][0]:f} kg", "send less at once")
            freight += whole
        else:
            freight += by_breaks(kg, rate.per_kg, rate.breaks, as_if_heavier=rate.as_if_heavier)
    if rate.per_wm:
        tonnes = max((sent.gross_weight_kg or Decimal(0)) / 1000, sent.volume_m3 or Decimal(0))
        freight += tonnes * rate.per_wm
        steps.append(f"{tonnes.normalize():f} revenue tonnes at {rate.per_wm:f}")
    if freight < rate.minimum:
        freight = rate.minimum
        steps.append(f"at least {rate.minimum:f}")
    if rate.fixed:
        steps.append(f"{rate.fixed:f} fixed")
    return Charge(freight + rate.fixed, 1, kg, tonnes, tuple(steps))
