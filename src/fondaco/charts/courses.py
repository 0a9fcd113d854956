"""What may come of a subscription: a dot, half of the courses as a thick line, nine in ten as a thin one."""

from __future__ import annotations

from typing import Any

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished
from fondaco.readiness.expectations import Expected

_NAMES = {
    "rfqs": "Requests", "quotations": "Quotations", "first_orders": "Buyers who order",
    "lasting_ties": "Buyers who order again", "orders": "Orders",
}  # fmt: skip


def courses_of(found: Expected, *, dark: bool = False, locale: str = "en") -> Spec:  # noqa: ARG001  (as all charts are asked for)
    """Draw the counts of the subscription, on a scale that leaves room for small numbers beside large ones."""
    import altair as alt

    colours = look(dark)
    rows = [
        {
            "name": name, "middle": each.wide.estimate, "low": each.wide.low, "high": each.wide.high,
            "from": each.half.low, "to": each.half.high,
        }
        for key, name in _NAMES.items()
        if (each := found.measures[key]).wide.estimate is not None
    ]  # fmt: skip
    tips = [
        alt.Tooltip("name:N", title="What"), alt.Tooltip("middle:Q", title="Middle", format=",.0f"),
        alt.Tooltip("from:Q", title="Half of courses, from", format=",.0f"), alt.Tooltip("to:Q", title="to", format=",.0f"),
        alt.Tooltip("low:Q", title="Nine in ten, from", format=",.0f"), alt.Tooltip("high:Q", title="to", format=",.0f"),
    ]  # fmt: skip
    across = alt.Y("name:N", sort=None, title=None, axis=None)
    base = alt.Chart(_data(rows)).encode(y=across, tooltip=tips)
    wide = base.mark_rule(color=colours.quiet, strokeWidth=2).encode(x=_x("low"), x2="high:Q")
    half = base.mark_rule(color=colours.accent, strokeWidth=6).encode(x=_x("from"), x2="to:Q")
    dots = base.mark_point(size=80, opacity=1, filled=True, color=colours.ink).encode(x=_x("middle"))
    called = base.mark_text(align="left", dx=2, dy=-13, color=colours.ink, fontSize=12).encode(
        x=alt.datum(0), text="name:N"
    )
    chart = alt.layer(wide, half, dots, called).properties(width="container", height=alt.Step(38))
    words = ", ".join(f"{r['name']} {r['middle']:,.0f} ({r['low']:,.0f} to {r['high']:,.0f})" for r in rows)
    return _finished(chart, colours, f"In {found.asked.months:g} months, with 90 % ranges: {words}.")


def _x(field: str) -> Any:
    import altair as alt

    return alt.X(
        f"{field}:Q", title="thick: half of the courses; thin: nine in ten",
        scale=alt.Scale(type="symlog", domainMin=0), axis=alt.Axis(values=[0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000], format=",d"),
    )  # fmt: skip
