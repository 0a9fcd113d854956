"""A firm's inquiries and calendar, handed to the simulation of staffing, with what would change it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fondaco.desk.clock import WorkingHours, working_hours
from fondaco.desk.clock.working import USUAL
from fondaco.kernel import FondacoError, InputError
from fondaco.ledger import Workspace
from fondaco.readiness.staffing import (
    FULL_TIME,
    RULE,
    TARGET,
    WEEK,
    Arrivals,
    Cost,
    Needed,
    Served,
    Span,
    Team,
    inside_or_outside,
    needed,
    people_of,
    profile_of,
    serve,
    with_more,
)
from fondaco.reference import countries
from fondaco.reference.time_zones import zone, zones
from fondaco.strategy.rules import rule
from fondaco.workflows.inquiries import settled_cases
from fondaco.workflows.profile import profile_of as profile_of_firm

#: Weeks of the calendar that are simulated as a year.
WEEKS = 52
#: Fewest inquiries of the ledger from which the hours of the week are taken.
FEWEST = 30
#: Hours of its own day at which a buyer writes, Monday to Friday: set, where the ledger tells too little.
BUYERS_DAY = range(9, 18)


@dataclass(frozen=True)
class Wanted:
    """What is stated for the simulation; hours are hours, the limit is until an answer.

    Attributes
    ----------
    a_week, buyers
        Inquiries a week and countries of buyers (alpha-3); from the ledger where left out.
    handling
        Mean hours that a reply takes.
    hours
        When the firm works, such as ``Mon-Fri 09:00-13:00 14:00-18:00``.
    hours_a_week
        Hours now; the profile's where None.
    part_time
        Hours a week of one more person.
    template
        Hours that a reply takes with templates.
    partner_hours
        When an outsourced partner answers, in the firm's own zone.
    hour_cost, partner_fee, coordinator_hours
        For inside against outside: an hour's cost, the partner's monthly fee, the coordinator's hours a week.
    """

    a_week: float | None = None
    buyers: tuple[str, ...] = ()
    handling: float = 0.5
    limit: float = 24
    hours: str = USUAL
    zone: str = ""
    hours_a_week: float | None = None
    part_time: float = 20
    template: float | None = None
    partner_hours: str = "Mon-Sun 08:00-20:00"
    hour_cost: float | None = None
    partner_fee: float | None = None
    coordinator_hours: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise InputError(f"The seed is {self.seed}: it is a whole number from 0 on.")
        for name in ("hours_a_week", "part_time"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and 0 <= value <= 400):
                raise InputError(f"{name.replace('_', ' ')} is {value}: state a number from 0 to 400.")


@dataclass(frozen=True)
class Change:
    """What one change would make of it."""

    key: str
    what: str
    served: Served


@dataclass(frozen=True)
class Staffing:
    """How the firm's inquiries are served now, hours needed, and changes.

    Attributes
    ----------
    now
        With the hours that are stated; None where none are.
    costs
        Inside and outside a month; empty where a cost is not stated.
    full_time_cost
        What the hours needed cost a year; None where an hour's cost is not stated.
    rests_on
        Where arrivals and calendar come from.
    """

    firm: str
    wanted: Wanted
    arrivals: Arrivals
    now: Served | None
    needed: Needed
    changes: tuple[Change, ...]
    costs: tuple[Cost, ...]
    full_time_cost: float | None
    rests_on: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "firm": self.firm, "target": TARGET, "limit_hours": self.wanted.limit, "inquiries_a_week": round(self.arrivals.a_week, 3),
            "needed": self.needed.to_json(), "now": None if self.now is None else self.now.to_json(),
            "changes": [{"change": each.key, "what": each.what, **each.served.to_json()} for each in self.changes],
            "costs_a_month": [{"way": c.way, "own_hours": round(c.own_hours, 1), "money": round(c.money, 2)} for c in self.costs],
            "yearly_cost_of_needed": self.full_time_cost, "finding": rule("readiness/people").finding,
            "rests_on": list(self.rests_on), "basis": {"rule": RULE, "seed": self.wanted.seed, "full_time_hours": FULL_TIME},
        }  # fmt: skip


def staffing_of(workspace: Workspace, firm: str, today: date, wanted: Wanted) -> Staffing:
    """Return what it takes a firm to answer 95 % of its inquiries in time.

    Raises
    ------
    InputError
        Where neither the ledger nor anybody says how many inquiries come, or something stated cannot be.
    """
    held = workspace.firm(firm)
    monday = today - timedelta(days=today.weekday())
    known = zones(held.home)
    calendar = working_hours(
        held.home, today.year, hours=wanted.hours, zone_name=wanted.zone or next(iter(known), "UTC")
    )
    days = _days(calendar, monday)
    arrivals, words = _arrivals(workspace, firm, today, wanted)
    rests_on = [*words, f"{wanted.hours}, {calendar.zone}" + ("" if calendar.holidays_known else "; public holidays are not known")]  # fmt: skip
    if not wanted.zone and len(known) != 1:
        rests_on.append(
            f"{calendar.zone} is taken for the firm's time zone: {held.home} has {len(known) or 'none'} that we know"
        )
    found = needed(arrivals, days, wanted.handling, wanted.limit, seed=wanted.seed)
    weekly = wanted.hours_a_week
    if weekly is None and (stated := profile_of_firm(workspace, firm).people.export_hours_per_week) is not None:  # fmt: skip
        weekly = float(stated)
        rests_on.append(f"{weekly:g} hours a week, of the profile")
    a_week = sum(1 for spans in calendar.spans.values() if spans)
    base = weekly if weekly is not None else found.hours.estimate
    team = Team(people_of(days, (base or FULL_TIME) / a_week), wanted.handling)
    now = None if weekly is None else serve(arrivals, team, wanted.limit, WEEKS, seed=wanted.seed)
    if weekly is None:
        told = f"{base:g} hours a week, those needed" if base else f"{FULL_TIME:g} hours a week"
        rests_on.append(f"Changes are told from {told}: nobody states the hours there are.")
    cost = wanted.hour_cost
    needs = found.hours.estimate
    return Staffing(
        firm, wanted, arrivals, now, found, _changes(arrivals, team, days, calendar, monday, a_week, wanted),
        _costs(base, wanted), None if cost is None or needs is None else round(cost * needs * 52, 2), tuple(rests_on),
    )  # fmt: skip


def _changes(
    arrivals: Arrivals, team: Team, days: Sequence[Sequence[Span]], calendar: WorkingHours, monday: date, a_week: int,
    wanted: Wanted,
) -> tuple[Change, ...]:  # fmt: skip
    def told(key: str, what: str, changed: Team) -> Change:
        return Change(key, what, serve(arrivals, changed, wanted.limit, WEEKS, seed=wanted.seed))

    # One more person takes the end of the day, where the others take its beginning.
    late = tuple(span for spans in days for span in _last(spans, wanted.part_time / a_week))
    quick = wanted.template if wanted.template is not None else wanted.handling / 2
    partner = working_hours("", monday.year, hours=wanted.partner_hours, zone_name=calendar.zone)
    cover = tuple(span for spans in _days(partner, monday) for span in spans)
    return (
        told("part_time", f"One more person for {wanted.part_time:g} hours a week, at the end of the day", with_more(team, late)),
        told("template", f"Templates: a reply takes {quick * 60:.0f} minutes in place of {wanted.handling * 60:.0f}", replace(team, handling=quick)),
        told("partner", f"A partner who answers as well, {wanted.partner_hours}", with_more(team, cover)),
        told("bot", "A chatbot that gives a first reply while all is closed", replace(team, bot=_closed(days))),
    )  # fmt: skip


def _costs(hours: float | None, wanted: Wanted) -> tuple[Cost, ...]:
    if hours is None or wanted.hour_cost is None or wanted.partner_fee is None:
        return ()
    return inside_or_outside(hours, wanted.hour_cost, wanted.partner_fee, wanted.coordinator_hours or 0)


def _days(calendar: WorkingHours, monday: date) -> list[list[Span]]:
    """Return the hours of work of each day from a Monday on, in hours since its midnight UTC."""
    begin = datetime.combine(monday, time(), UTC)

    def hours(moment: datetime) -> float:
        return (moment - begin).total_seconds() / 3600

    return [
        [(max(hours(a), 0.0), hours(b)) for a, b in calendar.spans_of(monday + timedelta(days=n)) if hours(b) > 0]
        for n in range(WEEKS * 7)
    ]  # fmt: skip


def _last(spans: Sequence[Span], hours: float) -> list[Span]:
    kept: list[Span] = []
    for begin, end in reversed(spans):
        if hours <= 0:
            break
        kept.append((max(begin, end - hours), end))
        hours -= end - begin
    return kept[::-1]


def _closed(days: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    edges = [0.0, *(edge for spans in days for span in spans for edge in span), float(len(days) * 24)]
    return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a)


def _arrivals(
    workspace: Workspace, firm: str, today: date, wanted: Wanted
) -> tuple[Arrivals, tuple[str, ...]]:
    now = datetime.combine(today, time(23, 59), UTC)
    since = now - timedelta(days=365)
    try:
        cases = [each for each in settled_cases(workspace, firm, now)[0] if since < each.received <= now]
    except FondacoError:  # the desk's own page tells why
        cases = []
    weeks = min(52.0, max(4.0, (now - min((c.received for c in cases), default=now)).days / 7))
    if wanted.a_week is None and not cases:
        raise InputError(
            "The ledger has no inquiry of the last year: state how many a week are expected, and from where."
        )
    a_week = wanted.a_week if wanted.a_week is not None else len(cases) / weeks
    sure = 4.0 if wanted.a_week is not None else float(len(cases))
    words = [
        f"{a_week:.1f} inquiries a week, stated; as sure as four would make it" if wanted.a_week is not None
        else f"{len(cases)} inquiries of the ledger in {weeks:.0f} weeks"
    ]  # fmt: skip
    if wanted.buyers:
        words.append(f"Buyers of {', '.join(wanted.buyers)} write in their working day (set)")
        return Arrivals(a_week, _stated_profile(wanted.buyers, now), sure), tuple(words)
    # An hour of 0:00 sharp is what a file says that knows the day alone.
    timed = [c.received for c in cases if (c.received.hour, c.received.minute, c.received.second) != (0, 0, 0)]  # fmt: skip
    if len(timed) >= FEWEST:
        words.append(f"Hours of the week as in {len(timed)} inquiries of the ledger")
        return Arrivals(a_week, profile_of([m.weekday() * 24 + m.hour for m in timed]), sure), tuple(words)
    markets = tuple(case.market for case in cases if case.market)
    if markets:
        words.append("Buyers of the ledger's countries write in their working day (set)")
        return Arrivals(a_week, _stated_profile(markets, now), sure), tuple(words)
    words.append("At any hour alike: nobody says where buyers are")
    return Arrivals(a_week, (1.0,) * WEEK, sure), tuple(words)


def _stated_profile(markets: Sequence[str], now: datetime) -> tuple[float, ...]:
    """Return weights of the hours of the week from buyers' working days; a country counts as often as it is named."""
    hours = []
    for market in markets:
        names = zones(countries.from_code(market)) or ("UTC",)
        offset = now.astimezone(zone(names[0])).utcoffset() or timedelta()
        shift = round(offset.total_seconds() / 3600)
        hours += [day * 24 + hour - shift for day in range(5) for hour in BUYERS_DAY]
    return profile_of([hour % WEEK for hour in hours])
