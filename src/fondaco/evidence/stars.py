"""Stars printed beside figures, and the p values that the figures have."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fondaco.evidence import words
from fondaco.evidence.correlations import Correlations, least_squares_of
from fondaco.kernel import InputError


@dataclass(frozen=True)
class StarCheck:
    """A printed star beside the p value of its correlation.

    Attributes
    ----------
    a, b
        The pair.
    r, p
        The correlation printed, and its two-sided p value with n cases.
    printed, earned
        The stars printed, and those that the p value earns at the levels of the table.
    """

    a: str
    b: str
    r: float
    p: float
    printed: str
    earned: str


def check_stars(table: Correlations, n: int, levels: Mapping[str, float] | None = None) -> list[StarCheck]:
    """Return every correlation of a table with its printed star and the one its p value earns.

    `levels` is what each star stands for; the usual levels without it.
    """
    levels = levels or words.STARS
    checks = []
    for (i, a), (j, b) in itertools.combinations(enumerate(table.variables), 2):
        p = float(least_squares_of(table.r[np.ix_([i, j], [i, j])], n).pvalues[1])
        printed = table.stars.get((a, b), "")
        checks.append(StarCheck(a, b, float(table.r[i, j]), p, printed, words.stars(p, levels)))
    return checks


#: Conventions that tables follow, the commonest first.
_CONVENTIONS: tuple[Mapping[str, float], ...] = (
    {"***": 0.001, "**": 0.01, "*": 0.05},
    {"**": 0.01, "*": 0.05},
    {"***": 0.01, "**": 0.05, "*": 0.10},
    {"**": 0.05, "*": 0.10},
)


def star_notes(checks: Sequence[StarCheck], stated: Mapping[str, float] | None) -> list[str]:
    """Say in words where printed stars and p values disagree, and which levels would fit them better."""
    levels = stated or words.STARS
    wrong = [check for check in checks if check.printed != check.earned]
    origin = "as the table states them" if stated else "the usual ones, since --stars states no others"
    notes = [f"Stars are judged by {words.legend(levels)}, {origin}."]
    if not wrong:
        return [*notes, f"All {len(checks)} correlations carry the stars that their p values earn."]
    notes.append(f"{len(wrong)} of {len(checks)} correlations carry other stars than their p values earn:")
    for check in wrong:
        printed = f"is printed with {check.printed}" if check.printed else "is printed without a star"
        earned = f"earns {check.earned}" if check.earned else "earns none"
        notes.append(
            f"{check.b} with {check.a}, {words.short(check.r, 3)}, {printed}; p {words.p_value(check.p)} {earned}."
        )
    better = [
        (sum(c.printed != words.stars(c.p, other) for c in checks), number)
        for number, other in enumerate(_CONVENTIONS)
        if dict(other) != dict(levels)
    ]
    count, number = min(better)
    if count < len(wrong):
        notes.append(
            f"Read as {words.legend(_CONVENTIONS[number])}, {count or 'none'} of {len(checks)} would disagree: the "
            "levels stated may not be those used."
        )
    return notes


def read_levels(text: str) -> dict[str, float]:
    """Read what stars mean, as ``"**=.05, *=.10"``.

    Raises
    ------
    InputError
        When it says something else.

    Examples
    --------
    >>> read_levels("** = .05, * = 10%")
    {'**': 0.05, '*': 0.1}
    """
    found: dict[str, float] = {}
    for part in re.split(r"[,;]\s*(?=\*|†|‡|\+)", text.strip()):
        match = re.fullmatch(r"(\*{1,4}|[†‡+])\s*(?:=|<|p\s*<)\s*(\d*[.,]?\d+)\s*(%?)", part.strip())
        level = float(match[2].replace(",", ".")) / (100 if match[3] else 1) if match else 0.0
        if match is None or not 0 < level < 1:
            raise InputError(f"--stars says {text!r}: write what each star stands for, as **=.05,*=.10.")
        found[match[1]] = level
    return found


def stars_json(checks: Sequence[StarCheck]) -> list[dict[str, Any]]:
    """Return the checks as `fondaco regress --json` prints them."""
    return [vars(check) | {"agrees": check.printed == check.earned} for check in checks]
