"""From answers to the state of each construct: 1 to 7, how sure, on whose word and of which day.

A person's score is the mean of the questions they answered, reversed ones turned; where fewer than half of the asked
ones are answered there is none, and that is said.  A firm's score is the mean of its people's.  How sure it is follows
from how many people answered and how far apart they are::

    mean +- t(4 + n - 1) x sqrt(s2 / n),   s2 = (4 x 1 + sum of squares) / (4 + n - 1)

that is, a mean under a prior by which people of one firm differ by about one point, as sure as five answers would make it
(`USUAL_SPREAD`, `SPREAD_WEIGHT`: set by us, in no study).  So one answer gives a wide range, not a false certainty.

Readiness is a state with a day, not a mark for good: each person's last answers of the last twelve months count
(`LASTS`), earlier ones are kept for `change_of` and for how it went over time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy import stats

from fondaco.numerics import Estimate, unknown
from fondaco.numerics.agreement import within_group
from fondaco.numerics.reliability import Reliability, reliability
from fondaco.readiness.answers import Answers
from fondaco.readiness.questionnaire import AT, Construct, Questionnaire, keyed

RULE = "readiness/1"
#: Of every range here.
LEVEL = 0.8
#: Standard deviation between people of one firm, in points, and how many answers that is worth; set.
USUAL_SPREAD, SPREAD_WEIGHT = 1.0, 4
#: How long answers count; set: the firms' two rounds of interviews lay two years apart, and half of that is a year.
LASTS = timedelta(days=365)
#: A person's answers within so many days of each other are one sitting, not a change.
ONE_SITTING = timedelta(days=28)
#: At least this share of the asked questions must be answered.
ENOUGH = 0.5


@dataclass(frozen=True)
class Own:
    """One person's score of a construct; `score` is None where too little was answered."""

    informant: str
    department: str
    day: date
    score: float | None
    answered: int
    asked: int


@dataclass(frozen=True)
class Score:
    """The state of a construct.

    Attributes
    ----------
    key
        Of the construct, ``people`` or ``know_how@DEU``.
    score
        1 to 7, with its range of `LEVEL`.
    se
        Standard error in points; None where there is no score.
    people
        Each informant's own score, also those that could not be told.
    agreement
        r_wg(J) of the informants, 0 to 1; None with fewer than two.
    first, last
        Days of the answers that it rests on.
    missing, asked
        Questions left open, and put, over all informants.
    """

    key: str
    score: Estimate
    se: float | None
    people: tuple[Own, ...]
    agreement: float | None
    first: date | None
    last: date | None
    missing: int
    asked: int

    @property
    def told(self) -> tuple[float, ...]:
        """The scores of those who have one."""
        return tuple(own.score for own in self.people if own.score is not None)

    @property
    def spread(self) -> tuple[float, float] | None:
        """The lowest and the highest informant, where two have a score."""
        told = self.told
        return (min(told), max(told)) if len(told) > 1 else None


@dataclass(frozen=True)
class Item:
    """A question's answers now, as they stand (reversed ones turned): their mean, and how many gave one."""

    key: str
    mean: float
    low: float
    high: float
    answers: int


@dataclass(frozen=True)
class Assessment:
    """A firm's readiness on a day.

    Attributes
    ----------
    scores
        By construct key, in the order of the questionnaire.
    items
        Each scaled question that somebody answered.
    numbers
        Answers to questions for a number: informant and number, by key.
    informants
        How many people's answers count now.
    outdated
        Informants whose last answers are older than `LASTS`.
    """

    firm: str
    day: date
    questionnaire: str
    scores: Mapping[str, Score]
    items: Mapping[str, Item]
    numbers: Mapping[str, tuple[tuple[str, float], ...]]
    informants: int
    outdated: tuple[str, ...]


def mean_of(
    values: Sequence[float], *, level: float = LEVEL, bounds: tuple[float, float] = (1, 7)
) -> Estimate:
    """Return the mean of people's scores with its range, as the module says.

    Examples
    --------
    >>> mean_of([5.0]).to_json(2)
    {'estimate': 5.0, 'low': 3.47, 'high': 6.53, 'level': 0.8}
    >>> mean_of([4.0, 5.0, 6.0]).to_json(2)
    {'estimate': 5.0, 'low': 4.17, 'high': 5.83, 'level': 0.8}
    """
    if not values:
        return unknown("Nobody has answered this yet.")
    mean, se, freedom = _mean(values)
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * se
    return Estimate(mean, max(mean - reach, bounds[0]), min(mean + reach, bounds[1]), level)


def _mean(values: Sequence[float]) -> tuple[float, float, int]:
    """Return mean, standard error and degrees of freedom under the usual spread."""
    n, mean = len(values), math.fsum(values) / len(values)
    freedom = SPREAD_WEIGHT + n - 1
    squares = math.fsum((value - mean) ** 2 for value in values)
    return mean, math.sqrt((SPREAD_WEIGHT * USUAL_SPREAD**2 + squares) / freedom / n), freedom


def turned(held: Questionnaire, key: str, value: float) -> float:
    """Return an answer so that agreeing speaks for the construct."""
    return 8 - value if held.item(key).reverse else value


def own_score(held: Questionnaire, construct: Construct, said: Answers, market: str = "") -> Own | None:
    """Return a person's score of a construct; None where nothing of it was asked."""
    keys = [keyed(item.id, market) for item in construct.scaled]
    asked = [key for key in keys if key in said.put or key in said.values]
    if not asked:
        return None
    given = [turned(held, key, said.values[key]) for key in asked if key in said.values]
    enough = len(given) >= ENOUGH * len(asked) and given
    score = math.fsum(given) / len(given) if enough else None
    return Own(said.informant, said.department, said.day, score, len(given), len(asked))


def current(answers: Iterable[Answers], day: date) -> tuple[dict[str, Answers], tuple[str, ...]]:
    """Return each informant's answers that count on a day, and whose last ones are too old.

    Of one sitting (a person who filled in two parts within `ONE_SITTING`), the later answers stand over the earlier.
    """
    by_person: dict[str, list[Answers]] = defaultdict(list)
    for said in sorted(answers, key=lambda each: (each.at, each.id)):
        if said.day <= day:
            by_person[said.informant].append(said)
    held, outdated = {}, []
    for person, given in by_person.items():
        if given[-1].day < day - LASTS:
            outdated.append(person)
        else:
            held[person] = _joined([said for said in given if said.day >= given[-1].day - ONE_SITTING])
    return held, tuple(outdated)


def _joined(given: Sequence[Answers]) -> Answers:
    values: dict[str, float] = {}
    put: dict[str, None] = {}
    for said in given:
        values |= said.values
        put |= dict.fromkeys(said.put)
    last = given[-1]
    return Answers(**{**vars(last), "values": values, "asked": tuple(put)})


def assess(held: Questionnaire, firm: str, answers: Iterable[Answers], day: date) -> Assessment:
    """Return a firm's readiness on a day, from the answers that its people gave up to then."""
    counted, outdated = current(answers, day)
    people = list(counted.values())
    scores, items = {}, {}
    for construct in held.constructs:
        for market in _markets(people, construct) if construct.per_market else ("",):
            key = keyed(construct.id, market)
            scores[key] = _score(held, construct, key, market, people)
            for item in construct.scaled:
                question = keyed(item.id, market)
                given = [turned(held, question, s.values[question]) for s in people if question in s.values]
                if given:
                    items[question] = Item(
                        question, math.fsum(given) / len(given), min(given), max(given), len(given)
                    )
    numbers = {
        item.id: tuple((said.informant, said.values[item.id]) for said in people if item.id in said.values)
        for item in held.items.values()
        if item.kind == "number"
    }  # fmt: skip
    return Assessment(firm, day, held.id, scores, items, numbers, len(people), outdated)


def _markets(people: Sequence[Answers], construct: Construct) -> list[str]:
    ids = {item.id for item in construct.items}
    found = (key.partition(AT) for said in people for key in (*said.put, *said.values))
    return sorted({market for name, _, market in found if name in ids and market})


def _score(
    held: Questionnaire, construct: Construct, key: str, market: str, people: Sequence[Answers]
) -> Score:
    owns = [own for own in (own_score(held, construct, said, market) for said in people) if own is not None]
    told = [own.score for own in owns if own.score is not None]
    asked, answered = sum(own.asked for own in owns), sum(own.answered for own in owns)
    days = [own.day for own in owns if own.score is not None]
    estimate, se = mean_of(told), None
    if told:
        se = _mean(told)[1]
        why = "One person's word: others in the firm may see it differently." if len(told) == 1 else ""
        estimate = Estimate(estimate.estimate, estimate.low, estimate.high, estimate.level, why)
    elif owns:
        estimate = unknown(
            f"{answered} of {asked} questions about it are answered: at least half of them are needed from one person."
        )
    return Score(
        key, estimate, se, tuple(owns), _agreement(construct, market, people),
        min(days, default=None), max(days, default=None), asked - answered, asked,
    )  # fmt: skip


def _agreement(construct: Construct, market: str, people: Sequence[Answers]) -> float | None:
    keys = [keyed(item.id, market) for item in construct.scaled]
    rows = [[said.values.get(key, math.nan) for key in keys] for said in people]
    rows = [row for row in rows if not all(map(math.isnan, row))]
    if len(rows) < 2:
        return None
    found = within_group(rows)
    return None if math.isnan(found) else found


@dataclass(frozen=True)
class Change:
    """How a construct changed: `by` points between two days, from `people` who answered twice."""

    key: str
    by: Estimate
    people: int
    since: date
    until: date


def change_of(held: Questionnaire, answers: Iterable[Answers], day: date) -> dict[str, Change]:
    """Return how each construct changed between people's first answers and their last ones, up to a day.

    Only people who answered twice, more than `ONE_SITTING` apart, are compared, each with themselves; where one person's
    change stands alone its range is wide, by the same prior as for scores.
    """
    by_person: dict[str, list[Answers]] = defaultdict(list)
    for said in sorted(answers, key=lambda each: (each.at, each.id)):
        if said.day <= day:
            by_person[said.informant].append(said)
    pairs = [
        (_joined([s for s in given if s.day <= given[0].day + ONE_SITTING]),
         _joined([s for s in given if s.day >= given[-1].day - ONE_SITTING]))
        for given in by_person.values()
        if given[-1].day > given[0].day + ONE_SITTING
    ]  # fmt: skip
    found = {}
    for construct in held.constructs:
        both = [one for pair in pairs for one in pair]
        for market in _markets(both, construct) if construct.per_market else ("",):
            key = keyed(construct.id, market)
            compared = [
                (own_score(held, construct, a, market), own_score(held, construct, b, market))
                for a, b in pairs
            ]
            told = [
                (then, now) for then, now in compared
                if then is not None and now is not None and then.score is not None and now.score is not None
            ]  # fmt: skip
            if told:
                by = mean_of([now.score - then.score for then, now in told], bounds=(-6, 6))  # type: ignore[operator]
                found[key] = Change(
                    key, by, len(told), min(then.day for then, _ in told), max(now.day for _, now in told)
                )
    return found


def over_time(
    held: Questionnaire, firm: str, answers: Sequence[Answers], day: date
) -> tuple[Assessment, ...]:
    """Return the state at the end of each month in which somebody answered, up to a day; the last is that of the day."""
    months = sorted({(said.day.year, said.day.month) for said in answers if said.day <= day})
    ends = []
    for year, month in months:
        after = date(year + month // 12, month % 12 + 1, 1)
        ends.append(min(after - timedelta(days=1), day))
    return tuple(assess(held, firm, answers, end) for end in ends)


def reliabilities(held: Questionnaire, answers: Iterable[Answers]) -> dict[str, Reliability]:
    """Return alpha and omega of each construct over people's last answers (of questions of a market, over all markets)."""
    last = {
        (said.firm, said.informant): said for said in sorted(answers, key=lambda each: (each.at, each.id))
    }
    found = {}
    for construct in held.constructs:
        rows = []
        for said in last.values():
            for market in _markets([said], construct) if construct.per_market else ("",):
                keys = [keyed(item.id, market) for item in construct.scaled]
                rows.append(
                    [turned(held, key, said.values[key]) if key in said.values else math.nan for key in keys]
                )
        table = np.array(rows, dtype=np.float64).reshape(-1, len(construct.scaled))
        found[construct.id] = reliability(table)
    return found
