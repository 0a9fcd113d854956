"""How supported firms fare after the signing: last sign of life, stage, the next step, and what may be told of all.

Of all together only released cells are told: counts in steps of five with five in and five out
(`fondaco.network.knowledge.counting`).  Means have one door, `fondaco.network.disclosure`; a programme's would be a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fondaco.network.knowledge.counting import LEAST, at_least

Reached = Literal["none", "inquiry", "order", "repeat"]
REACHED: tuple[Reached, ...] = ("none", "inquiry", "order", "repeat")
Step = Literal["begin", "listing", "quotation", "second", "tell", "call"]
#: Without a sign for so long, a firm is called before anything else; set by us.
QUIET = timedelta(days=90)
_NEXT: dict[Reached, Step] = {"none": "listing", "inquiry": "quotation", "order": "second", "repeat": "tell"}


@dataclass(frozen=True)
class Sign:
    """What a firm's own files tell of its way.

    Attributes
    ----------
    reached
        The furthest stage: no inquiry yet, inquiries, a first order from abroad, a foreign buyer who ordered again.
    last
        The day of its last inquiry or order; None where its files hold none.
    before, now
        Orders from abroad in the year before last, and in the last year.
    """

    firm: str
    reached: Reached = "none"
    last: date | None = None
    before: int = 0
    now: int = 0


def next_step(sign: Sign, today: date) -> Step:
    """Return what a supporter does next for a firm: its stage decides, a long silence comes before.

    Examples
    --------
    >>> day = date(2026, 6, 1)
    >>> next_step(Sign("tea", "order", date(2026, 5, 20)), day), next_step(Sign("tea", "order", date(2026, 1, 20)), day)
    ('second', 'call')
    >>> next_step(Sign("tea"), day)
    'begin'
    """
    if sign.last is None:
        return "begin"
    return "call" if today - sign.last > QUIET else _NEXT[sign.reached]


@dataclass(frozen=True)
class Told:
    """A released count: a number that it reaches (`least`) of `n` firms, rounded down to five; or why nothing is told."""

    about: str
    n: int = 0
    least: int | None = None
    why: str = ""


def count_told(about: str, held: Sequence[bool]) -> Told:
    """Return how many of some firms something holds for, as it may be told.

    Examples
    --------
    >>> count_told("sold abroad", [True] * 12 + [False] * 9).least
    10
    >>> count_told("sold abroad", [True] * 4).why
    'Fewer than five firms let it be counted.'
    """
    if len(held) < LEAST:
        return Told(about, why="Fewer than five firms let it be counted.")
    number = at_least(sum(held), len(held))
    if number is None:
        return Told(about, why="It is told only where it holds for five firms and does not for five others.")
    return Told(about, len(held) - len(held) % LEAST, number)


def growing(sign: Sign) -> bool:
    """Whether a firm had more orders from abroad in the last year than in the one before."""
    return sign.now > sign.before


def at_or_beyond(sign: Sign, stage: Reached) -> bool:
    """Whether a firm has come to a stage.

    >>> at_or_beyond(Sign("tea", "repeat"), "order")
    True
    """
    return REACHED.index(sign.reached) >= REACHED.index(stage)
