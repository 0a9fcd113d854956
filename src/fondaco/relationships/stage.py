"""How far each buyer is, by what the files show, and how many go from one stage to the next.

The stages of the study of five firms: *awareness* (the firm's pages are seen; visitors have no names), *exploration* (a buyer asks),
*expansion* (a first order) and *commitment* (orders on two days or more; standing agreements are in no file and are
not seen).  How many move on is told with those who have not yet counted for as long as they were seen
(`fondaco.relationships.waiting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fondaco.numerics import Estimate, unknown
from fondaco.relationships.waiting import AFTER, waits

Stage = Literal["awareness", "exploration", "expansion", "commitment"]
STAGES: tuple[Stage, ...] = ("awareness", "exploration", "expansion", "commitment")


@dataclass(frozen=True)
class Seen:
    """A buyer as the files show it: days on which it asked and ordered, each once and rising; market and platforms."""

    asked: tuple[date, ...]
    ordered: tuple[date, ...]
    market: str | None = None
    platforms: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage:
        """How far the buyer is.

        >>> Seen((date(2026, 1, 2),), ()).stage, Seen((), (date(2026, 1, 2), date(2026, 3, 1))).stage
        ('exploration', 'commitment')
        """
        return "commitment" if len(self.ordered) > 1 else "expansion" if self.ordered else "exploration"

    @property
    def since(self) -> date:
        """Since when: the second order, the first, or the first time that it asked."""
        return (
            self.ordered[1] if len(self.ordered) > 1 else self.ordered[0] if self.ordered else self.asked[0]
        )


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


def _to_first(buyer: Seen) -> tuple[date, date | None] | None:
    """Return when a buyer first asked, and when it then ordered; None for one who had ordered before, or never asked."""
    if not buyer.asked or (buyer.ordered and buyer.ordered[0] < buyer.asked[0]):
        return None
    return buyer.asked[0], buyer.ordered[0] if buyer.ordered else None


def _to_second(buyer: Seen) -> tuple[date, date | None] | None:
    if not buyer.ordered:
        return None
    return buyer.ordered[0], buyer.ordered[1] if len(buyer.ordered) > 1 else None


def _moved(
    steps: Iterable[tuple[date, date | None] | None], until: date, nobody: str
) -> Mapping[int, Estimate]:
    held = [step for step in steps if step is not None]
    if not held:
        return dict.fromkeys(AFTER, unknown(nobody))
    days = [((until if done is None else done) - begun).days for begun, done in held]
    return waits(days, [done is not None for _, done in held], [None] * len(held))[0].within
