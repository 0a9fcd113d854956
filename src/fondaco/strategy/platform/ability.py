"""Can the firm run a shop of its own beside the platforms?  The test, its milestones, and the two-channel path.

Kim and Lim (section 3.1) let a firm begin on third-party platforms and build its own site once it has "enough
ability", and give no test of it.  The test here is our own (rule ``platform/dual-channel``, thresholds marked
``set``): skill, experience, hours, a year abroad, orders.  All must be met; one that is not known leaves it open.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from fondaco.strategy.platform.condition import TRUTH, Condition, Fits, State, verdict
from fondaco.strategy.platform.facts import Facts
from fondaco.strategy.rules import rule

RULE = "platform/dual-channel"
Stage = Literal["before", "third-party", "own-only", "own-able", "ready", "two-channels"]

_STAGE_SAYS: dict[Stage, str] = {
    "before": "Not selling abroad yet: open the first market through a platform of others.",
    "third-party": "First stage: selling abroad through platforms of others, learning to run a shop.",
    "own-only": "A site of its own alone, before the ability is there: sell through a platform of others first.",
    "own-able": "A site of its own alone, and the ability for it: platforms of others would bring further buyers.",
    "ready": "Able to add a site of its own beside the platforms.",
    "two-channels": "Second stage: a site of its own beside the platforms.",
}


@dataclass(frozen=True)
class Milestone:
    """One thing that enough ability asks for; `reached` is the day it will be reached at the present pace, if told."""

    condition: Condition
    reached: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the milestone as JSON values."""
        day = None if self.reached is None else self.reached.isoformat()
        return {**self.condition.to_json(), "reached": day}


@dataclass(frozen=True)
class Path:
    """Where the firm stands on the way from one channel to two.

    Attributes
    ----------
    enough
        Whether the ability for a site of its own is there; ``unknown`` where a fact is missing and none fails.
    earliest
        The day by which everything that only takes time will be reached; None where something else is missing.
    """

    stage: Stage
    enough: Fits
    milestones: tuple[Milestone, ...]

    @property
    def says(self) -> str:
        """Where the firm stands, in a sentence."""
        return _STAGE_SAYS[self.stage]

    @property
    def missing(self) -> tuple[Milestone, ...]:
        """What is not reached, or not known."""
        return tuple(each for each in self.milestones if each.condition.state != "met")

    @property
    def earliest(self) -> date | None:
        """The day by which all that is missing will be reached, where for all of it a day can be told."""
        days = [each.reached for each in self.missing]
        return max((d for d in days if d is not None), default=None) if all(days) and days else None

    def to_json(self) -> dict[str, Any]:
        """Return the path as JSON values."""
        return {
            "stage": self.stage,
            "says": self.says,
            "enough_ability": TRUTH[self.enough],
            "test": "set: the study gives none",
            "earliest": None if self.earliest is None else self.earliest.isoformat(),
            "milestones": [each.to_json() for each in self.milestones],
        }


def path(facts: Facts, own_sites: frozenset[str], today: date) -> Path:
    """Return where a firm stands between one channel and two.

    Parameters
    ----------
    own_sites
        Ids of platforms that are a site of the firm's own, or a rented one.
    """
    milestones = _milestones(facts, today)
    enough = verdict(each.condition for each in milestones)
    return Path(_stage(facts, own_sites, enough), enough, milestones)


def _stage(facts: Facts, own_sites: frozenset[str], enough: Fits) -> Stage:
    own, others = set(facts.platforms) & own_sites, set(facts.platforms) - own_sites
    if own and others:
        return "two-channels"
    if own:
        return "own-able" if enough == "yes" else "own-only"
    if enough == "yes":
        return "ready"
    return "third-party" if others or facts.abroad_since is not None else "before"


def ability(facts: Facts, today: date) -> Fits:
    """Return whether the firm has enough ability for a shop of its own, by our test."""
    return verdict(each.condition for each in _milestones(facts, today))


def _milestones(facts: Facts, today: date) -> tuple[Milestone, ...]:
    held = rule(RULE)
    stated = facts.profile.thresholds
    hours = held.threshold("export_hours_per_week", stated)
    months = held.threshold("months_abroad", stated)
    orders = held.threshold("orders_abroad", stated)
    people = facts.profile.people
    return (
        _skill("e-commerce skill", people.ecommerce_skill, ("high",), "people.ecommerce_skill"),
        _skill("trade experience", people.trade_experience, ("some", "high"), "people.trade_experience"),
        Milestone(
            Condition(
                "hours for export",
                _at_least(people.export_hours_per_week, hours.value),
                _said(people.export_hours_per_week, "hours a week"),
                hours.says,
                RULE,
                cure="Free the hours, or state people.export_hours_per_week in the profile.",
            )
        ),
        _months(facts, int(months.value), months.says, today),
        _orders(facts, orders.value, orders.says),
    )


def _skill(name: str, found: str | None, enough: tuple[str, ...], where: str) -> Milestone:
    state: State = "unknown" if found is None else "met" if found in enough else "failed"
    return Milestone(
        Condition(
            name, state, "not stated" if found is None else found, " or ".join(enough) + " (set, in no study)", RULE,
            cure=f"State {where} in the profile." if found is None else "Train who keeps the shop.",
        )
    )  # fmt: skip


def _months(facts: Facts, needed: int, says: str, today: date) -> Milestone:
    since = facts.abroad_since
    if since is None:
        state: State = "unknown" if not facts.platforms and facts.ledger.until is None else "failed"
        return Milestone(
            Condition(
                "time abroad", state, "no sale abroad is known", says, RULE,
                cure="State `since` of each channel in the profile, or take in its orders.",
            )
        )  # fmt: skip
    reached = months_later(since, needed)
    done = reached <= today
    return Milestone(
        Condition(
            "time abroad", "met" if done else "failed", f"since {since}", says, RULE,
            cure="" if done else "Time alone brings this one.",
        ),
        None if done else reached,
    )  # fmt: skip


def _orders(facts: Facts, needed: Decimal, says: str) -> Milestone:
    ledger = facts.ledger
    if ledger.until is None:
        return Milestone(
            Condition(
                "orders abroad", "unknown", "the ledger is empty", says, RULE,
                cure="Take in the platforms' orders: fondaco import.",
            )
        )  # fmt: skip
    count = ledger.orders
    found = f"{count:,} within twelve months to {ledger.until}"
    state: State = "met" if count >= needed else "failed"
    return Milestone(
        Condition(
            "orders abroad", state, found, says, RULE, cure="" if state == "met" else "Sell more abroad."
        )
    )


def _at_least(found: Decimal | None, needed: Decimal) -> State:
    return "unknown" if found is None else "met" if found >= needed else "failed"


def _said(found: Decimal | None, unit: str) -> str:
    return "not stated" if found is None else f"{found:f} {unit}"


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month.

    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def weeks_later(day: date, weeks: int) -> date:
    """Return the day some weeks later."""
    return day + timedelta(weeks=weeks)
