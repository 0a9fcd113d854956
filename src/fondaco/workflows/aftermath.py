"""What then happened after a plan: read from the ledger, market by market, beside what was expected on its day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis

from fondaco.kernel import InputError
from fondaco.ledger import Ledger, Workspace
from fondaco.markets import changes, sums
from fondaco.markets.changes import Measure
from fondaco.markets.periods import Span
from fondaco.markets.ranking import Ranking
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.strategy.plan.comparing import DAYS, Aftermath, Outcome, Sold, kept, overdue
from fondaco.strategy.plan.lines import Line
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.ranking import ranking_of

_NOTES = (
    "What came after a plan need not have come of it: seasons, rates and chance are in it too.",
    f"Expected of a month on the day of the plan (80 % range), beside the first {DAYS} days after it.",
    "Of revenue no factor is told: a few large orders move it more than any range would say.",
)


def aftermath_of(
    workspace: Workspace,
    firm: str,
    since: date,
    *,
    proposal: Mapping[str, Any],
    lines: Sequence[Line],
    today: date,
) -> Aftermath:
    """Return what came after a plan of `since`; `proposal` is its JSON, `lines` what people made of it."""
    ledger = workspace.ledger(firm)
    markets = [each["market"] for each in proposal["targets"]]
    known = sums.known_days(ledger.table("orders"))
    outcomes: list[Outcome] = []
    if markets and known["since"] is not None:
        then = (
            ranking_of(workspace, firm, until=since - timedelta(days=1)) if known["since"] < since else None
        )
        for measure in ("orders", "inquiries"):
            outcomes += _counted(ledger, workspace, measure, markets, since, then)
        outcomes += _revenue(ledger, markets, since, Span(known["since"], known["until"]), then)
    return Aftermath(
        since, known["until"], kept(lines), overdue(lines, today),
        tuple(sorted(outcomes, key=lambda o: (markets.index(o.market), o.measure))),
        tuple(_sold(ledger, proposal, since)), _NOTES,
    )  # fmt: skip


def _counted(
    ledger: Ledger,
    workspace: Workspace,
    measure: Measure,
    markets: Sequence[str],
    since: date,
    then: Ranking | None,
) -> list[Outcome]:
    counts, known = remembering(
        key_of(workspace, ledger, f"days of {measure}", None),
        lambda: changes.by_day(
            measure, orders=ledger.table("orders"), traffic=ledger.table("traffic"),
            inquiries=ledger.table("inquiries"),
        ),
    )  # fmt: skip
    found: list[Outcome] = []
    for market in markets:
        month = _within(
            {day: n for (place, day), n in counts.items() if place == market},
            since,
            known.last if known else None,
        )
        expected = _expected(then, market, "expected_orders" if measure == "orders" else "expected_inquiries")
        name: Any = measure
        try:
            told = changes.compare(counts, known, since, measure=measure, market=market)
        except InputError as error:
            found.append(Outcome(market, name, None, None, 0, unknown(str(error)), month, expected))
        else:
            span = (told.after.last - told.after.first).days + 1
            found.append(
                Outcome(market, name, told.before.count, told.after.count, span, told.factor, month, expected)
            )
    return found


def _revenue(
    ledger: Ledger, markets: Sequence[str], since: date, known: Span, then: Ranking | None
) -> list[Outcome]:
    lines = sums.goods(ledger.table("orders"))
    held = sums.rows(
        lines.filter(lines.country.isin(list(markets)) & lines.day.notnull())
        .group_by(market=lines.country, day=lines.day)
        .aggregate(value=lines.value.sum())
    )
    span = max(0, min(changes.DAYS, (since - known.first).days, (known.last - since).days + 1))
    found = []
    for market in markets:
        days = {row["day"]: float(row["value"] or 0) for row in held if row["market"] == market}
        before = _sum(days, since - timedelta(days=span), since - timedelta(days=1)) if span else None
        after = _sum(days, since, since + timedelta(days=span - 1)) if span else None
        factor = unknown("Of revenue no factor is told.")
        expected = _expected(then, market, "contribution")
        month = _within(days, since, known.last)
        found.append(Outcome(market, "revenue", before, after, span, factor, month, expected))
    return found


def _within(days: Mapping[date, float], since: date, last: date | None) -> float | None:
    """Return the sum of the first `DAYS` days; None until they have passed."""
    until = since + timedelta(days=DAYS - 1)
    return None if last is None or last < until else _sum(days, since, until)


def _sum(days: Mapping[date, float], first: date, last: date) -> float:
    return round(sum(n for day, n in days.items() if first <= day <= last), 2)


def _expected(then: Ranking | None, market: str, name: str) -> Estimate:
    row = None if then is None else then.market(market)
    if row is None:
        return unknown("Nothing was known of this market on the day of the plan.")
    told: Estimate = getattr(row, name)
    return told


def _sold(ledger: Ledger, proposal: Mapping[str, Any], since: date) -> list[Sold]:
    """Return what each product with a floor in the plan went for since, where it was sold in the floor's currency."""
    floors = {
        (str(each["product"]), each.get("market"), str(each["currency"])): Decimal(str(each["floor"]))
        for part in proposal["parts"].values()
        for each in (part["facts"].get("prices") or () if isinstance(part["facts"], dict) else ())
        if isinstance(each, dict)
        and each.get("floor") is not None
        and each.get("product")
        and each.get("currency")
    }
    if not floors:
        return []
    table = sums.goods(ledger.table("orders"))
    lines = sums.rows(
        table.filter((table.day >= ibis.literal(since)) & sums.sold(table) & table.unit_price.notnull())
        .select("sku", "country", "currency", "unit_price")
        .filter(lambda t: t.sku.isin(sorted({product for product, _, _ in floors})))
    )
    found = []
    for (product, market, currency), floor in floors.items():
        asked = [
            Decimal(str(row["unit_price"])) for row in lines
            if row["sku"] == product and row["currency"] == currency and market in (None, row["country"])
        ]  # fmt: skip
        below = sum(price < floor for price in asked)
        found.append(Sold(product, market, currency, floor, len(asked), below, min(asked, default=None)))
    return found
