"""Members' readiness on one scale of seven: for each part the bounds of the published mean, of all and of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished


@dataclass(frozen=True)
class Band:
    """A published mean: what it is of, the group, its bounds (1 to 7), and of how many members or more."""

    about: str
    group: str
    low: float
    high: float
    members: int


def shared_scale_of(bands: Sequence[Band], *, dark: bool = False, locale: str = "en") -> Spec:  # noqa: ARG001  # as every chart is called
    """Draw each band where it lies between 1 and 7, with the middle of the scale; how far groups lie apart is the spread.

    Parameters
    ----------
    bands
        Released cells only, in the order in which they are drawn.
    """
    import altair as alt

    colours = look(dark)
    rows = [{**vars(each), "name": f"{each.about}: {each.group}"} for each in bands]
    across = alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=None)
    scale = alt.Scale(domain=[1, 7], nice=False)
    x = alt.X("low:Q", scale=scale, title=None, axis=alt.Axis(values=[1, 2, 3, 4, 5, 6, 7], format="d"))
    tips = [
        alt.Tooltip("name:N", title="Of"),
        alt.Tooltip("low:Q", format=".2f", title="from"),
        alt.Tooltip("high:Q", format=".2f", title="to"),
        alt.Tooltip("members:Q", title="Members, at least"),
    ]
    base = alt.Chart(_data(rows)).encode(y=across, tooltip=tips)
    middle = alt.Chart(_data([{"at": 4}])).mark_rule(color=colours.line, strokeWidth=2)
    middle = middle.encode(x=alt.X("at:Q", scale=scale, title=None))
    bars = base.mark_bar(height=9, color=colours.accent).encode(x=x, x2="high:Q")
    # The name stands above its bar, so that a telephone's width is left to the scale.
    called = base.mark_text(align="left", dx=2, dy=-13, color=colours.ink, fontSize=12)
    called = called.encode(x=alt.datum(1), text="name:N")
    chart = alt.layer(middle, bars, called).properties(width="container", height=alt.Step(38))
    return _finished(chart, colours, _words(bands))


def _words(bands: Sequence[Band]) -> str:
    told = [f"{each.about}, {each.group}: {each.low:g} to {each.high:g}" for each in bands]
    return "Means of members on a scale of 1 to 7, as bounds. " + "; ".join(told) + "."
