"""Chart of delivery: what a unit costs by each way, from one unit to many; shapes tell the ways apart in grey."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished

#: Ways in the chart: those that are the cheapest somewhere come first.
MOST = 6


def ways_of(
    curves: Sequence[tuple[str, int, Decimal]],
    currency: str,
    units: int,
    *,
    dark: bool = False,
    locale: str = "en",  # noqa: ARG001  # every chart takes it
) -> Spec:
    """Draw the cost of a unit by way and quantity, both on logarithmic scales; an upright line is the quantity asked for.

    Parameters
    ----------
    curves
        (way, units, cost of a unit in `currency`).
    units
        The quantity asked for.
    """
    import altair as alt

    colours = look(dark)
    shown = _first(curves)
    rows = [
        {"way": way, "units": count, "cost": round(float(cost), 4)}
        for way, count, cost in curves
        if way in shown
    ]
    scale = alt.Scale(type="log")
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("units:Q", scale=scale, title="Units at once", axis=alt.Axis(format="~s", tickCount=5)),
        y=alt.Y(
            "cost:Q",
            scale=scale,
            title=f"Cost of a unit, {currency}",
            axis=alt.Axis(format="~g", tickCount=5),
        ),
        tooltip=[
            alt.Tooltip("way:N", title="Way"),
            alt.Tooltip("units:Q", format=",.0f", title="Units"),
            alt.Tooltip("cost:Q", format=",.2f", title=f"A unit, {currency}"),
        ],
    )
    legend = alt.Legend(orient="bottom", columns=1, labelLimit=320, title=None)
    lines = base.mark_line(color=colours.accent, strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("way:N", sort=shown, legend=legend)
    )
    asked = (
        alt.Chart(_data([{"units": units}]))
        .mark_rule(color=colours.ink, strokeWidth=1.5)
        .encode(x=alt.X("units:Q", scale=scale))
    )
    at = {way: cost for way, count, cost in curves if count == _nearest(curves, units)}
    told = ", ".join(f"{way} {at[way]:.2f}" for way in shown if way in at)
    words = (
        f"Cost of a unit in {currency} by way and quantity; near {units:,} units: {told}."
        if rows
        else "No way can be priced."
    )
    return _finished(alt.layer(lines, asked).properties(width="container", height=260), colours, words)


def _first(curves: Sequence[tuple[str, int, Decimal]]) -> list[str]:
    """Return the ways to show: those that are the cheapest at some quantity, then the others."""
    best: dict[int, tuple[Decimal, str]] = {}
    for way, units, cost in curves:
        if units not in best or cost < best[units][0]:
            best[units] = (cost, way)
    first = dict.fromkeys(best[units][1] for units in sorted(best))
    return list(dict.fromkeys([*first, *(way for way, _units, _cost in curves)]))[:MOST]


def _nearest(curves: Sequence[tuple[str, int, Decimal]], units: int) -> int:
    return min((count for _way, count, _cost in curves), key=lambda count: abs(count - units), default=0)
