"""Files on their way into the ledger, and the jobs that take them in.

The facts themselves are in the ledger; a row here only says who put which file where and how far its
import is.  Once taken in, the uploaded file is deleted: the ledger keeps every row of it.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm
from fondaco.web.data.uploads import stem


class UploadState(models.TextChoices):
    """Where an uploaded file stands."""

    WAITING = "waiting", _("waits for you")
    QUEUED = "queued", _("being taken in")
    TAKEN = "taken", _("taken in")
    REMOVED = "removed", _("removed")


class Upload(models.Model):
    """A file somebody put here.  Its name is for people; on disk it is called by its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("put here"))
    name = models.CharField(_("file"), max_length=255)
    stored_as = models.CharField(max_length=60, editable=False)
    size = models.BigIntegerField(_("size"))
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.WAITING)
    #: What was answered so far: platform, currency, marketplace, period, repeats, mapping (as TOML).
    options = models.JSONField(default=dict)
    import_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(settings.FONDACO_HOME) / "uploads" / self.firm.slug / self.stored_as

    def in_words(self, text: str) -> str:
        """Return what a look at the file said, with its own name in place of the one on disk."""
        return text.replace(self.stored_as[:32], stem(self.name))


class JobState(models.TextChoices):
    """How far a job is."""

    QUEUED = "queued", _("waits its turn")
    RUNNING = "running", _("at work")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")


class Job(models.Model):
    """An import, a replay or a rereading, done by the worker while people look on.

    ``beat`` is the last sign of life; ``sentence`` says in words why a job stopped.
    """

    class Kind(models.TextChoices):
        """What the job does."""

        IMPORT = "import", _("Import")
        REPLAY = "replay", _("Replay of quarantined rows")
        LOOK = "look", _("Look at what a rereading would change")
        REREAD = "reread", _("Rereading of an import")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="jobs")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: The import that a replay, a look or a rereading is about, until it is done; then the one it made.
    import_id = models.CharField(max_length=80, blank=True)
    options = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField()
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED, db_index=True)
    task_id = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    progress = models.FloatField(default=0.0)
    step = models.CharField(max_length=200, blank=True)
    report = models.JSONField(null=True)
    sentence = models.TextField(blank=True)

    class Meta:
        ordering = ["-made"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.upload or self.import_id}"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def percent(self) -> int:
        """How far it is, in whole per cent."""
        return round(100 * min(1.0, max(0.0, self.progress)))
