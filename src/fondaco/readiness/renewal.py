"""What speaks for staying on a platform, changing how it is used, or leaving, when a subscription ends?

Facts of the term go in: what was hoped for, what was done, what came of it in several measures, what it cost in money
and in strain.  Reasons come out, each with its weight, its evidence and the facts that it rests on.  Fondaco does not
decide: sums of weights are told beside the reasons, never as a verdict.

The reasons are data, ``data/renewal-1.toml``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fondaco.kernel import InputError
from fondaco.kernel.words import many

RULE = "renewal/1"
Side = Literal["stay", "change", "leave"]
SIDES: tuple[Side, ...] = ("stay", "change", "leave")
#: What a firm may record, also long after the review.
Choice = Literal["stay", "change", "leave", "return"]
#: How long before its end a review is due, in days: set by us, so that there is time to talk.
AHEAD = 60

#: What each measure is, in words, and which page or person tells it.
NUMBERS = {
    "months": "months of the subscription so far",
    "views": "views of the firm's pages",
    "rfqs": "requests for quotation",
    "quotations": "requests that were answered",
    "first_orders": "buyers who ordered",
    "lasting_ties": "buyers who ordered again",
    "agreements": "supply agreements",
    "orders": "orders",
    "markets": "countries sold to",
    "sales": "sales, in the firm's currency",
    "money_out": "what it cost, in the firm's currency",
    "result": "money in less money out, in the firm's currency",
    "readiness_then": "readiness at the beginning, of seven",
    "readiness_now": "readiness now, of seven",
    "readiness_change": "change of readiness, of seven",
    "answered_in_time": "share of requests answered in time",
    "gap_days": "longest stretch of days without attention",
    "hours_a_week": "hours a week spent on it",
    "advantages": "advantages of the firm's own that came of it",
    "product_changes": "changes of products and practice that it prompted",
    "contacts": "contacts that it brought, of use beyond a sale",
    "partners": "partners found through it",
    "conflicts": "conflicts with other channels",
    "unused_tools": "tools of the platform that were never used",
    "strain": "strain on those who do the work, of five",
}
#: Between what the numbers lie that have a scale; counts and money begin at 0 but where something can be lost.
_BETWEEN = {
    "readiness_then": (1, 7), "readiness_now": (1, 7), "readiness_change": (-6, 6), "answered_in_time": (0, 1),
    "strain": (1, 5), "hours_a_week": (0, 10_000), "result": (-1e12, 1e12),
}  # fmt: skip
YES_NO = {
    "exposure": "became better known abroad",
    "hopes_met": "what was hoped for came",
    "dedicated_people": "somebody has time set aside for it",
    "staffing_cost": "people's time cost more than planned",
    "slow_decisions": "requests were lost while price and terms were settled",
    "capacity_too_small": "production is too small for what is asked",
    "export_knowledge": "somebody knows foreign sales, customs and logistics",
    "organisational_misfit": "the firm's way of deciding does not keep the platform's time",
    "unwilling_units": "parts of the firm leave it aside",
    "conflicts_settled": "conflicts with other channels are settled",
    "unreliable_buyers": "many who asked could not be relied on",
}


class _Condition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    measure: str
    compares: Literal["at_least", "below", "yes", "no"] = Field(alias="is")
    value: float = 0


class Rule(_Condition):
    """A reason as it ships: what must hold, what it says then, on whose word."""

    id: str
    side: Side
    weight: int = Field(ge=1, le=3)
    also: tuple[_Condition, ...] = ()
    says: str
    study: str = ""
    section: str = ""
    reason: str = ""
    evidence: str
    caveat: str = ""


@cache
def rules() -> tuple[Rule, ...]:
    """Return the reasons that ship; a fault in them is ours, and found by the tests."""
    held = tomllib.loads((Path(__file__).parent / "data" / "renewal-1.toml").read_text("utf-8"))
    found = tuple(Rule.model_validate(each) for each in held["reason"])
    for each in found:
        for condition in (each, *each.also):
            if condition.measure not in (YES_NO if condition.compares in ("yes", "no") else NUMBERS):
                raise ValueError(f"{each.id}: no measure {condition.measure}")
        if bool(each.study) == bool(each.reason):
            raise ValueError(f"{each.id}: name either a study or a reason")
    return found


@dataclass(frozen=True)
class Facts:
    """The facts of a term; what is left out is not known, and no reason is made of it.

    Attributes
    ----------
    numbers, yes_no
        By name of `NUMBERS` and `YES_NO`.
    aim
        Why the firm joined, in its own words.
    platform, begun, ends
        The subscription.
    origin
        By measure: where it comes from, such as ``ledger`` or ``stated``.
    """

    numbers: Mapping[str, float]
    yes_no: Mapping[str, bool]
    aim: str = ""
    platform: str = ""
    begun: date | None = None
    ends: date | None = None
    origin: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        for name, value in self.numbers.items():
            if name not in NUMBERS:
                raise InputError(f"No number is called {name[:60]!r}: they are {', '.join(NUMBERS)}.")
            if isinstance(value, bool) or not math.isfinite(value):
                raise InputError(f"{name} is {value}: state a number.")
            low, high = _BETWEEN.get(name, (0, 1e12))
            if not low <= value <= high:
                raise InputError(
                    f"{name} ({NUMBERS[name]}) is {value:g}: state a number from {low:g} to {high:g}."
                )
        for name, said in self.yes_no.items():
            if name not in YES_NO:
                raise InputError(f"Nothing is called {name[:60]!r}: they are {', '.join(YES_NO)}.")
            if not isinstance(said, bool):
                raise InputError(f"{name} is {str(said)[:60]!r}: state true or false.")


@dataclass(frozen=True)
class Reason:
    """A reason for one side: its weight (1 to 3), what it rests on, and whose word it is."""

    rule: Rule
    says: str
    rests_on: Mapping[str, float | bool]

    def to_json(self) -> dict[str, Any]:
        """Return the reason as JSON values."""
        rule = self.rule
        return {
            "reason": self.says, "weight": rule.weight, "rule": f"renewal/{rule.id}", "rests_on": dict(self.rests_on),
            "study": rule.study or None, "section": rule.section or None, "why": rule.reason or None,
            "evidence": rule.evidence, "caveat": rule.caveat or None,
        }  # fmt: skip


@dataclass(frozen=True)
class Review:
    """What speaks for each side, heaviest first, and which facts nobody has told."""

    facts: Facts
    today: date
    stay: tuple[Reason, ...]
    change: tuple[Reason, ...]
    leave: tuple[Reason, ...]
    unknown: tuple[str, ...]

    @property
    def days_left(self) -> int | None:
        """Days until the subscription ends; negative after it, None where no end is known."""
        return None if self.facts.ends is None else (self.facts.ends - self.today).days

    @property
    def countdown(self) -> str:
        """The days left, in a sentence."""
        left = self.days_left
        if left is None:
            return "The end of the subscription is not known: state it, so that the review comes in time."
        if left < 0:
            return f"The subscription ended {many(-left, 'day')} ago."
        ends = f"in {many(left, 'day')}" if left else "today"
        due = "due" if left <= AHEAD else f"due {many(left - AHEAD, 'day')} from now"
        return f"The subscription ends {ends}. The review is {due}."

    def side(self, side: Side) -> tuple[Reason, ...]:
        """Return the reasons of a side."""
        return {"stay": self.stay, "change": self.change, "leave": self.leave}[side]

    def weight(self, side: Side) -> int:
        """Return the sum of a side's weights."""
        return sum(each.rule.weight for each in self.side(side))

    def to_json(self) -> dict[str, Any]:
        """Return the review as JSON values."""
        facts, origin = self.facts, self.facts.origin or {}
        told = {**facts.numbers, **facts.yes_no}
        return {
            "platform": facts.platform or None, "aim": facts.aim or None, "as_of": self.today.isoformat(),
            "begun": facts.begun and facts.begun.isoformat(), "ends": facts.ends and facts.ends.isoformat(),
            "days_left": self.days_left, "countdown": self.countdown,
            "facts": {name: {"value": value, "from": origin.get(name, "stated")} for name, value in told.items()},
            "review": {side: [each.to_json() for each in self.side(side)] for side in SIDES},
            "weights": {side: self.weight(side) for side in SIDES},
            "decides": "The firm decides: weights are set, and are no vote.",
            "unknown": list(self.unknown), "basis": {"rule": RULE},
        }  # fmt: skip


def review(facts: Facts, today: date) -> Review:
    """Return what speaks for staying, changing and leaving.

    Examples
    --------
    >>> found = review(Facts({"lasting_ties": 2, "first_orders": 5, "months": 24}, {}), date(2026, 3, 1))
    >>> [(each.rule.id, each.rule.weight) for each in found.stay]
    [('lasting-ties', 3), ('first-orders', 1)]
    >>> found.leave
    ()
    """
    held = [(rule, _reason(rule, facts)) for rule in rules()]
    found = [reason for _, reason in held if reason is not None]

    def of(side: Side) -> tuple[Reason, ...]:
        return tuple(sorted((r for r in found if r.rule.side == side), key=lambda r: -r.rule.weight))

    named = {**NUMBERS, **YES_NO}
    told = {**facts.numbers, **facts.yes_no}
    asked = dict.fromkeys(c.measure for rule, _ in held for c in (rule, *rule.also))
    missing = [f"Not known: {named[name]}." for name in asked if name not in told]
    return Review(facts, today, of("stay"), of("change"), of("leave"), tuple(missing))


def _reason(rule: Rule, facts: Facts) -> Reason | None:
    conditions: Sequence[_Condition] = (rule, *rule.also)
    if not all(_holds(each, facts) for each in conditions):
        return None
    told = {**facts.numbers, **facts.yes_no}
    rests_on = {each.measure: told[each.measure] for each in conditions}
    value = told[rule.measure]
    number = f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.1f}"
    return Reason(rule, rule.says.format(value=number, percent=f"{value:.0%}"), rests_on)


def _holds(condition: _Condition, facts: Facts) -> bool:
    if condition.compares in ("yes", "no"):
        said = facts.yes_no.get(condition.measure)
        return said is not None and said == (condition.compares == "yes")
    value = facts.numbers.get(condition.measure)
    if value is None:
        return False
    return value >= condition.value if condition.compares == "at_least" else value < condition.value


def facts_from(said: Mapping[str, Any], where: str) -> Facts:
    """Return facts from plain values, as a file or a form states them: measures, ``aim``, ``platform``, ``begun``, ``ends``.

    Raises
    ------
    InputError
        Naming what is not known or of the wrong kind.
    """
    numbers, yes_no = {}, {}
    texts: dict[str, str] = {}
    days: dict[str, date] = {}
    for name, value in said.items():
        if name in YES_NO:
            yes_no[name] = value
        elif name in ("aim", "platform"):
            if not isinstance(value, str) or len(value) > 2000:
                raise InputError(f"{where}: {name} is text of at most 2000 letters.")
            texts[name] = value
        elif name in ("begun", "ends"):
            if type(value) is not date:
                raise InputError(f"{where}: {name} is {str(value)[:60]!r}: state a day such as 2026-12-31.")
            days[name] = value
        else:
            try:
                numbers[name] = value if isinstance(value, bool) else float(value)
            except (TypeError, ValueError):
                raise InputError(f"{where}: {name[:60]} is {str(value)[:60]!r}: state a number.") from None
    if days.keys() == {"begun", "ends"} and days["ends"] < days["begun"]:
        raise InputError(
            f"{where}: it ends on {days['ends']} and begins on {days['begun']}: correct one of the days."
        )
    try:
        return Facts(numbers, yes_no, texts.get("aim", ""), texts.get("platform", ""), days.get("begun"), days.get("ends"))  # fmt: skip
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
