"""How buyers come from one stage to the next: how long it takes, who leaves on the way, who stands still, what helps.

Days are those on which a buyer asked or ordered.  A buyer *leaves* when it is logged as lost, or when nothing was seen of
it for `GONE` days; both end the waiting, which a curve that takes them for open cases would overstate
(`fondaco.numerics.competing`).  A relationship *stands still* when it has been silent for longer than three in four of
those who went on needed in all, and is not gone yet; a buyer who orders regularly is held to its own pace.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from fondaco.numerics import Estimate, unknown
from fondaco.numerics.competing import Incidence, incidence
from fondaco.numerics.estimates import share
from fondaco.relationships.stage import Seen, Stage

RULE = "onwards/1"
#: Silent for so many days, and a buyer is taken to have left (set: a year, as for goods bought once in a season).
GONE = 365
#: From so many who moved on, their own time tells how long is long; below, the days that are set.
ENOUGH = 8
SET: Mapping[Stage, int] = {"exploration": 45, "expansion": 120, "commitment": 180}
#: A buyer of three orders or more stands still at so many times its own mean time between orders; nobody does before so many
#: days of silence (both set).
OWN_GAPS, SOONEST = 2.0, 30
#: Signs count where they came within so many days, and only those who were still there then are compared.
LANDMARK = 30
#: Fewer on either side, and nothing is told of a sign.
FEWEST = 5

MOVED, LEFT = 1, 2
State = Literal["moving", "stands still", "gone"]


@dataclass(frozen=True)
class Way:
    """One buyer on its way from a stage to the next: the day it began, and how and when it ended; open with 0."""

    begun: date
    ended: date
    cause: int

    @property
    def days(self) -> int:
        """How long it took, or has taken so far."""
        return (self.ended - self.begun).days


def way_to(seen: Seen, stage: Stage, until: date, lost: date | None = None) -> Way | None:
    """Return a buyer's way to its first order (``expansion``), or to its second or a standing agreement (``commitment``).

    None where it never set out.

    Parameters
    ----------
    until
        The last day that is known.
    lost
        The day on which it was logged as lost.

    Examples
    --------
    >>> asked, ordered = (date(2026, 1, 1),), (date(2026, 2, 1), date(2026, 3, 1))
    >>> [way_to(Seen(asked, ordered), to, date(2026, 6, 1)).days for to in ("expansion", "commitment")]
    [31, 28]
    >>> way_to(Seen(asked, ()), "expansion", date(2027, 6, 1)).cause == LEFT
    True
    """
    if stage == "expansion":
        if not seen.asked or (seen.ordered and seen.ordered[0] < seen.asked[0]):
            return None
        begun, done = seen.asked[0], seen.ordered[0] if seen.ordered else None
        signs = [day for day in seen.asked if done is None or day <= done]
    else:
        if not seen.ordered:
            return None
        bound = seen.committed
        begun, done = seen.ordered[0], None if bound is None else max(seen.ordered[0], bound)
        signs = sorted({begun, *(day for day in seen.asked if begun < day and (done is None or day <= done))})
    end = done or max(until, *signs)
    exits = [one + timedelta(GONE) for one, other in pairwise([*signs, end]) if (other - one).days > GONE]
    if lost is not None and begun <= lost < end:
        exits.append(lost)
    if exits:
        return Way(begun, min(exits), LEFT)
    return Way(begun, end, MOVED if done else 0)


def curves(ways: Iterable[Way], *, level: float = 0.9) -> Mapping[int, Incidence] | None:
    """Return the shares who moved on (`MOVED`) and who left (`LEFT`) over days; None for nobody."""
    held = list(ways)
    if not held:
        return None
    return incidence([w.days for w in held], [w.cause for w in held], level=level)


@dataclass(frozen=True)
class Patience:
    """How long silence is usual at a stage: in days, of how many who moved on; 0 where the days are set."""

    stage: Stage
    days: int
    rests_on: int

    @property
    def says(self) -> str:
        """The days with what they rest on."""
        if self.rests_on:
            return f"three in four of {self.rests_on} who went on did so within {self.days} days"
        return f"{self.days} days, set by us: fewer than {ENOUGH} went on"


def patience(buyers: Iterable[Seen], until: date) -> Mapping[Stage, Patience]:
    """Return how long silence is usual at each stage."""
    held = list(buyers)
    found: dict[Stage, Patience] = {}
    steps: tuple[tuple[Stage, Stage], ...] = (("exploration", "expansion"), ("expansion", "commitment"))
    for at, to in steps:
        ways = (way_to(seen, to, until) for seen in held)
        found[at] = _usual(at, [way.days for way in ways if way is not None and way.cause == MOVED])
    gaps = [(other - one).days for seen in held for one, other in pairwise(seen.ordered[1:])]
    found["commitment"] = _usual("commitment", gaps)
    return found


def _usual(stage: Stage, days: Sequence[int]) -> Patience:
    if len(days) < ENOUGH:
        return Patience(stage, SET[stage], 0)
    return Patience(stage, math.ceil(np.quantile(days, 0.75)), len(days))


@dataclass(frozen=True)
class Standing:
    """Whether a relationship moves: since when it is silent (days), how long is usual, and in words."""

    state: State
    silent: int
    usual: int
    says: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"state": self.state, "silent_days": self.silent, "usual_days": self.usual, "says": self.says}


def standing_of(
    seen: Seen, last: date, until: date, usual: Mapping[Stage, Patience], lost: date | None = None
) -> Standing:
    """Tell whether a relationship moves, stands still, or is gone.

    Parameters
    ----------
    last
        The last sign of it on any channel.
    lost
        The day on which it was logged as lost, where that is so.

    Examples
    --------
    >>> usual = patience([], date(2026, 6, 1))
    >>> standing_of(Seen((date(2026, 1, 1),), ()), date(2026, 1, 1), date(2026, 6, 1), usual).state
    'stands still'
    """
    silent = (until - last).days
    held = usual[seen.stage]
    days, says = held.days, held.says
    if len(seen.ordered) > 2:
        gaps = [(other - one).days for one, other in pairwise(seen.ordered)]
        days = round(OWN_GAPS * sum(gaps) / len(gaps))
        says = f"{OWN_GAPS:g} times its own mean time between orders ({sum(gaps) / len(gaps):.0f} days)"
    if days < SOONEST:
        days, says = SOONEST, f"{SOONEST} days at least, set by us ({says})"
    if lost is not None and lost >= last:
        return Standing("gone", silent, days, f"Logged as lost on {lost}.")
    if silent > max(GONE, days):
        return Standing("gone", silent, days, f"Silent for {silent} days: taken to have left.")
    if silent > days:
        return Standing("stands still", silent, days, f"Silent for {silent} days; usual: {says}.")
    return Standing("moving", silent, days, f"Last seen {silent} days ago; usual: {says}.")


@dataclass(frozen=True)
class Helped:
    """Of those with a sign and those without: how many moved on, and by how much the shares differ."""

    sign: str
    with_: Estimate
    without: Estimate
    difference: Estimate
    cases: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "sign": self.sign, "with": self.with_.to_json(), "without": self.without.to_json(),
            "difference": self.difference.to_json(), "cases": list(self.cases),
        }  # fmt: skip


def what_helped(
    ways: Sequence[Way | None], signs: Sequence[Mapping[str, date]], *, within: int = 180
) -> tuple[Helped, ...]:
    """Compare those who showed a sign soon with those who did not: how many moved on within some days.

    A sign counts where it came within `LANDMARK` days of the beginning, and only buyers who had neither moved nor left by
    then, and were followed for `within` days or moved or left before, are compared: otherwise those who took longest would
    show most signs.  It goes with moving on; whether it makes them move is not told.

    Parameters
    ----------
    ways
        Of each buyer; None for those who did not set out.
    signs
        Of each buyer: sign to the first day on which it came.
    """  # fmt: skip
    held = [
        (way, shown)
        for way, shown in zip(ways, signs, strict=True)
        if way is not None and way.days > LANDMARK and (way.cause or way.days >= within)
    ]
    found = []
    for name in dict.fromkeys(name for shown in signs for name in shown):
        groups: dict[bool, list[bool]] = {True: [], False: []}
        for way, shown in held:
            early = name in shown and 0 <= (shown[name] - way.begun).days <= LANDMARK
            groups[early].append(way.cause == MOVED and way.days <= within)
        found.append(_compared(name, groups[True], groups[False]))
    return tuple(found)


def _compared(name: str, yes: Sequence[bool], no: Sequence[bool]) -> Helped:
    ours, theirs = share(sum(yes), len(yes)), share(sum(no), len(no))
    cases = len(yes), len(no)
    if min(cases) < FEWEST:
        why = f"Fewer than {FEWEST} on one side ({cases[0]} with, {cases[1]} without): too few to tell."
        return Helped(name, ours, theirs, unknown(why), cases)
    return Helped(name, ours, theirs, difference(ours, theirs), cases)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return one share less another, with the interval from those of the two (Newcombe 1998, Statistics in Medicine 17).

    Examples
    --------
    >>> difference(share(8, 10), share(2, 10)).to_json(2)
    {'estimate': 0.6, 'low': 0.24, 'high': 0.8, 'level': 0.9}
    """
    if (
        one.estimate is None or other.estimate is None or one.low is None or one.high is None
        or other.low is None or other.high is None
    ):  # fmt: skip
        return unknown("One of the two is not known.")
    told = one.estimate - other.estimate
    low = told - math.hypot(one.estimate - one.low, other.high - other.estimate)
    high = told + math.hypot(one.high - one.estimate, other.estimate - other.low)
    return Estimate(told, max(low, -1.0), min(high, 1.0), one.level)


__all__ = [
    "GONE", "LEFT", "MOVED", "Helped", "Patience", "Standing", "Way", "curves", "difference", "patience", "standing_of",
    "way_to", "what_helped",
]  # fmt: skip
