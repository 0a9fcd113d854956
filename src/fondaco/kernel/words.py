"""Numbers in sentences, and the mark of sentences that are translated where they are shown."""

from __future__ import annotations

from decimal import Decimal


def many(count: int | Decimal, what: str) -> str:
    """Return how many there are of something that takes an ``s`` where there is not one.

    >>> many(1, "unit"), many(0, "step"), many(2400, "unit"), many(Decimal("2400.0000"), "unit")
    ('1 unit', '0 steps', '2,400 units', '2,400 units')
    """
    return f"{plain(count)} {what}{'' if count == 1 else 's'}"


def plain(number: int | Decimal) -> str:
    """Return a number with commas, and without zeros at its end that say nothing.

    >>> plain(Decimal("2400.0000")), plain(Decimal("2.50")), plain(12)
    ('2,400', '2.5', '12')
    """
    said = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def gettext_noop(sentence: str) -> str:
    """Return a sentence as it is; the name tells the collector of strings that it is shown through gettext.

    Rooms below the site know no language.  A sentence that they hold as a value is marked where it stands, and
    translated by the page that shows it.

    >>> gettext_noop("the lowest price to accept")
    'the lowest price to accept'
    """
    return sentence
