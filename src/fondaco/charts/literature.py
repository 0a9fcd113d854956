"""What was found between families of drivers and outcomes: a mark for each pair, larger with more samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished

#: How the samples of a pair agree; each has a shape of its own, so that no colour is needed to tell them.
VERDICTS = ("all +", "all −", "none, a curve or mixed", "they disagree", "sign inferred only")


def findings_of(view: Mapping[str, Any], *, dark: bool = False, locale: str = "en") -> Spec:  # noqa: ARG001
    """Draw the framework (`fondaco.evidence.literature.framework`), from drivers at the left to outcomes above."""
    import altair as alt

    colours = look(dark)
    label = {node["family"]: node["label"] for node in view["nodes"]}
    rows = [
        {
            "driver": label[edge["from"]],
            "outcome": label[edge["to"]],
            "samples": edge["samples"],
            "findings": edge["findings"],
            "votes": ", ".join(f"{count} {way}" for way, count in edge["votes"].items() if count)
            or "none stated",
            "verdict": verdict(edge),
        }
        for edge in view["edges"]
    ]
    scale = alt.Scale(domain=list(VERDICTS), range=["circle", "square", "diamond", "cross", "triangle-up"])
    paint = alt.Scale(
        domain=list(VERDICTS), range=[colours.accent, colours.loss, colours.quiet, colours.ink, colours.home]
    )
    legend = alt.Legend(orient="bottom", columns=2, title="samples")
    chart = (
        alt.Chart(_data(rows))
        .mark_point(filled=True, opacity=1)
        .encode(
            y=alt.Y("driver:N", title="driver", axis=alt.Axis(labelLimit=180)),
            x=alt.X(
                "outcome:N", title="outcome", axis=alt.Axis(orient="top", labelAngle=-45, labelLimit=150)
            ),
            size=alt.Size("findings:Q", scale=alt.Scale(range=[50, 500]), title="findings", legend=None),
            shape=alt.Shape("verdict:N", scale=scale, legend=legend),
            color=alt.Color("verdict:N", scale=paint, legend=legend),
            tooltip=[
                alt.Tooltip(f"{name}:N")
                for name in ("driver", "outcome", "findings", "samples", "votes", "verdict")
            ],
        )
        .properties(width=alt.Step(34), height=alt.Step(24))
    )
    most = max(rows, key=lambda row: row["findings"], default=None)
    words = f"{len(rows)} pairs of families of drivers and outcomes."
    if most is not None:
        words += (
            f" Most findings: {most['driver']} on {most['outcome']}, {most['findings']} ({most['votes']})."
        )
    return _finished(chart, colours, words)


def verdict(edge: Mapping[str, Any]) -> str:
    """Return how the samples of a pair agree.

    >>> verdict({"samples": 3, "votes": {"+": 2, "-": 1, "0": 0, "U": 0, "mixed": 0}})
    'they disagree'
    """
    votes, samples = edge["votes"], edge["samples"]
    if not samples:
        return VERDICTS[4]
    if votes["+"] == samples:
        return VERDICTS[0]
    if votes["-"] == samples:
        return VERDICTS[1]
    ways = sum(bool(count) for count in votes.values())
    return VERDICTS[3] if ways > 1 else VERDICTS[2]
