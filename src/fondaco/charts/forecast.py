"""A chart of expected orders by market: a dot and its range, which read in grey as well."""

from __future__ import annotations

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished
from fondaco.reference import countries
from fondaco.relationships.outlook import Forecast

#: Markets in the chart.
MOST = 12


def forecast_of(found: Forecast, *, dark: bool = False, locale: str = "en") -> Spec:
    """Draw the orders expected of the first markets within the longest time ahead, with their ranges."""
    import altair as alt

    colours = look(dark)
    ahead = list(found.ahead)[-1]
    rows = [
        {
            "name": countries.name(one.market, locale) if one.market else "not known",
            "estimate": round(told.estimate, 1),
            "low": round(told.low, 1),
            "high": round(told.high, 1),
            "buyers": one.buyers,
        }
        for one in found.markets
        if (told := one.orders[ahead]).estimate is not None and told.low is not None and told.high is not None
    ][:MOST]
    tips = [
        alt.Tooltip("name:N", title="Market"),
        alt.Tooltip("estimate:Q", format=",.1f", title="Expected orders"),
        alt.Tooltip("low:Q", format=",.0f", title=f"Low ({found.level:.0%} range)"),
        alt.Tooltip("high:Q", format=",.0f", title=f"High ({found.level:.0%} range)"),
        alt.Tooltip("buyers:Q", title="Buyers so far"),
    ]
    across = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160))
    along = alt.X(
        "low:Q",
        title=f"Orders in {ahead} months, {found.level:.0%} range",
        axis=alt.Axis(format="~s", tickCount=5),
    )
    base = alt.Chart(_data(rows)).encode(y=across, tooltip=tips)
    lines = base.mark_rule(color=colours.quiet, strokeWidth=2).encode(x=along, x2="high:Q")
    dots = base.mark_point(size=80, opacity=1, filled=True, color=colours.accent).encode(x="estimate:Q")
    chart = alt.layer(lines, dots).properties(width="container", height=alt.Step(26))
    words = (
        f"Expected orders in {ahead} months with {found.level:.0%} ranges: "
        + ", ".join(f"{r['name']} {r['estimate']:,} ({r['low']:,} to {r['high']:,})" for r in rows)
        + "."
        if rows
        else "No orders can be told yet."
    )
    return _finished(chart, colours, words)
