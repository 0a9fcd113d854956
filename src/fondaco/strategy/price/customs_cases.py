"""How an entry can come out: from tariff rows and a market's rule to the customs part of an entry.

What is not known for certain makes several cases instead of a guess: the general duty and the preference that a
proof of origin would bring; the lines below a code that is shorter than the tariff's; a rate that is only known
within bounds.  What cannot be bounded is refused in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product as every_pair
from typing import cast

from fondaco.kernel import InputError
from fondaco.reference.tariffs import Dated, Excise, Found, MarketRule, Tariff
from fondaco.reference.tariffs.duty import Duty, parse
from fondaco.strategy.price.landed_cost import Customs, Extra, LeviedAs, Part, Rounding

#: Returns units of the second currency for one of the first; raises `InputError` where there is no rate.
RateOf = Callable[[str, str], Decimal]

_NONE = parse("0%")


@dataclass(frozen=True)
class Asked:
    """What of the goods and the sale decides which rules hold.

    Attributes
    ----------
    hs, origin
        2 to 10 digits, never padded; alpha-3 or None.
    alcohol_by_volume
        % vol of one unit; None where not stated.
    proof
        Whether the goods travel with proof of their origin; None where not said, and then both cases are worked out.
    to_consumer
        Whether a person orders them for own use.
    by_sea
        Whether they arrive by sea.
    """

    hs: str
    origin: str | None
    alcohol_by_volume: Decimal | None = None
    proof: bool | None = None
    to_consumer: bool = False
    by_sea: bool = False


@dataclass(frozen=True)
class Case:
    """One way in which an entry can come out.

    Attributes
    ----------
    name
        In words: ``general rate: 13%``.
    customs
        What the country charges then.
    rows
        The tariff rows that it rests on.
    needs
        What it asks for, such as a statement on origin.
    """

    name: str
    customs: Customs
    rows: tuple[Tariff, ...]
    needs: str = ""


@dataclass(frozen=True)
class Cases:
    """All the ways, and what one should know of them; `why` says why there is none."""

    cases: tuple[Case, ...] = ()
    warnings: tuple[str, ...] = ()
    why: str = ""
    tax: Dated | None = field(default=None)


@dataclass(frozen=True)
class _Rate:
    said: str
    expression: str
    row: Tariff


def cases_of(found: Found, rule: MarketRule | None, asked: Asked, today: date, rate_of: RateOf) -> Cases:
    """Return the ways in which an entry can come out.

    Parameters
    ----------
    found
        The tariff rows that speak of the goods.
    rule
        The market's rule; None where none is on record.
    rate_of
        For reliefs that are stated in another currency.
    """
    if rule is None:
        return Cases(
            why="No rule of this market is on record (customs value, tax, reliefs): add it with fondaco tariffs add FILE."
        )
    warnings = _of_market(rule)
    base, why = _duties(found, asked, warnings)
    on_top, also = _on_top(found, warnings)
    excise, none = _excise(rule, asked, today, warnings)
    if refused := why or also or none:
        return Cases((), tuple(warnings), refused)
    tax = rule.tax_for(asked.hs, today)
    _unchecked([tax], rule, warnings)
    shared = _Shared(rule, asked, today, rate_of, excise, tax)
    cases: dict[tuple[str, ...], Case] = {}
    for duty, extra in every_pair(base, on_top):
        key = (duty.expression, *(each.expression for each in extra))
        cases.setdefault(key, _case(duty, extra, shared, warnings))
    return Cases(tuple(cases.values()), tuple(dict.fromkeys(warnings)), "", tax)


@dataclass(frozen=True)
class _Shared:
    rule: MarketRule
    asked: Asked
    today: date
    rate_of: RateOf
    excise: Excise | None
    tax: Dated


def _of_market(rule: MarketRule) -> list[str]:
    warnings = [f"{rule.market}: {rule.note}"] if rule.note else []
    if rule.checked is None:
        warnings.append(
            f"How {rule.market} taxes an entry was not compared with its source ({rule.source}): do so."
        )
    return warnings


def _duties(found: Found, asked: Asked, warnings: list[str]) -> tuple[list[_Rate], str]:
    """Return the rates that the duty can have, or why none is known."""
    preferred = list(_rates(found.preferential, "preference")) if asked.proof is not False else []
    general = list(_rates(found.general, "general rate")) if asked.proof is not True or not preferred else []
    unread = [row for row in found.general if not row.duty]
    if unread and general:
        warnings.append(
            f"{len(unread)} of the {len(found.general)} lines below HS {asked.hs} have a rate that cannot be worked out "
            f"({unread[0].note}); the bounds hold for the others."
        )
    for rate in (*general, *preferred):
        _row_warnings(rate.row, warnings)
    if found.note:
        warnings.append(found.note)
    if found.below and len(general) > 1:
        warnings.append(
            f"The tariff has {len(found.general)} lines below the goods' code, which bound the duty: state the market's own "
            "code of eight digits or more to know it."
        )
    if preferred and asked.proof is None and not general:
        warnings.append(
            f"The figures rest on the preference. {found.why} Without proof of origin the duty is not known."
        )
    if preferred or general:
        return [*general, *preferred], ""
    if unread:
        row = unread[0]
        return [], (
            f"The duty on HS {asked.hs} is not known: {row.note or 'the rate cannot be worked out'} ({row.file}, row {row.row}). "
            "State it as a row of your own: fondaco tariffs add FILE."
        )
    return [], found.why


def _rates(rows: Sequence[Tariff], called: str) -> Iterator[_Rate]:
    for row in rows:
        if row.duty:
            yield _Rate(f"{called}: {row.duty}", row.duty, row)
        if row.up_to:
            yield _Rate(f"{called} at most: {row.up_to}", row.up_to, row)


def _row_warnings(row: Tariff, warnings: list[str]) -> None:
    unchecked = row.checked is None and not row.file.endswith(".parquet")
    if unchecked or row.note:
        told = " Not compared with its source: look it up before you rely on it." if unchecked else ""
        warnings.append(f"{row.called}.{f' {row.note}' if row.note else ''}{told}")


def _on_top(found: Found, warnings: list[str]) -> tuple[list[tuple[_Rate, ...]], str]:
    """Return the lots of additional duties that may fall on the goods; or why they are not known."""
    told = (*found.additional, *found.additional_below)
    if row := next((row for row in told if not row.duty), None):
        return [], f"An additional duty is not known. {row.source}. {row.note}"
    for row in told:
        _row_warnings(row, warnings)
    if found.additional_below:
        warnings.append(
            f"Additional duties fall on {len(found.additional_below)} lines below the goods' code, and may fall on these: "
            "state the market's own code to know it."
        )
    low = tuple(_Rate("additional duty", row.duty, row) for row in found.additional)
    high = tuple(_Rate("additional duty", row.up_to or row.duty, row) for row in found.additional)
    below = (_Rate("additional duty", row.up_to or row.duty, row) for row in found.additional_below)
    return list(dict.fromkeys([low, high, *((*high, each) for each in below)])), ""


def _excise(rule: MarketRule, asked: Asked, today: date, warnings: list[str]) -> tuple[Excise | None, str]:
    if not rule.bears_excise(asked.hs):
        return None, ""
    held = [each for each in rule.excises if each.holds(asked.hs, today)]
    if any(each.by_strength() for each in held) and asked.alcohol_by_volume is None:
        return (
            None,
            f"{rule.market} taxes HS {asked.hs} by strength: state alcohol_by_volume of the product's unit.",
        )
    fitting = [each for each in held if each.of_strength(asked.alcohol_by_volume)]
    if not fitting:
        return None, (
            f"{rule.market} taxes HS {asked.hs} with an excise whose rate on {today} is not on record: add it to a "
            "[[market]] table of your own."
        )
    if any(p.startswith(asked.hs) and p != asked.hs for each in rule.excises for p in each.hs):
        warnings.append(f"Some goods below HS {asked.hs} bear another excise: state the longer code.")
    _unchecked(fitting[:1], rule, warnings)
    return fitting[0], ""


def _unchecked(parts: Sequence[Dated], rule: MarketRule, warnings: list[str]) -> None:
    warnings += [
        f"{each.name} of {rule.market} was not compared with its source ({each.source or rule.source}): do so."
        for each in parts
        if each.checked is None and each.source != rule.source
    ]


def _case(duty: _Rate, on_top: tuple[_Rate, ...], shared: _Shared, warnings: list[str]) -> Case:
    rule, asked = shared.rule, shared.asked
    preferential = duty.row.preferential
    fees = [
        fee
        for fee in rule.fees
        if fee.holds(asked.hs, shared.today) and (fee.mode == "any" or asked.by_sea)
        and not (preferential and asked.origin in fee.waived_for)
    ]  # fmt: skip
    _unchecked(fees, rule, warnings)
    extras = [Extra("duty", each.said, parse(each.expression)) for each in on_top]
    extras += [Extra("fees", fee.name, parse(fee.expression, fixed=True)) for fee in fees]
    free_of_duty, free_of_tax = (
        _relief(each, shared) for each in (rule.duty_free_up_to, rule.tax_free_up_to)
    )
    customs = Customs(
        basis=rule.basis,
        duty=_expression(duty),
        excise=parse(shared.excise.expression) if shared.excise else _NONE,
        tax=parse(shared.tax.expression),
        fees=_NONE,
        tax_base=cast("tuple[Part, ...]", rule.tax_base),
        excise_base=cast("tuple[Part, ...]", shared.excise.base) if shared.excise else ("value", "duty"),
        free_of_duty_up_to=free_of_duty,
        free_of_tax_up_to=free_of_tax,
        relief_on=rule.relief_on,
        extras=tuple(extras),
    )
    said = duty.said + "".join(
        f" + {each.expression} additional" for each in on_top if each.expression != "0%"
    )
    return Case(said, customs, (duty.row, *(each.row for each in on_top)), duty.row.needs)


def _expression(rate: _Rate) -> Duty:
    try:
        return parse(rate.expression)
    except InputError as error:
        raise InputError(f"{rate.row.file}, row {rate.row.row}, duty: {error}") from None


def _relief(stated: tuple[Decimal, str] | None, shared: _Shared) -> Decimal:
    rule, asked = shared.rule, shared.asked
    none = stated is None or any(asked.hs.startswith(prefix) for prefix in rule.no_relief)
    if none or (rule.relief_for and not asked.to_consumer):
        return Decimal(0)
    assert stated is not None
    return stated[0] * shared.rate_of(stated[1], rule.currency)


def rounding_of(rule: MarketRule) -> dict[LeviedAs, Rounding]:
    """Return how the market rounds, as an entry takes it."""
    return cast("dict[LeviedAs, Rounding]", dict(rule.rounding))
