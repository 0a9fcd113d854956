"""Platforms as dated data: who buys there, who may sell, what can be done since when, and what nobody has looked up.

>>> from datetime import date
>>> book = platform_book()
>>> alibaba = book.named("alibaba")
>>> [alibaba.offers("ready-to-ship", "ITA", day) for day in (date(2022, 6, 1), date(2026, 11, 30))]
['no', 'yes']
>>> alibaba.limit("reply_hours", date(2022, 6, 1)).value
Decimal('24')
"""

from fondaco.reference.platforms.entries import (
    EVERYWHERE,
    KINDS,
    MECHANISMS,
    STEPS,
    Buyers,
    Fee,
    Group,
    Kind,
    Limit,
    Mechanism,
    MechanismName,
    Platform,
    Registration,
    State,
    names,
)
from fondaco.reference.platforms.files import REVIEW_AFTER, PlatformBook, parse, platform_book, shipped

__all__ = [
    "EVERYWHERE",
    "KINDS",
    "MECHANISMS",
    "REVIEW_AFTER",
    "STEPS",
    "Buyers",
    "Fee",
    "Group",
    "Kind",
    "Limit",
    "Mechanism",
    "MechanismName",
    "Platform",
    "PlatformBook",
    "Registration",
    "State",
    "names",
    "parse",
    "platform_book",
    "shipped",
]
