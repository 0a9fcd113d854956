"""Between which bounds a block's mean is published, so that no member of it learns another's figure.

Let `p` be the members' shares of the weights (1/n each for a plain mean), figures scaled to 0..1, and `w` the width to
which at least every member's figure must stay open.  Somebody who knows the figures of the heaviest member and the
published bounds ``[low, high]`` of the mean has another's figure between ``(low - known - rest) / p`` and
``(high - known) / p``.  Whatever the figures are, this stays `w` wide or wider if no bound lies nearer to an end of the
scale than ``p1 + w p2`` (for n equal members: ``(1 + w) / n``).  So the scale is cut at multiples of the step that lie
between the two, and the outer pieces are published whole ("24 % or less").  Which cuts there are depends on who is
in the block alone, never on the figures: a refusal tells nothing either.

The idea of bounding what an insider can work out is the p% rule of statistical disclosure control, and that decisions
must not depend on the secret is simulatable auditing (Hundepool et al., *Statistical Disclosure Control*, 2012, ch. 4;
Kenthapadi, Mishra and Nissim, 2005).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from fondaco.network.disclosure.indicators import Scale

#: Two figures nearer than this are one; sums of floats are exact to far better.
_TINY = 1e-9


@dataclass(frozen=True)
class Policy:
    """The rules of a network.

    Attributes
    ----------
    contributors
        The fewest members of a block.
    block
        Larger groups are cut into blocks of so many to twice as many, so that one who withdraws closes few figures.
    dominant
        The two heaviest members must hold less than this share of the weights.
    width
        The share of the scale to which every member's figure must stay open.
    coalition
        How many members may put their figures together against another.
    window
        Days that a figure rests on; no day of a member goes into two published figures.
    """

    contributors: int = 5
    block: int = 10
    dominant: float = 0.85
    width: float = 0.2
    coalition: int = 1
    window: int = 365

    def __post_init__(self) -> None:
        if self.contributors < 5 or self.dominant > 0.85:
            raise ValueError("Rules may be stricter than five contributors and 85 %, not laxer.")


@dataclass(frozen=True)
class Interval:
    """The published bounds of a block's mean, in the indicator's unit."""

    low: float
    high: float


def dominated(weights: Sequence[float], share: float = 0.85) -> bool:
    """Whether the two largest make up `share` or more of the total (the (n, k) rule with n = 2).

    Examples
    --------
    >>> dominated([40, 30, 10, 10, 10]), dominated([60, 30, 4, 3, 3])
    (False, True)
    """
    total = sum(weights)
    return total <= 0 or sum(sorted(weights)[-2:]) >= share * total - _TINY


def cuts(weights: Sequence[float], steps: int, policy: Policy) -> list[float]:
    """Return where the scale 0..1, of so many steps, is cut for members of such weights; empty where nowhere.

    Examples
    --------
    >>> cuts([1] * 5, 20, Policy())
    [0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75]
    """
    total = sum(weights)
    p = sorted((weight / total for weight in weights), reverse=True)
    known = policy.coalition
    if len(p) < max(policy.contributors, known + 2):
        return []
    if 1 - sum(p[: known + 1]) < policy.width * p[0]:
        return []  # the others are too light to hide the target
    margin = sum(p[:known]) + policy.width * p[known]
    first, last = ceil(margin * steps - _TINY), floor((1 - margin) * steps + _TINY)
    return [number / steps for number in range(first, last + 1)]


def interval(
    values: Sequence[float], weights: Sequence[float], scale: Scale, policy: Policy
) -> Interval | str:
    """Return the bounds of the members' weighted mean as they may be published, or why there are none.

    Parameters
    ----------
    values, weights
        One of each for every member; values in the scale's unit.

    Examples
    --------
    >>> share = Scale("", "share", 0, 1, 0.05)
    >>> interval([0.5, 0.61, 0.4, 0.7, 0.55], [1] * 5, share, Policy())
    Interval(low=0.55, high=0.6)
    >>> interval([1, 1, 1, 1, 0.9], [1] * 5, share, Policy())
    Interval(low=0.75, high=1.0)
    """
    if len(values) < policy.contributors:
        return f"Fewer than {policy.contributors} members are in it."
    if dominated(weights, policy.dominant):
        return f"Two members make up {policy.dominant:.0%} of it or more."
    span = scale.high - scale.low
    found = cuts(weights, round(span / scale.step), policy)
    if not found:
        return "Too much of it is one member's."
    mean = sum(
        weight * (min(max(value, scale.low), scale.high) - scale.low) / span
        for value, weight in zip(values, weights, strict=True)
    ) / sum(weights)
    edges = [0.0, *found, 1.0]
    place = min(bisect_right(edges, mean + _TINY), len(edges) - 1)
    low, high = edges[place - 1], edges[place]
    return Interval(round(scale.low + low * span, 9), round(scale.low + high * span, 9))
