"""Where shared knowledge is missing, who has it at first hand, and who gave how much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fondaco.network.knowledge.items import KINDS, Item, Kind, judged


@dataclass(frozen=True)
class Cell:
    """What the network knows of one kind in one market: items that hold, of them first hand and confirmed."""

    kind: Kind
    market: str
    items: int
    first_hand: int
    confirmed: int
    outdated: int

    @property
    def state(self) -> Literal["none", "outdated", "second hand", "held"]:
        """How well it is known: nothing, only what is outdated, only by hearsay, or by somebody who was there."""
        if not self.items:
            return "outdated" if self.outdated else "none"
        return "held" if self.first_hand else "second hand"


def gaps(items: Iterable[Item], markets: Iterable[str], today: date) -> tuple[Cell, ...]:
    """Return the grid of kinds by markets, the markets that members name and those with items, in order.

    Examples
    --------
    >>> [(cell.kind, cell.state) for cell in gaps([], ["KOR"], date(2026, 1, 1))]
    [('customer', 'none'), ('market', 'none'), ('setting', 'none')]
    """
    held: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        held[item.market, item.kind].append(item)
    wanted = sorted({*markets, *(market for market, _ in held)})
    return tuple(_cell(kind, market, held[market, kind], today) for market in wanted for kind in KINDS)


def _cell(kind: Kind, market: str, items: Sequence[Item], today: date) -> Cell:
    states = [judged(item.review_by, item.votes, today).state for item in items]
    good = [item for item, state in zip(items, states, strict=True) if state != "outdated"]
    return Cell(
        kind,
        market,
        len(good),
        sum(item.first_hand for item in good),
        states.count("confirmed"),
        states.count("outdated"),
    )


@dataclass(frozen=True)
class Knower:
    """A member that knows a market: by items of its own at first hand, by stating that it sells there, or both."""

    firm: str
    market: str
    first_hand: int
    latest: date | None
    states_it: bool


def knowers(
    items: Iterable[Item], stated: Mapping[str, Iterable[str]], willing: Iterable[str]
) -> tuple[Knower, ...]:
    """Return who knows which market, those with most at first hand first.

    Parameters
    ----------
    items
        Of the board; the `author` is the firm.
    stated
        By firm, the markets that it says it sells to.
    willing
        The firms that agreed to be named as ones who know; nobody else is.

    Examples
    --------
    >>> knowers([], {"Tea": ["KOR"], "Salt": ["KOR"]}, ["Tea"])
    (Knower(firm='Tea', market='KOR', first_hand=0, latest=None, states_it=True),)
    """
    agreed = set(willing)
    seen: defaultdict[tuple[str, str], list[date]] = defaultdict(list)
    for item in items:
        if item.first_hand and item.author in agreed:
            seen[item.author, item.market].append(item.day)
    says = {(firm, market) for firm, markets in stated.items() if firm in agreed for market in markets}
    found = [
        Knower(
            firm,
            market,
            len(seen[firm, market]),
            max(seen[firm, market], default=None),
            (firm, market) in says,
        )
        for firm, market in {*seen, *says}
    ]
    return tuple(sorted(found, key=lambda each: (each.market, -each.first_hand, each.firm)))


def contributions(items: Iterable[Item], answers: Iterable[str] = ()) -> dict[str, dict[str, int]]:
    """Count what each named member gave: items of each kind, and answers; the unnamed stay together as ``""``.

    Examples
    --------
    >>> contributions([], ["Tea", "Tea"])
    {'Tea': {'customer': 0, 'market': 0, 'setting': 0, 'answers': 2}}
    """
    given = Counter((item.author, item.kind) for item in items)
    told = Counter(answers)
    return {
        firm: {**{kind: given[firm, kind] for kind in KINDS}, "answers": told[firm]}
        for firm in sorted({*(firm for firm, _ in given), *told})
    }
