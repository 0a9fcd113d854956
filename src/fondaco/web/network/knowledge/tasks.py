"""What the worker does for networks."""

from __future__ import annotations

from django_tasks import task

from fondaco.web.network.knowledge import pool_actions


@task()
def solve_pool(pool_id: int) -> None:
    """Work out who ships with whom."""
    pool_actions.solve(pool_id)
