"""Shipments and rates as stated: the records, what a group of shipments costs, and how both are read.

Weight in kg, volume in m3, money in the currency of the rates.  A group of shipments under a rate costs

    fixed + max(minimum, per_kg * kg + per_wm * max(kg / 1000, m3)),

rounded to the cent, halves up; kg is the actual weight, or, where the rate states a ``volumetric_divisor``
(cm3 for a kilogram), the larger of weight and volumetric weight.  ``capacity_kg`` and ``capacity_m3`` bound one
group: what is more goes as another group.  A rate with ``breaks`` (price per kg from a weight on) is several
rates: one for each break, under which a group is charged for the break's own weight (`least_kg`) at least, so
that it goes as if heavier where that is cheaper.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fondaco.kernel import InputError
from fondaco.kernel.problems import Problem

CENT = Decimal("0.01")
COLUMNS = (
    "member", "shipment", "destination", "ready_from", "ready_to", "weight_kg", "volume_m3", "class",
)  # fmt: skip
_MOST = Decimal(10) ** 9
#: A decimal comma that can be no mark of thousands.
_WITH_COMMA = re.compile(r"0,\d+|\d+,(\d{1,2}|\d{4,})")


@dataclass(frozen=True)
class Shipment:
    """One member's shipment, ready between two days (both included); `class_` is how it must travel."""

    member: str
    shipment: str
    destination: str
    ready_from: date
    ready_to: date
    weight_kg: Decimal
    volume_m3: Decimal
    class_: str = ""


@dataclass(frozen=True)
class Rate:
    """What a way of sending costs, see the module; `classes` are what it takes, all where there are none.

    `minimum` is never below what `least_kg` costs.
    """

    destination: str
    kind: str
    per_kg: Decimal = Decimal(0)
    per_wm: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    fixed: Decimal = Decimal(0)
    capacity_m3: Decimal | None = None
    capacity_kg: Decimal | None = None
    classes: tuple[str, ...] = ()
    volumetric_divisor: Decimal | None = None
    least_kg: Decimal = Decimal(0)

    def takes(self, shipment: Shipment) -> bool:
        """Whether a shipment may go with it at all."""
        return (
            self.destination == shipment.destination
            and (not self.classes or shipment.class_ in self.classes)
            and self.holds(shipment.weight_kg, shipment.volume_m3)
        )

    def holds(self, weight: Decimal, volume: Decimal) -> bool:
        """Whether so much fits into one group."""
        return (self.capacity_kg is None or weight <= self.capacity_kg) and (
            self.capacity_m3 is None or volume <= self.capacity_m3
        )

    def cost(self, weight: Decimal, volume: Decimal) -> Decimal:
        """Return what a group of so many kg and m3 costs.

        >>> lcl = Rate("KOR", "lcl", per_wm=Decimal(90), minimum=Decimal(90), fixed=Decimal(35))
        >>> lcl.cost(Decimal(400), Decimal("0.8")), lcl.cost(Decimal(400), Decimal("1.6"))
        (Decimal('125.00'), Decimal('179.00'))
        """
        by_kg = self.per_kg * max(weight, self.least_kg)
        if self.volumetric_divisor:  # divided last: an amount that ends in half a cent must end in just that
            by_kg = max(by_kg, self.per_kg * volume * 1_000_000 / self.volumetric_divisor)
        moved = by_kg + self.per_wm * max(weight / 1000, volume)
        return (self.fixed + max(self.minimum, moved)).quantize(CENT, rounding=ROUND_HALF_UP)


def _no_flag(said: Any) -> Any:
    if isinstance(said, bool):
        raise ValueError("a number is needed")  # noqa: TRY004  # what pydantic gathers
    return said


_Amount = Annotated[Decimal, BeforeValidator(_no_flag), Field(ge=0, le=_MOST, allow_inf_nan=False)]
_Above = Annotated[Decimal, BeforeValidator(_no_flag), Field(gt=0, le=_MOST, allow_inf_nan=False)]


class _Rate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    destination: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    per_kg: _Amount = Decimal(0)
    per_wm: _Amount = Decimal(0)
    minimum: _Amount = Decimal(0)
    fixed: _Amount = Decimal(0)
    capacity_m3: _Above | None = None
    capacity_kg: _Above | None = None
    classes: tuple[str, ...] = ()
    volumetric_divisor: _Above | None = None
    breaks: tuple[tuple[_Amount, _Amount], ...] = ()


def rates_of(text: str, where: str) -> tuple[Rate, ...]:
    """Read rates from TOML, a table ``[[rate]]`` for each.

    Raises
    ------
    InputError
        Naming the file, the rate and the field, or a rate under which anything costs nothing.
    """
    try:
        said = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    held = said.get("rate", said.get("rates", []))
    if not isinstance(held, list) or not held:
        raise InputError(f"{where} states no rate: write a table [[rate]] for each.")
    found: list[Rate] = []
    for number, each in enumerate(held, start=1):
        found += _rates(each, f"{where}, rate {number}")
    return tuple(found)


def rates_toml(text: str, where: str) -> str:
    r"""Return rates of a CSV table as the TOML that `rates_of` reads: a row for each rate, its fields as columns.

    Raises
    ------
    InputError
        Naming the row and the field.

    Examples
    --------
    >>> print(rates_toml("destination,kind,per_kg\nKOR,parcel,7.00\n", "rates.csv"))
    [[rate]]
    destination = "KOR"
    kind = "parcel"
    per_kg = "7.00"
    <BLANKLINE>
    """
    rows = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    known = [name for name in _Rate.model_fields if name != "breaks"]
    names = [(name or "").strip().casefold() for name in rows.fieldnames or ()]
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"{where} has a column {unknown[0]!r}; those that are read are {', '.join(known)}.")
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{where} has the column {twice[0]} twice: remove one of the two.")
    tables = []
    try:
        for row in rows:
            cells = dict(zip(names, row.values(), strict=False))
            tables.append(
                "\n".join(["[[rate]]", *(_toml(name, cell) for name, cell in cells.items() if cell)])
            )
    except csv.Error as error:
        raise InputError(f"{where} is no CSV table: {error}.") from None
    made = "\n\n".join(tables) + "\n"
    rates_of(made, where)
    return made


def _toml(name: str, cell: Any) -> str:
    said = json.dumps(str(cell).strip(), ensure_ascii=False)
    return f"{name} = [{said}]" if name == "classes" else f"{name} = {said}"


def _rates(said: Any, where: str) -> list[Rate]:
    try:
        held = _Rate.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise InputError(f"{where}, {place}: {message} (found: {str(first.get('input'))[:60]!r}).") from None
    free = not any(price for _, price in held.breaks)
    if free and not (held.per_kg or held.per_wm or held.minimum or held.fixed):
        raise InputError(f"{where} costs nothing: state per_kg, per_wm, minimum, fixed or breaks.")
    plain = Rate(**held.model_dump(exclude={"breaks"}))
    if not held.breaks:
        return [plain]
    if held.per_kg:
        raise InputError(f"{where} has both per_kg and breaks: breaks are prices per kg already.")
    return [
        replace(plain, per_kg=price, minimum=max(plain.minimum, least * price), least_kg=least)
        for least, price in held.breaks
    ]


def shipments_of(
    columns: Sequence[str], rows: Iterable[tuple[int, Mapping[str, str | None]]], where: str
) -> tuple[tuple[Shipment, ...], tuple[Problem, ...]]:
    """Read shipments from a table's cells.

    Parameters
    ----------
    columns
        The names of its columns.
    rows
        For each row its number in the file and its cells by column.

    Returns
    -------
    tuple
        The good rows, and a problem for each that cannot be used.

    Raises
    ------
    InputError
        Where a column is missing, or stands there twice.
    """
    missing = [name for name in COLUMNS if name not in columns and name != "class"]
    if missing:
        raise InputError(
            f"{where} has no column {', '.join(missing)}; its columns are {', '.join(columns)}. "
            f"Name them {', '.join(COLUMNS)}."
        )
    if twice := [name for name in COLUMNS if columns.count(name) > 1]:
        raise InputError(
            f"{where} has the column {twice[0]} twice: remove one of the two, or name it otherwise."
        )
    found: dict[str, Shipment] = {}
    problems: list[Problem] = []
    for number, cells in rows:
        try:
            each = _shipment(cells)
            if each.shipment in found:
                raise InputError(f"shipment {each.shipment!r} stands there twice")
        except InputError as error:
            problems.append(
                Problem("row", 1, f"{where}, row {number}: {error}.", "Mend the row and run it again.")
            )
        else:
            found[each.shipment] = each
    return tuple(found.values()), tuple(problems)


def _shipment(cells: Mapping[str, str | None]) -> Shipment:
    said = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    for name in ("member", "shipment", "destination"):
        if not said[name]:
            raise InputError(f"{name} is empty")
    first, last = _day(said["ready_from"], "ready_from"), _day(said["ready_to"], "ready_to")
    if last < first:
        raise InputError(f"ready_to ({last}) is before ready_from ({first})")
    return Shipment(
        said["member"], said["shipment"], said["destination"], first, last,
        _number(said["weight_kg"], "weight_kg"), _number(said["volume_m3"], "volume_m3", Decimal(0)), said["class"],
    )  # fmt: skip


def _day(said: str, name: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InputError(f"{name} is {said!r}, and a day is written as 2026-11-30") from None


def _number(said: str, name: str, least: Decimal | None = None) -> Decimal:
    plain = said.replace(",", ".") if _WITH_COMMA.fullmatch(said) else said
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise InputError(f"{name} is {said!r}, and a number such as 12.5 is needed") from None
    if not value.is_finite() or not (value > 0 or value == least) or value > _MOST:
        bound = "above zero" if least is None else "zero or more"
        raise InputError(f"{name} is {said}, and must be {bound} and at most {_MOST:,}")
    return value
