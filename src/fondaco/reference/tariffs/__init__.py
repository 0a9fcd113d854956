"""What markets charge on entry: duty rows and market rules as dated data, shipped and the user's own."""

from fondaco.reference.tariffs.adding import Added, add
from fondaco.reference.tariffs.book import Found, Held, TariffBook, json_of
from fondaco.reference.tariffs.rows import GROUPS, Dated, Excise, Fee, MarketRule, Tariff

__all__ = [
    "GROUPS",
    "Added",
    "Dated",
    "Excise",
    "Fee",
    "Found",
    "Held",
    "MarketRule",
    "Tariff",
    "TariffBook",
    "add",
    "json_of",
]
