"""What the worker does for networks: some seconds of a refresh, then the next turn."""

from __future__ import annotations

from django_tasks import task

from fondaco.web.network.benchmarks import refreshing


@task()
def run_refresh(refresh_id: str) -> None:
    """Go on with a refresh, and queue what is left."""
    if refreshing.work(refresh_id):
        run_refresh.enqueue(refresh_id)
