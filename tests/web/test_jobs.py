"""Jobs outlive the workers that do them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import NOW, ORDERS, Town

from fondaco import workflows
from fondaco.kernel import UnreadableFile
from fondaco.web.data import actions
from fondaco.web.data.models import Job, JobState, Upload, UploadState


@pytest.fixture
def upload(town: Town) -> Upload:
    upload = Upload(
        firm=town.anchor, by=town.alice, at=NOW, name="orders.csv", stored_as="a" * 32 + ".csv", size=1
    )
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.write_text(ORDERS.replace("100", "500"), encoding="utf-8")
    upload.save()
    return upload


def running(town: Town, upload: Upload, *, attempts: int, silent_for: float) -> Job:
    upload.state = UploadState.QUEUED
    upload.save()
    return Job.objects.create(
        firm=town.anchor,
        upload=upload,
        kind="import",
        by=town.alice,
        made=NOW,
        state=JobState.RUNNING,
        attempts=attempts,
        beat=NOW - timedelta(seconds=silent_for),
    )


def test_a_job_whose_worker_died_is_done_again(town: Town, upload: Upload) -> None:
    job = running(town, upload, attempts=1, silent_for=600)
    assert actions.recover(now=NOW) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.sentence) == (JobState.DONE, 2, "")


def test_a_job_that_shows_life_is_left_alone(town: Town, upload: Upload) -> None:
    job = running(town, upload, attempts=1, silent_for=2)
    assert actions.recover(now=NOW) == 0
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_the_only_worker_knows_that_a_running_job_is_lost(town: Town, upload: Upload) -> None:
    running(town, upload, attempts=1, silent_for=2)
    assert actions.recover(now=NOW, alone=True) == 1


def test_after_the_last_attempt_a_job_stops_in_words(town: Town, upload: Upload) -> None:
    job = running(town, upload, attempts=3, silent_for=600)
    actions.recover(now=NOW)
    job.refresh_from_db()
    upload.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "stopped 3 times" in job.sentence
    assert upload.state == UploadState.WAITING


def test_a_file_that_cannot_be_read_stops_the_job_with_its_sentence(
    town: Town, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise UnreadableFile("orders.csv ends in the middle of a row: download it again.")

    monkeypatch.setattr(workflows, "take_in", refuse)
    job = actions.start_import(upload, by=town.alice, now=NOW)
    job.refresh_from_db()
    upload.refresh_from_db()
    assert (job.state, job.sentence) == (
        JobState.FAILED,
        "orders.csv ends in the middle of a row: download it again.",
    )
    assert upload.state == UploadState.WAITING
    assert upload.path.exists()


def test_our_own_failure_says_no_more_than_it_should(
    town: Town, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(str(Path("/etc/secret")))

    monkeypatch.setattr(workflows, "take_in", fail)
    job = actions.start_import(upload, by=town.alice, now=NOW)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "secret" not in job.sentence


def test_a_job_is_done_once(town: Town, upload: Upload) -> None:
    job = actions.start_import(upload, by=town.alice, now=NOW)
    actions.run(str(job.pk))
    job.refresh_from_db()
    assert job.attempts == 1
