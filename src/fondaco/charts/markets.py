"""Charts of the markets' pages: the map, the bars by market, one market month by month.

Money is in the firm's currency, shares are percentages of foreign net revenue.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from fondaco.charts.look import Look, look
from fondaco.markets import MarketRow, Scorecard
from fondaco.reference import countries

#: Lower ends of the map's classes, percent of foreign net revenue.
CLASSES = (0, 1, 5, 10, 20)

#: Bars in the chart of bars.
BARS = 15

Spec = dict[str, Any]


def map_of(card: Scorecard, *, dark: bool = False, locale: str = "en") -> Spec:
    """Draw the world, each foreign market shaded by its share of foreign net revenue.

    Countries too small for the map are dots.  Home is marked in a shade of its own.
    """
    import altair as alt

    colours = look(dark)
    rows = [_row(row, locale) for row in card.markets if row.market is not None]
    atlas = _atlas()
    dots = [row | _place(row["market"]) for row in rows if row["market"] in atlas["points"]]
    drawn = {shape["properties"]["iso_a3"] for shape in _shapes()} | atlas["points"].keys()
    land = alt.NamedData("world", format=alt.TopoDataFormat(type="topojson", feature="countries"))
    held = ["name", "class", "share", "revenue", "orders", "growth"]
    shapes = alt.Chart(land).transform_lookup(
        lookup="properties.iso_a3",
        from_=alt.LookupData(data=_data(rows), key="market", fields=held),
    )
    edge: dict[str, Any] = {"stroke": colours.line, "strokeWidth": 0.5}
    fill = alt.Color(
        "class:N",
        scale=alt.Scale(domain=_class_names(), range=[*colours.steps, colours.home]),
        title="Share of foreign net revenue",
        legend=alt.Legend(orient="bottom", direction="horizontal", columns=3, symbolType="square"),
    )
    layers = [
        alt.Chart(land).mark_geoshape(fill=colours.land, **edge),
        shapes.transform_filter("isValid(datum.class)")
        .mark_geoshape(**edge)
        .encode(color=fill, tooltip=_tooltips(card.currency)),
        alt.Chart(_data(dots))
        .mark_circle(size=70, opacity=1, stroke=colours.ink, strokeWidth=0.75)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            color=fill,
            tooltip=_tooltips(card.currency),
        ),
    ]
    missing = [row["name"] for row in rows if row["market"] not in drawn]
    chart = alt.layer(*layers).project("naturalEarth1").properties(width="container", height=360)
    # Both layers of land draw the one map that stands in the specification.
    world = {"datasets": {"world": atlas["topology"]}}
    return _finished(chart, colours, _map_description(card, rows, missing)) | world


def bars_of(card: Scorecard, *, dark: bool = False, locale: str = "en") -> Spec:
    """Draw the net revenue of the first foreign markets as bars, the largest on top."""
    import altair as alt

    colours = look(dark)
    first = card.foreign[:BARS]
    rows = [_row(row, locale) for row in first]
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160)),
        x=alt.X("revenue:Q", title=f"Net revenue, {card.currency}", axis=alt.Axis(format="~s", tickCount=5)),
        tooltip=_tooltips(card.currency),
    )
    bars = base.mark_bar(color=colours.accent)
    texts = base.mark_text(align="left", dx=4, color=colours.ink).encode(text="share_text:N")
    chart = alt.layer(bars, texts).properties(width="container", height=alt.Step(26))
    words = (
        f"Net revenue in {card.currency} of the {len(rows)} first foreign markets: " + _listed(rows) + "."
        if rows
        else "No foreign market yet."
    )
    return _finished(chart, colours, words)


def months_of(row: MarketRow, *, currency: str, dark: bool = False, locale: str = "en") -> Spec:
    """Draw one market's net revenue month by month; months below zero have another colour."""
    import altair as alt

    colours = look(dark)
    rows = [
        {"month": f"{m.month}-01", "revenue": round(float(m.net_revenue), 2), "orders": m.orders}
        for m in row.months
    ]
    chart = (
        alt.Chart(_data(rows))
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X(
                "month:T",
                timeUnit=alt.TimeUnitParams(unit="yearmonth", utc=True),
                title=None,
                axis=alt.Axis(grid=False, labelOverlap=True, format="%b %Y"),
            ),
            y=alt.Y("revenue:Q", title=f"Net revenue, {currency}", axis=alt.Axis(format="~s", tickCount=5)),
            color=alt.condition("datum.revenue < 0", alt.value(colours.loss), alt.value(colours.accent)),
            tooltip=[
                alt.Tooltip("month:T", timeUnit="utcyearmonth", format="%B %Y", title="Month"),
                alt.Tooltip("revenue:Q", format=",.2f", title=f"Net revenue, {currency}"),
                alt.Tooltip("orders:Q", format=",", title="Orders"),
            ],
        )
        .properties(width="container", height=260)
    )
    name = countries.name(row.market, locale) if row.market else "Country not known"
    return _finished(chart, colours, f"{name}: {_months_description(rows, currency)}")


def _row(row: MarketRow, locale: str) -> dict[str, Any]:
    """Return what the charts show of a market, rounded and in words."""
    share = None if row.share_of_foreign is None else round(100 * row.share_of_foreign, 1)
    growth = row.growth
    return {
        "market": row.market,
        "name": countries.name(str(row.market), locale),
        "class": _class(share, row.home),
        "share": "home market" if row.home else _percent(share),
        "share_text": _percent(share),
        "revenue": round(float(row.net_revenue), 2),
        "orders": row.orders,
        "growth": "not known"
        if growth.estimate is None or growth.low is None or growth.high is None
        else f"{100 * growth.estimate:+.0f} % ({100 * growth.low:+.0f} to {100 * growth.high:+.0f})",
    }


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1f} %"


def _class_names() -> list[str]:
    """Return the map's classes in words, from little to much, then home."""
    named = [f"{a} to {b} %" if a else f"below {b} %" for a, b in itertools.pairwise(CLASSES)]
    return [*named, f"{CLASSES[-1]} % or more", "home"]


def _class(share: float | None, home: bool) -> str:
    """Return the class of a share in percent.

    Examples
    --------
    >>> _class(0.4, False), _class(7.0, False), _class(50.0, False), _class(None, True)
    ('below 1 %', '5 to 10 %', '20 % or more', 'home')
    """
    if home:
        return "home"
    place = sum((share or 0) >= low for low in CLASSES)
    return _class_names()[max(place, 1) - 1]


def _tooltips(currency: str) -> list[Any]:
    import altair as alt

    return [
        alt.Tooltip("name:N", title="Market"),
        alt.Tooltip("revenue:Q", format=",.2f", title=f"Net revenue, {currency}"),
        alt.Tooltip("share:N", title="Share of foreign"),
        alt.Tooltip("orders:Q", format=",", title="Orders"),
        alt.Tooltip("growth:N", title="Growth (90 % range)"),
    ]


def _data(rows: Sequence[dict[str, Any]]) -> Any:
    import altair as alt

    made: Any = alt.Data  # Altair leaves its constructor without types
    return made(values=list(rows))


def _finished(chart: Any, colours: Look, description: str) -> Spec:
    spec: Spec = chart.to_dict()
    return spec | {"description": description, "config": colours.config()}


def _listed(rows: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{row['name']} {row['revenue']:,.0f} ({row['share']})" for row in rows)


def _map_description(card: Scorecard, rows: Sequence[dict[str, Any]], missing: Sequence[str]) -> str:
    if not rows:
        return "Map of the world without markets: there are no orders yet."
    foreign = [row for row in rows if row["class"] != "home"]
    words = (
        f"Map of the world: {len(foreign)} foreign markets shaded by share of foreign net revenue. "
        f"The first, in {card.currency}: {_listed(foreign[:5])}."
    )
    return words + (f" Not drawn: {', '.join(missing)}." if missing else "")


def _months_description(rows: Sequence[dict[str, Any]], currency: str) -> str:
    if not rows:
        return "no months yet."
    best = max(rows, key=lambda row: row["revenue"])
    return (
        f"net revenue by month from {rows[0]['month'][:7]} to {rows[-1]['month'][:7]}, in {currency}; "
        f"most in {best['month'][:7]} with {best['revenue']:,.0f}."
    )


@functools.cache
def _atlas() -> dict[str, Any]:
    """Read the map: ``topology`` (TopoJSON) and ``points`` (longitude and latitude by alpha-3)."""
    text = files("fondaco.charts").joinpath("data/world-110m.json").read_text(encoding="utf-8")
    atlas: dict[str, Any] = json.loads(text)
    return atlas


def _shapes() -> list[dict[str, Any]]:
    shapes: list[dict[str, Any]] = _atlas()["topology"]["objects"]["countries"]["geometries"]
    return shapes


def _place(market: str) -> dict[str, float]:
    longitude, latitude = _atlas()["points"][market]
    return {"longitude": longitude, "latitude": latitude}
