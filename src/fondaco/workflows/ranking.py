"""The posterior ranking of a firm's markets, and the plan of a budget over it, kept like other conclusions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from fondaco.kernel import InputError, Progress, silent
from fondaco.ledger import Ledger, Workspace
from fondaco.markets import changes
from fondaco.markets.changes import Measure
from fondaco.markets.exploration import Plan, Request, plan
from fondaco.markets.learning import Month
from fondaco.markets.observed import ad_spend, counts_within, observe
from fondaco.markets.periods import Span
from fondaco.markets.ranking import Ranking, ranking
from fondaco.markets.scorecard import Scorecard
from fondaco.reference import countries
from fondaco.workflows.conclusions import key_of, remembering, scorecard_of
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.regulations import barred_of
from fondaco.workflows.trade import potential_of

#: "Last month" is the last so many days that the ledger knows, however far into a month they end.
DAYS = 30


def potential_for(workspace: Workspace, firm: str) -> Mapping[str, float] | None:
    """Return trade potential by market; None where no trade data of the firm's country are loaded.

    Where nothing is traded yet no potential can be told, and what would be sold with the country's
    share in the world stands for it.
    """
    try:
        found = potential_of(workspace, firm)
    except InputError:  # the files hold nothing of this country
        return None
    if found is None:
        return None
    told = {
        one.market: one.at_equal_ease if one.potential is None else one.potential for one in found.markets
    }
    return {market: value for market, value in told.items() if countries.is_market(market)} or None


def ranking_of(
    workspace: Workspace,
    firm: str,
    *,
    as_of: date | None = None,
    margin: float | None = None,
    until: date | None = None,
) -> Ranking:
    """Return the posterior ranking of a firm's markets.

    Parameters
    ----------
    as_of
        As things were known at the end of that day.
    margin
        Contribution over net revenue; None where it is not known.
    until
        Leave out what happened later, as if it had not come yet.
    """
    ledger = workspace.ledger(firm)
    potential = potential_for(workspace, firm)
    mark = "" if potential is None else str(hash(frozenset(potential.items())))
    key = (*key_of(workspace, ledger, "ranking", as_of), str(margin), str(until), mark)
    return remembering(key, lambda: _ranking(ledger, as_of, margin, until, potential))


def _ranking(
    ledger: Ledger,
    as_of: date | None,
    margin: float | None,
    until: date | None,
    potential: Mapping[str, float] | None,
) -> Ranking:
    seen = observe(
        ledger.table("orders", as_of=as_of),
        traffic=ledger.table("traffic", as_of=as_of),
        inquiries=ledger.table("inquiries", as_of=as_of),
        until=until,
    )
    return ranking(
        seen,
        home=ledger.firm.home,
        currency=ledger.firm.currency,
        potential=potential,
        margin=margin,
        fingerprint=ledger.fingerprint(as_of=as_of),
    )


def plan_of(
    workspace: Workspace,
    firm: str,
    request: Request,
    *,
    today: date,
    as_of: date | None = None,
    margin: float | None = None,
    among: Collection[str] | None = None,
    progress: Progress = silent,
) -> Plan:
    """Return how to divide a budget over a firm's markets, and what the last month's taught.

    `today` decides which prohibitions are in force; `among` are the only markets that may get anything, all
    where it is None.
    """
    ledger = workspace.ledger(firm)
    barred = barred_of(workspace, firm, today)
    progress("Ranking the markets", 0.1)
    now = ranking_of(workspace, firm, as_of=as_of, margin=margin)
    card = scorecard_of(workspace, firm, as_of=as_of)
    if card.until is None or card.since is None:
        return plan(now, request, barred=barred, among=among)
    span = Span(card.until - timedelta(days=DAYS - 1), card.until)
    month = remembering(
        key_of(workspace, ledger, "last days", as_of), lambda: _month(workspace, ledger, as_of, span)
    )
    before = span.first - timedelta(days=1)
    progress("Ranking them as they were a month ago", 0.5)
    then = (
        ranking_of(workspace, firm, as_of=as_of, margin=margin, until=before) if card.since < before else None
    )
    return plan(now, request, then=then, month=month, barred=barred, among=among)


def _month(workspace: Workspace, ledger: Ledger, as_of: date | None, span: Span) -> Month:
    traffic, inquiries = ledger.table("traffic", as_of=as_of), ledger.table("inquiries", as_of=as_of)
    counts = counts_within(ledger.table("orders", as_of=as_of), span, traffic=traffic, inquiries=inquiries)
    ads = ledger.table("ads", as_of=as_of)
    spend, notes = ad_spend(ads, currency=ledger.firm.currency, rates=rates_of(workspace), within=span)
    return Month(
        span.first.isoformat(),
        span.last.isoformat(),
        {market: int(count) for market, count in counts.get("orders", {}).items()},
        counts.get("views"),
        counts.get("inquiries"),
        spend or None,
        notes,
    )


def change_of(
    workspace: Workspace,
    firm: str,
    day: date,
    *,
    measure: Measure = "orders",
    market: str | None = None,
    what: str = "",
    days: int = changes.DAYS,
) -> changes.Comparison:
    """Return what came before and after a change of practice."""
    ledger = workspace.ledger(firm)
    counts, known = remembering(
        key_of(workspace, ledger, f"days of {measure}", None),
        lambda: changes.by_day(
            measure,
            orders=ledger.table("orders"),
            traffic=ledger.table("traffic"),
            inquiries=ledger.table("inquiries"),
        ),
    )
    return changes.compare(counts, known, day, measure=measure, market=market, what=what, days=days)


def rows_with_scorecard(found: Ranking, card: Scorecard) -> list[dict[str, Any]]:
    """Return the ranking's rows as JSON values, each with what the scorecard says of the market beside it.

    A market that the ledger has no orders from sold nothing: its sums are zero.
    """
    nothing = {
        "net_revenue": "0.00", "orders": 0, "buyers": 0, "share": 0.0, "share_of_foreign": 0.0,
        "growth": {"estimate": None, "why": "Nothing has been sold here."},
        "repeat_share": {"estimate": None, "why": "Nothing has been sold here."},
    }  # fmt: skip
    rows = []
    for row in found.rows:
        sold = card.market(row.market)
        own = nothing if sold is None else sold.to_json()
        rows.append({**own, **row.to_json(), "kind": "home" if row.home else "foreign"})
    return rows
