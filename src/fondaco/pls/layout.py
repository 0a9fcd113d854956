"""Where the constructs of a path diagram stand: columns from left to right, as few crossings as can be found.

The steps are those of Sugiyama, Tagawa and Toda (1981), IEEE Transactions on Systems, Man, and Cybernetics 11(2):
columns by the longest chain of causes, orders within columns by barycentres, heights by least squares.
All lengths are in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

#: Steps of the search for a good order, and of the settling of heights.
_SWEEPS = 24
_SETTLING = 40


@dataclass(frozen=True)
class Extent:
    """How far a construct and its indicators reach above and below its middle."""

    above: float
    below: float


@dataclass(frozen=True)
class Places:
    """Where everything stands.

    Attributes
    ----------
    columns
        The names in each column from left to right, top to bottom; a path that passes a column has
        a place in it under `passing`.
    heights
        The middle of each name or passing path, from the top.
    routes
        For each path (from, to) the passing places between its ends.
    """

    columns: tuple[tuple[str, ...], ...]
    heights: Mapping[str, float]
    routes: Mapping[tuple[str, str], tuple[str, ...]]


def passing(path: tuple[str, str], column: int) -> str:
    """Return the name of the place where a path passes a column (no construct has such a name)."""
    return f"{path[0]}\t{path[1]}\t{column}"


def column_of_each(
    names: Sequence[str], paths: Sequence[tuple[str, str]], late: frozenset[str]
) -> dict[str, int]:
    """Return the column of each name: the length of the longest chain that leads to it.

    Those in `late` stand just before what they point to.

    Examples
    --------
    >>> column_of_each(["X", "M", "Y"], [("X", "M"), ("M", "Y"), ("X", "Y")], frozenset())
    {'X': 0, 'M': 1, 'Y': 2}
    """
    column = dict.fromkeys(names, 0)
    for _ in names:
        for start, end in paths:
            column[end] = max(column[end], column[start] + 1)
    for name in late:
        targets = [column[end] for start, end in paths if start == name]
        if targets and all(end != name for _, end in paths):
            column[name] = max(min(targets) - 1, 0)
    return column


def arrange(
    names: Sequence[str],
    paths: Sequence[tuple[str, str]],
    extents: Mapping[str, Extent],
    *,
    gap: float,
    lane: float,
    late: frozenset[str] = frozenset(),
) -> Places:
    """Return where constructs stand.

    Parameters
    ----------
    names, paths
        Constructs, and (from, to) without a cycle.
    extents
        Of each construct.
    gap
        Least distance between what stands in one column.
    lane
        Height that a passing path takes.
    late
        Constructs without causes that are to stand just before what they point to.
    """
    column = column_of_each(names, paths, late)
    columns: list[list[str]] = [[] for _ in range(max(column.values(), default=0) + 1)]
    for name in names:
        columns[column[name]].append(name)
    links: list[tuple[str, str]] = []
    routes: dict[tuple[str, str], tuple[str, ...]] = {}
    for path in paths:
        between = [passing(path, k) for k in range(column[path[0]] + 1, column[path[1]])]
        for k, place in enumerate(between, start=column[path[0]] + 1):
            columns[k].append(place)
        routes[path] = tuple(between)
        links += pairwise([path[0], *between, path[1]])
    ordered = _order(columns, links)
    full = {place: extents.get(place, Extent(lane / 2, lane / 2)) for part in ordered for place in part}
    heights = _heights(ordered, links, full, gap)
    return Places(tuple(map(tuple, ordered)), heights, routes)


# Order -----------------------------------------------------------------------------------------


def _order(columns: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the columns in the order with the fewest crossings among those tried."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for start, end in links:
        after.setdefault(start, []).append(end)
        before.setdefault(end, []).append(start)
    best, fewest = [list(part) for part in columns], crossings(columns, links)
    held = [list(part) for part in columns]
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        steps = range(1, len(held)) if forward else range(len(held) - 2, -1, -1)
        for k in steps:
            fixed = {name: place for place, name in enumerate(held[k - 1 if forward else k + 1])}
            near = before if forward else after
            held[k] = _by_barycentre(held[k], fixed, near)
        _swap(held, links)
        found = crossings(held, links)
        if found < fewest:
            best, fewest = [list(part) for part in held], found
        if fewest == 0:
            break
    return best


def _by_barycentre(part: list[str], fixed: Mapping[str, int], near: Mapping[str, list[str]]) -> list[str]:
    def centre(place: int) -> float:
        found = [fixed[other] for other in near.get(part[place], ()) if other in fixed]
        return sum(found) / len(found) if found else place * max(len(fixed) - 1, 1) / max(len(part) - 1, 1)

    return [part[place] for place in sorted(range(len(part)), key=lambda place: (centre(place), place))]


def _swap(columns: list[list[str]], links: Sequence[tuple[str, str]]) -> None:
    """Exchange neighbours wherever that takes crossings away."""
    for k, part in enumerate(columns):
        near = columns[max(k - 1, 0) : k + 2]
        names = {name for column in near for name in column}
        own = [link for link in links if link[0] in names and link[1] in names]
        for i in range(len(part) - 1):
            now = crossings(near, own)
            part[i], part[i + 1] = part[i + 1], part[i]
            if crossings(near, own) >= now:
                part[i], part[i + 1] = part[i + 1], part[i]


def crossings(columns: Sequence[Sequence[str]], links: Sequence[tuple[str, str]]) -> int:
    """Count the pairs of links between neighbouring columns that cross.

    Examples
    --------
    >>> crossings([["a", "b"], ["c", "d"]], [("a", "d"), ("b", "c")])
    1
    """
    place = {name: (k, i) for k, part in enumerate(columns) for i, name in enumerate(part)}
    count = 0
    for k in range(len(columns) - 1):
        ends = [(place[a][1], place[b][1]) for a, b in links if place[a][0] == k and place[b][0] == k + 1]
        count += sum((u[0] - v[0]) * (u[1] - v[1]) < 0 for i, u in enumerate(ends) for v in ends[:i])
    return count


# Heights ---------------------------------------------------------------------------------------


def _heights(
    columns: Sequence[Sequence[str]],
    links: Sequence[tuple[str, str]],
    extents: Mapping[str, Extent],
    gap: float,
) -> dict[str, float]:
    """Return heights near the middle of what each is linked with, nothing overlapping."""
    near: dict[str, list[str]] = {name: [] for part in columns for name in part}
    for start, end in links:
        near[start].append(end)
        near[end].append(start)
    heights: dict[str, float] = {}
    for part in columns:
        heights.update(_spread(part, dict.fromkeys(part, 0.0), extents, gap))
    for step in range(_SETTLING):
        for part in columns if step % 2 == 0 else columns[::-1]:
            wished = {
                name: float(np.mean([heights[other] for other in near[name]]))
                if near[name]
                else heights[name]
                for name in part
            }
            heights.update(_spread(part, wished, extents, gap))
    top = min(heights[name] - extents[name].above for name in heights)
    return {name: height - top for name, height in heights.items()}


def _spread(
    part: Sequence[str], wished: Mapping[str, float], extents: Mapping[str, Extent], gap: float
) -> dict[str, float]:
    """Return the heights nearest to those wished for that keep order and distance.

    With the distances taken off this is isotonic regression, solved by pooling adjacent violators.
    """
    offsets = [0.0]
    for upper, lower in pairwise(part):
        offsets.append(offsets[-1] + extents[upper].below + gap + extents[lower].above)
    pools: list[tuple[float, int]] = []  # mean and number
    for name, offset in zip(part, offsets, strict=True):
        mean, count = wished[name] - offset, 1
        while pools and pools[-1][0] > mean:
            above, more = pools.pop()
            mean, count = (mean * count + above * more) / (count + more), count + more
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return {name: z + offset for name, z, offset in zip(part, flat, offsets, strict=True)}
