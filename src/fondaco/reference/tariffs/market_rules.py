"""Market rules in files: ``[[market]]`` tables of TOML, read and checked.

A rule that cannot be read is told with file, table and field; the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fondaco.kernel import InputError, Problem
from fondaco.reference import countries
from fondaco.reference.currencies import is_currency
from fondaco.reference.groups import members
from fondaco.reference.hs import hs_code
from fondaco.reference.stated import first_fault
from fondaco.reference.tariffs import duty as expressions
from fondaco.reference.tariffs.rows import GROUPS, Dated, Excise, Fee, MarketRule

#: Parts of a base of tax or excise; ``value`` is the customs value.
Part = Literal["value", "freight", "insurance", "duty", "excise", "fees", "onward"]
Rounding = Literal["unit", "cent", "mil", "down_unit", "down_cent"]

_RELIEF = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,4})?) ([A-Z]{3})")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=200)
    rate: str
    hs: tuple[str, ...] = ()
    valid_from: date = date.min
    valid_to: date | None = None
    source: str = ""
    checked: date | None = None

    @field_validator("hs")
    @classmethod
    def _codes(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        return _codes(said)

    @field_validator("rate")
    @classmethod
    def _rate(cls, said: str) -> str:
        return _parsed(said, fixed=True)

    def dated(self) -> dict[str, Any]:
        """Return what every dated part has."""
        return {
            "name": self.name, "expression": self.rate, "hs": self.hs, "valid_from": self.valid_from,
            "valid_to": self.valid_to, "source": self.source, "checked": self.checked,
        }  # fmt: skip


class _Excise(_Part):
    above: Decimal = Field(default=Decimal(0), ge=0, le=100)
    up_to: Decimal = Field(default=Decimal(100), ge=0, le=100)
    base: tuple[Part, ...] = ("value", "duty")


class _Fee(_Part):
    mode: Literal["any", "sea"] = "any"
    waived_for: tuple[str, ...] = ()

    @field_validator("waived_for")
    @classmethod
    def _origins(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        return _origins(said)


class _Stated(BaseModel):
    """A market rule as it stands in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    market: str
    currency: str
    basis: Literal["CIF", "FOB"]
    tax_name: str = "tax"
    tax: str
    tax_base: tuple[Part, ...]
    valid_from: date
    valid_to: date | None = None
    source: str = Field(min_length=1, max_length=500)
    url: str = Field(default="", max_length=1000)
    checked: date | None = None
    note: str = Field(default="", max_length=2000)
    duty_free_up_to: str = ""
    tax_free_up_to: str = ""
    relief_on: Literal["goods", "customs_value"] = "goods"
    relief_for: str = Field(default="", max_length=500)
    no_relief: tuple[str, ...] = ()
    excise_on: tuple[str, ...] = ()
    rounding: dict[Literal["duty", "excise", "tax", "fees"], Rounding] = {}
    reduced: tuple[_Part, ...] = ()
    excise: tuple[_Excise, ...] = ()
    fee: tuple[_Fee, ...] = ()

    @field_validator("market")
    @classmethod
    def _market(cls, said: str) -> str:
        return str(_known(lambda: countries.from_code(said)))

    @field_validator("currency")
    @classmethod
    def _currency(cls, said: str) -> str:
        if not is_currency(said):
            raise ValueError(f"{said!r} is no currency we know: state its ISO 4217 code, such as EUR")
        return said.upper()

    @field_validator("tax")
    @classmethod
    def _tax(cls, said: str) -> str:
        return _parsed(said)

    @field_validator("no_relief", "excise_on")
    @classmethod
    def _hs(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        return _codes(said)

    @field_validator("duty_free_up_to", "tax_free_up_to")
    @classmethod
    def _relief(cls, said: str) -> str:
        found = _RELIEF.fullmatch(said)
        if said and (found is None or not is_currency(found[2])):
            raise ValueError('write an amount and its currency, such as "135 GBP"')
        return said

    @model_validator(mode="after")
    def _in_order(self) -> _Stated:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to ({self.valid_to}) lies before valid_from ({self.valid_from})")
        return self


def _known(read: Any) -> Any:
    try:
        return read()
    except InputError as error:
        raise ValueError(str(error)) from None


def _parsed(said: str, *, fixed: bool = False) -> str:
    _known(lambda: expressions.parse(said, fixed=fixed))
    return said


def _codes(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_known(lambda code=code: hs_code(code)) for code in said)


def _origins(said: tuple[str, ...]) -> tuple[str, ...]:
    found: tuple[str, ...] = _known(lambda: members(said, GROUPS))
    return found


def read(tables: Sequence[Mapping[str, Any]], where: str) -> tuple[list[MarketRule], list[Problem]]:
    """Return the rules of a file's ``[[market]]`` tables, and what is wrong with those that cannot be read."""
    rules: list[MarketRule] = []
    problems = []
    for number, table in enumerate(tables, start=1):
        called = f"{where}, market {number} ({table.get('market', 'without a code')})"
        try:
            rule = _rule(_Stated.model_validate(table), where)
        except ValidationError as error:
            problems.append(
                Problem("market", 1, f"{called}: {first_fault(error)}", "Correct the file; the others count.")
            )
            continue
        if any(_clash(rule, other) for other in rules):
            problems.append(
                Problem(
                    "market", 1, f"{called}: it overlaps with an earlier table of the same market.",
                    "Give the earlier its end (valid_to); the earlier counts.",
                )
            )  # fmt: skip
            continue
        rules.append(rule)
    return rules, problems


def _clash(one: MarketRule, other: MarketRule) -> bool:
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return one.market == other.market and max(one.valid_from, other.valid_from) <= last


def _rule(said: _Stated, where: str) -> MarketRule:
    return MarketRule(
        market=said.market, currency=said.currency, basis=said.basis, tax_name=said.tax_name, tax=said.tax,
        tax_base=said.tax_base, valid_from=said.valid_from, valid_to=said.valid_to, source=said.source,
        url=said.url, checked=said.checked, note=" ".join(said.note.split()),
        reduced=tuple(Dated(**part.dated()) for part in said.reduced),
        excises=tuple(
            Excise(**part.dated(), above=part.above, up_to=part.up_to, base=part.base) for part in said.excise
        ),
        excise_on=said.excise_on, duty_free_up_to=_relief(said.duty_free_up_to),
        tax_free_up_to=_relief(said.tax_free_up_to), relief_on=said.relief_on, no_relief=said.no_relief,
        relief_for=said.relief_for,
        fees=tuple(Fee(**part.dated(), mode=part.mode, waived_for=part.waived_for) for part in said.fee),
        rounding={levy: str(how) for levy, how in said.rounding.items()}, file=where,
    )  # fmt: skip


def _relief(said: str) -> tuple[Decimal, str] | None:
    found = _RELIEF.fullmatch(said)
    return (Decimal(found[1]), found[2]) if found else None
