"""How far each buyer is, by what the files show, and how many go from one stage to the next.

The stages of the study of five firms: *awareness* (the firm's pages are seen; visitors have no names), *exploration* (a buyer
asks), *expansion* (a first order) and *commitment* (orders on two days or more, or a standing agreement that people
entered).  How many move on is told with those who have not yet counted for as long as they were seen
(`fondaco.relationships.waiting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fondaco.numerics import Estimate, unknown
from fondaco.relationships.waiting import AFTER, Wait, waits

Stage = Literal["awareness", "exploration", "expansion", "commitment"]
STAGES: tuple[Stage, ...] = ("awareness", "exploration", "expansion", "commitment")


@dataclass(frozen=True)
class Seen:
    """A buyer as the files show it: days on which it asked and ordered, each once and rising; market and platforms.

    ``agreed`` is since when a standing agreement with it holds, which no file tells; None without one.
    """

    asked: tuple[date, ...]
    ordered: tuple[date, ...]
    market: str | None = None
    platforms: tuple[str, ...] = ()
    agreed: date | None = None

    @property
    def committed(self) -> date | None:
        """Since when it is bound: its second order or a standing agreement, whichever came first.

        >>> Seen((), (date(2026, 1, 2), date(2026, 3, 1)), agreed=date(2026, 2, 1)).committed
        datetime.date(2026, 2, 1)
        """
        return min((*self.ordered[1:2], *([self.agreed] if self.agreed else [])), default=None)

    @property
    def stage(self) -> Stage:
        """How far the buyer is.

        >>> Seen((date(2026, 1, 2),), ()).stage, Seen((), (date(2026, 1, 2), date(2026, 3, 1))).stage
        ('exploration', 'commitment')
        """
        return "commitment" if self.committed else "expansion" if self.ordered else "exploration"

    @property
    def since(self) -> date:
        """Since when: the second order or the agreement, the first order, or the first time that it asked."""
        return self.committed or (self.ordered[0] if self.ordered else self.asked[0])


@dataclass(frozen=True)
class Step:
    """A stage of the funnel.

    Attributes
    ----------
    stage, now
        How many are at it; of awareness the visitors counted, None where no file counts them.
    moved
        By days: the share of those of the stage before who came here within so many days.
    """

    stage: Stage
    now: int | None
    moved: Mapping[int, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        moved = {str(days): told.to_json() for days, told in self.moved.items()}
        return {"stage": self.stage, "buyers": self.now, "moved_within_days": moved}


def funnel(buyers: Iterable[Seen], until: date, visitors: int | None = None) -> tuple[Step, ...]:
    """Return the funnel of some buyers.

    Parameters
    ----------
    until
        The last day that is known.
    visitors
        How many saw the firm's pages.

    Examples
    --------
    >>> day = date(2026, 1, 1)
    >>> held = [Seen((day,), (date(2026, 1, 11),))] * 3 + [Seen((day,), ())] * 7
    >>> steps = funnel(held, date(2026, 12, 1))
    >>> [step.now for step in steps], round(steps[2].moved[90].estimate, 2)
    ([None, 7, 3, 0], 0.3)
    """
    held = list(buyers)
    at = Counter(buyer.stage for buyer in held)
    return (
        Step("awareness", visitors, {}),
        Step("exploration", at["exploration"], dict.fromkeys(AFTER, unknown("Visitors have no names: who of them asked is not known."))),
        Step("expansion", at["expansion"], _moved(map(_to_first, held), until, "Nobody was seen to ask.")),
        Step("commitment", at["commitment"], _moved(map(_to_second, held), until, "Nobody has ordered.")),
    )  # fmt: skip


def by(
    buyers: Sequence[Seen], until: date, group: Callable[[Seen], Iterable[str]]
) -> dict[str, tuple[Step, ...]]:
    """Return the funnel of each group, the largest first; a buyer may be in several."""
    found: dict[str, list[Seen]] = {}
    for buyer in buyers:
        for name in group(buyer):
            found.setdefault(name, []).append(buyer)
    return {
        name: funnel(held, until)
        for name, held in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def to_first_order(buyers: Iterable[Seen], until: date) -> tuple[Wait, ...]:
    """Tell how long buyers take from their first inquiry to their first order, by market.

    Who had ordered before asking is left out.

    Examples
    --------
    >>> day = date(2026, 1, 1)
    >>> found = to_first_order([Seen((day,), (date(2026, 1, 31),)), Seen((day,), ())], date(2026, 2, 1))
    >>> found[0].cases, found[0].done, found[0].median.estimate
    (2, 1, 30.0)
    """
    held = [(buyer.market, step) for buyer in buyers if (step := _to_first(buyer)) is not None]
    days = [_since(step, until) for _, step in held]
    return waits(days, [step[1] is not None for _, step in held], [market for market, _ in held])


def _to_first(buyer: Seen) -> tuple[date, date | None] | None:
    """Return when a buyer first asked, and when it then ordered; None for one who had ordered before, or never asked."""
    if not buyer.asked or (buyer.ordered and buyer.ordered[0] < buyer.asked[0]):
        return None
    return buyer.asked[0], buyer.ordered[0] if buyer.ordered else None


def _since(step: tuple[date, date | None], until: date) -> int:
    """Return how many days a step took or has been waited for: none for one begun after the last day that the files tell of."""
    begun, done = step
    return ((done or max(until, begun)) - begun).days


def _to_second(buyer: Seen) -> tuple[date, date | None] | None:
    if not buyer.ordered:
        return None
    return buyer.ordered[0], None if buyer.committed is None else max(buyer.ordered[0], buyer.committed)


def _moved(
    steps: Iterable[tuple[date, date | None] | None], until: date, nobody: str
) -> Mapping[int, Estimate]:
    held = [step for step in steps if step is not None]
    if not held:
        return dict.fromkeys(AFTER, unknown(nobody))
    days = [_since(step, until) for step in held]
    return waits(days, [done is not None for _, done in held], [None] * len(held))[0].within
