"""Exact sums of money, money as text, and figures as they are told."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_CENT = Decimal("0.01")


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add up amounts exactly; None (nothing to add) counts as zero.

    Examples
    --------
    >>> total([Decimal("0.10"), None, Decimal("0.20")])
    Decimal('0.30')
    """
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def ratio(part: Decimal, whole: Decimal) -> float | None:
    """Return ``part / whole``, or None where the whole is not above zero.

    Examples
    --------
    >>> ratio(Decimal(1), Decimal(4)), ratio(Decimal(1), Decimal(0))
    (0.25, None)
    """
    return float(part / whole) if whole > 0 else None


def per(amount: Decimal, count: int) -> Decimal | None:
    """Return `amount` shared by `count`, to the hundredth; None where there is nothing to share by."""
    return (amount / count).quantize(_CENT) if count else None


def money(amount: Decimal) -> str:
    """Return an amount as text with two decimals, or with all it needs where these are more.

    Examples
    --------
    >>> money(Decimal("12.5000")), money(Decimal("0.1250"))
    ('12.50', '0.125')
    """
    cents = amount.quantize(_CENT)
    return f"{cents if cents == amount else amount.normalize():f}"


def rounded(number: float | None) -> float | None:
    """Return a share or a rate to four decimals, as JSON tells it; None stays None."""
    return None if number is None else round(number, 4)
