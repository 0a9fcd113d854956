"""Benchmarks and the dashboard of a network."""

from __future__ import annotations

from tests.web.table import IN, Row, of_network

ROWS = (
    Row("benchmarks", (IN, 404, 200, 200, 200, 302), of_network, note="302: a supporter has the dashboard"),
    Row("benchmarks_share", (IN, 404, 403, 403, 302, 404), of_network, {"firm": "anchor-teas", "indicator": ["markets"]}),
    Row("dashboard", (IN, 404, 302, 302, 302, 200), of_network, note="302: members have the benchmarks"),
    Row("dashboard_readiness", (IN, 404, 403, 403, 403, 200), of_network),
    Row("dashboard_refresh", (IN, 404, 403, 403, 403, 302), of_network, {}),
    Row("dashboard_progress", (IN, 404, 403, 403, 403, 200), of_network),
)  # fmt: skip
