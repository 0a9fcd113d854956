"""What a firm quotes on, and who may go down how far alone.

Both stand in ``firms/SLUG.authority.toml``; all of it may be left out::

    [terms]                           # what a new quotation begins with
    incoterm = "FCA"
    place = "Siena"
    valid_days = 30
    payment = "30% in advance, 70% before shipping"
    payment_days = 15
    samples = "Two bottles free; the buyer pays the courier"
    notes = "Prices without tax."

    [[limit]]                         # of everybody who is no owner
    discount = "0.08"                 # share off the price to begin from
    total = "20000"                   # of a quotation, in the firm's currency

    [[limit]]
    who = "bob@example.org"           # in place of the one for everybody
    discount = "0.12"
    lowest = {"W-1" = "7.90 EUR"}     # price of a unit, by article

Where no limit is stated, everybody may go down to the lowest price of the range.  Beyond a limit, and below the range
whatever the limits are, an owner has to release the quotation; what cannot be compared with a limit counts as beyond
it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

import tomli_w

from fondaco.desk.quotation.values import Line, Quotation, Terms, amount, terms_from, words
from fondaco.kernel import InputError
from fondaco.kernel.money import Money
from fondaco.strategy.price.promise import MOST

#: Units of the second currency for one of the first; None where not known.
Exchange = Callable[[str, str], Decimal | None]


@dataclass(frozen=True)
class Limit:
    """How far somebody may go alone.

    Attributes
    ----------
    who
        An e-mail address; empty for everybody.
    discount
        Share off the price to begin from.
    total
        Of a quotation, in the firm's currency.
    lowest
        Price of a unit by article number.
    """

    who: str = ""
    discount: Decimal | None = None
    total: Decimal | None = None
    lowest: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True)
class Authority:
    """The limits of a firm."""

    limits: tuple[Limit, ...] = ()

    def of(self, who: str) -> Limit | None:
        """Return the limit of a person: the one that names them, else everybody's; None where there is none."""
        named = {each.who.casefold(): each for each in self.limits}
        return named.get(who.strip().casefold()) or named.get("")


@dataclass(frozen=True)
class Quoting:
    """What a firm states of its quotations: `stated` holds the terms that it names, `terms` all of them."""

    terms: Terms = field(default_factory=Terms)
    limits: tuple[Limit, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=64)
def parse_quoting(text: str, where: str) -> Quoting:
    r"""Read the file.

    Raises
    ------
    InputError
        Naming the file and the field that is wrong, with what was found.

    Examples
    --------
    >>> held = parse_quoting('[[limit]]\ndiscount = "0.08"', "a.toml")
    >>> Authority(held.limits).of("bob@example.org").discount
    Decimal('0.08')
    """
    try:
        held = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    if strange := sorted(set(held) - {"terms", "limit"}):
        raise InputError(f"{where} has no {strange[0]!r}: it holds [terms] and [[limit]].")
    stated, limits = held.get("terms", {}), held.get("limit", [])
    if not isinstance(stated, dict) or not isinstance(limits, list):
        raise InputError(f"{where}: write terms under [terms] and each limit under [[limit]].")
    if strange := sorted(set(stated) - set(Terms.__dataclass_fields__)):
        raise InputError(
            f"{where}, terms: there is no {strange[0]!r}; terms are {', '.join(Terms.__dataclass_fields__)}."
        )
    try:
        terms = terms_from(stated)
        found = tuple(_limit(each, n) for n, each in enumerate(limits, 1))
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    if len({each.who.casefold() for each in found}) < len(found):
        raise InputError(
            f"{where}: two limits name the same person, or two are for everybody; keep one of them."
        )
    return Quoting(terms, found, stated)


def quoting_text(terms: Mapping[str, Any], limits: tuple[Limit, ...]) -> str:
    """Return terms and limits as TOML that `parse_quoting` reads again."""
    told: list[dict[str, Any]] = []
    for each in limits:
        held: dict[str, Any] = {"who": each.who} if each.who else {}
        for name in ("discount", "total"):
            if (value := getattr(each, name)) is not None:
                held[name] = f"{value:f}"
        if each.lowest:
            held["lowest"] = {sku: str(price) for sku, price in each.lowest.items()}
        told.append(held)
    return tomli_w.dumps({"terms": {k: v for k, v in terms.items() if v not in (None, "")}, "limit": told})


def _limit(said: Any, number: int) -> Limit:
    where = f"limit {number}"
    if not isinstance(said, dict) or (strange := sorted(set(said) - {"who", "discount", "total", "lowest"})):
        raise InputError(f"{where}: it may hold who, discount, total and lowest, not {strange[0] if isinstance(said, dict) else said!r}.")  # fmt: skip
    discount = _share(said.get("discount"), f"{where}, discount")
    lowest = said.get("lowest", {})
    if not isinstance(lowest, dict):
        raise InputError(f'{where}, lowest: write {{"SKU" = "7.90 EUR"}}.')
    prices = {sku: Money.parse(words(price, f"{where}, lowest {sku}")) for sku, price in lowest.items()}
    return Limit(
        words(said.get("who"), f"{where}, who"),
        discount,
        _number(said.get("total"), f"{where}, total"),
        prices,
    )


def _number(said: Any, what: str) -> Decimal | None:
    return amount(said, what, MOST)


def _share(said: Any, what: str) -> Decimal | None:
    found = amount(said, what, MOST)
    if found is not None and found >= 1:
        raise InputError(f"{what} says {said}: it is a share such as 0.08, below 1.")
    return found


def beyond_authority(
    quotation: Quotation, limit: Limit | None, home: str, exchange: Exchange
) -> tuple[str, ...]:
    """Return in sentences where a quotation goes beyond what a person may grant alone; none where it does not.

    Parameters
    ----------
    limit
        Of the person; None where the firm states none.
    home
        The firm's currency, in which a limit's total is.

    Examples
    --------
    >>> from datetime import date
    >>> line = Line("W-1", "Wine", Decimal(60), Decimal("8.80"), low=Decimal(8), high=Decimal(10))
    >>> quote = Quotation("Ada", "KOR", "EUR", date(2026, 1, 5), (line,))
    >>> beyond_authority(quote, Limit(discount=Decimal("0.10")), "EUR", lambda one, other: Decimal(1))
    ('Wine: 12.0% off the price to begin from (10.00 EUR), where 10.0% may be granted.',)
    """
    said = [each for line in quotation.lines for each in _of_line(line, quotation.currency, limit, exchange)]
    if limit is not None and limit.total is not None:
        rate = exchange(quotation.currency, home)
        if rate is None:
            said.append(
                f"The total cannot be compared with the limit: no rate of {quotation.currency} in {home} is known."
            )
        elif (worth := quotation.total.amount * rate) > limit.total:
            said.append(f"The total is worth {worth:,.2f} {home}, where {limit.total:,.2f} may be quoted.")
    return tuple(said)


def _of_line(line: Line, currency: str, limit: Limit | None, exchange: Exchange) -> list[str]:
    said = []
    if line.low is not None and line.price < line.low:
        said.append(
            f"{line.name}: {Money(line.price, currency)} is below the lowest price of its range ({Money(line.low, currency)})."
        )
    if limit is None:
        return said
    if limit.discount is not None:
        if line.high is None:
            said.append(f"{line.name}: the price to begin from is not known, so no discount can be told.")
        elif (off := 1 - line.price / line.high) > limit.discount:
            said.append(
                f"{line.name}: {off:.1%} off the price to begin from ({Money(line.high, currency)}), "
                f"where {limit.discount:.1%} may be granted."
            )
    if (least := limit.lowest.get(line.sku)) is not None:
        rate = exchange(currency, least.currency)
        if rate is None:
            said.append(
                f"{line.name}: no rate of {currency} in {least.currency} is known, in which the lowest price is stated."
            )
        elif line.price * rate < least.amount:
            said.append(
                f"{line.name}: {Money(line.price, currency)} is below {least}, the lowest price that may be granted."
            )
    return said
