"""What price a buyer names: amounts with a currency in a text, and what they are the price of.

A number counts only beside a currency: a sign (€, £, ₩), a code of ISO 4217 in capitals, or a word such as
``euro``.  ``$`` alone is taken as US dollars and ``¥`` is left, as it is yen to one and yuan to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fondaco.reference.currencies import is_currency

_SIGNS = {
    "€": "EUR", "£": "GBP", "₩": "KRW", "$": "USD", "us$": "USD", "usd$": "USD", "r$": "BRL", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD",
    "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "nz$": "NZD", "mx$": "MXN",
}  # fmt: skip
_WORDS = {
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "usd": "USD", "dollar": "USD", "dollars": "USD", "gbp": "GBP", "pounds sterling": "GBP",
    "chf": "CHF", "jpy": "JPY", "yen": "JPY", "円": "JPY", "krw": "KRW", "원": "KRW", "cny": "CNY", "rmb": "CNY", "yuan": "CNY", "元": "CNY",
}  # fmt: skip
_NUMBER = r"\d{1,12}(?:[.,' \u00a0]\d{3})*(?:[.,]\d{1,4})?(?!\d)"
#: A dollar sign behind other letters than these is of a country that is not told.
_SIGN = r"(?<![A-JL-Za-jl-z])(?:USD?|us|R|AU?|CA?|HK|NT|NZ|S|MX)?\$|[€£₩]"
_WORD = r"[A-Z]{3}(?![A-Za-z])|(?i:euros?|eur|usd|dollars?|gbp|pounds sterling|chf|jpy|yen|krw|cny|rmb|yuan)(?![A-Za-z])|円|원|元"
_PRICE = re.compile(rf"(?P<before>{_SIGN}|(?<![A-Za-z])(?:{_WORD}))\s?(?P<after_sign>{_NUMBER})(?P<k>[kK](?![A-Za-z-]))?|(?<![\w.,])(?P<number>{_NUMBER})(?P<k_before>[kK](?=\s|[€£₩$]))?\s?(?P<after>{_SIGN}|{_WORD})")  # fmt: skip
_WHOLE = re.compile(r"\b(?:total|budget|altogether|all together|in all|insgesamt|gesamt\w*|totale|complessiv\w*|presupuesto|au total)\b|全部|合計|총", re.IGNORECASE)  # fmt: skip
_DELIVERED = re.compile(r"\b(?:deliver\w*|CIF|CIP|CFR|CPT|DAP|DPU|DDP|frei haus|reso|franco|livré\w*|shipping included|door to door)\b|送料込|배송비 포함|到岸", re.IGNORECASE)  # fmt: skip
_EACH = r"(?:/|\b(?:per|a|an|each|je|pro|al|alla|a|por|la|par|le|el)\b)"
_PACK = re.compile(rf"^\s?{_EACH}\s?(?:(?P<n>\d{{1,3}})[- ]?)?(?:case|carton|ctn|box|pack|crate|dozen|pallet|sack|drum|barrel|ton|tonne|mt|kg|kilo|gram|litre|liter|hl|karton|kiste|palette|sack|cartone|cassa|scatola|confezione|bancale|caja|docena|palet|caisse|douzaine)\w{{0,2}}\b(?:\s?(?:of|with|x|da|à|de|zu|mit|con|\()\s?(?P<of>\d{{1,3}})\b)?", re.IGNORECASE)  # fmt: skip
_BARE = re.compile(r"\b(?:price|pay|offer|target|budget|preis|zahlen|prezzo|pagare|precio|pagar|prix|payer)\b[^\d\n]{0,25}(?<![\d.,])(?P<price>\d{1,9}[.,]\d{1,2})(?![\d.,]*\d)(?!\s?(?:%|°|ml\b|cl\b|l\b|kg\b|g\b|vol\b|cm\b|mm\b))", re.IGNORECASE)  # fmt: skip
_FOR = re.compile(r"^\s?(?:for|für|per|pour|por)\s(?P<of>\d{1,6})\s?(?:pcs|pieces|units|bottles|jars|stück|flaschen|pezzi|bottiglie|pièces|bouteilles|piezas|unidades|botellas)\b", re.IGNORECASE)  # fmt: skip
_NO_CURRENCY = re.compile(r"(?:\b[A-Za-z]{1,3}\$|[¥￥]|\bRs\.?)\s?\d[\d.,]*")
#: A text beyond it is not read: nobody writes a price there.
_LONGEST = 20_000


@dataclass(frozen=True)
class Asked:
    """A price that a buyer names.

    `whole` where it is said to be of all of it, `delivered` where carriage is in it; `pack` where it is of a case, a kilo, a hundred
    pieces and the like, of which `of` is how many it holds, where that is said.
    """

    amount: Decimal
    currency: str
    whole: bool
    delivered: bool
    words: str
    pack: bool = False
    of: int | None = None


def prices_asked(text: str) -> tuple[Asked, ...]:
    """Return the prices that a text names, in its order, each once.

    Examples
    --------
    >>> [(str(a.amount), a.currency, a.whole) for a in prices_asked("Can you do 4,50 € per bottle, budget USD 1,200?")]
    [('4.50', 'EUR', False), ('1200', 'USD', True)]
    >>> prices_asked("Please quote 500 pcs of 750 ml")
    ()
    """
    return tuple({(a.amount, a.currency): a for a in reversed(list(_asked(text[:_LONGEST])))}.values())[::-1]


def price_without_currency(text: str) -> str:
    """Return the words in which a text seems to name a price and no currency; empty where it does not.

    Examples
    --------
    >>> price_without_currency("Our target price is 3.20 each"), price_without_currency("Price of the 12.5% vol wine?")
    ('target price is 3.20', '')
    """
    found = _BARE.search(text[:_LONGEST]) or _NO_CURRENCY.search(text[:_LONGEST])
    return found[0] if found else ""


def _asked(text: str) -> Iterator[Asked]:
    delivered = bool(_DELIVERED.search(text))
    for found in _PRICE.finditer(text):
        currency = _currency(found["before"] or found["after"])
        amount = _amount(found["after_sign"] or found["number"])
        if currency and amount:
            amount *= 1000 if found["k"] or found["k_before"] else 1
            near = text[max(found.start() - 24, 0) : found.end() + 16]
            after = text[found.end() : found.end() + 40]
            pack = _PACK.match(after) or _FOR.match(after)
            of = int((pack["of"] or pack.groupdict().get("n") or 0) if pack else 0) or None
            yield Asked(
                amount, currency, bool(_WHOLE.search(near)), delivered, found[0].strip(), bool(pack), of
            )


def _currency(said: str) -> str:
    word = said.casefold()
    code = _SIGNS.get(word) or _WORDS.get(word) or said
    return code if len(code) == 3 and code.isupper() and is_currency(code) else ""


def _amount(said: str) -> Decimal | None:
    """Read ``1,234.50``, ``1.234,50`` or ``4,50``: the last mark is of decimals unless three digits follow it."""
    plain = re.sub(r"[' \u00a0]", "", said)
    place = max(plain.rfind("."), plain.rfind(","))
    if place >= 0:
        whole, part = re.sub(r"[.,]", "", plain[:place]), plain[place + 1 :]
        plain = whole + part if len(part) == 3 and whole != "0" else f"{whole}.{part}"
    try:
        return Decimal(plain) or None
    except InvalidOperation:
        return None
