"""What the worker does: runs of studies."""

from __future__ import annotations

from django_tasks import task

from fondaco.web.evidence.studies import actions


@task()
def run_study(run_id: str) -> None:
    """Do the run with this id."""
    actions.do_run(run_id)
