"""Counts of members that may be told without telling of one member.

A count is told in steps of five ("at least 10"), and only where at least five members are in it and five are not, so
that neither a statement nor its absence can be tied to a firm, and one firm's change of mind rarely shows.  (Figures
from ledgers go through stricter rules; these are statements that a firm makes to be counted.)
"""

from __future__ import annotations

LEAST = 5


def at_least(count: int, total: int) -> int | None:
    """Return a number that `count` of `total` members reaches, in steps of five; None where it may not be told.

    Examples
    --------
    >>> at_least(12, 40), at_least(4, 40), at_least(38, 40)
    (10, None, None)
    """
    if count < LEAST or total - count < LEAST:
        return None
    return count - count % LEAST
