"""The file that `fondaco landed-cost` takes: a customs entry stated in TOML.

Nothing is assumed that would change the result without being seen: what adds to the cost must be
stated, as zero where there is none.  Excise, fees and reliefs, which most entries lack, may be left
out; the result's notes then say that they were.  Every fault is found in one pass, and named with
section and key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from fondaco.kernel import InputError
from fondaco.reference.currencies import currency_of_symbol, is_currency
from fondaco.reference.tariffs import duty as expressions
from fondaco.reference.tariffs.duty import Duty, Quantities
from fondaco.strategy.price.landed_cost import (
    LEVIES,
    PARTS,
    ROUNDINGS,
    Basis,
    Customs,
    Entry,
    Goods,
    LeviedAs,
    Part,
    Rounding,
    Transport,
)

#: The keys of each section; the first section is the file itself.
KEYS: Mapping[str, tuple[str, ...]] = {
    "": ("currency", "rounding", "goods", "transport", "exchange", "customs"),
    "goods": ("value", "currency", "units", "net_weight_kg", "gross_weight_kg", "litres", "alcohol_by_volume"),
    "transport": ("freight", "insurance", "onward", "currency"),
    "customs": (
        "basis", "duty", "excise", "tax", "tax_base", "excise_base", "free_of_duty_up_to", "free_of_tax_up_to",
        "relief_on", "fees",
    ),
    "rounding": (*LEVIES, "other"),
}  # fmt: skip

#: What may be left out, and what that means.
_LEFT_OUT = {"excise": "no excise", "fees": "no fees"}

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?")
_MISSING: Any = object()


class _Reader:
    """Reads values out of sections, and gathers what is wrong with them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.faults: list[str] = []
        self.meant: set[str] = set()  # keys that a misspelt one stands for: not missing as well
        self.notes: list[str] = []
        self._strangers("", data)

    def fault(self, key: str, text: str) -> None:
        self.faults.append(f"{key} {text}")

    def missing(self, key: str, advice: str) -> None:
        if key not in self.meant:
            self.fault(key, f"is missing: {advice}")

    def section(self, name: str, why: str) -> Mapping[str, Any] | None:
        """Return a section; None where it is not there or is none, which is then said."""
        found = self.data.get(name, _MISSING)
        if found is _MISSING:
            if why and name not in self.meant:
                self.faults.append(f"section [{name}] is missing: {why}.")
            return None
        if not isinstance(found, dict):
            self.fault(name, f"must be a section, [{name}] with its keys under it, not {_shown(found)}.")
            return None
        if name in KEYS:
            self._strangers(name, found)
        return found

    def _strangers(self, section: str, found: Mapping[str, Any]) -> None:
        """Name keys that are not known, with the one that was probably meant."""
        for key in found:
            if key in KEYS[section]:
                continue
            home = next(
                (name for name, keys in KEYS.items() if name and name != section and key in keys), None
            )
            near = difflib.get_close_matches(key, KEYS[section], n=1)
            self.meant |= {_path(section, one) for one in near}
            advice = (
                f"did you mean {_path(section, near[0])}?" if near
                else f"it belongs into [{home}]." if home
                else f"known are {', '.join(KEYS[section])}."
            )  # fmt: skip
            self.fault(_path(section, key), f"is not known; {advice}")

    def number(
        self, where: Mapping[str, Any], section: str, key: str, *, above: bool = False, missing: str = "",
        most: int | None = None,
    ) -> Decimal | None:  # fmt: skip
        """Read a number, written as text or as a number; None where it is missing or wrong."""
        name, found = _path(section, key), where.get(key, _MISSING)
        if found is _MISSING:
            if missing:
                self.missing(name, missing)
            return None
        amount = _decimal(found)
        if amount is None:
            self.fault(name, f'is {_shown(found)}; write a number with a point and no separators, "1200.50".')
            return None
        if amount < 0 or (above and not amount):
            self.fault(name, f"is {found}; it must be {'above zero' if above else 'zero or more'}.")
            return None
        if most is not None and amount > most:
            self.fault(name, f"is {found}; it must be at most {most}.")
            return None
        return amount

    def currency(self, where: Mapping[str, Any], section: str) -> str:
        name, found = _path(section, "currency"), where.get("currency", _MISSING)
        if found is _MISSING:
            self.missing(name, 'write the three letters of ISO 4217, such as "EUR".')
            return ""
        return self.code(name, found)

    def code(self, name: str, found: object) -> str:
        if isinstance(found, str) and is_currency(found):
            return found.strip().upper()
        meant = currency_of_symbol(found) if isinstance(found, str) and found else None
        advice = (
            f'did you mean "{meant}"?' if meant else 'write the three letters of ISO 4217, such as "EUR".'
        )
        self.fault(name, f"is {_shown(found)}, which is no currency; {advice}")
        return ""

    def one_of(self, name: str, found: object, allowed: Iterable[str], fold: str = "") -> str:
        """Read a word out of a list, in the list's own case."""
        words = list(allowed)
        text = found.strip() if isinstance(found, str) else ""
        for word in words:
            if text.casefold() == word.casefold():
                return word
        near = difflib.get_close_matches(text.casefold(), words, n=1)
        advice = f'did you mean "{near[0]}"?' if near else f"say {', '.join(words)}{fold}."
        self.fault(name, f"is {_shown(found)}, which is not known; {advice}")
        return ""

    def expression(
        self, where: Mapping[str, Any], key: str, *, missing: str = "", fixed: bool = False
    ) -> Duty:
        name, found = f"customs.{key}", where.get(key, _MISSING)
        if found is _MISSING:
            if missing:
                self.missing(name, missing)
            else:
                self.notes.append(f"{name} is not stated: counted as {_LEFT_OUT[key]}.")
            return Duty("0%", ())
        zero = not isinstance(found, str) and _decimal(found) == 0
        if not isinstance(found, str) and not zero:
            self.fault(name, f'is {_shown(found)}; write it as text with its unit, such as "{found}%".')
            return Duty("0%", ())
        try:
            return expressions.parse("0%" if zero else found, fixed=fixed)
        except InputError as error:
            self.fault(f"{name}:", str(error))
            return Duty("0%", ())

    def bases(self, where: Mapping[str, Any], key: str, allowed: Iterable[str]) -> tuple[Part, ...]:
        name, found = f"customs.{key}", where[key]
        if not isinstance(found, list):
            self.fault(name, f'is {_shown(found)}; write a list, such as ["value", "duty"].')
            return ()
        words = tuple(self.one_of(name, part, allowed) for part in found)
        if len(set(words)) < len(words) and all(words):
            self.fault(name, "has the same part twice; each counts once.")
        return cast("tuple[Part, ...]", words)


def read_entry(text: str) -> Entry:
    """Read a customs entry.

    Parameters
    ----------
    text
        TOML with the sections goods, transport, exchange and customs, see ``docs/rules/landed-cost.md``.

    Raises
    ------
    InputError
        Where it is no TOML (with line and column), or with every key that is missing, unknown or wrong.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        raise InputError("it is no TOML that can be read: brackets within brackets without end.") from None
    except ValueError as error:
        raise InputError(f"it is no TOML: {error}.") from None
    read = _Reader(data)
    currency = read.currency(data, "")
    goods = _goods(read)
    transport = _transport(read)
    exchange = _exchange(read)
    customs = _customs(read)
    rounding = _rounding(read, data)
    if len(read.faults) == 1:
        raise InputError(read.faults[0])
    if read.faults:
        raise InputError(
            f"{len(read.faults)} things to put right:\n" + "\n".join(f"  {fault}" for fault in read.faults)
        )
    return Entry(currency, goods, transport, customs, exchange, rounding, tuple(read.notes))


def _goods(read: _Reader) -> Goods:
    stated = read.section("goods", "state value and currency of the goods")
    if stated is None:
        return Goods(Decimal(0), "")
    value = read.number(stated, "goods", "value", above=True, missing="state what the goods cost.")
    quantities = Quantities(
        units=_units(read, stated),
        net_weight_kg=read.number(stated, "goods", "net_weight_kg"),
        gross_weight_kg=read.number(stated, "goods", "gross_weight_kg"),
        litres=read.number(stated, "goods", "litres"),
        alcohol_by_volume=read.number(stated, "goods", "alcohol_by_volume", most=100),
    )
    return Goods(value or Decimal(0), read.currency(stated, "goods"), quantities)


def _units(read: _Reader, stated: Mapping[str, Any]) -> Decimal | None:
    found = read.number(stated, "goods", "units", above=True)
    if found is not None and found % 1:
        read.fault("goods.units", f"is {found}; pieces are a whole number.")
    return found


def _transport(read: _Reader) -> Transport:
    stated = read.section(
        "transport", 'state freight, insurance, onward and currency, "0" where there is none'
    )
    if stated is None:
        return Transport(Decimal(0), Decimal(0), Decimal(0), "")
    freight, insurance, onward = (
        read.number(stated, "transport", key, missing='state it, "0" where there is none.') or Decimal(0)
        for key in ("freight", "insurance", "onward")
    )
    # Where nothing is paid, the currency of nothing need not be stated; elsewhere it must.
    if "currency" not in stated and not (freight or insurance or onward):
        return Transport(freight, insurance, onward, _free_currency(read))
    return Transport(freight, insurance, onward, read.currency(stated, "transport"))


def _free_currency(read: _Reader) -> str:
    found = read.data.get("currency")
    return found.strip().upper() if isinstance(found, str) else ""


def _exchange(read: _Reader) -> dict[str, Decimal]:
    stated, rates = read.section("exchange", "") or {}, {}
    for key, found in stated.items():
        code = read.code(f"exchange.{key}", key)
        rate = read.number({key: found}, "exchange", key, above=True)
        if code in rates:
            read.fault(f"exchange.{key}", f"is a second rate for {code}; state one.")
        elif code and rate is not None:
            rates[code] = rate
    return rates


def _customs(read: _Reader) -> Customs:
    stated = read.section("customs", "state basis, duty, tax and tax_base")
    nothing = Duty("0%", ())
    if stated is None:
        return Customs("CIF", nothing, nothing, nothing, nothing, ())
    basis = read.one_of("customs.basis", stated["basis"], ("CIF", "FOB")) if "basis" in stated else ""
    if "basis" not in stated:
        read.missing(
            "customs.basis",
            "say CIF where freight is part of the customs value, FOB where it is not.",
        )
    duty = read.expression(stated, "duty", missing='state the duty, "0%" where there is none.')
    tax = read.expression(stated, "tax", missing='state VAT, GST or the like, "0%" where there is none.')
    tax_base: tuple[Part, ...] = ()
    if "tax_base" in stated:
        tax_base = read.bases(stated, "tax_base", PARTS)
    elif tax.takes_percentage:
        read.missing("customs.tax_base", 'list what the tax is on, such as ["value", "duty", "excise"].')
    more: dict[str, Any] = {}
    if "excise_base" in stated:
        more["excise_base"] = read.bases(
            stated, "excise_base", [p for p in PARTS if p not in ("excise", "fees")]
        )
    if "relief_on" in stated:
        more["relief_on"] = read.one_of("customs.relief_on", stated["relief_on"], ("goods", "customs_value"))
    for key in ("free_of_duty_up_to", "free_of_tax_up_to"):
        more[key] = read.number(stated, "customs", key) or Decimal(0)
    excise = read.expression(stated, "excise")
    fees = _fees(read, stated)
    return Customs(cast("Basis", basis), duty, excise, tax, fees, tax_base, **more)


def _fees(read: _Reader, stated: Mapping[str, Any]) -> Duty:
    """Read fees: a plain number is an amount in the result's currency, else an expression."""
    if (amount := _decimal(stated.get("fees"))) is None:
        return read.expression(stated, "fees", fixed=True)
    if amount < 0:
        read.fault("customs.fees", f"is {stated['fees']}; it must be zero or more.")
    return Duty(
        f"{amount:f}",
        (expressions.Term(amount, _free_currency(read), "", Decimal(1), "as stated"),) if amount else (),
    )


def _rounding(read: _Reader, data: Mapping[str, Any]) -> dict[LeviedAs, Rounding]:
    stated = data.get("rounding", _MISSING)
    if stated is _MISSING:
        read.notes.append(
            "rounding is not stated: each levy is rounded to the currency's smallest unit, halves up."
        )
        return {}
    if not isinstance(stated, dict):
        word = read.one_of("rounding", stated, ROUNDINGS)
        return dict.fromkeys(LEVIES, cast("Rounding", word)) if word else {}
    read.section("rounding", "")
    words = {
        key: read.one_of(f"rounding.{key}", word, ROUNDINGS)
        for key, word in stated.items()
        if key in KEYS["rounding"]
    }
    other = words.pop("other", "")
    return {levy: cast("Rounding", words.get(levy, other)) for levy in LEVIES if words.get(levy, other)}


def _decimal(found: object) -> Decimal | None:
    """Return a number written as text or as a number; None where it is none or too long."""
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        return None
    text = found.strip() if isinstance(found, str) else str(found)
    # "-0" is nothing, not a debt.
    return (Decimal(text) or Decimal(0)) if _NUMBER.fullmatch(text) else None


def _path(section: str, key: str) -> str:
    return f"{section}.{key}" if section else key


def _shown(found: object) -> str:
    """Show a value as it was found, shortened."""
    text = (
        f'"{found}"'
        if isinstance(found, str)
        else str(found).lower()
        if isinstance(found, bool)
        else str(found)
    )
    return text if len(text) <= 60 else text[:57] + "..."
