"""One unit of a product as it is sold: what it costs to make, weighs, holds, and how many can be made.

All of it is what the firm states, in its catalogue (`fondaco.ledger.catalogue`), and all of it may be left out;
what is left out is not known, and whoever needs it says so rather than guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from fondaco.kernel import InputError
from fondaco.reference import countries
from fondaco.reference.currencies import is_currency

Temperature = Literal["ambient", "chilled", "frozen"]


def no_flag(said: Any) -> Any:
    """Refuse a yes or no where a number is meant: Python counts them as 1 and 0."""
    if isinstance(said, bool):
        raise ValueError("a number is needed")  # noqa: TRY004  # what pydantic gathers
    return said


_Above = Annotated[Decimal, BeforeValidator(no_flag), Field(gt=0, le=Decimal(10) ** 12, allow_inf_nan=False)]
_Percentage = Annotated[Decimal, BeforeValidator(no_flag), Field(ge=0, le=100, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=1, le=10**9)]


class Unit(BaseModel):
    """What the firm states of one unit.

    Attributes
    ----------
    cost
        What making one costs, all of it, in `currency`.
    price
        What one sells for at the works, in `currency`.
    currency
        ISO 4217, of both.
    net_weight_kg, gross_weight_kg
        Without and with its share of the packaging.
    volume_m3
        Of one, packed.
    litres, alcohol_by_volume
        Of a drink; % vol.
    per_carton
        Units in a carton.
    minimum_order
        Units.
    monthly_capacity
        Units that can be made for export in a month.
    lead_days
        From order to ready at the works.
    temperature
        How it must travel.
    label_languages
        Languages that its label has, ISO 639-1.
    adapted_for
        Markets (alpha-3) for which label, pack and papers are done.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    cost: _Above | None = None
    price: _Above | None = None
    currency: str | None = None
    net_weight_kg: _Above | None = None
    gross_weight_kg: _Above | None = None
    volume_m3: _Above | None = None
    litres: _Above | None = None
    alcohol_by_volume: _Percentage | None = None
    per_carton: _Count | None = None
    minimum_order: _Count | None = None
    monthly_capacity: _Count | None = None
    lead_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    temperature: Temperature | None = None
    label_languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = ()
    adapted_for: tuple[str, ...] = ()

    @field_validator("currency")
    @classmethod
    def _is_currency(cls, said: str | None) -> str | None:
        if said is not None and not is_currency(said):
            raise ValueError(f"{said!r} is no currency we know: state its ISO 4217 code, such as EUR")
        return said

    @field_validator("adapted_for")
    @classmethod
    def _are_countries(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_country(each) for each in said)

    @model_validator(mode="after")
    def _fits_together(self) -> Unit:
        if (self.cost is not None or self.price is not None) and self.currency is None:
            raise ValueError("cost and price need a currency")
        net, gross = self.net_weight_kg, self.gross_weight_kg
        if net is not None and gross is not None and gross < net:
            raise ValueError(f"gross_weight_kg ({gross}) is below net_weight_kg ({net})")
        return self

    def to_json(self) -> dict[str, Any]:
        """Return what is stated as JSON values; numbers as texts."""
        return {
            name: f"{value:f}"
            if isinstance(value, Decimal)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in self
            if value not in (None, ())
        }


def unit_of(said: Mapping[str, Any]) -> Unit:
    """Return a unit as a person states it, field by field; what is empty is not stated.

    Raises
    ------
    InputError
        Naming each field that is wrong, with what was found.

    Examples
    --------
    >>> unit_of({"price": "7.50", "currency": "EUR", "lead_days": None}).price
    Decimal('7.50')
    """
    try:
        return Unit.model_validate(
            {name: value for name, value in said.items() if value not in (None, "", ())}
        )
    except ValidationError as error:
        faults = [
            f"{each['loc'][0] if each['loc'] else 'these together'}: {each['msg'].removeprefix('Value error, ').rstrip('.')}"
            for each in error.errors(include_url=False)
        ]
        raise InputError("; ".join(faults) + ".") from None


def _country(said: str) -> str:
    try:
        return countries.from_code(said)
    except InputError as error:
        raise ValueError(str(error)) from None
