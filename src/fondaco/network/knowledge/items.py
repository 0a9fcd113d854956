"""An item of shared knowledge, and whether it still holds.

The three kinds are those that Magni, Chierici, Fait and Lefebvre (2022, doi 10.1108/IMR-03-2021-0110) measured among
members of Italian agro-food consortia.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fondaco.markets.periods import months_after

RULE = "shared-knowledge/1"

Kind = Literal["customer", "market", "setting"]
KINDS: tuple[Kind, ...] = ("customer", "market", "setting")
Word = Literal["confirm", "dispute", "outdated"]
State = Literal["stated", "confirmed", "disputed", "outdated"]
STATES: tuple[State, ...] = ("confirmed", "stated", "disputed", "outdated")
#: A confirmation carries an item over its day of review for so many months.
CONFIRMED_FOR = 6
#: So many other members must call an item outdated before it counts as such ahead of its day of review.
CALLED_OUTDATED = 2


@dataclass(frozen=True)
class Vote:
    """What another member says of an item, with the reason; `voter` tells members apart and is not shown."""

    voter: str
    word: Word
    reason: str
    day: date


@dataclass(frozen=True)
class Item:
    """What somebody knows of a market.

    Attributes
    ----------
    id
        Its number on the board.
    kind
        One of `KINDS`.
    market
        ISO 3166-1 alpha-3.
    text, source
        What is known, and who said it or where it was seen.
    first_hand, tacit
        Whether it was seen or heard there; whether it is in somebody's head only.
    day, review_by
        When it was true, and when to look at it again.
    products
        HS chapters (two digits) or product words; none for all.
    barrier
        The part of a barrier sheet that it belongs to; empty for none.
    author
        The firm's name; empty where it is not to be named, or where the network itself wrote it.
    votes
        Of other members.
    """

    id: int
    kind: Kind
    market: str
    text: str
    source: str
    first_hand: bool
    tacit: bool
    day: date
    review_by: date
    products: tuple[str, ...] = ()
    barrier: str = ""
    author: str = ""
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True)
class Judged:
    """An item's state and what it rests on."""

    state: State
    confirm: int
    dispute: int
    outdated: int
    holds_until: date
    why: str


def judged(review_by: date, votes: Iterable[Vote], today: date) -> Judged:
    """Say whether an item still holds, from the latest vote of each other member and from its age.

    Parameters
    ----------
    review_by
        The day by which it was to be looked at again.
    votes
        Of other members; only the latest of each counts.
    today
        The day for which to say it.

    Notes
    -----
    *Outdated*: `CALLED_OUTDATED` members or more say so and fewer confirm it, or the day of review is past and no
    confirmation of the last six months carries it on.  *Disputed*: somebody disputes it, or calls it outdated, and
    confirmations are not more.  *Confirmed*: somebody confirms it.  *Stated*: nobody said anything yet.

    Examples
    --------
    >>> yes = Vote("tea", "confirm", "Seen in May.", date(2026, 5, 1))
    >>> judged(date(2026, 7, 1), [yes], date(2026, 8, 1)).state
    'confirmed'
    >>> judged(date(2026, 7, 1), [yes], date(2026, 12, 1)).state
    'outdated'
    """
    latest = {vote.voter: vote for vote in sorted(votes, key=lambda vote: vote.day)}
    count = {
        word: sum(vote.word == word for vote in latest.values())
        for word in ("confirm", "dispute", "outdated")
    }
    days = [vote.day for vote in latest.values() if vote.word == "confirm"]
    until = max([review_by, *(months_after(day, CONFIRMED_FOR) for day in days)])
    yes, no, old = count["confirm"], count["dispute"], count["outdated"]

    def said(state: State, why: str) -> Judged:
        return Judged(state, yes, no, old, until, why)

    if old >= CALLED_OUTDATED and old > yes:
        return said("outdated", f"{old} members call it outdated, {yes} confirm it.")
    if until <= today:
        return said(
            "outdated", f"It was to be looked at again by {until.isoformat()}, and nobody confirmed it since."
        )
    if no + old and no + old >= yes:
        return said("disputed", f"{no + old} dispute it or call it outdated, {yes} confirm it.")
    if yes:
        return said("confirmed", f"{yes} confirm it, {no + old} do not.")
    return said("stated", "Nobody else has judged it yet.")
