"""The state of each construct of readiness: a dot and its range, a tick for each informant, a hollow dot for an earlier state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fondaco.charts.look import look
from fondaco.charts.markets import Spec, _data, _finished
from fondaco.readiness import Assessment, Questionnaire

#: Earlier states that are drawn, the latest ones.
MOST_EARLIER = 3


def readiness_of(
    held: Questionnaire,
    state: Assessment,
    history: Sequence[Assessment] = (),
    *,
    people: bool = True,
    dark: bool = False,
    locale: str = "en",
) -> Spec:
    """Draw each construct's score on the scale of seven, with its range, and the middle of the scale.

    Parameters
    ----------
    people
        Whether each informant's own score is drawn as a tick.
    """
    import altair as alt

    colours = look(dark)
    language = locale.split("_", maxsplit=1)[0]
    names = {key: held.name(key, language) for key, score in state.scores.items() if score.told}
    dots = [_dot(names[key], state, key) for key in names]
    ticks, before = _ticks(names, state) if people else [], _before(names, state, history)
    across = alt.Y("name:N", sort=list(names.values()), title=None, axis=None)
    base = alt.Chart(_data(dots)).encode(y=across, tooltip=_tips())
    middle = alt.Chart(_data([{"at": 4}])).mark_rule(color=colours.line, strokeWidth=2).encode(x=_x("at"))
    ranges = base.mark_rule(color=colours.quiet, strokeWidth=2).encode(x=_x("low"), x2="high:Q")
    owns = alt.Chart(_data(ticks)).mark_tick(color=colours.quiet, thickness=2, size=12)
    owns = owns.encode(
        y=across, x=_x("own"), tooltip=[alt.Tooltip("own:Q", format=".1f", title="One informant")]
    )
    then = alt.Chart(_data(before)).mark_point(
        size=60, opacity=1, strokeWidth=1.5, color=colours.accent, fill="transparent"
    )
    seen = [alt.Tooltip("day:N", title="As of"), alt.Tooltip("then:Q", format=".1f", title="Score")]
    then = then.encode(y=across, x=_x("then"), tooltip=seen)
    now = base.mark_point(size=80, opacity=1, filled=True, color=colours.accent).encode(x=_x("estimate"))
    # The name stands above its line, so that a telephone's width is left to the scale.
    called = base.mark_text(align="left", dx=2, dy=-13, color=colours.ink, fontSize=12).encode(
        x=alt.datum(1), text="name:N"
    )
    layers = [middle, ranges, *([owns] if ticks else []), *([then] if before else []), now, called]
    chart = alt.layer(*layers).properties(width="container", height=alt.Step(38))
    return _finished(chart, colours, _words(dots))


def _x(field: str) -> Any:
    import altair as alt

    return alt.X(
        f"{field}:Q", title="1 strongly disagree, 7 strongly agree; 80 % range", scale=alt.Scale(domain=[1, 7]),
        axis=alt.Axis(values=[1, 2, 3, 4, 5, 6, 7], format="d"),
    )  # fmt: skip


def _tips() -> list[Any]:
    import altair as alt

    return [
        alt.Tooltip("name:N", title="What"), alt.Tooltip("estimate:Q", format=".1f", title="Score"),
        alt.Tooltip("low:Q", format=".1f", title="Low"), alt.Tooltip("high:Q", format=".1f", title="High"),
        alt.Tooltip("people:Q", title="Informants"), alt.Tooltip("last:N", title="Last answered"),
    ]  # fmt: skip


def _ticks(names: Mapping[str, str], state: Assessment) -> list[dict[str, Any]]:
    """Return a row for each informant, where there are several."""
    return [
        {"name": name, "own": round(value, 2)}
        for key, name in names.items()
        if len(state.scores[key].told) > 1
        for value in state.scores[key].told
    ]


def _before(
    names: Mapping[str, str], state: Assessment, history: Sequence[Assessment]
) -> list[dict[str, Any]]:
    """Return a row for each score of the latest earlier states that rests on other answers than today's."""
    earlier = [past for past in history if past.day < state.day and past.informants][-MOST_EARLIER:]
    return [
        {"name": names[key], "then": round(score.score.estimate, 2), "day": past.day.isoformat()}
        for past in earlier
        for key, score in past.scores.items()
        if key in names and score.score.estimate is not None and score.last != state.scores[key].last
    ]


def _words(dots: Sequence[Mapping[str, Any]]) -> str:
    if not dots:
        return "Nobody has answered yet."
    told = ", ".join(f"{dot['name']} {dot['estimate']} ({dot['low']} to {dot['high']})" for dot in dots)
    return f"Scores of seven with 80 % ranges: {told}."


def _dot(name: str, state: Assessment, key: str) -> dict[str, Any]:
    score = state.scores[key]
    told = score.score
    return {
        "name": name, "estimate": _round(told.estimate), "low": _round(told.low), "high": _round(told.high),
        "people": len(score.told), "last": score.last.isoformat() if score.last else "",
    }  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
