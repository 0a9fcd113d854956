"""Which goods should members offer together? Each member scores each candidate; the means come with how sure they are.

A member scores a candidate from 1 to 7 on each criterion, 7 always speaking for it.  A candidate's value is the mean over
members of their own weighted means, with Student's interval; members disagree where r_wg (James, Demaree and Wolf 1984)
is low.  No candidate is put first where its interval overlaps another's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles, stdev
from typing import Literal

from scipy import stats

from fondaco.kernel.errors import InputError
from fondaco.numerics import Estimate, unknown
from fondaco.numerics.agreement import within_group

Criterion = Literal["origin", "rules", "rivals", "price"]
CRITERIA: tuple[Criterion, ...] = ("origin", "rules", "rivals", "price")
LOWEST, HIGHEST = 1, 7
#: Fewer members are not told: their scores could be guessed.
LEAST = 5
LEVEL = 0.95
#: Below it members are said to disagree; the usual bound for r_wg.
AGREE = 0.7
Scores = Mapping[Criterion, int]


@dataclass(frozen=True)
class Part:
    """One criterion of a candidate: mean, the middle half of the scores, and r_wg; None where too few scored."""

    criterion: Criterion
    mean: float | None
    middle: tuple[float, float] | None
    agreement: float | None

    @property
    def disputed(self) -> bool:
        """Whether members disagree."""
        return self.agreement is not None and self.agreement < AGREE


@dataclass(frozen=True)
class Judged:
    """A candidate: its value of 1 to 7 with the interval, by how many members, and each criterion."""

    name: str
    value: Estimate
    members: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Choice:
    """Candidates, the highest value first; `first` only where its interval lies above all others, else `why` says why not."""

    candidates: tuple[Judged, ...]
    first: str | None
    why: str


def choose(scores: Mapping[str, Sequence[Scores]], weights: Mapping[Criterion, float]) -> Choice:
    """Return what members' scores say of the candidates.

    Parameters
    ----------
    scores
        By candidate, each member's scores of all criteria.
    weights
        What each criterion counts; zero or more, and one above zero.

    Raises
    ------
    InputError
        For weights that are none, and scores off the scale.

    Examples
    --------
    >>> five = [{"origin": 6, "rules": 6, "rivals": 6, "price": n} for n in (5, 6, 6, 6, 7)]
    >>> found = choose({"Honey": five, "Salt": five[:2]}, {"origin": 1, "rules": 1, "rivals": 1, "price": 1})
    >>> found.candidates[0].value.to_json(2)
    {'estimate': 6.0, 'low': 5.64, 'high': 6.36, 'level': 0.95}
    >>> found.first, found.why
    (None, 'One candidate alone was scored by five members.')
    """
    if not all(math.isfinite(weights.get(each, 0)) and weights.get(each, 0) >= 0 for each in CRITERIA):
        raise InputError("Weights are numbers of zero and more.")
    if not any(weights.get(each, 0) > 0 for each in CRITERIA):
        raise InputError("One criterion at least must count: give it a weight above zero.")
    judged = [_judged(name, held, weights) for name, held in scores.items()]
    ordered = tuple(sorted(judged, key=lambda each: (-(each.value.estimate or 0), each.name)))
    told = [each for each in ordered if each.value.estimate is not None]
    if len(told) < 2:
        return Choice(ordered, None, "One candidate alone was scored by five members." if told else "No candidate was scored by five members yet.")  # fmt: skip
    best, rest = told[0], told[1:]
    near = [each.name for each in rest if (each.value.high or 0) >= (best.value.low or 0)]
    if near:
        return Choice(ordered, None, f"No candidate is put first: the range of {best.name} overlaps that of {', '.join(near)}.")  # fmt: skip
    return Choice(ordered, best.name, "Its range lies above those of all others.")


def _judged(name: str, held: Sequence[Scores], weights: Mapping[Criterion, float]) -> Judged:
    if any(not LOWEST <= each[criterion] <= HIGHEST for each in held for criterion in CRITERIA):
        raise InputError(f"Scores go from {LOWEST} to {HIGHEST}.")
    parts = tuple(_part(criterion, [each[criterion] for each in held]) for criterion in CRITERIA)
    total = sum(weights.get(each, 0) for each in CRITERIA)
    own = [sum(weights.get(each, 0) * said[each] for each in CRITERIA) / total for said in held]
    return Judged(name, _mean(own), len(held), parts)


def _part(criterion: Criterion, said: Sequence[int]) -> Part:
    if len(said) < LEAST:
        return Part(criterion, None, None, None)
    low, _middle, high = quantiles(said, n=4, method="inclusive")
    return Part(criterion, fmean(said), (low, high), within_group([[each] for each in said], HIGHEST))


def _mean(own: Sequence[float]) -> Estimate:
    """Return the mean with Student's interval, kept within the scale; of members who all say the same, one as wide as a point."""
    if len(own) < LEAST:
        return unknown(f"{len(own)} members scored it: {LEAST} are needed.")
    # Scores are whole numbers: a spread of none would claim a certainty that nobody has.
    spread = max(stdev(own), math.sqrt(1 / 12))
    mean, reach = fmean(own), float(stats.t.ppf((1 + LEVEL) / 2, len(own) - 1)) * spread / math.sqrt(len(own))
    return Estimate(mean, max(mean - reach, LOWEST), min(mean + reach, HIGHEST), LEVEL)
