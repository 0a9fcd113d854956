"""From pairs to buyers: what was decided, what the model is sure of, and each buyer's history over all channels.

A merge is a decision of a person, kept with who, when and why, and undone by taking it back; records are
never changed.  What two records were decided to be comes before what the model thinks, the latest decision of a
pair before earlier ones, and no chain of likenesses joins two that were decided to be apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fondaco.kernel.moments import aware


@dataclass(frozen=True)
class Decision:
    """What a person decided of two records.

    Attributes
    ----------
    left, right
        The records' ids.
    verdict
        ``one``, ``two``, or ``open``: an earlier decision is taken back.
    at, by, why
        When (with a time zone), who, and for what reason.
    """

    left: Hashable
    right: Hashable
    verdict: Literal["one", "two", "open"]
    at: datetime
    by: str
    why: str = ""

    def __post_init__(self) -> None:
        aware(self.at, "the decision")


@dataclass(frozen=True)
class Join:
    """Why two records of a buyer are held to be one: a decision, or the model with its probability."""

    left: Hashable
    right: Hashable
    by: str
    probability: float | None = None


@dataclass(frozen=True)
class Buyer:
    """A buyer: the ids of its records, and what joined them."""

    records: tuple[Hashable, ...]
    joined: tuple[Join, ...]


@dataclass(frozen=True)
class Event:
    """Something that a buyer did or got, on any channel; `address` is where the desk shows it."""

    at: datetime
    channel: str
    kind: str
    record: Hashable
    text: str = ""
    address: str = ""


def buyers(
    ids: Sequence[Hashable],
    sure: Iterable[tuple[Hashable, Hashable, float]],
    decisions: Iterable[Decision] = (),
) -> tuple[Buyer, ...]:
    """Return the buyers that records make up.

    Parameters
    ----------
    ids
        All records'.
    sure
        Pairs that the model joins, with their probability, in any order.
    decisions
        Everything that people decided, in any order.

    Examples
    --------
    >>> from datetime import UTC
    >>> held = [("a", "b", 0.99), ("b", "c", 0.985)]
    >>> [each.records for each in buyers("abcd", held)]
    [('a', 'b', 'c'), ('d',)]
    >>> apart = Decision("a", "c", "two", datetime(2026, 11, 30, tzinfo=UTC), "Ada", "father and son")
    >>> [each.records for each in buyers("abcd", held, [apart])]
    [('a', 'b'), ('c',), ('d',)]
    """
    known = set(ids)
    latest = _latest(decisions)
    groups = _Groups(ids, [pair for pair, said in latest.items() if said.verdict == "two"])
    joined: dict[Hashable, list[Join]] = defaultdict(list)
    for said in sorted(latest.values(), key=lambda each: each.at):
        if said.verdict == "one" and {said.left, said.right} <= known and groups.join(said.left, said.right):
            joined[said.left].append(Join(said.left, said.right, said.by))
    for left, right, probability in sorted(sure, key=lambda each: -each[2]):
        verdict = latest.get(frozenset((left, right)))
        if (
            {left, right} <= known
            and (verdict is None or verdict.verdict == "open")
            and groups.join(left, right)
        ):
            joined[left].append(Join(left, right, "model", round(probability, 4)))
    return tuple(
        Buyer(tuple(members), tuple(join for each in members for join in joined.get(each, ())))
        for members in groups.members()
    )


def timeline(buyer: Buyer, events: Iterable[Event]) -> tuple[Event, ...]:
    """Return what happened with a buyer over all its channels, in order of time (F53).

    Events of times that say no zone cannot be ordered and are refused (`InputError`).
    """
    held = set(buyer.records)
    found = [event for event in events if event.record in held]
    return tuple(sorted(found, key=lambda each: (aware(each.at, each.text or each.kind), each.channel)))


def _latest(decisions: Iterable[Decision]) -> Mapping[frozenset[Hashable], Decision]:
    found: dict[frozenset[Hashable], Decision] = {}
    for said in sorted(decisions, key=lambda each: each.at):
        found[frozenset((said.left, said.right))] = said
    return found


class _Groups:
    """Disjoint sets that know who must stay apart."""

    def __init__(self, ids: Sequence[Hashable], apart: Iterable[frozenset[Hashable]]) -> None:
        self._parent: dict[Hashable, Hashable] = {each: each for each in ids}
        self._order = {each: place for place, each in enumerate(ids)}
        self._apart: dict[Hashable, set[Hashable]] = defaultdict(set)
        for pair in apart:
            one, *other = pair
            if other and one in self._parent and other[0] in self._parent:
                self._apart[one].add(other[0])
                self._apart[other[0]].add(one)

    def _root(self, each: Hashable) -> Hashable:
        while self._parent[each] != each:
            self._parent[each] = self._parent[self._parent[each]]
            each = self._parent[each]
        return each

    def join(self, one: Hashable, other: Hashable) -> bool:
        """Join two sets; False where they are one already, or hold two that must stay apart."""
        ours, theirs = self._root(one), self._root(other)
        if ours == theirs or theirs in {self._root(each) for each in self._apart.get(ours, ())}:
            return False
        if self._order[theirs] < self._order[ours]:
            ours, theirs = theirs, ours
        self._parent[theirs] = ours
        if theirs in self._apart:
            self._apart[ours] |= self._apart.pop(theirs)
        return True

    def members(self) -> list[list[Hashable]]:
        """The sets, in the order of their first members."""
        found: dict[Hashable, list[Hashable]] = defaultdict(list)
        for each in self._parent:
            found[self._root(each)].append(each)
        return list(found.values())
