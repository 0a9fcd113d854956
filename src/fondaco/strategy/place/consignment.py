"""What is sent at once: how many units, and what they weigh and measure together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.ledger.unit import Unit
from fondaco.reference.freight import Class


@dataclass(frozen=True)
class Consignment:
    """Goods that are sent at once; weight, volume and value are of all units together.

    Attributes
    ----------
    units
        How many.
    gross_weight_kg, volume_m3
        With packaging; None where not known.
    value
        In `currency`; None where not known.
    currency
        ISO 4217; also the currency in which delivery is told.
    temperature
        How it must travel.
    """

    units: int
    gross_weight_kg: Decimal | None
    volume_m3: Decimal | None
    value: Decimal | None
    currency: str
    temperature: Class = "ambient"

    def __post_init__(self) -> None:
        if self.units < 1:
            raise InputError(f"{self.units} units cannot be sent: state one or more.")
        for name in ("gross_weight_kg", "volume_m3", "value"):
            stated: Decimal | None = getattr(self, name)
            if stated is not None and (
                not stated.is_finite() or stated < 0 or (not stated and name != "value")
            ):
                raise InputError(f"{name} is {stated}: state what all units come to, above zero.")

    def of(self, units: int) -> Consignment:
        """Return the same goods in another number of units.

        >>> Consignment(10, Decimal(15), Decimal("0.03"), None, "EUR").of(4).gross_weight_kg
        Decimal('6')
        """

        def share(value: Decimal | None) -> Decimal | None:
            return None if value is None else value * units / self.units

        return Consignment(
            units, share(self.gross_weight_kg), share(self.volume_m3), share(self.value), self.currency,
            self.temperature,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Return the consignment as JSON values."""
        return {
            "units": self.units,
            "gross_weight_kg": _text(self.gross_weight_kg),
            "volume_m3": _text(self.volume_m3),
            "value": _text(self.value),
            "currency": self.currency,
            "temperature": self.temperature,
        }


def consignment_of(unit: Unit | None, units: int, currency: str) -> Consignment:
    """Return so many units of what the catalogue states; what it does not state is not known.

    Goods of which nothing is said of how they travel are taken as ambient.
    """
    if unit is None:
        return Consignment(units, None, None, None, currency)
    value = unit.price if unit.price is not None and unit.currency == currency else None
    return Consignment(
        units,
        None if unit.gross_weight_kg is None else unit.gross_weight_kg * units,
        None if unit.volume_m3 is None else unit.volume_m3 * units,
        None if value is None else value * units,
        currency,
        unit.temperature or "ambient",
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
