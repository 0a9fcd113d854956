"""The plan's actions in time: a mark for each, by part; a filled one is done."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished
from fondaco.strategy.plan.lines import Line
from fondaco.strategy.rules import PARTS


def timeline_of(lines: Sequence[Line], *, dark: bool = False, locale: str = "en") -> Spec:  # noqa: ARG001
    """Draw what is due when, part by part; lines without a day, and dropped ones, are left out."""
    import altair as alt

    colours = look(dark)
    rows = [
        {
            "part": line.part.capitalize(),
            "due": line.due.isoformat(),
            "text": line.text[:120],
            "owner": line.owner[:60],
            "state": "done" if line.status == "done" else "to do",
        }
        for line in lines
        if line.due is not None and line.status != "dropped"
    ]
    chart = (
        alt.Chart(_data(rows))
        .mark_point(size=90, opacity=1, strokeWidth=2, color=colours.accent)
        .encode(
            x=alt.X("due:T", title="due", axis=alt.Axis(format="%b %Y", tickCount=6)),
            y=alt.Y(
                "part:N",
                title=None,
                sort=[part.capitalize() for part in PARTS],
                axis=alt.Axis(ticks=False, domain=False),
            ),
            fill=alt.Fill(
                "state:N",
                scale=alt.Scale(domain=["done", "to do"], range=[colours.accent, "transparent"]),
                title=None,
                legend=alt.Legend(orient="bottom", symbolStrokeColor=colours.accent),
            ),
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("text", "owner", "due", "state")],
        )
        .properties(width="container", height=alt.Step(26))
    )
    done = sum(row["state"] == "done" for row in rows)
    days = sorted(str(row["due"]) for row in rows)
    words = (
        f"{len(rows)} actions, {done} of them done, due from {days[0]} to {days[-1]}."
        if rows
        else "No action has a day yet."
    )
    return _finished(chart, colours, words)


def svg_of(spec: Spec, *, width: int = 480) -> str:
    """Return a chart as SVG, `width` pixels wide, for paper; nothing is fetched."""
    import vl_convert

    sized = {**spec, "width": width} if spec.get("width") == "container" else spec
    return str(vl_convert.vegalite_to_svg(sized, allowed_base_urls=[]))
