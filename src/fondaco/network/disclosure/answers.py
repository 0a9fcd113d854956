"""Questions about a network, answered from what is published and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from fondaco.kernel.errors import InputError
from fondaco.network.disclosure.cells import Policy
from fondaco.network.disclosure.history import Block, History
from fondaco.network.disclosure.indicators import SCALES, TRAITS, Indicator

#: Numbers of members are told rounded down to a multiple of it.
ROUNDED = 5
Group = tuple[tuple[str, str], ...]


def group_of(text: str | None) -> Group:
    """Read a group: ``home=ITA``, ``size=1-9`` or both with a comma; empty or ``all`` for the whole network.

    Examples
    --------
    >>> group_of("size=1-9, home=ita")
    (('home', 'ITA'), ('size', '1-9'))
    """
    if not (text or "").strip() or (text or "").strip().casefold() == "all":
        return ()
    found: dict[str, str] = {}
    for part in (text or "").split(","):
        name, sign, value = (each.strip() for each in part.partition("="))
        if name not in TRAITS or not sign or not value or name in found:
            raise InputError(
                f"The group {text!r} cannot be read: write home=ITA, size=1-9, or both with a comma between."
            )
        found[name] = value.upper() if name == "home" else value
    return tuple(sorted(found.items()))


def words(group: Group) -> str:
    """Return the group as it is written."""
    return ",".join(f"{name}={value}" for name, value in group) or "all"


@dataclass(frozen=True)
class Cell:
    """A published figure of a group.

    Attributes
    ----------
    n
        How many members it rests on, rounded down to a multiple of five.
    mean, low, high
        The mean lies between `low` and `high`; `mean` is their middle.  In `unit`.
    since, until
        The days that it rests on, of all members together.
    epsilon
        Of an answer with noise: what it cost; `low` and `high` then hold in 95 of 100 cases.
    """

    indicator: Indicator
    group: Group
    n: int
    mean: float
    low: float
    high: float
    since: date | None
    until: date
    epsilon: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the cell as JSON values."""
        return {
            "indicator": self.indicator.value, "group": words(self.group), "n": self.n, "mean": self.mean,
            "low": self.low, "high": self.high, "unit": SCALES[self.indicator].unit,
            "since": self.since and self.since.isoformat(), "until": self.until.isoformat(), "epsilon": self.epsilon,
        }  # fmt: skip


@dataclass(frozen=True)
class Withheld:
    """A figure that is not shown, and why in a sentence; the reason never rests on figures."""

    indicator: Indicator
    group: Group
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "indicator": self.indicator.value,
            "group": words(self.group),
            "withheld": True,
            "why": self.why,
        }


def answer(
    history: History,
    sharing: Mapping[str, Mapping[str, str]],
    group: Group,
    *,
    viewer: str | None,
    policy: Policy,
) -> Cell | Withheld:
    """Return what a network shows of an indicator for a group.

    Parameters
    ----------
    sharing
        Members of the network who share the indicator in it now, with their traits.
    viewer
        The member who asks, who sees what it shares; None for a supporter.
    """
    return answers(history, sharing, [group], viewer=viewer, policy=policy)[0]


def answers(
    history: History,
    sharing: Mapping[str, Mapping[str, str]],
    groups: Sequence[Group],
    *,
    viewer: str | None,
    policy: Policy,
) -> list[Cell | Withheld]:
    """Return what `answer` does, for several groups."""
    of = history.indicator
    if viewer is not None and viewer not in sharing:
        why = "You see what you share: share this figure to see that of the others."
        return [Withheld(of, group, why) for group in groups]
    blocks = [(block, set(block.traits.items())) for block in seen(history, sharing.keys())]
    members = [set(traits.items()) for traits in sharing.values()]
    found: list[Cell | Withheld] = []
    for group in groups:
        wanted = set(group)
        shown = [block for block, traits in blocks if wanted <= traits]
        told = [block for block in shown if block.mean is not None]
        if sum(wanted <= traits for traits in members) < policy.contributors:
            why = f"Fewer than {policy.contributors} members of this group share it."
            found.append(Withheld(of, group, why))
        elif not told:
            found.append(Withheld(of, group, shown[0].why if shown else _waiting(policy, group)))
        else:
            found.append(_cell(of, group, told))
    return found


def seen(history: History, sharing: AbstractSet[str]) -> list[Block]:
    """Return the blocks that a network may show: its own, and others' all of whose members share in it too."""
    return [block for block in history.blocks if set(block.members) <= sharing]


def _cell(of: Indicator, group: Group, told: list[Block]) -> Cell:
    scale = SCALES[of]
    n = sum(len(block.members) for block in told)
    low, high = (
        sum(len(block.members) * bound for block, bound in zip(told, bounds, strict=True)) / n
        for bounds in (
            [block.mean.low for block in told if block.mean],
            [block.mean.high for block in told if block.mean],
        )
    )
    digits = max(2, len(f"{scale.step:g}".partition(".")[2]) + 1)
    return Cell(
        of, group, n - n % ROUNDED, round((low + high) / 2, digits), round(low, digits), round(high, digits),
        min(block.since for block in told), max(block.until for block in told),
    )  # fmt: skip


def _waiting(policy: Policy, group: Group) -> str:
    if not group:
        return f"Shown once {policy.contributors} members share it who have figures of days that were not shown before."
    return (
        f"Those of the group who share it are counted together with others, because fewer than {policy.contributors} "
        "of them could be shown apart, or because they rest after somebody withdrew."
    )
