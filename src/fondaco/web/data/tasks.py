"""What the worker does: jobs, one after another."""

from __future__ import annotations

from django_tasks import task

from fondaco.web.data import actions


@task()
def run_job(job_id: str) -> None:
    """Do the job with this id."""
    actions.run(job_id)
