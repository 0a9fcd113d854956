"""What is known of a market in four parts, how completely, and what not knowing may cost.

The parts are those of foreign-market knowledge: customers, competitors, market conditions, laws and
regulations.  Each part is a list of `Topic`s.  A topic is known (1) where enough observations stand
behind it and the newest is not too old, half known where there are some but too few or too old, and
not known (0) where there is none.  The completeness of a part is the mean over its topics.

What is less than known is a blind spot.  Blind spots are ordered by what is at stake in the market
(`Stake`): the sales of the last twelve months, and the inquiries, each valued at what an inquiry has
brought this firm so far.  ``docs/rules/dossier.md`` has the table of topics and a worked case.

Everything said is of one of three kinds (`Says`): a *fact* that a file, an office or a person stated, an
*inference* that a rule of ours makes of facts, or an *example*, one case that stands for no more than
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from fondaco.markets.money import money

RULE = "market-dossier/1"

PartName = Literal["customers", "competitors", "conditions", "regulations"]
PARTS: tuple[PartName, ...] = ("customers", "competitors", "conditions", "regulations")

Says = Literal["fact", "inference", "example"]


@dataclass(frozen=True)
class Statement:
    """A sentence of the dossier.

    Attributes
    ----------
    text
        The sentence.
    says
        ``fact``, ``inference`` or ``example``, see the module.
    rests_on
        What it rests on, in words.
    """

    text: str
    says: Says = "fact"
    rests_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"text": self.text, "says": self.says, "rests_on": self.rests_on}


@dataclass(frozen=True)
class Note:
    """What a person knows of a market and told.

    Attributes
    ----------
    part
        Which of the four parts it is about.
    first_hand
        Whether the person saw or heard it there, or has it from others.
    tacit
        Whether it is in somebody's head (`where` says whose) or written down (`where` says in what).
    day, review_by
        The day it was true, and the day from which it has to be looked at again.
    """

    part: PartName
    text: str
    first_hand: bool
    source: str
    tacit: bool
    where: str
    day: date
    review_by: date
    by: str = ""

    def overdue(self, today: date) -> bool:
        """Whether it should have been looked at again by `today`."""
        return self.review_by <= today

    def to_json(self, today: date) -> dict[str, Any]:
        """Return the note as JSON values."""
        return {
            "part": self.part,
            "text": self.text,
            "first_hand": self.first_hand,
            "source": self.source,
            "tacit": self.tacit,
            "where": self.where,
            "day": self.day.isoformat(),
            "review_by": self.review_by.isoformat(),
            "overdue": self.overdue(today),
        }


@dataclass(frozen=True)
class Evidence:
    """How many observations there are of something, and when the newest was made."""

    count: int = 0
    newest: date | None = None

    def __add__(self, other: Evidence) -> Evidence:
        days = [day for day in (self.newest, other.newest) if day]
        return Evidence(self.count + other.count, max(days, default=None))


NOTHING = Evidence()


@dataclass(frozen=True)
class Topic:
    """Something that a firm should know of a market.

    Attributes
    ----------
    needed
        Observations from which it counts as known.
    lasts
        Days for which an observation holds; None: as long as nobody says otherwise.
    matters
        Which share of what is at stake hangs on it, 0 to 1: a judgement of ours, used to put blind
        spots in order and for nothing else.
    of
        What is counted, in the plural.
    gap
        What is said where nothing is known; it follows on "62 inquiries from South Korea and".
    cure
        What would tell.
    """

    part: PartName
    name: str
    needed: int
    lasts: int | None
    matters: float
    of: str
    gap: str
    cure: str


TOPICS: tuple[Topic, ...] = (
    Topic(
        "customers", "orders", 30, 365, 0.5, "orders", "no order from it", "Time, or an export of older orders, would tell."
    ),
    Topic(
        "customers", "buyers", 30, 365, 0.4, "orders that name their buyer",
        "no order that names its buyer, so nothing known of who buys again",
        "An export with buyer ids would tell.",
    ),
    Topic(
        "customers", "inquiries", 10, 365, 0.3, "inquiries", "no inquiry on record in its own words", "A file of inquiries would tell."
    ),
    Topic(
        "customers", "reviews", 10, 365, 0.2, "reviews", "no review on record", "A file of reviews would tell."
    ),
    Topic(
        "customers", "views", 100, 365, 0.3, "views or visits", "nobody knows how often the firm was seen there",
        "A file of traffic would tell.",
    ),
    Topic(
        "customers", "search terms", 100, 365, 0.2, "clicks on advertisements",
        "nothing known of which search terms bring orders", "A report of search terms would tell.",
    ),
    Topic(
        "customers", "season", 24, None, 0.2, "whole months with sales on record", "its season is not known",
        "Time, or files of earlier months, would tell.",
    ),
    Topic(
        "competitors", "offers", 5, 180, 0.7, "competitors' offers with a price",
        "nothing known of what competitors ask there",
        "A file of listings would tell, looked up by hand and never scraped.",
    ),
    Topic(
        "competitors", "sellers", 3, 180, 0.3, "competing sellers", "no competitor known by name",
        "A file of listings would tell.",
    ),
    Topic(
        "competitors", "days", 2, 180, 0.2, "days on which offers were looked at",
        "nothing known of who entered or how prices moved",
        "Listings of a second day would tell.",
    ),
    Topic(
        "competitors", "minimum orders", 5, 180, 0.2, "offers that state a minimum order",
        "nothing known of competitors' minimum orders", "A file of listings with the minimum order would tell.",
    ),
    Topic(
        "competitors", "ratings", 5, 180, 0.1, "offers with a rating", "nothing known of how competitors are rated",
        "A file of listings with ratings would tell.",
    ),
    Topic(
        "conditions", "demand", 3, 1500, 0.6, "years of trade data", "nothing known of what it imports",
        "Public trade data would tell: fondaco trade add.",
    ),
    Topic(
        "conditions", "tariffs", 1, 400, 0.5, "tariff lines", "no tariff loaded",
        "The market's customs tariff would tell.",
    ),
    Topic(
        "conditions", "exchange rate", 60, 30, 0.4, "daily quotations of its currency",
        "nothing known of how its currency moves", "A newer history of the ECB (fondaco rates update), or its central bank, would tell.",
    ),
    Topic(
        "conditions", "place", 2, None, 0.2, "facts of distance and language", "its distance and languages are not known",
        "A geography would tell.",
    ),
    Topic(
        "conditions", "people and income", 3, None, 0.2, "facts of population, income and internet use",
        "nothing known of its population, income and internet use", "Its statistical office would tell.",
    ),
    Topic(
        "conditions", "holidays", 1, None, 0.1, "calendars", "its public holidays are not known",
        "Its embassy would tell.",
    ),
    Topic(
        "conditions", "freight", 10, 365, 0.3, "orders with a shipping charge",
        "nothing on record of what shipping there costs", "An export of orders with shipping would tell.",
    ),
    Topic(
        "regulations", "rules", 1, None, 1.0, "rules of the market", "nothing known of its rules for your products",
        "The offices of the market would tell.",
    ),
)  # fmt: skip

#: One more topic of every part: what the firm's people know and told.
PEOPLE = {
    part: Topic(
        part,
        "people",
        1,
        None,
        0.2,
        "notes of people",
        f"no note of what your people know of its {what}",
        "Ask who has been there, and write it down as a market note.",
    )
    for part, what in zip(
        PARTS, ("customers", "competitors", "conditions", "laws and regulations"), strict=True
    )
}


@dataclass(frozen=True)
class Known:
    """A topic with what stands behind it.

    Attributes
    ----------
    value
        1 known, 0.5 in part, 0 not.
    why
        Where it is less than 1: what is missing, in words.
    people
        Whether it rests on what people told and not on files.
    """

    topic: Topic
    evidence: Evidence
    value: float
    why: str = ""
    people: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the topic as JSON values."""
        return {
            "topic": self.topic.name,
            "known": self.value,
            "observations": self.evidence.count,
            "needed": self.topic.needed,
            "newest": self.evidence.newest.isoformat() if self.evidence.newest else None,
            "people": self.people,
            "why": self.why,
        }


@dataclass(frozen=True)
class Completeness:
    """How much of a part is known: the mean over its topics, and what they are."""

    part: PartName
    topics: tuple[Known, ...]

    @property
    def share(self) -> float:
        """From 0 (nothing) to 1 (all topics known)."""
        return sum(each.value for each in self.topics) / len(self.topics) if self.topics else 0.0

    @property
    def observations(self) -> int:
        """How many observations stand behind the part, notes of people apart."""
        return sum(each.evidence.count for each in self.topics if not each.people)

    @property
    def newest(self) -> date | None:
        """The day of the newest of them."""
        return max((each.evidence.newest for each in self.topics if each.evidence.newest), default=None)

    def age(self, today: date) -> int | None:
        """Days since the newest observation; None where there is none with a day."""
        return None if self.newest is None else max((today - self.newest).days, 0)

    def to_json(self, today: date) -> dict[str, Any]:
        """Return the measure as JSON values: share, age and every topic."""
        return {
            "completeness": round(self.share, 3),
            "age_days": self.age(today),
            "newest": self.newest.isoformat() if self.newest else None,
            "observations": self.observations,
            "topics": [each.to_json() for each in self.topics],
        }


@dataclass(frozen=True)
class Stake:
    """What a firm has at stake in a market over the last twelve months it knows.

    Attributes
    ----------
    sales
        Net goods revenue, in `currency`.
    inquiries, views
        Attention: how often it was asked and seen.
    per_inquiry
        What an inquiry from abroad has brought this firm: foreign net revenue over foreign inquiries
        of the same months; zero where there were none.  The firm's own rate and nobody else's.
    """

    market: str
    name: str
    currency: str
    sales: Decimal = Decimal(0)
    orders: int = 0
    inquiries: int = 0
    views: int = 0
    per_inquiry: Decimal = Decimal(0)

    @property
    def worth(self) -> Decimal:
        """Sales, or what the inquiries would bring at the firm's own rate where that is more."""
        return max(self.sales, self.inquiries * self.per_inquiry, Decimal(0))

    def words(self) -> str:
        """Return the stake as the beginning of a sentence."""
        asked = f"{self.inquiries:,} inquir{'y' if self.inquiries == 1 else 'ies'}"
        if self.sales > 0 and self.inquiries:
            return f"{self.sales:,.0f} {self.currency} of sales and {asked} from {self.name} in twelve months"
        if self.sales > 0:
            return f"{self.sales:,.0f} {self.currency} of sales to {self.name} in twelve months"
        if self.inquiries:
            return f"{asked} from {self.name} in twelve months"
        if self.views:
            return f"{self.views:,} views from {self.name} in twelve months"
        return f"No sales to {self.name} and no inquiries from it in twelve months"

    def to_json(self) -> dict[str, Any]:
        """Return the stake as JSON values."""
        return {
            "sales": money(self.sales.quantize(Decimal("0.01"))),
            "orders": self.orders,
            "inquiries": self.inquiries,
            "views": self.views,
            "per_inquiry": money(self.per_inquiry.quantize(Decimal("0.01"))),
            "worth": money(self.worth.quantize(Decimal("0.01"))),
            "currency": self.currency,
        }


@dataclass(frozen=True)
class BlindSpot:
    """Something not known that may cost sales or attention.

    Attributes
    ----------
    text
        A sentence: what is at stake, and what is not known.
    gap
        The latter alone.
    cure
        What would tell.
    weight
        What orders blind spots: money at stake, then inquiries, then views, each times the share of it
        that hangs on the topic and is not known.
    """

    market: str
    part: PartName
    topic: str
    text: str
    gap: str
    cure: str
    weight: tuple[float, float, float, float] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the blind spot as JSON values."""
        return {
            "market": self.market,
            "part": self.part,
            "topic": self.topic,
            "text": self.text,
            "gap": self.gap,
            "cure": self.cure,
            "at_stake": round(self.weight[0], 2),
        }


def judge(topic: Topic, evidence: Evidence, today: date, *, why: str = "") -> Known:
    """Say how well a topic is known on `today`.

    Examples
    --------
    >>> offers = next(t for t in TOPICS if t.name == "offers")
    >>> judge(offers, Evidence(4, date(2026, 5, 1)), date(2026, 6, 1)).why
    "only 4 competitors' offers with a price where 5 are needed"
    >>> judge(offers, Evidence(9, date(2025, 5, 1)), date(2026, 6, 1)).why
    "the newest of its competitors' offers with a price is of 2025-05-01, 396 days ago"
    >>> judge(offers, Evidence(9, date(2026, 5, 1)), date(2026, 6, 1)).value
    1.0
    """
    if not evidence.count:
        return Known(topic, evidence, 0.0, why or topic.gap)
    if evidence.count < topic.needed:
        few = f"only {evidence.count:,} {topic.of} where {topic.needed:,} are needed"
        return Known(topic, evidence, 0.5, why or few)
    if topic.lasts is not None and evidence.newest and (today - evidence.newest).days > topic.lasts:
        days = (today - evidence.newest).days
        return Known(
            topic, evidence, 0.5, f"the newest of its {topic.of} is of {evidence.newest}, {days:,} days ago"
        )
    return Known(topic, evidence, 1.0)


def judge_notes(part: PartName, notes: Iterable[Note], today: date) -> Known:
    """Say how well people's knowledge of a part is written down.

    Known: a first-hand note that is not overdue.  Half: only second-hand notes, or all overdue (who
    sells online only may think the market known while it moves on: the virtuality trap).
    """
    held = [note for note in notes if note.part == part]
    evidence = Evidence(len(held), max((note.day for note in held), default=None))
    topic = PEOPLE[part]
    if not held:
        return Known(topic, evidence, 0.0, topic.gap, people=True)
    fresh = [note for note in held if not note.overdue(today)]
    if not fresh:
        last = max(note.review_by for note in held)
        return Known(
            topic, evidence, 0.5,
            f"all notes on its {part} are past their review ({last} at the latest)", people=True,
        )  # fmt: skip
    if not any(note.first_hand for note in fresh):
        return Known(topic, evidence, 0.5, f"only second-hand notes on its {part}", people=True)
    return Known(topic, evidence, 1.0, people=True)


def completeness(
    part: PartName,
    evidence: Mapping[str, Evidence],
    today: date,
    *,
    notes: Sequence[Note] | None = (),
    why: Mapping[str, str] | None = None,
    topics: Sequence[Topic] | None = None,
) -> Completeness:
    """Judge every topic of a part.

    Parameters
    ----------
    evidence
        By the topic's name; what is missing counts as nothing.
    notes
        What people told of the market, of any part; None where they were not asked for: then people's
        knowledge is no topic.
    why
        By the topic's name, a better word for why it is not known.
    topics
        Of the part, where they are not those of `TOPICS` (regulations: one for each kind of rule).

    Examples
    --------
    >>> measure = completeness("competitors", {"offers": Evidence(9, date(2026, 5, 1))}, date(2026, 6, 1))
    >>> round(measure.share, 3)                  # one of six topics: five of files, one of people
    0.167
    """
    chosen = topics if topics is not None else [each for each in TOPICS if each.part == part]
    said = why or {}
    known = [
        judge(topic, evidence.get(topic.name, NOTHING), today, why=said.get(topic.name, ""))
        for topic in chosen
    ]
    if notes is not None:
        known.append(judge_notes(part, notes, today))
    return Completeness(part, tuple(known))


def blind_spots(stake: Stake, parts: Iterable[Completeness]) -> tuple[BlindSpot, ...]:
    """Return what is not known of a market, the costliest first."""
    found = []
    for part in parts:
        for known in part.topics:
            if known.value >= 1:
                continue
            missing = known.topic.matters * (1 - known.value)
            weight = (
                float(stake.worth) * missing,
                stake.inquiries * missing,
                stake.views * missing,
                missing,
            )
            gap = known.why.rstrip(".")
            text = f"{stake.words()}, and {gap}."
            found.append(
                BlindSpot(stake.market, part.part, known.topic.name, text, gap, known.topic.cure, weight)
            )
    return tuple(sorted(found, key=lambda spot: (*(-each for each in spot.weight), spot.part, spot.topic)))
