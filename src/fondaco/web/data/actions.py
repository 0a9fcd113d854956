"""What people do with files: put them here, answer, take them in, take them back."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from fondaco import workflows
from fondaco.kernel.errors import FondacoError, InputError, Refused
from fondaco.ledger import Mapping, from_toml, to_toml
from fondaco.web.accounts.access import FirmAccess, workspace
from fondaco.web.accounts.models import Firm, User
from fondaco.web.data import uploads
from fondaco.web.data.forgetting import erase, wipe
from fondaco.web.data.models import Job, JobState, Upload, UploadState
from fondaco.web.desk import audit
from fondaco.web.inquiries.syncing import want as want_look

log = logging.getLogger("fondaco.web.data")

#: What can be answered about a file beside its mapping; names of options of `workflows.take_in`.
ANSWERS = ("platform", "currency", "country", "marketplace", "period", "repeats")


def keep_upload(firm: Firm, file: UploadedFile[bytes], *, by: User, now: datetime) -> Upload:
    """Keep an uploaded file for `firm`."""
    name = uploads.shown_name(file)
    if not file.size:
        raise InputError(_("%(name)s is empty. Download it from the platform again.") % {"name": name})
    stored = uploads.keep(file, firm)
    with transaction.atomic():
        upload = Upload.objects.create(
            firm=firm, by=by, at=now, name=name, stored_as=stored, size=file.size or 0
        )
        audit.record("file.uploaded", by=by, now=now, firm=firm, name=name, size=upload.size)
    return upload


def remove_upload(upload: Upload, *, by: User, now: datetime) -> None:
    """Delete a file that waits; one that is being taken in stays until that is over."""
    with transaction.atomic():
        changed = Upload.objects.filter(pk=upload.pk, state=UploadState.WAITING).update(
            state=UploadState.REMOVED
        )
        if not changed:
            raise Refused(_("This file is being taken in, or is gone already. Look at its import instead."))
        audit.record("file.removed", by=by, now=now, firm=upload.firm, name=upload.name)
    upload.path.unlink(missing_ok=True)


def options_of(upload: Upload) -> dict[str, Any]:
    """Return what was answered about the file, as options of `workflows.take_in` and `preview`."""
    options: dict[str, Any] = {name: upload.options[name] for name in ANSWERS if upload.options.get(name)}
    if upload.options.get("mapping"):
        options["mapping"] = mapping_of(upload.options["mapping"])
    return options


def mapping_of(text: str) -> Mapping:
    """Return the mapping in `text` (TOML)."""
    return from_toml(text, _("the mapping"))


def with_columns(mapping: Mapping, columns: dict[str, str]) -> Mapping:
    """Return `mapping` with other columns (field to header), and no style for a field that moved."""
    styles = {
        field: style
        for field, style in mapping.styles.items()
        if columns.get(field) == mapping.columns.get(field)
    }
    constants = {field: value for field, value in mapping.constants.items() if field not in columns}
    return dataclasses.replace(mapping, columns=columns, styles=styles, constants=constants)


def answer(upload: Upload, said: dict[str, Any], mapping: Mapping | None = None) -> None:
    """Keep what a person said of a file."""
    options = {**upload.options, **{name: value for name, value in said.items() if name in ANSWERS and value}}
    if mapping is not None:
        options["mapping"] = to_toml(mapping)
    upload.options = options
    upload.save(update_fields=["options"])


def forget_answers(upload: Upload) -> None:
    """Begin anew with a file, as if nothing had been said of it."""
    upload.options = {}
    upload.save(update_fields=["options"])


def start_import(upload: Upload, *, by: User, now: datetime) -> Job:
    """Queue the taking in of a file that waits."""
    from fondaco.web.data.tasks import run_job

    with transaction.atomic():
        changed = Upload.objects.filter(pk=upload.pk, state=UploadState.WAITING).update(
            state=UploadState.QUEUED
        )
        if not changed:
            raise Refused(_("This file is being taken in already, or is gone. Look at the list of files."))
        job = Job.objects.create(
            firm=upload.firm, upload=upload, kind=Job.Kind.IMPORT, options=upload.options, by=by, made=now
        )
        audit.record("import.started", by=by, now=now, firm=upload.firm, name=upload.name)
        _enqueue(job, run_job)
    return job


def start_replay(firm: Firm, import_id: str, mapping: Mapping, *, by: User, now: datetime) -> Job:
    """Queue another try at the quarantined rows of an import, with another mapping."""
    from fondaco.web.data.tasks import run_job

    with transaction.atomic():
        job = Job.objects.create(
            firm=firm,
            kind=Job.Kind.REPLAY,
            import_id=import_id,
            options={"mapping": to_toml(mapping)},
            by=by,
            made=now,
        )
        audit.record("replay.started", by=by, now=now, firm=firm, import_id=import_id)
        _enqueue(job, run_job)
    return job


def start_rereading(access: FirmAccess, import_id: str, *, commit: bool, now: datetime) -> Job:
    """Queue a look at what today's readers would make of an import or, with `commit`, let that count."""
    from fondaco.web.data.tasks import run_job

    with transaction.atomic():
        job = Job.objects.create(
            firm=access.firm,
            kind=Job.Kind.REREAD if commit else Job.Kind.LOOK,
            import_id=import_id,
            options={"about": import_id, "ledger": access.ledger.fingerprint()},
            by=access.user,
            made=now,
        )
        if commit:
            audit.record("reread.started", by=access.user, now=now, firm=access.firm, import_id=import_id)
        _enqueue(job, run_job)
    return job


def last_look(access: FirmAccess, import_id: str) -> Job | None:
    """Return the latest look at an import, if the ledger is still the one it looked at."""
    looks = Job.objects.filter(firm=access.firm, kind=Job.Kind.LOOK, import_id=import_id)
    last = looks.filter(state=JobState.DONE).order_by("-finished").first()
    return last if last and last.options["ledger"] == access.ledger.fingerprint() else None


def _enqueue(job: Job, task: Any) -> None:
    # Inside the transaction of the job: the queue is a table of the same database.
    result = task.enqueue(str(job.pk))
    Job.objects.filter(pk=job.pk).update(task_id=str(result.id))


def undo_import(access: FirmAccess, import_id: str, *, now: datetime) -> None:
    """Withdraw an import from the ledger."""
    access.ledger.undo(import_id, now=now, by=access.user.email)
    audit.record("import.undone", by=access.user, now=now, firm=access.firm, import_id=import_id)
    want_look(access.firm, now=now)


def forget_person(access: FirmAccess, who: str, *, now: datetime) -> workflows.Forgotten:
    """Erase a person from the firm's ledger, files and rows of the database."""
    slug = access.firm.slug
    done = workflows.forget(
        access.workspace, slug, who, now=now, by=access.user.email, database=lambda one: erase(slug, one)
    )
    if done.done:
        wipe()
        audit.record("person.forgotten", by=access.user, now=now, firm=access.firm, rows=done.rows)
    return done


# --- the worker's side ----------------------------------------------------------------------------


def run(job_id: str) -> None:
    """Do a job that waits its turn; a job that somebody else has taken up is left alone.

    Imports are one atomic commit and importing again adds nothing, so a job whose worker was killed
    can simply be done again.
    """
    now = timezone.now()
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(of=("self",)).select_related("firm", "upload", "by").get(pk=job_id)
        )
        if job.state != JobState.QUEUED:
            return
        job.state, job.beat, job.attempts = JobState.RUNNING, now, job.attempts + 1
        job.save(update_fields=["state", "beat", "attempts"])
    try:
        with heartbeat(job):
            report = _do(job)
    except FondacoError as error:
        _stop(job, str(error))
    except Exception:
        log.exception("job failed", extra={"job": str(job.pk), "firm": job.firm.slug})
        _stop(
            job,
            _(
                "Something failed on our side; it is written in the log. Nothing of the file was kept. Try again."
            ),
        )
    else:
        _finish(job, report)


def _do(job: Job) -> Any:
    told = progress_of(job)
    who = job.by.email if job.by else ""
    if job.kind == Job.Kind.REPLAY:
        return workflows.replay(
            workspace(),
            job.firm.slug,
            job.import_id,
            mapping=mapping_of(job.options["mapping"]),
            now=timezone.now(),
            by=who,
            progress=told,
        )
    if job.kind in (Job.Kind.LOOK, Job.Kind.REREAD):
        return _reread(job, who, told)
    assert job.upload is not None  # an import has its file
    return workflows.take_in(
        workspace(),
        job.firm.slug,
        [job.upload.path],
        names=[job.upload.name],
        **options_of(job.upload),
        now=timezone.now(),
        by=who,
        progress=told,
    )


@dataclasses.dataclass(frozen=True)
class _Reread:
    """What a rereading came to: the import that it is about or has made, and the difference."""

    import_: str
    found: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return self.found


def _reread(job: Job, who: str, told: Callable[[str, float], None]) -> _Reread:
    ledger, commit = workspace().ledger(job.firm.slug), job.kind == Job.Kind.REREAD
    about = job.options["about"]
    again = next((r.reread_as for r in ledger.imports() if r.import_ == about), None)
    if commit and again and job.attempts > 1:  # the worker was killed after the rereading counted
        return _Reread(again, {"import": about, "reread": again})
    (found,) = ledger.reread([about], now=timezone.now(), commit=commit, by=who, progress=told).differences
    return _Reread(str(found.reread) if commit else about, found.to_json())


def _finish(job: Job, report: Any) -> None:
    now = timezone.now()
    with transaction.atomic():
        job.state, job.finished, job.progress = JobState.DONE, now, 1.0
        job.report = report.to_json()
        job.import_id = report.import_
        job.save(update_fields=["state", "finished", "progress", "report", "import_id"])
        if job.upload is not None:
            Upload.objects.filter(pk=job.upload.pk).update(state=UploadState.TAKEN, import_id=report.import_)
        if job.kind == Job.Kind.REREAD:
            about = job.options["about"]
            audit.record(
                "import.reread", by=job.by, now=now, firm=job.firm, import_id=about, again=report.import_
            )
        elif job.kind != Job.Kind.LOOK:
            audit.record("import.finished", by=job.by, now=now, firm=job.firm, import_id=report.import_)
    if job.upload is not None:
        job.upload.path.unlink(missing_ok=True)
    if job.kind != Job.Kind.LOOK:
        want_look(job.firm, now=now)


def _stop(job: Job, sentence: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        job.state, job.finished, job.sentence = JobState.FAILED, now, sentence
        job.save(update_fields=["state", "finished", "sentence"])
        if job.upload is not None:
            Upload.objects.filter(pk=job.upload.pk).update(state=UploadState.WAITING)
        if job.kind == Job.Kind.LOOK:
            return
        audit.record("import.stopped", by=job.by, now=now, firm=job.firm, why=sentence[:500])


def progress_of(job: Any, every: float = 0.4) -> Callable[[str, float], None]:
    """Return what a job tells its progress to: a `Job`, or another row with the fields ``beat``, ``step`` and ``progress``.

    It writes to the database now and then.
    """
    last = 0.0

    def told(step: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= every:
            last = time.monotonic()
            type(job).objects.filter(pk=job.pk).update(step=step[:200], progress=share, beat=timezone.now())

    return told


@contextmanager
def heartbeat(job: Any) -> Iterator[None]:
    """Show that the job is alive, from a thread of its own, for as long as the block runs."""
    if not settings.JOB_HEARTBEAT:
        yield
        return
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings.JOB_HEARTBEAT):
            try:
                type(job).objects.filter(pk=job.pk).update(beat=timezone.now())
            except Exception:  # noqa: BLE001 - the next beat may get through; a job must not die of its pulse
                log.warning("heartbeat missed", extra={"job": str(job.pk)})
        connection.close()

    thread = threading.Thread(target=beat, daemon=True, name=f"heartbeat-{job.pk}")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def recover(*, now: datetime, alone: bool = False) -> int:
    """Queue again the jobs whose worker is gone; after the last attempt, stop them in words.

    Parameters
    ----------
    now
        The time.
    alone
        Whether the caller knows that no worker runs at this moment: then every running job is lost,
        however lately it showed life.

    Returns
    -------
    int
        How many jobs were lost.
    """
    from fondaco.web.data.tasks import run_job

    dead = now - timedelta(seconds=10 * (settings.JOB_HEARTBEAT or 3.0))
    lost = 0
    with transaction.atomic():
        running = Job.objects.select_for_update(of=("self",)).select_related("upload", "firm", "by")
        for job in running.filter(state=JobState.RUNNING):
            if not alone and job.beat is not None and job.beat > dead:
                continue
            lost += 1
            close_task(job.task_id)
            if job.attempts >= settings.JOB_ATTEMPTS:
                _stop(
                    job,
                    _(
                        "The worker was stopped %(times)s times while it took this in. Nothing of it was kept. Try again, or with a smaller file."
                    )
                    % {"times": job.attempts},
                )
                continue
            job.state = JobState.QUEUED
            job.save(update_fields=["state"])
            _enqueue(job, run_job)
    return lost


def close_task(task_id: str) -> None:
    """Close the queue's record of a task whose worker died, which would say RUNNING for ever."""
    result = DBTaskResult.objects.filter(pk=task_id).first() if task_id else None
    if result is not None and not result.task_result.is_finished:
        result.set_failed(RuntimeError("the worker was stopped"))
