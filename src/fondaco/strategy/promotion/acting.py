"""What to do for promotion: each finding that passes a rule's threshold becomes an action with its day and doer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from fondaco.markets.exploration import Plan
from fondaco.numerics.estimates import Estimate
from fondaco.reference import countries
from fondaco.strategy.advice import Action, Doer, in_order, key_of
from fondaco.strategy.profile import Profile
from fondaco.strategy.promotion.calendar import Clash, slot
from fondaco.strategy.promotion.capacity import Step, untried
from fondaco.strategy.promotion.keywords import Keywords
from fondaco.strategy.promotion.kinds import Alone, Before, LeadCost
from fondaco.strategy.promotion.listings import Age
from fondaco.strategy.promotion.spread import Copied, Shift, Spread
from fondaco.strategy.promotion.stages import Income, Talk
from fondaco.strategy.rules import rule

#: Days from today by which things are done: at once, this month, this quarter.
_SOON, _MONTH, _QUARTER = 7, 30, 90


@dataclass(frozen=True)
class Found:
    """All that was found; the modules of this package say what each is.

    Attributes
    ----------
    markets
        Of the plan, the most important first.
    untouched
        By market: words of buyers that nobody bids on.
    plan
        The month's budget by market; None where there is none, and `no_budget` says why.
    """

    profile: Profile
    today: date
    currency: str
    markets: tuple[str, ...]
    keywords: Keywords
    untouched: dict[str, tuple[str, ...]]
    spread: Spread | None
    copied: tuple[Copied, ...]
    shifts: tuple[Shift, ...]
    plan: Plan | None
    no_budget: str
    steps: tuple[Step, ...]
    before: tuple[Before, ...]
    leads: tuple[LeadCost, ...]
    alone: Alone | None
    listening: Estimate
    talks: tuple[Talk, ...]
    incomes: tuple[Income, ...]
    ages: tuple[Age, ...]
    clashes: tuple[Clash, ...]

    def limit(self, rule_id: str, name: str) -> float:
        """Return a rule's threshold, or the firm's in its place."""
        return float(rule(f"promotion/{rule_id}").threshold(name, self.profile.thresholds).value)


def actions_of(found: Found) -> tuple[Action, ...]:
    """Return what to do, the earliest first; no day lies in a production peak where another is free."""
    return in_order(
        [
            *_keywords(found),
            *_spread(found),
            *_budget(found),
            *_capacity(found),
            *_talk(found),
            *_events(found),
            *_upkeep(found),
        ]
    )


def _make(
    found: Found, name: str, what: str, why: str, rule_id: str, changes: str, *, days: int = _MONTH,
    who: Doer = "firm", market: str | None = None, about: str | None = None, hands: bool = True,
) -> Action:  # fmt: skip
    # What takes money or a minute and no hands stays on its day.
    seasons = found.profile.season if hands else ()
    day = slot(found.today + timedelta(days), seasons, found.today)
    told = " ".join(each for each in (why, day.note) if each)
    return Action(
        key_of("promotion", name, market, about), "promotion", what, who, day.day, told, f"promotion/{rule_id}",
        changes, market,
    )  # fmt: skip


def _keywords(found: Found) -> Iterator[Action]:
    markets = sorted({k.seen.market for k in found.keywords.keywords if k.seen.market})
    for market in markets:
        name = countries.name(market)
        stop, test = found.keywords.of("stop", market), found.keywords.of("test", market)
        if stop:
            spent = sum((k.seen.spend for k in stop), Decimal(0))
            listed = ", ".join(k.seen.term for k in stop[:5])
            yield _make(
                found, "stop-keywords", f"Stop {len(stop)} keywords in {name}: {listed}.",
                f"They cost {spent:.2f} {found.currency} in a year of reports and very probably do not pay.",
                "keywords", "Orders from these words, or a cheaper click.", days=_SOON, market=market, hands=False,
            )  # fmt: skip
        known = [k for k in test if k.clicks_to_know and (k.contribution.estimate or 0) > 0]
        if known:
            best = known[0]
            yield _make(
                found, "test-keywords", f"Try {len(known)} keywords in {name} on, counting clicks: first {best.seen.term}.",
                best.why, "keywords", "What the counted clicks bring.", market=market,
            )  # fmt: skip
    for market, words in found.untouched.items():
        if words:
            yield _make(
                found, "new-keywords", f"Try in {countries.name(market)} what buyers write and nobody bids on: {', '.join(words[:5])}.",
                f"{len(words)} such words or terms are in the firm's own reports and inquiries.", "keywords",
                "Their first clicks.", market=market,
            )  # fmt: skip


def _spread(found: Found) -> Iterator[Action]:
    most = found.limit("few-markets", "most_markets")
    if found.spread and found.spread.effective > most:
        few = ", ".join(countries.name(market) for market, _, _ in found.spread.shares[:3])
        yield _make(
            found, "few-markets", f"Draw keyword money together on at most {most:.0f} markets.",
            f"It is spread as if over {found.spread.effective:.1f} markets; the largest three ({few}) have {found.spread.top():.0%} of it.",
            "few-markets", "A market whose keywords pay.", days=_SOON, hands=False,
        )  # fmt: skip
    for each in found.copied:
        if each.overlap >= found.limit("own-keywords", "overlap") and each.weak:
            yield _make(
                found, "own-keywords", f"Write keywords of its own for {each.platform} instead of the list of {each.other}.",
                f"{each.overlap:.0%} of its keywords are the other's, and there they bring {each.there.estimate:.1f} times as many orders for the money "
                f"({each.there.low:.1f} to {each.there.high:.1f}).",
                "own-keywords", "Orders from these words on this platform.", about=each.platform,
            )  # fmt: skip
    gap = found.limit("most-viewed", "gap")
    for shift in found.shifts:
        if shift.gap >= gap:
            yield _make(
                found, "shift-clicks", f"Move money for clicks towards {countries.name(shift.market)}.",
                f"It has {shift.attention:.0%} of views and inquiries abroad and {shift.spend:.0%} of the spend.",
                "most-viewed", "Orders: a market that looks and does not buy gets less.", market=shift.market,
            )  # fmt: skip


def _budget(found: Found) -> Iterator[Action]:
    if found.plan is None:
        return
    for part in found.plan.allocation:
        yield _make(
            found, "spend", f"Spend {part.amount:.2f} {found.currency} in {countries.name(part.market)} next month"
            f"{' to learn' if part.kind == 'explore' else ''}.",
            part.why, "budget", "Next month's orders, inquiries and views.", days=_SOON, market=part.market, hands=False,
        )  # fmt: skip


def _capacity(found: Found) -> Iterator[Action]:
    first = True
    for step in found.steps:
        if step.state == "learn":
            yield _make(
                found, "learn", f"Learn to {step.task.what}, by a workshop.", step.why,
                "learn-it",
                "The skill that the firm states.", days=_MONTH if first else _QUARTER, who=step.teaches or "firm",
                about=step.task.name,
            )  # fmt: skip
            first = False
    if any(step.task.name == "ai" and step.state == "later" for step in found.steps):
        why = next(step.why for step in found.steps if step.task.name == "ai")
        yield _make(
            found, "skills-before-ai", "Leave AI tools until skills and aims are there.", why, "skills-before-ai",
            "A stated skill in marketing and in e-commerce.", days=_QUARTER,
        )  # fmt: skip
    for name in untried(found.profile)[:3]:
        held = next(t for t in found.profile.tool if t.name == name)
        free = "It costs nothing but time" if held.free else "It is not in use"
        yield _make(
            found, "try-tool", f"Try the tool {name}{f' of {held.platform}' if held.platform else ''} for a month.",
            f"{free} and is {held.use or 'not known to be'} used.", "free-tools", "What it brought in that month.",
            about=name.lower().replace(" ", "-"),
        )  # fmt: skip


def _talk(found: Found) -> Iterator[Action]:
    for talk in found.talks:
        yield _make(
            found, "talk", f"Talk to buyers in {countries.name(talk.market)} by {talk.tool}.", talk.why, "stage-tool",
            "Buyers who ask, order, or come back.", days=_QUARTER, market=talk.market,
        )  # fmt: skip
    least = found.limit("listening", "least_share")
    share = found.listening.estimate
    if share is not None and share < least:
        yield _make(
            found, "listen", "Spend more of the hours on social networks on reading and answering buyers.",
            f"{share:.0%} of them are spent so, below {least:.0%}.", "listening", "The hours stated in the profile.",
        )  # fmt: skip
    if found.profile.doer("joint-promotion") == "supporter":
        yield _make(
            found, "one-message", "Agree on one message with the other members before anything goes out.",
            "The supporter promotes together with its members.", "one-message", "A message sheet that all use.",
            who="supporter",
        )  # fmt: skip


def _events(found: Found) -> Iterator[Action]:
    if found.markets and any(step.task.name == "live" and step.state == "do" for step in found.steps):
        yield from _live(found, found.markets[0])
    for income in found.incomes:
        if income.developing:
            yield _make(
                found, "samples", f"Offer samples or coupons in {countries.name(income.market)}, and count what comes of them.",
                f"A head makes about {income.per_head:,.0f} USD a year there ({income.source}).", "coupons",
                "Orders after samples.", days=_QUARTER, market=income.market,
            )  # fmt: skip
    for clash in found.clashes:
        free = clash.better != clash.day
        what = f"Move {clash.name} to {clash.better.isoformat()}" if free else f"Find hands for {clash.name}"
        yield Action(
            key_of("promotion", "clash", None, clash.name.lower().replace(" ", "-")), "promotion", f"{what}.", "firm",
            found.today, f"It is booked for {clash.day.isoformat()}, amid {clash.peak}.", "promotion/peaks",
            "Another season in the profile.",
        )  # fmt: skip


def _live(found: Found, market: str) -> Iterator[Action]:
    hours, need = found.profile.people.export_hours_per_week, found.limit("live", "hours")
    weeks = (
        ""
        if not hours
        else f" It takes about {need:.0f} hours, {need / float(hours):.1f} weeks of the hours for export."
    )
    past = [
        b for b in found.before if b.campaign.kind in ("live", "tour") and b.inquiries.estimate is not None
    ]
    told = (
        f"After {past[-1].campaign.name} inquiries came {past[-1].inquiries.estimate:.1f} times as often ({past[-1].inquiries.low:.1f} to {past[-1].inquiries.high:.1f})."
        if past
        else "No show or tour of the firm's has been counted yet."
    )
    yield _make(
        found, "live-show", f"Hold a live show or a virtual tour for buyers in {countries.name(market)}, and count inquiries after it.",
        told + weeks, "live", "Inquiries in the month after it.", days=_QUARTER, market=market,
    )  # fmt: skip


def _upkeep(found: Found) -> Iterator[Action]:
    most = found.limit("current-catalogue", "most_days")
    old = [age for age in found.ages if age.days(found.today) > most]
    if old:
        yield _make(
            found, "refresh-catalogue", f"Go through {len(old)} listings that nobody has changed for long, first {old[0].title}.",
            f"The oldest is seen unchanged since {old[0].unchanged_since.isoformat()}, {old[0].days(found.today)} days.",
            "current-catalogue", "A newer export of the listings.",
        )  # fmt: skip
    known = [cost for cost in found.leads if cost.each.estimate is not None]
    if (
        len(known) >= 2
        and known[-1].each.low
        and known[0].each.high
        and known[-1].each.low > known[0].each.high
    ):
        cheap, dear = known[0], known[-1]
        yield _make(
            found, "lead-cost", f"Move money from {dear.kind} to {cheap.kind}.",
            f"A lead cost {cheap.each.estimate:.2f} {found.currency} ({cheap.each.low:.2f} to {cheap.each.high:.2f}) by {cheap.kind} and "
            f"{dear.each.estimate:.2f} ({dear.each.low:.2f} to {dear.each.high:.2f}) by {dear.kind}.",
            "lead-cost", "Leads that turn into orders more often.",
        )  # fmt: skip
    worn = found.before and [
        b for b in found.before if b.places is not None and b.campaign.kind in ("keyword", "exclusive")
    ]
    if worn:
        best = max(worn, key=lambda b: (b.places or 0, b.campaign.name))
        if (best.places or 0) > 0:
            yield _make(
                found, "ad-kind", f"Book ads of the kind of {best.campaign.name} again, and note place and views before and after.",
                f"It rose by {best.places} places{_views(best)}.", "ad-kinds", "The next comparison.", days=_QUARTER,
            )  # fmt: skip


def _views(before: Before) -> str:
    held = before.views
    return (
        ""
        if held.estimate is None
        else f", and views came {held.estimate:.1f} times as often ({held.low:.1f} to {held.high:.1f})"
    )


def unknown_of(found: Found) -> tuple[str, ...]:
    """Return what could not be worked out, each with what would cure it."""
    told = list(found.keywords.notes)
    if not found.keywords.keywords:
        told.append("No report of keywords or search terms is in the ledger: import one to judge them.")
    if found.plan is None:
        told.append(found.no_budget)
    if found.spread is None:
        told.append("No advertising spend by market is in the ledger.")
    if not found.shifts:
        told.append("Spend cannot be set beside views and inquiries: one of them is not in the ledger.")
    if found.listening.estimate is None:
        told.append(found.listening.why)
    if not found.leads:
        told.append("What a lead costs is not known: state campaigns with cost and leads in the profile.")
    if not found.before:
        told.append("No campaign is stated in the profile: kinds of ads cannot be compared.")
    if found.alone is None:
        told.append("No training is stated in the profile: what the firm does alone since cannot be told.")
    if not found.ages:
        told.append("No listings of the firm's own are in the ledger: how old they are is not known.")
    if not found.profile.season:
        told.append("No production peaks are stated in the profile: days are not moved out of them.")
    if not found.profile.tool:
        told.append("Which tools of the platforms are in use is not stated in the profile.")
    told += [
        f"Skills are not known for: {step.task.what}." for step in found.steps if step.state == "find out"
    ]
    told += [
        f"Income per head in {countries.name(i.market)} is not known."
        for i in found.incomes
        if i.developing is None
    ]
    return tuple(dict.fromkeys(told))
