"""Charts of a market's dossier: own prices among comparable offers, and the exchange rate.

Money is in the firm's currency; prices are compared with the firm's own, which is 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fondaco.charts.look import Look, look
from fondaco.markets import Exchange, Position

Spec = dict[str, Any]

#: Products in the chart of prices.
PRODUCTS = 8


def prices_of(
    positions: Sequence[Position],
    *,
    currency: str,
    dark: bool = False,
    locale: str = "en",  # noqa: ARG001  # every chart is asked in a language; this one names no country
) -> Spec:
    """Draw comparable offers beside each of the firm's products, in per cent of the firm's own price.

    Circles are offers, a tick is their median, the line at 100 % is the firm's price.
    """
    import altair as alt

    colours = look(dark)
    chosen = positions[:PRODUCTS]
    rows, medians = [], []
    for each in chosen:
        own = float(each.own.per_base or 0)
        if own <= 0:
            continue
        rows += [
            {
                "product": each.own.title,
                "percent": round(100 * float(other.per_base or 0) / own, 1),
                "seller": other.seller,
                "price": f"{other.price:,.2f} {other.currency}",
                "seen": other.day.isoformat(),
            }
            for other in each.others
        ]
        middle = each.quartiles[0.5].estimate
        if middle is not None:
            medians.append({"product": each.own.title, "percent": round(100 * middle / own, 1)})
    # A long name takes several lines, so that it can be read on a phone too.
    names = alt.Axis(ticks=False, domain=False, labelLimit=130, labelExpr="split(datum.label, ', ')")
    y = alt.Y("product:N", sort=None, title=None, axis=names)
    x = alt.X(
        "percent:Q",
        title="% of your own price",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(tickCount=5),
    )
    points = (
        alt.Chart(_data(rows))
        .mark_point(shape="circle", size=80, filled=False, strokeWidth=2, color=colours.accent)
        .encode(
            y=y,
            x=x,
            tooltip=[
                alt.Tooltip("seller:N", title="Seller"),
                alt.Tooltip("price:N", title="Price"),
                alt.Tooltip("percent:Q", title="Per cent of your own", format=".0f"),
                alt.Tooltip("seen:N", title="Seen"),
            ],
        )
    )
    ticks = alt.Chart(_data(medians)).mark_tick(thickness=4, size=26, color=colours.ink).encode(y=y, x=x)
    own = (
        alt.Chart(_data([{"percent": 100}]))
        .mark_rule(strokeDash=[5, 4], strokeWidth=2, color=colours.ink)
        .encode(x="percent:Q")
    )
    chart = alt.layer(own, points, ticks).properties(width="container", height=alt.Step(40))
    return _finished(chart, colours, _price_words(chosen, currency))


def rate_of(
    exchange: Exchange,
    *,
    dark: bool = False,
    locale: str = "en",  # noqa: ARG001  # as above
) -> Spec:
    """Draw the mean exchange rate of each month."""
    import altair as alt

    colours = look(dark)
    rows = [{"month": f"{month}-01", "rate": float(f"{rate:.6g}")} for month, rate in exchange.months]
    title = f"{exchange.against} for one {exchange.currency}"
    chart = (
        alt.Chart(_data(rows))
        .mark_line(point=True, color=colours.accent)
        .encode(
            x=alt.X(
                "month:T",
                timeUnit=alt.TimeUnitParams(unit="yearmonth", utc=True),
                title=None,
                axis=alt.Axis(grid=False, labelOverlap=True, format="%b %Y"),
            ),
            y=alt.Y("rate:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)),
            tooltip=[
                alt.Tooltip("month:T", timeUnit="utcyearmonth", format="%B %Y", title="Month"),
                alt.Tooltip("rate:Q", format=".6g", title=title),
            ],
        )
        .properties(width="container", height=220)
    )
    if not rows:
        return _finished(chart, colours, "No exchange rate to draw.")
    words = (
        f"{title}, mean of each month from {exchange.months[0][0]} to {exchange.months[-1][0]}: "
        f"from {exchange.months[0][1]:.6g} to {exchange.months[-1][1]:.6g}."
    )
    return _finished(chart, colours, words)


def _price_words(positions: Sequence[Position], currency: str) -> str:
    if not positions:
        return "No comparable offers."
    told = "; ".join(
        f"{each.own.title} at {each.own.per_base:,.2f} {currency}: {len(each.others)} comparable offers from "
        f"{each.others[0].per_base:,.2f} to {each.others[-1].per_base:,.2f}"
        for each in positions
    )
    return f"Your prices among comparable offers, per litre, kilogram or piece. {told}."


def _data(rows: Sequence[dict[str, Any]]) -> Any:
    import altair as alt

    made: Any = alt.Data  # Altair leaves its constructor without types
    return made(values=list(rows))


def _finished(chart: Any, colours: Look, description: str) -> Spec:
    spec: Spec = chart.to_dict()
    return spec | {"description": description, "config": colours.config()}
