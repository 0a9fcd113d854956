"""Numbers in addresses, such as ``?version=2``: what is none counts as not said."""

from __future__ import annotations


def number_of(said: str | None) -> int | None:
    """Return a number of up to eight digits, or None.

    >>> number_of("7"), number_of("²"), number_of("-1"), number_of(None)
    (7, None, None, None)
    """
    return int(said) if said and said.isdecimal() and len(said) < 9 else None
