"""The promotion part of a firm's plan: keywords, budget, skills, events and the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.markets import changes
from fondaco.markets.dossier.wording import common_words
from fondaco.markets.exploration import Plan
from fondaco.markets.observed import ad_spend
from fondaco.numerics.estimates import Estimate
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.profile import Campaign, Profile
from fondaco.strategy.promotion.acting import Found, actions_of, unknown_of
from fondaco.strategy.promotion.ads import Advertising, advertising_of
from fondaco.strategy.promotion.budget import request_of, why_none
from fondaco.strategy.promotion.calendar import clashes
from fondaco.strategy.promotion.capacity import capacity_of
from fondaco.strategy.promotion.keywords import RULE, Keywords, Limits, Verdict, judge
from fondaco.strategy.promotion.kinds import (
    alone_since_training,
    before_and_after,
    lead_costs,
    listening_share,
)
from fondaco.strategy.promotion.listings import Age, ages_of
from fondaco.strategy.promotion.spread import copied_of, shifts_of, spread_of
from fondaco.strategy.promotion.stages import Talk, income_of, talk_of
from fondaco.strategy.rules import rule
from fondaco.workflows.conclusions import key_of, remembering, scorecard_of
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.plan import inputs_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.ranking import change_of, plan_of
from fondaco.workflows.regulations import known_tags, products_of
from fondaco.workflows.targets import targets_of

#: Days looked at before and after a campaign: an event is over sooner than a change of practice.
DAYS = 30
#: Messages that are looked at for words, the newest first.
MOST_TEXTS = 2000


def advertising_for(workspace: Workspace, firm: str) -> Advertising:
    """Return what each search term cost and brought."""
    ledger = workspace.ledger(firm)
    return remembering(
        (*key_of(workspace, ledger, "advertising", None), str(rates_of(workspace).last_day)),
        lambda: advertising_of(ledger.table("ads"), currency=ledger.firm.currency, rates=rates_of(workspace)),
    )


def keywords_of(workspace: Workspace, firm: str, *, margin: Decimal | None = None) -> Keywords:
    """Return which keywords to keep, to stop and to try.

    Parameters
    ----------
    margin
        Share of the price left before advertising; the profile's ``price.margin`` where it is None.
    """
    profile = profile_of(workspace, firm)
    left = profile.price.margin if margin is None else margin
    limits = limits_of(profile)
    stated = margin is None and left is not None
    found = remembering(
        (*key_of(workspace, workspace.ledger(firm), "keywords", None), str(left), str(limits)),
        lambda: judge(advertising_for(workspace, firm), left=left, limits=limits),
    )
    if not stated:
        return found
    note = f"The margin of {left:.0%} that the profile states is taken as what is left before advertising."
    return replace(found, assumed=note)


def limits_of(profile: Profile) -> Limits:
    """Return the thresholds of the rule on keywords, or the firm's in their place."""
    held = rule(RULE)
    keep, stop, most = (
        held.threshold(name, profile.thresholds).value
        for name in ("keep_from", "stop_below", "most_test_clicks")
    )
    return Limits(float(keep), float(stop), int(most))


def found_of(workspace: Workspace, firm: str, today: date) -> Found:
    """Return everything that the promotion part rests on."""
    key = (str(workspace.home), "promotion", inputs_of(workspace, firm), today.isoformat())

    def work_out() -> Found:
        with workspace.ledger(firm).holding():
            return _found(workspace, firm, today)

    return remembering(key, work_out)


def _found(workspace: Workspace, firm: str, today: date) -> Found:
    profile, ledger = profile_of(workspace, firm), workspace.ledger(firm)
    markets = tuple(target.market for target in targets_of(workspace, firm))
    seen = advertising_for(workspace, firm)
    most = int(rule("promotion/few-markets").threshold("most_markets", profile.thresholds).value)
    plan, no_budget = _plan(workspace, firm, profile, most, today)
    spends, _ = remembering(
        key_of(workspace, ledger, "ad spend", None),
        lambda: ad_spend(
            ledger.table("ads"), currency=ledger.firm.currency, rates=rates_of(workspace), within=seen.span
        ),
    )
    month = None if plan is None else plan.month
    income = float(rule("promotion/coupons").threshold("income", profile.thresholds).value)
    return Found(
        profile=profile,
        today=today,
        currency=ledger.firm.currency,
        markets=markets,
        keywords=keywords_of(workspace, firm),
        untouched={market: _untouched(workspace, firm, seen, market) for market in markets},
        spread=spread_of(spends),
        copied=copied_of(seen),
        shifts=()
        if month is None
        else shifts_of(month.spend or (), month.views, month.inquiries, ledger.firm.home),
        plan=plan,
        no_budget=no_budget,
        steps=capacity_of(profile),
        before=before_and_after(
            [c for c in profile.campaign if c.since <= today],
            _factors(workspace, firm, profile.campaign, today),
        ),
        leads=lead_costs([c for c in profile.campaign if c.since <= today]),
        alone=alone_since_training(profile, today),
        listening=listening_share(profile),
        talks=_talks(workspace, firm, markets, plan),
        incomes=tuple(income_of(market, income) for market in markets),
        ages=_ages(workspace, firm),
        clashes=clashes(profile.campaign, profile.season, today),
    )


def _plan(
    workspace: Workspace, firm: str, profile: Profile, most: int, today: date
) -> tuple[Plan | None, str]:
    request = request_of(profile, max(1, min(most, 50)))
    if request is None:
        return None, why_none(profile)
    try:
        # Who names markets to aim at wants the money there; who names none has it where it promises most.
        return plan_of(workspace, firm, request, today=today, among=profile.aims.markets or None), ""
    except InputError as error:
        return None, str(error)


def _untouched(workspace: Workspace, firm: str, seen: Advertising, market: str) -> tuple[str, ...]:
    """Return what buyers of a market typed and ordered by, or wrote, that nobody bids on there."""
    bids = frozenset().union(
        *(words for (_, place), words in (seen.keywords or {}).items() if place == market)
    )
    typed = [t.term for t in seen.terms if t.market == market and (t.orders or 0) > 0 and t.bid is False]
    bid_words = {word for term in bids for word in term.split()} | set(" ".join(typed).split())
    ledger = workspace.ledger(firm)
    written = remembering(
        (*key_of(workspace, ledger, "inquiry words", None), market), lambda: _written(workspace, firm, market)
    )
    return tuple(dict.fromkeys([*typed, *(word for word in written if word not in bid_words)]))


def _written(workspace: Workspace, firm: str, market: str) -> tuple[str, ...]:
    """Return words of inquiries from a market that name goods: those of the firm's products, or known tags."""
    inquiries = workspace.ledger(firm).table("inquiries")
    here = inquiries.filter((inquiries.country == market) & inquiries.message.notnull())
    newest = here.order_by(here.day.desc()).limit(MOST_TEXTS).select("message").to_polars()
    known = known_tags(workspace)
    titles = {word for each in products_of(workspace, firm) for word in (each.name or "").lower().split()}
    words = (each.word for each in common_words(newest["message"].to_list(), limit=60))
    return tuple(word for word in words if word in titles or known.suggest(word))[:12]


def _factors(
    workspace: Workspace, firm: str, campaigns: Sequence[Campaign], today: date
) -> Mapping[tuple[str, date, str], Estimate]:
    found: dict[tuple[str, date, str], Estimate] = {}
    for campaign in campaigns:
        if campaign.since > today:
            continue
        market = campaign.markets[0] if len(campaign.markets) == 1 else None
        measures: tuple[changes.Measure, ...] = ("views", "inquiries")
        for measure in measures:
            try:
                told = change_of(workspace, firm, campaign.since, measure=measure, market=market, days=DAYS)
            except InputError:  # not counted for long enough on either side: it stays unknown
                continue
            found[campaign.name, campaign.since, measure] = told.factor
    return found


def _talks(workspace: Workspace, firm: str, markets: Sequence[str], plan: Plan | None) -> tuple[Talk, ...]:
    card = scorecard_of(workspace, firm)
    asked = (plan.month.inquiries if plan and plan.month else None) or {}
    found = []
    for market in markets:
        row = card.market(market)
        found.append(
            talk_of(
                market,
                inquiries=asked.get(market, 0.0),
                orders=0 if row is None else row.orders,
                repeat_buyers=0 if row is None else row.repeat_buyers,
            )
        )
    return tuple(found)


def _ages(workspace: Workspace, firm: str) -> tuple[Age, ...]:
    ledger = workspace.ledger(firm)
    return remembering(
        key_of(workspace, ledger, "listing ages", None), lambda: ages_of(ledger.table("listings"))
    )


def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
    """Return the promotion part of the plan.

    Notes
    -----
    ``facts`` has

    ``keywords``
        ``{"keep", "stop", "test"}``: lists of keywords as ``fondaco keywords --json`` prints them; ``left``,
        ``prior_clicks``.
    ``untouched``
        By market: words of buyers that nobody bids on.
    ``spread``, ``copied``, ``shifts``
        Spend over markets, lists copied between platforms, spend beside views and inquiries.
    ``budget``
        As ``fondaco explore --json``; null where there is none.
    ``capacity``, ``alone``
        What to learn and who teaches it; what is run alone since the first training.
    ``kinds``, ``lead_costs``, ``listening``, ``talks``
        Campaigns before and after, cost of a lead by kind, share of listening, what to talk by in each market.
    ``hours``
        By the key of an action: hours of work, where a rule says so.
    ``listings``, ``clashes``
        The oldest of the firm's listings; campaigns booked in a production peak.
    """
    found = found_of(workspace, firm, today)
    actions = actions_of(found)
    return Proposal(
        "promotion",
        _says(found),
        actions,
        unknown_of(found),
        {**facts_of(found), "hours": hours_of(found, actions)},
        {
            "fingerprint": workspace.ledger(firm).fingerprint(),
            "rules": sorted({each.rule for each in actions}),
            "today": today.isoformat(),
        },
    )


def facts_of(found: Found) -> dict[str, Any]:
    """Return the facts of the part as JSON values; see `propose`."""
    return {
        "keywords": {
            "keep": [k.to_json() for k in found.keywords.of("keep")],
            "stop": [k.to_json() for k in found.keywords.of("stop")],
            "test": [k.to_json() for k in found.keywords.of("test")],
            "left": found.keywords.left,
            "prior_clicks": found.keywords.prior_clicks,
            "assumed": found.keywords.assumed or None,
        },
        "untouched": {market: list(words) for market, words in found.untouched.items()},
        "spread": None if found.spread is None else found.spread.to_json(),
        "copied": [each.to_json() for each in found.copied],
        "shifts": [each.to_json() for each in found.shifts],
        "budget": None if found.plan is None else found.plan.to_json(),
        "capacity": [step.to_json() for step in found.steps],
        "alone": None if found.alone is None else found.alone.to_json(),
        "kinds": [each.to_json() for each in found.before],
        "lead_costs": [each.to_json() for each in found.leads],
        "listening": found.listening.to_json(2),
        "talks": [talk.to_json() for talk in found.talks],
        "listings": [age.to_json(found.today) for age in found.ages[:20]],
        "clashes": [clash.to_json() for clash in found.clashes],
    }


def hours_of(found: Found, actions: Sequence[Action]) -> dict[str, str]:
    """Return how many hours actions take, by key, where that is known."""
    shows = found.limit("live", "hours")
    return {each.key: f"{shows:g}" for each in actions if each.key.startswith("promotion/live-show")}


def _says(found: Found) -> str:
    counts = {verdict: len(found.keywords.of(verdict)) for verdict in get_args(Verdict)}
    first = (
        f"Of {len(found.keywords.keywords)} search terms {counts['keep']} are kept, {counts['stop']} stopped and {counts['test']} tried."
        if found.keywords.keywords
        else "No search terms are known yet."
    )
    learn = sum(step.state == "learn" for step in found.steps)
    money = (
        f"{found.plan.request.budget:.2f} {found.currency} a month go to {len(found.plan.allocation)} markets."
        if found.plan
        else "No budget is divided."
    )
    return f"{first} {money} {learn} tasks are to be learnt."
