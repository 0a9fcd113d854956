"""Charts of what is expected: a dot and its interval for each market; a budget beside what is spent now.

Shape and place carry the meaning, so that both read in grey: a dot is the estimate, a line its range,
a hollow dot a market without orders of its own; a bar is what a market gets, an upright mark what is
spent there now.
"""

from __future__ import annotations

from typing import Any

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished
from fondaco.markets.exploration import Plan
from fondaco.markets.ranking import Ranking
from fondaco.numerics.estimates import Estimate
from fondaco.reference import countries

#: Markets in the chart of what is expected.
MOST = 15

_ORDERED, _NOT_YET = "has ordered", "no orders yet"


def expected_of(ranking: Ranking, *, dark: bool = False, locale: str = "en") -> Spec:
    """Draw expected contribution (orders, where no order has a value) of the first markets, with ranges."""
    import altair as alt

    colours = look(dark)
    first = [row for row in ranking.foreign[:MOST] if _told(row.contribution)]
    unit = ranking.currency
    rows = [
        {
            "name": countries.name(row.market, locale),
            "estimate": _round(row.contribution.estimate),
            "low": _round(row.contribution.low),
            "high": _round(row.contribution.high),
            "orders": _range(row.expected_orders),
            "state": _ORDERED if row.orders else _NOT_YET,
            "top": "" if row.top5_probability is None else f"{100 * row.top5_probability:.0f} %",
        }
        for row in first
    ]
    tips = [
        alt.Tooltip("name:N", title="Market"),
        alt.Tooltip("estimate:Q", format=",.0f", title=f"Expected a month, {unit}"),
        alt.Tooltip("low:Q", format=",.0f", title="Low (80 % range)"),
        alt.Tooltip("high:Q", format=",.0f", title="High (80 % range)"),
        alt.Tooltip("orders:N", title="Orders a month"),
        alt.Tooltip("top:N", title="Among the first five"),
    ]
    across = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160))
    base = alt.Chart(_data(rows)).encode(y=across, tooltip=tips)
    title = f"Expected contribution a month, {unit}, 80 % range"
    along = alt.Axis(format="~s", tickCount=5)
    lines = base.mark_rule(color=colours.quiet, strokeWidth=2).encode(
        x=alt.X("low:Q", title=title, axis=along), x2="high:Q"
    )
    dots = base.mark_point(size=80, opacity=1, strokeWidth=2, color=colours.accent).encode(
        x=alt.X("estimate:Q", title=title, axis=along),
        fill=alt.Fill(
            "state:N",
            scale=alt.Scale(domain=[_ORDERED, _NOT_YET], range=[colours.accent, "transparent"]),
            title=None,
            legend=alt.Legend(orient="bottom", symbolStrokeColor=colours.accent),
        ),
    )
    chart = alt.layer(lines, dots).properties(width="container", height=alt.Step(26))
    words = (
        f"Expected contribution a month in {unit}, with 80 % ranges: "
        + ", ".join(f"{r['name']} {r['estimate']:,} ({r['low']:,} to {r['high']:,})" for r in rows)
        + "."
        if rows
        else "No contribution can be told yet."
    )
    return _finished(chart, colours, words)


def allocation_of(plan: Plan, *, dark: bool = False, locale: str = "en") -> Spec:
    """Draw what each market gets as a bar, and what is spent there now as an upright mark."""
    import altair as alt

    colours = look(dark)
    unit = plan.currency if plan.request.unit == "money" else "hours"
    rows = [
        {
            "name": countries.name(part.market, locale),
            "amount": round(float(part.amount), 2),
            "now": None if part.spend_now is None else round(float(part.spend_now), 2),
            "kind": "to explore" if part.kind == "explore" else "known",
        }
        for part in (*plan.allocation, *plan.ending)
    ]
    tips: list[Any] = [
        alt.Tooltip("name:N", title="Market"),
        alt.Tooltip("amount:Q", format=",.2f", title=f"Next month, {unit}"),
        alt.Tooltip("now:Q", format=",.2f", title="Last 30 days"),
        alt.Tooltip("kind:N", title="Kind"),
    ]
    across = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160))
    base = alt.Chart(_data(rows)).encode(y=across, tooltip=tips)
    bars = base.mark_bar(stroke=colours.accent, strokeWidth=1.5).encode(
        x=alt.X("amount:Q", title=f"Next month, {unit}", axis=alt.Axis(tickCount=5)),
        fill=alt.Fill(
            "kind:N",
            scale=alt.Scale(domain=["known", "to explore"], range=[colours.accent, "transparent"]),
            title=None,
            legend=alt.Legend(orient="bottom", symbolStrokeColor=colours.accent),
        ),
    )
    marks = (
        base.transform_filter("isValid(datum.now)")
        .mark_tick(color=colours.ink, thickness=3, size=20)
        .encode(x="now:Q")
    )
    chart = alt.layer(bars, marks).properties(width="container", height=alt.Step(30))
    words = f"{plan.request.budget:,} {unit} by market: " + ", ".join(
        f"{r['name']} {r['amount']:,} ({r['kind']}{_now(r)})" for r in rows
    )
    return _finished(chart, colours, words + ".")


def _told(estimate: Estimate) -> bool:
    return None not in (estimate.estimate, estimate.low, estimate.high)


def _round(value: float | None) -> int | None:
    return None if value is None else round(value)


def _range(told: Estimate) -> str:
    if told.estimate is None or told.low is None or told.high is None:
        return ""
    return f"{told.estimate:.1f} ({told.low:.0f} to {told.high:.0f})"


def _now(row: dict[str, Any]) -> str:
    return "" if row["now"] is None else f", now {row['now']:,}"
