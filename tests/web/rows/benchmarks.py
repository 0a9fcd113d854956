"""Benchmarks and the dashboard of a network."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import NOW, Town
from tests.web.table import IN, Row, of_network

from fondaco.web.network.benchmarks.models import FirmFigures, ItemState, Refresh, RefreshItem


def prepare(town: Town) -> None:
    """A refresh that is over, in which the firm's figures could not be computed."""
    FirmFigures.objects.create(
        firm=town.anchor, mark="an older ledger", home="GBR", missing={"export_hours": "Nobody told the hours."}, computed=NOW
    )  # fmt: skip
    refresh = Refresh.objects.create(
        network=town.network, by=town.sven, made=NOW, beat=NOW, finished=NOW + timedelta(minutes=1)
    )
    RefreshItem.objects.create(
        refresh=refresh, firm=town.anchor, state=ItemState.FAILED, sentence="The ledger could not be read."
    )


ROWS = (
    Row("benchmarks", (IN, 404, 200, 200, 200, 302), of_network, note="302: a supporter has the dashboard"),
    Row("benchmarks_share", (IN, 404, 403, 403, 302, 404), of_network, {"firm": "anchor-teas", "indicator": ["markets"]}),
    Row("dashboard", (IN, 404, 302, 302, 302, 200), of_network, note="302: members have the benchmarks"),
    Row("dashboard_readiness", (IN, 404, 403, 403, 403, 200), of_network),
    Row("dashboard_refresh", (IN, 404, 403, 403, 403, 302), of_network, {}),
    Row("dashboard_progress", (IN, 404, 403, 403, 403, 200), of_network),
)  # fmt: skip
