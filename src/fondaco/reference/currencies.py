"""Currencies: the codes of ISO 4217, and what the signs on a price can mean.

The codes are those in use in 2026 and those that the euro or a new unit replaced since 1999 and
that still stand in old files.
"""

from __future__ import annotations

#: ISO 4217 codes in use (funds, metals and test codes left out).
_USED = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO
    NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
    SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""

#: Codes withdrawn since 1999 that old files still state.
_GONE = """
    ANG ATS AZM BEF BGL BGN BYR CUC CYP DEM EEK ESP FIM FRF GHC GRD HRK IEP ITL LTL LUF LVL MRO MTL
    MZM NLG PTE ROL SDD SIT SKK SLL SRG STD TMM TRL VEB VEF XEU YUM ZMK ZWL
"""

_CODES = frozenset(_USED.split()) | frozenset(_GONE.split())

#: What each sign can mean; one meaning only where no other currency is written with it in trade.
_SIGNS: dict[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "£": ("GBP",),
    "₩": ("KRW",),
    "₹": ("INR",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₴": ("UAH",),
    "₫": ("VND",),
    "₪": ("ILS",),
    "₱": ("PHP",),
    "฿": ("THB",),
    "₮": ("MNT",),
    "₸": ("KZT",),
    "₼": ("AZN",),
    "₾": ("GEL",),
    "₦": ("NGN",),
    "₡": ("CRC",),
    "₲": ("PYG",),
    "₵": ("GHS",),
    "₭": ("LAK",),
    "៛": ("KHR",),
    "৳": ("BDT",),
    "zł": ("PLN",),
    "kč": ("CZK",),
    "ft": ("HUF",),
    "r$": ("BRL",),
    "us$": ("USD",),
    "$us": ("USD",),
    "c$": ("CAD",),
    "ca$": ("CAD",),
    "a$": ("AUD",),
    "au$": ("AUD",),
    "nz$": ("NZD",),
    "hk$": ("HKD",),
    "s$": ("SGD",),
    "nt$": ("TWD",),
    "mx$": ("MXN",),
    "cn¥": ("CNY",),
    "jp¥": ("JPY",),
    "rmb": ("CNY",),
    "元": ("CNY",),
    "円": ("JPY",),
    "원": ("KRW",),
    "rm": ("MYR",),
    "rp": ("IDR",),
    "руб": ("RUB",),
    "грн": ("UAH",),
    "лв": ("BGN",),
    "د.إ": ("AED",),
    "sfr": ("CHF",),
    "fr": ("CHF", "FRF", "BEF", "XOF", "XAF"),
    "lei": ("RON", "MDL"),
    "$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "﷼": ("SAR", "IRR", "QAR", "OMR", "YER"),
    "r": ("ZAR", "BRL", "RUB"),
    "din": ("RSD", "MKD", "DZD", "TND"),
}


def is_currency(code: str) -> bool:
    """Whether `code`, in any case, is an ISO 4217 code in use or withdrawn since 1999.

    >>> is_currency("eur"), is_currency("DEM"), is_currency("EURO")
    (True, True, False)
    """
    return code.strip().upper() in _CODES


def currency_of_symbol(symbol: str) -> str | None:
    """Return the currency that a sign or code means; ``None`` where it can mean several or none.

    >>> currency_of_symbol("€"), currency_of_symbol("US$"), currency_of_symbol("$")
    ('EUR', 'USD', None)
    """
    meant = candidates_of_symbol(symbol)
    return meant[0] if len(meant) == 1 else None


def candidates_of_symbol(symbol: str) -> tuple[str, ...]:
    """Return every currency that a sign or code can mean, the likeliest first.

    >>> candidates_of_symbol("¥")
    ('JPY', 'CNY')
    """
    text = symbol.strip().replace("￥", "¥").replace("￡", "£").replace("＄", "$")
    if is_currency(text):
        return (text.upper(),)
    return _SIGNS.get(text.casefold().rstrip("."), ())


#: Currencies that the ECB does not quote and that are tied to one it does, by law or long-standing practice
#: of their central bank: the anchor, and units for one of it.
PEGS: dict[str, tuple[str, float]] = {
    "AED": ("USD", 3.6725),
    "BAM": ("EUR", 1.95583),
    "BHD": ("USD", 0.376),
    "BTN": ("INR", 1.0),
    "CVE": ("EUR", 110.265),
    "JOD": ("USD", 0.709),
    "KMF": ("EUR", 491.96775),
    "LSL": ("ZAR", 1.0),
    "MOP": ("HKD", 1.03),
    "NAD": ("ZAR", 1.0),
    "NPR": ("INR", 1.6),
    "OMR": ("USD", 0.384497),
    "PAB": ("USD", 1.0),
    "QAR": ("USD", 3.64),
    "SAR": ("USD", 3.75),
    "SZL": ("ZAR", 1.0),
    "XAF": ("EUR", 655.957),
    "XCD": ("USD", 2.70),
    "XOF": ("EUR", 655.957),
    "XPF": ("EUR", 119.331742),
}

#: Countries that took the euro after the territory data of Babel were written.
_EURO_SINCE = {"BGR": "EUR"}


def currency_of_market(market: str) -> str | None:
    """Return the currency that is paid with in a country, by CLDR; None where CLDR names none.

    Examples
    --------
    >>> currency_of_market("KOR"), currency_of_market("BGR"), currency_of_market("ATA") is None
    ('KRW', 'EUR', True)
    """
    from babel.numbers import get_territory_currencies

    from fondaco.reference import countries

    if market in _EURO_SINCE:
        return _EURO_SINCE[market]
    if not countries.is_market(market):
        return None
    held = get_territory_currencies(countries.alpha2(market), tender=True)
    return str(held[0]) if held else None
