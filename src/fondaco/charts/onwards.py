"""Two curves with their ranges: the share who moved on to the next stage and the share who left, over days."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished
from fondaco.numerics.competing import Incidence
from fondaco.relationships.onwards import LEFT, MOVED

#: Points of a curve that are drawn, and days at most.
POINTS, DAYS = 200, 730
_NAMES = {MOVED: "moved on", LEFT: "left"}
_STAGES = {"expansion": "a first order", "commitment": "a second order"}


def onwards_of(
    curves: Mapping[int, Incidence], *, stage: str, dark: bool = False, locale: str = "en"  # noqa: ARG001
) -> Spec:  # fmt: skip
    """Draw how buyers come to a stage (``expansion`` or ``commitment``), and who leaves on the way."""
    import altair as alt

    colours = look(dark)
    rows = [row for cause, name in _NAMES.items() if cause in curves for row in _rows(curves[cause], name)]
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("days:Q", title="days since it began"),
        color=alt.Color(
            "what:N",
            scale=alt.Scale(domain=list(_NAMES.values()), range=[colours.accent, colours.loss]),
            title=None,
            legend=alt.Legend(orient="bottom"),
        ),
    )
    share = alt.Axis(format="%")
    band = base.mark_area(opacity=0.18, interpolate="step-after").encode(
        y=alt.Y("low:Q", title="share of buyers", axis=share), y2="high:Q"
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=alt.Y("share:Q", title="share of buyers", axis=share),
        strokeDash=alt.StrokeDash("what:N", scale=alt.Scale(domain=list(_NAMES.values()), range=[[1, 0], [5, 3]]), legend=None),
        tooltip=[alt.Tooltip("what:N"), alt.Tooltip("days:Q"), alt.Tooltip("share:Q", format=".0%")],
    )  # fmt: skip
    return _finished((band + line).properties(width="container", height=220), colours, _words(curves, stage))


def _rows(curve: Incidence, name: str) -> list[dict[str, object]]:
    if not len(curve.time):
        return []
    held = np.flatnonzero(curve.time <= DAYS)
    if not len(held):
        return []
    kept = np.unique(np.linspace(0, len(held) - 1, min(POINTS, len(held))).round().astype(int))
    first: dict[str, object] = {"what": name, "days": 0, "share": 0.0, "low": 0.0, "high": 0.0}
    found = [
        {
            "what": name,
            "days": float(curve.time[n]),
            "share": round(float(curve.share[n]), 4),
            "low": round(float(curve.low[n]), 4),
            "high": round(float(curve.high[n]), 4),
        }
        for n in held[kept]
    ]
    last = {**found[-1], "days": min(curve.longest, float(DAYS))}
    return [first, *found, last]


def _words(curves: Mapping[int, Incidence], stage: str) -> str:
    moved = curves.get(MOVED)
    if moved is None or not moved.cases:
        return "There is nobody to follow yet."
    told = moved.at(min(180.0, moved.longest))
    share = (
        "" if told.estimate is None else f": {told.estimate:.0%} within {min(180.0, moved.longest):.0f} days"
    )
    return f"Of {moved.cases} buyers, {moved.events} came to {_STAGES[stage]}{share}."
