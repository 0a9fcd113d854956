"""What was published, so that nothing that is published later can be subtracted from it.

The rule that all others follow from: **no day of a member goes into two published figures.**  Blocks do not overlap; a
block's figure, once published, stands until every member of it has a figure of new days; a block that a member leaves
is closed, its figure dropped, and the others rest until they have figures of new days.  Blocks belong to the indicator,
not to the network: members of two networks are counted in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from fondaco.network.disclosure.blocks import Contribution, common, split
from fondaco.network.disclosure.cells import Interval, Policy, interval
from fondaco.network.disclosure.indicators import SCALES, Indicator


@dataclass(frozen=True)
class Block:
    """Members whose mean is published together.

    Attributes
    ----------
    network
        Where it was formed; other networks may show it where all of its members share there too.
    members, traits
        Short names, and what all of them have in common.
    since, until
        The days that their figures rest on, at most.
    mean
        Its published bounds; None where it is withheld, with `why`.
    """

    network: str
    members: tuple[str, ...]
    traits: Mapping[str, str]
    since: date
    until: date
    mean: Interval | None
    why: str = ""


@dataclass(frozen=True)
class Noisy:
    """An answer with noise: the mean and, in the indicator's unit, how far it is off in 95 of 100 cases."""

    network: str
    group: str
    n: int
    mean: float
    error: float
    epsilon: float
    day: date

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**vars(self), "day": self.day.isoformat()}

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> Noisy:
        """Return what `to_json` gave."""
        return cls(**{**held, "day": date.fromisoformat(held["day"])})


@dataclass(frozen=True)
class History:
    """What was published of one indicator, in all networks.

    Attributes
    ----------
    blocks
        Those that stand.
    used
        By member, the last day that went into a published figure, also of blocks that are closed.
    noisy
        Answers with noise, which are kept so that the same question gets the same answer.
    """

    indicator: Indicator
    blocks: tuple[Block, ...] = ()
    used: Mapping[str, date] = field(default_factory=dict)
    noisy: tuple[Noisy, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        blocks = [
            {
                "network": each.network, "members": list(each.members), "traits": dict(each.traits),
                "since": each.since.isoformat(), "until": each.until.isoformat(), "why": each.why,
                "mean": None if each.mean is None else [each.mean.low, each.mean.high],
            }
            for each in self.blocks
        ]  # fmt: skip
        used = {member: day.isoformat() for member, day in sorted(self.used.items())}
        noisy = [each.to_json() for each in self.noisy]
        return {"indicator": self.indicator.value, "blocks": blocks, "used": used, "noisy": noisy}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> History:
        """Return what `to_json` gave."""
        blocks = tuple(
            Block(
                each["network"], tuple(each["members"]), each["traits"], date.fromisoformat(each["since"]),
                date.fromisoformat(each["until"]), each["mean"] and Interval(*each["mean"]), each["why"],
            )
            for each in held["blocks"]
        )  # fmt: skip
        used = {member: date.fromisoformat(day) for member, day in held["used"].items()}
        noisy = tuple(Noisy.from_json(each) for each in held["noisy"])
        return cls(Indicator(held["indicator"]), blocks, used, noisy)


def publish(
    history: History, network: str, sharing: Sequence[Contribution], today: date, policy: Policy
) -> History:
    """Return the history after a network's figures were looked at anew.

    Parameters
    ----------
    history
        Of the indicator.
    sharing
        All members of the network who share it now, with or without a figure.
    today
        For blocks that nobody renewed for two windows, which are closed.

    Notes
    -----
    Publishing again without new days changes nothing.
    """
    held = {each.member: each for each in sharing}
    history = _closed(history, lambda block: block.network == network and not set(block.members) <= set(held))
    old = today - timedelta(days=2 * policy.window)
    history = _closed(history, lambda block: block.network == network and block.until < old)
    blocks: list[Block] = []
    made: list[Sequence[Contribution]] = []
    for block in history.blocks:
        members = [held[name] for name in block.members if name in held]
        if block.network == network and all(_fresh(each, history.used) for each in members):
            made.append(members)
        else:
            blocks.append(block)
    taken = {name for block in blocks for name in block.members}
    taken |= {each.member for members in made for each in members}
    waiting = [each for each in sharing if each.member not in taken and _fresh(each, history.used)]
    used = dict(history.used)
    for part in [*made, *split(waiting, policy)]:
        block = _block(network, part, history.indicator, policy)
        blocks.append(block)
        if block.mean is not None:
            used |= {each.member: each.figure.until for each in part if each.figure is not None}
    return replace(history, blocks=tuple(blocks), used=used)


def withdraw(history: History, network: str, members: Iterable[str]) -> History:
    """Return the history after members stopped sharing in a network: their blocks are closed, figures dropped.

    The others of these blocks rest until they have figures of new days: shown without the one who left, their mean
    could be subtracted from the old one.
    """
    gone = set(members)
    return _closed(history, lambda block: block.network == network and bool(gone & set(block.members)))


def _closed(history: History, which: Callable[[Block], bool]) -> History:
    return replace(history, blocks=tuple(block for block in history.blocks if not which(block)))


def _fresh(each: Contribution, used: Mapping[str, date]) -> bool:
    """Whether the member has a figure none of whose days went out before."""
    if each.figure is None:
        return False
    return each.member not in used or each.figure.since >= used[each.member]


def _block(network: str, members: Sequence[Contribution], of: Indicator, policy: Policy) -> Block:
    figures = [each.figure for each in members if each.figure is not None]
    mean = interval([f.value for f in figures], [f.weight for f in figures], SCALES[of], policy)
    return Block(
        network, tuple(each.member for each in members), common(members), min(f.since for f in figures),
        max(f.until for f in figures), None if isinstance(mean, str) else mean, mean if isinstance(mean, str) else "",
    )  # fmt: skip
