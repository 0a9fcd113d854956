"""Results as charts: functions that return Vega-Lite specifications as plain dictionaries.

The only room that imports Altair, and only when a chart is asked for.  Every chart says in its
`description` what a reader who does not see it should know, keeps its meaning in greyscale, and
carries its rows with it, rounded; nothing is fetched when it is drawn.
"""

from fondaco.charts.collective import together_of
from fondaco.charts.courses import courses_of
from fondaco.charts.delivery import ways_of
from fondaco.charts.dossier import prices_of, rate_of
from fondaco.charts.expectations import allocation_of, expected_of
from fondaco.charts.forecast import forecast_of
from fondaco.charts.literature import findings_of
from fondaco.charts.markets import bars_of, map_of, months_of
from fondaco.charts.onwards import onwards_of
from fondaco.charts.plan import svg_of, timeline_of
from fondaco.charts.readiness import readiness_of
from fondaco.charts.shared_scale import Band, shared_scale_of

__all__ = [
    "Band",
    "allocation_of",
    "bars_of",
    "courses_of",
    "expected_of",
    "findings_of",
    "forecast_of",
    "map_of",
    "months_of",
    "onwards_of",
    "prices_of",
    "rate_of",
    "readiness_of",
    "shared_scale_of",
    "svg_of",
    "timeline_of",
    "together_of",
    "ways_of",
]
