"""Who ships with whom and when: a bar for each group over the days on which all of it is ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished


def together_of(
    groups: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    dark: bool = False,
    locale: str = "en",  # noqa: ARG001
) -> Spec:
    """Draw groups (as `fondaco.network.delivery.Delivery.to_json` has them); `names` calls members."""
    import altair as alt

    colours = look(dark)
    rows = [
        {
            "group": f"{number}. {group['destination']}, {group['kind']}",
            "from": group["window"][0],
            "until": f"{group['window'][1]}T23:59:00",
            "members": ", ".join(names.get(slug, slug) for slug in group["members"])[:120],
            "shipments": len(group["shipments"]),
        }
        for number, group in enumerate(groups, start=1)
    ]
    chart = (
        alt.Chart(_data(rows))
        .mark_bar(color=colours.accent, height=12)
        .encode(
            x=alt.X("from:T", title="all are ready", axis=alt.Axis(format="%d %b", tickCount=6)),
            x2="until:T",
            y=alt.Y("group:N", title=None, sort=None, axis=alt.Axis(ticks=False, domain=False)),
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("group", "members", "shipments")],
        )
        .properties(width="container", height=alt.Step(24))
    )
    together = sum(len(group["members"]) > 1 for group in groups)
    return _finished(chart, colours, f"{len(rows)} groups, {together} of them of several members.")
