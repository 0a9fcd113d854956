"""Which members are put together: blocks of five and more that never overlap."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondaco.network.disclosure.cells import Policy
from fondaco.network.disclosure.indicators import Figure


@dataclass(frozen=True)
class Contribution:
    """A member who shares an indicator, its traits, and its figure where there is one."""

    member: str
    traits: Mapping[str, str]
    figure: Figure | None


def split(members: Sequence[Contribution], policy: Policy) -> list[tuple[Contribution, ...]]:
    """Return blocks of members who are alike: first by home and size, then by one of them, then as they come.

    Those who are left over wait until they are five.  Who goes where depends on names and traits alone.

    Examples
    --------
    >>> at = [Contribution(str(n), {"home": "ITA" if n < 6 else "KOR"}, None) for n in range(9)]
    >>> [sorted(each.member for each in block) for block in split(at, Policy())]
    [['0', '1', '2', '3', '4', '5']]
    """
    ordered = sorted(members, key=lambda each: hashlib.sha256(each.member.encode()).hexdigest())
    found, _left = _by(ordered, ("home", "size"), policy)
    return [part for group in found for part in _parts(group, policy)]


def common(members: Sequence[Contribution]) -> dict[str, str]:
    """Return the traits that all of them have in common."""
    first = members[0].traits
    return {
        name: value
        for name, value in first.items()
        if all(each.traits.get(name) == value for each in members)
    }


def _by(
    members: list[Contribution], traits: tuple[str, ...], policy: Policy
) -> tuple[list[list[Contribution]], list[Contribution]]:
    found, left = [], members
    for number, trait in enumerate(traits):
        groups: dict[str, list[Contribution]] = {}
        for each in left:
            groups.setdefault(each.traits.get(trait, ""), []).append(each)
        left = []
        for value, held in sorted(groups.items()):
            if value and len(held) >= policy.contributors:
                blocks, rest = _by(held, traits[number + 1 :], policy)
                found += blocks
                left += rest
            else:
                left += held
    if len(left) >= policy.contributors:
        found.append(left)
        left = []
    return found, left


def _parts(group: list[Contribution], policy: Policy) -> list[tuple[Contribution, ...]]:
    count = max(1, len(group) // max(policy.block, policy.contributors))
    return [tuple(group[start::count]) for start in range(count)]
