"""Names of countries and currencies in the visitor's language, and numbers as they are written there."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from babel.core import Locale
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from fondaco.reference import countries


def locale() -> Locale:
    """Return the visitor's locale."""
    return Locale.parse(to_locale(get_language() or "en"))


def market_name(code: str | None) -> str:
    """Return the market's name; a code that is no market is shown as it is."""
    if not code:
        return "—"
    return countries.name(code, str(locale())) if countries.is_market(code) else code


@cache
def _markets(language: str) -> tuple[tuple[str, str], ...]:
    named = ((code, countries.name(code, language)) for code in countries.markets())
    return tuple(sorted(named, key=lambda pair: pair[1]))


def market_choices() -> list[tuple[str, str]]:
    """Return alpha-3 and name of every market, by name."""
    return list(_markets(str(locale())))


def market_code(said: str) -> str | None:
    """Return the alpha-3 code of a country as somebody typed it, or ``None``."""
    return countries.resolve(said, codes=True).market


def currency_choices() -> list[tuple[str, str]]:
    """Return code and name of the currencies with a daily rate, by code."""
    names = locale().currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in CURRENCIES]


#: Currencies for which the ECB states, or until lately stated, a rate; the euro first.
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "AUD", "BGN", "BRL", "CAD", "CNY", "CZK", "DKK", "HKD", "HUF", "IDR", "ILS",
    "INR", "ISK", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "ZAR",
)  # fmt: skip


def money(amount: Decimal | float | None, currency: str) -> str:
    """Return an amount with its currency, to the cent."""
    if amount is None:
        return "—"
    return format_currency(amount, currency, locale=locale())


def money_short(amount: Decimal | float | None, currency: str) -> str:
    """Return an amount with its currency, without cents, for tables that are compared by eye."""
    if amount is None:
        return "—"
    # format_type keeps the place of the symbol; the pattern of digits is our own.
    return format_currency(
        round(Decimal(amount)), currency, locale=locale(), currency_digits=False, format="¤#,##0"
    )


def number(value: Decimal | float | None, digits: int = 0) -> str:
    """Return a number with thousands set apart."""
    if value is None:
        return "—"
    return format_decimal(
        round(Decimal(value), digits),
        format="#,##0" + ("." + "0" * digits if digits else ""),
        locale=locale(),
    )


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share (0.123) as per cent."""
    if share is None:
        return "—"
    return format_percent(
        share, format="#,##0" + ("." + "0" * digits if digits else "") + "%", locale=locale()
    )


def probability(share: float | None) -> str:
    """Return a probability as per cent; what rounds to certainty is said to be near it."""
    if share is not None and share < 0.01:
        return "< 1%"
    if share is not None and share > 0.99:
        return "> 99%"
    return percent(share)


def change(growth: float | None) -> str:
    """Return a growth (0.2 for 20 % more) with its sign."""
    if growth is None:
        return "—"
    if round(growth, 2) == 0:
        return "±0%"
    return format_percent(growth, format="+#,##0%;-#,##0%", locale=locale()).replace("-", "−")


#: Ways of selling of `fondaco.reference.regulations`, for people.
_WAYS = {
    "own_site": _("own site"),
    "shop_service": _("rented shop"),
    "select_mall": _("select mall"),
    "open_market": _("open market"),
    "social_account": _("social account"),
}


def way_of_selling(name: str) -> str:
    """Return a way of selling for people, or the name itself where there is none."""
    return str(_WAYS.get(name, name))


def ways_of_selling(held: Iterable[str]) -> str:
    """Return several ways of selling for people."""
    return ", ".join(way_of_selling(name) for name in held)
