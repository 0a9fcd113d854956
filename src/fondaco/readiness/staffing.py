"""How many hours does it take to answer 95 % of inquiries in time, and what would change that?

Inquiries arrive at random, as often as each hour of the week is used to; whoever is at work and free soonest takes the
one that waits longest.  A reply that is begun is taken up again when its person is next at work.  The course of some
years is simulated event by event, with a stated seed.

Hours are counted from the beginning of the first day that is simulated (UTC); handling time is in hours.  Where people
work around the clock, arrivals are even and handling times exponential, this is the queue M/M/c and its waits are those
of Erlang's formula (Erlang 1917), `erlang_c`; elsewhere the formula does not hold.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.kernel import InputError
from fondaco.numerics import Estimate, unknown

Array = npt.NDArray[np.float64]
#: A stretch of work, in hours from the beginning: from, to.
Span = tuple[float, float]

RULE = "staffing/1"
WEEK = 168
#: The share that is to be answered in time.
TARGET = 0.95
#: Years simulated, fewest weeks of each (more than the longest limit), and arrivals simulated at most.
YEARS, FEWEST_WEEKS, MOST_ARRIVALS = 8, 12, 30_000
#: A full-time person's hours a week: set, as usual in Europe.
FULL_TIME = 40.0
#: Daily hours are tried in these steps for one person, then by half people up to so many.
STEP, MOST_PEOPLE = 0.5, 12


@dataclass(frozen=True)
class Arrivals:
    """How inquiries arrive.

    Attributes
    ----------
    a_week
        Mean number of a week.
    profile
        Shape (168,): weights of the hours of the week from Monday 00:00 UTC.
    sure
        As sure as so many inquiries counted; the rate of each simulated year is drawn around the mean accordingly.
        None takes the mean as known.
    """

    a_week: float
    profile: tuple[float, ...] = (1.0,) * WEEK
    sure: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.a_week) and 0 < self.a_week <= 1000):
            raise InputError(f"Inquiries a week are {self.a_week}: state a number above 0 and up to 1000.")
        if len(self.profile) != WEEK or min(self.profile) < 0 or not sum(self.profile) > 0:
            raise InputError(f"A profile has {WEEK} weights from 0 on, one for each hour of the week.")


@dataclass(frozen=True)
class Team:
    """Who answers.

    Attributes
    ----------
    people
        Each one's stretches of work, in order, over all weeks that are simulated.
    handling
        Mean hours that a reply takes.
    steady
        Whether every reply takes just that; otherwise times are exponential.
    bot
        Stretches in which a chatbot gives a first reply at once; None for no chatbot.
    """

    people: tuple[tuple[Span, ...], ...]
    handling: float
    steady: bool = False
    bot: tuple[Span, ...] | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.handling) and 0 < self.handling <= 24):
            raise InputError(
                f"A reply takes {self.handling * 60:g} minutes: state a number above 0 and up to 1440."
            )


@dataclass(frozen=True)
class Served:
    """What came of a simulation; shares are over simulated years, with a 90 % range for one year.

    Attributes
    ----------
    in_time
        Share that a person answered within the limit.
    first_in_time
        Share with a first reply within the limit, a chatbot's counted.
    wait
        Mean hours to the answer.
    hours_a_week
        Hours at work.
    busy
        Share of these hours taken by replies.
    inquiries
        How many were simulated.
    """

    in_time: Estimate
    first_in_time: Estimate
    wait: float | None
    hours_a_week: float
    busy: float
    inquiries: int

    @property
    def shares(self) -> tuple[Estimate, Estimate]:
        """What is answered in time, and what has a first reply in time."""
        return self.in_time, self.first_in_time

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "in_time": self.in_time.to_json(), "first_in_time": self.first_in_time.to_json(),
            "mean_wait_hours": None if self.wait is None else round(self.wait, 2),
            "hours_a_week": round(self.hours_a_week, 2), "busy": round(self.busy, 4), "simulated": self.inquiries,
        }  # fmt: skip


# --- arrivals ---------------------------------------------------------------------------------------------


def arrive(arrivals: Arrivals, weeks: int, rng: np.random.Generator) -> Array:
    """Return the moments of arrival over some weeks, in order; the rate is one draw for all of them."""
    rate = arrivals.a_week
    if arrivals.sure is not None:
        rate = rng.gamma(arrivals.sure + 0.5, rate / (arrivals.sure + 0.5))
    weights = np.asarray(arrivals.profile) / sum(arrivals.profile)
    counts = rng.poisson(rate * weights, (weeks, WEEK))
    hours = np.repeat(np.arange(weeks * WEEK), counts.ravel())
    found: Array = np.sort(hours + rng.random(len(hours)))
    return found


def profile_of(hours_of_week: Sequence[float], *, smooth: int = 2) -> tuple[float, ...]:
    """Return weights of the hours of the week from the moments of inquiries, each spread over the hours around it.

    Parameters
    ----------
    hours_of_week
        Hours since Monday 00:00 UTC, 0 to 168.
    smooth
        Hours to each side; an inquiry weighs less, the farther away.

    Examples
    --------
    >>> found = profile_of([10.5] * 4)
    >>> found[10] > found[9] > found[8] > 0, round(sum(found), 6)
    (True, 168.0)
    """
    counts = np.bincount(np.asarray(hours_of_week, dtype=np.int64) % WEEK, minlength=WEEK).astype(float)
    spread = sum(np.roll(counts, shift) * (smooth + 1 - abs(shift)) for shift in range(-smooth, smooth + 1))
    # A twentieth is spread evenly: an hour in which nobody has written yet is not one in which nobody will.
    total = np.sum(spread)
    weights = 0.95 * spread / total + 0.05 / WEEK if total > 0 else np.full(WEEK, 1 / WEEK)
    return tuple(float(each) * WEEK for each in weights)


# --- the queue --------------------------------------------------------------------------------------------


class _Person:
    """One who answers: when free, and when next at work."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._begins = [begin for begin, _ in spans]
        self._ends = [end for _, end in spans]
        self.free = 0.0

    def next(self, moment: float) -> float:
        """Return when a reply could be begun at the earliest, from a moment on."""
        moment = max(moment, self.free)
        place = bisect_right(self._begins, moment) - 1
        if place >= 0 and moment < self._ends[place]:
            return moment
        return self._begins[place + 1] if place + 1 < len(self._begins) else math.inf

    def work(self, begin: float, hours: float) -> float:
        """Return when so many hours of work are done, begun at a moment of work; nights in between pass."""
        place = bisect_right(self._begins, begin) - 1
        left = self._ends[place] - begin
        while hours > left:
            hours -= left
            place += 1
            if place == len(self._begins):
                self.free = math.inf
                return math.inf
            begin, left = self._begins[place], self._ends[place] - self._begins[place]
        self.free = begin + hours
        return self.free


def queue(arrived: Array, team: Team, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return when each inquiry's reply is begun and sent; first come, first served; infinite where never.

    Examples
    --------
    One person from nine to ten each day, replies of 45 minutes: the second is finished on the next day.

    >>> team = Team((((9, 10), (33, 34)),), handling=0.75, steady=True)
    >>> begun, sent = queue(np.array([1.0, 2.0]), team, np.random.default_rng(1))
    >>> begun.tolist(), sent.tolist()
    ([9.0, 9.75], [9.75, 33.5])
    """
    people = [_Person(spans) for spans in team.people if spans]
    count = len(arrived)
    times = np.full(count, team.handling) if team.steady else rng.exponential(team.handling, count)
    begun, sent = np.full(count, np.inf), np.full(count, np.inf)
    if not people:
        return begun, sent
    for n, (moment, hours) in enumerate(zip(arrived.tolist(), times.tolist(), strict=True)):
        begin, who = min(((each.next(moment), k) for k, each in enumerate(people)))
        if math.isfinite(begin):
            begun[n], sent[n] = begin, people[who].work(begin, hours)
    return begun, sent


def serve(
    arrivals: Arrivals, team: Team, limit: float, weeks: int, *, seed: int = 1, years: int = YEARS
) -> Served:
    """Simulate some years of a team, each of so many weeks, and tell what share is answered in time.

    Parameters
    ----------
    limit
        Hours within which an answer is in time.
    """
    if not (math.isfinite(limit) and 0 < limit <= 24 * 60):
        raise InputError(f"The limit is {limit} hours: state a number above 0 and up to 1440.")
    # With very many inquiries fewer weeks tell as much: what is simulated stays bounded.
    weeks = min(weeks, max(FEWEST_WEEKS, int(MOST_ARRIVALS / (2 * arrivals.a_week))))
    years = max(2, min(years, int(MOST_ARRIVALS / (arrivals.a_week * weeks))))
    shares, firsts, waits, simulated, taken = [], [], [], 0, 0.0
    for year in range(years):
        rng = np.random.default_rng([seed, year])
        # The end is left out of the count: what arrives then could not be answered within the weeks simulated.
        arrived = arrive(arrivals, weeks, rng)
        _, sent = queue(arrived, team, rng)
        counted = arrived <= weeks * WEEK - limit
        if not counted.any():
            continue
        waited = (sent - arrived)[counted]
        ok = waited <= limit
        shares.append(float(np.mean(ok)))
        bot = _within(arrived[counted], team.bot) if team.bot else np.zeros(len(ok), dtype=bool)
        firsts.append(float(np.mean(ok | bot)))
        finite = waited[np.isfinite(waited)]
        waits.append(float(np.mean(finite)) if len(finite) else math.nan)
        simulated += len(waited)
        taken += len(arrived) * team.handling
    last = weeks * WEEK
    hours = sum(min(end, last) - begin for spans in team.people for begin, end in spans if begin < last)
    if not simulated:
        none = unknown("No inquiry came in the weeks that were simulated: too few are expected.")
        return Served(none, none, None, hours / weeks, 0.0, 0)
    known = [wait for wait in waits if not math.isnan(wait)]
    return Served(
        _over_years(shares), _over_years(firsts), sum(known) / len(known) if known else None, hours / weeks,
        min(taken / years / hours, 1.0) if hours else 1.0, simulated,
    )  # fmt: skip


def _within(moments: Array, spans: Sequence[Span]) -> npt.NDArray[np.bool_]:
    begins, ends = (np.array([span[k] for span in spans]) for k in (0, 1))
    place = np.searchsorted(begins, moments, side="right") - 1
    return (place >= 0) & (moments < ends[np.maximum(place, 0)])


def _over_years(shares: Sequence[float]) -> Estimate:
    low, high = np.quantile(shares, [0.05, 0.95])
    return Estimate(float(np.mean(shares)), float(low), float(high), 0.9, "The range is that of single simulated years.")  # fmt: skip


# --- hours needed -----------------------------------------------------------------------------------------


def shortened(days: Sequence[Sequence[Span]], daily: float) -> tuple[Span, ...]:
    """Return the first so many hours of each day's work.

    Examples
    --------
    >>> shortened([[(9, 13), (14, 18)], [], [(57, 61)]], 5)
    ((9, 13), (14, 15), (57, 61))
    """
    kept: list[Span] = []
    for spans in days:
        left = daily
        for begin, end in spans:
            if left <= 0:
                break
            kept.append((begin, min(end, begin + left)))
            left -= end - begin
    return tuple(kept)


def people_of(days: Sequence[Sequence[Span]], daily: float) -> tuple[tuple[Span, ...], ...]:
    """Return people for so many hours of each working day: full ones first, then one for what is left.

    Parameters
    ----------
    days
        The firm's hours of work of each day.
    """
    people = []
    longest = max((sum(e - b for b, e in spans) for spans in days), default=0.0)
    if longest <= 0:
        return ()
    while daily > 1e-9:
        people.append(shortened(days, min(daily, longest)))
        daily -= longest
    return tuple(people)


@dataclass(frozen=True)
class Needed:
    """Hours a week at which the target is reached; `best` is the share at the most hours that were tried.

    Attributes
    ----------
    hours
        None where no number of hours within the firm's calendar reaches it; `hours.why` then says so.
    served
        How it goes at these hours, or at the most that were tried.
    """

    hours: Estimate
    full_time: float | None
    served: Served

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"hours_a_week": self.hours.to_json(1), "full_time": self.full_time, "at_these_hours": self.served.to_json()}  # fmt: skip


def needed(
    arrivals: Arrivals, days: Sequence[Sequence[Span]], handling: float, limit: float, *, target: float = TARGET,
    steady: bool = False, seed: int = 1,
) -> Needed:  # fmt: skip
    """Return the fewest hours a week, at the beginning of each working day, at which the target is reached.

    The range is of the hours at which single years reach it: from those where one year in twenty does to those where
    nineteen in twenty do.
    """
    weeks = len(days) // 7
    longest = max((sum(e - b for b, e in spans) for spans in days), default=0.0)
    work_days = max(sum(1 for spans in days[k * 7 : k * 7 + 7] if spans) for k in range(max(weeks, 1)))
    if not weeks or longest <= 0:
        raise InputError("The calendar has no working hour: state when the firm works.")

    @cache
    def at(daily: float) -> Served:
        return serve(arrivals, Team(people_of(days, daily), handling, steady), limit, weeks, seed=seed)

    steps = [k * STEP for k in range(1, int(longest / STEP) + 1)]
    steps += [longest * halves / 2 for halves in range(3, 2 * MOST_PEOPLE + 1)]
    most = at(steps[-1])
    if most.in_time.estimate is None:
        return Needed(unknown(most.in_time.why), None, most)
    if most.in_time.estimate < target:
        rest = (
            "There is more work than they can do."
            if most.busy > 0.9
            else "The others come while all is closed for longer."
        )
        why = (
            f"No number of hours within this calendar answers {target:.0%} within {limit:g} hours: with "
            f"{MOST_PEOPLE} people {most.in_time.estimate:.0%} are. {rest}"
        )
        return Needed(unknown(why), None, most)
    daily = _fewest(steps, lambda each: (at(each).in_time.estimate or 0) >= target)
    low = _fewest(steps, lambda each: (at(each).in_time.high or 0) >= target)
    sure = (most.in_time.low or 0) >= target
    high = _fewest(steps, lambda each: (at(each).in_time.low or 0) >= target) if sure else None
    a_week = daily * work_days
    hours = Estimate(
        a_week, low * work_days, None if high is None else high * work_days, 0.9,
        "" if sure else f"In a bad year {MOST_PEOPLE} people at the same hours do not reach it either.",
    )  # fmt: skip
    return Needed(hours, round(a_week / FULL_TIME, 2), at(daily))


def _fewest(steps: Sequence[float], enough: Any) -> float:
    """Return the first step that is enough, by halving; the last where only that is."""
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(steps[middle]) else (middle + 1, high)
    return steps[low]


def with_more(team: Team, more: tuple[Span, ...]) -> Team:
    """Return the team with one more person."""
    return replace(team, people=(*team.people, more))


# --- Erlang -----------------------------------------------------------------------------------------------


def erlang_c(a_hour: float, handling: float, people: int, limit: float) -> tuple[float, float, float]:
    """Return of the queue M/M/c: the chance to wait, the mean wait before the reply is begun, the share begun in time.

    Parameters
    ----------
    a_hour, handling
        Inquiries an hour, hours for each.
    limit
        Hours.

    Examples
    --------
    Two people, each 80 % busy:

    >>> [round(each, 4) for each in erlang_c(1.6, 1.0, 2, 1.0)]
    [0.7111, 1.7778, 0.5233]
    """
    load = a_hour * handling
    if load >= people:
        return 1.0, math.inf, 0.0
    # Erlang's formula of loss, person by person: powers and factorials would leave what floats hold.
    lost = 1.0
    for count in range(1, people + 1):
        lost = load * lost / (count + load * lost)
    waits = lost / (1 - load / people * (1 - lost))
    pace = people / handling - a_hour
    return waits, waits / pace, 1 - waits * math.exp(-pace * limit)


# --- inside, or by somebody else --------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What a way of doing the work costs a month, with the hours of the firm's own people in it."""

    way: str
    own_hours: float
    money: float


def inside_or_outside(
    hours_a_week: float, hour_cost: float, fee_a_month: float, coordinator_hours_a_week: float
) -> tuple[Cost, Cost]:
    """Compare doing the work inside with having it done, the coordinator's hours included; per month of 52/12 weeks.

    Examples
    --------
    Twenty hours at 25 beside a partner for 1500 whom somebody accompanies four hours a week:

    >>> [(each.way, round(each.own_hours, 1), round(each.money)) for each in inside_or_outside(20, 25, 1500, 4)]
    [('inside', 86.7, 2167), ('outside', 17.3, 1933)]
    """
    for name, value in (("hours", hours_a_week), ("an hour's cost", hour_cost), ("the fee", fee_a_month), ("the coordinator's hours", coordinator_hours_a_week)):  # fmt: skip
        if not (math.isfinite(value) and 0 <= value <= 1e9):
            raise InputError(f"For {name} {value} was stated: state a number from 0 on.")
    weeks = 52 / 12
    own, with_partner = hours_a_week * weeks, coordinator_hours_a_week * weeks
    return Cost("inside", own, own * hour_cost), Cost("outside", with_partner, with_partner * hour_cost + fee_a_month)  # fmt: skip
