"""What somebody could work out from published means: the exact bounds of one member's figure.

The rules do not rest on this; it is the judge that they are tried before.  Everybody who is in a figure is taken as
known, figures are scaled to 0..1, and arithmetic is in rationals, so that a bound is exact (but see `MOST_EXACT`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from scipy.optimize import linprog

#: With more unknowns, elimination is slow: HiGHS takes them, to 1e-7.
MOST_EXACT = 5
#: Coefficients of the unknowns, and the bound: sum of coefficient times unknown <= bound.
_Row = tuple[tuple[int, ...], int]


@dataclass(frozen=True)
class Release:
    """A published mean: who is in it, and its bounds on the scale 0..1."""

    members: frozenset[str]
    low: Fraction
    high: Fraction


def bounds(
    releases: Sequence[Release], known: Mapping[str, Fraction], target: str
) -> tuple[Fraction, Fraction] | None:
    """Return the least and greatest figure that `target` can have; None where the releases contradict.

    Parameters
    ----------
    known
        Figures of members that the attacker knows, its own first of all.

    Notes
    -----
    Members who are in the same releases cannot be told apart, so their figures are one unknown: their sum.  The other
    unknowns are eliminated one by one (Fourier and Motzkin).

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> abc, ab = Release(frozenset("abc"), half, half), Release(frozenset("ab"), half, half)
    >>> [str(bound) for bound in bounds([abc, ab], {}, "c")]
    ['1/2', '1/2']
    """
    linked = _linked(releases, target, known)
    kinds: dict[tuple[bool, ...], int] = {}
    for member in {name for release in linked for name in release.members} - {target} - set(known):
        kind = tuple(member in release.members for release in linked)
        kinds[kind] = kinds.get(kind, 0) + 1
    sizes = [1, *kinds.values()]  # the target is the first unknown
    # Everything is multiplied by one denominator, so that the arithmetic is in whole numbers.
    unit = lcm(*(value.denominator for each in linked for value in (each.low, each.high)),
               *(value.denominator for value in known.values()))  # fmt: skip
    rows: set[_Row] = set()
    for number, size in enumerate(sizes):
        one = tuple(int(place == number) for place in range(len(sizes)))
        rows |= {(one, size * unit), (tuple(-each for each in one), 0)}
    for place, release in enumerate(linked):
        inside = (int(target in release.members), *(int(kind[place]) for kind in kinds))
        mine = sum(int(value * unit) for name, value in known.items() if name in release.members)
        n = len(release.members)
        rows.add((inside, int(n * release.high * unit) - mine))
        rows.add((tuple(-each for each in inside), mine - int(n * release.low * unit)))
    if len(sizes) > MOST_EXACT:
        return _by_program(rows, unit)
    for number in range(len(sizes) - 1, 0, -1):
        rows = _without(rows, number)
    return _ends(rows, unit)


def _linked(releases: Sequence[Release], target: str, known: Mapping[str, Fraction]) -> list[Release]:
    """Return the distinct releases that say something of the target, through members that they have in common."""
    left = list(dict.fromkeys(releases))
    found: list[Release] = []
    reached = {target}
    while near := [release for release in left if reached & release.members]:
        found += near
        left = [release for release in left if release not in near]
        reached |= {name for release in near for name in release.members} - set(known)
    return found


def _without(rows: set[_Row], number: int) -> set[_Row]:
    kept: set[_Row] = set()
    above: list[_Row] = []
    below: list[_Row] = []
    for coefficients, bound in rows:
        if coefficients[number] == 0:
            kept.add((coefficients, bound))
        else:
            (above if coefficients[number] > 0 else below).append((coefficients, bound))
    for more, high in above:
        for less, low in below:
            up, down = -less[number], more[number]
            joined = tuple(up * a + down * b for a, b in zip(more, less, strict=True))
            kept.add((joined, up * high + down * low))
    return kept


def _ends(rows: set[_Row], unit: int) -> tuple[Fraction, Fraction] | None:
    low, high = Fraction(0), Fraction(1)
    for coefficients, bound in rows:
        factor = coefficients[0]
        if factor > 0:
            high = min(high, Fraction(bound, factor * unit))
        elif factor < 0:
            low = max(low, Fraction(bound, factor * unit))
        elif bound < 0:
            return None
    return (low, high) if low <= high else None


def _by_program(rows: set[_Row], unit: int) -> tuple[Fraction, Fraction] | None:
    left = [list(coefficients) for coefficients, _bound in rows]
    right = [bound / unit for _coefficients, bound in rows]
    found = []
    for sign in (1, -1):
        aim = [sign, *[0] * (len(left[0]) - 1)]
        solved = linprog(aim, A_ub=left, b_ub=right, bounds=(None, None), method="highs")
        if solved.status != 0:
            return None
        found.append(Fraction(sign * solved.fun).limit_denominator(10**7))
    return found[0], found[1]
