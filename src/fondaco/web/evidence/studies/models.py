"""Studies of a network: what is asked, who takes part, which answers came, what was run.

Answers lie in files of their own, apart from any firm's ledger.  Nothing of a run is changed: a later one stands
beside it.  Change these through `fondaco.web.evidence.studies.actions`.
"""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.evidence.study import Registration, parse_study
from fondaco.evidence.study import Study as Definition
from fondaco.web.accounts.models import Firm, Network, User
from fondaco.web.data.models import JobState


def new_key() -> str:
    """Return a new secret for pseudonyms."""
    return secrets.token_hex(32)


class Researcher(models.Model):
    """A person who runs studies of a network without standing behind it in other things."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="researchers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="researches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        ordering = ["network", "user__email"]
        constraints = [
            models.UniqueConstraint(fields=["network", "user"], name="one_researches_a_network_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.network}"


class Study(models.Model):
    """A study; `draft` is its definition as TOML, `opened` when answers to it were first opened.

    ``key`` is behind its pseudonyms and leaves the database with nothing.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="studies")
    title = models.CharField(_("title"), max_length=200)
    draft = models.TextField()
    fictional = models.BooleanField(default=False)
    key = models.CharField(max_length=64, default=new_key, editable=False)
    opened = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("made"))

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def definition(self) -> Definition:
        """The study as it stands in the draft."""
        return parse_study(self.draft, name=self.title)

    @property
    def newest(self) -> Version | None:
        """The version frozen last."""
        return self.versions.order_by("-number").first()

    @property
    def folder(self) -> Path:
        """Where its answers lie."""
        return Path(settings.FONDACO_HOME) / "studies" / self.network.slug / str(self.pk)


class Version(models.Model):
    """A study as it was frozen; never changed."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    fingerprint = models.CharField(max_length=64)
    exploratory = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="a_study_has_each_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.number}"

    @property
    def definition(self) -> Definition:
        """The study as it was frozen."""
        return parse_study(self.text, name=self.study.title)

    @property
    def registration(self) -> Registration:
        """When and how it was frozen."""
        return Registration(self.number, self.at, self.fingerprint, self.exploratory)


class StudyConsent(models.Model):
    """A firm's word that its answers and figures may be used in one study; none means no."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="consents")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="study_consents")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["study", "firm__name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "firm"], name="a_firm_consents_to_a_study_once")
        ]

    def __str__(self) -> str:
        return f"{self.firm} → {self.study}"


class Source(models.TextChoices):
    """Where answers come from."""

    FILE = "file", _("a file")
    QUESTIONNAIRES = "questionnaires", _("readiness questionnaires")
    FICTIONAL = "fictional", _("invented answers")


class Answers(models.Model):
    """A file of answers to a study, under a name of its own on disk."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="answers")
    source = models.CharField(max_length=20, choices=Source.choices)
    name = models.CharField(_("file"), max_length=255)
    stored_as = models.CharField(max_length=60, editable=False)
    size = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    removed = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.study.folder / self.stored_as


class Run(models.Model):
    """A run of a frozen version on answers, done by the worker; `report` is `Result.to_json`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="runs")
    answers = models.ForeignKey(Answers, on_delete=models.CASCADE, related_name="runs")
    resamples = models.PositiveIntegerField()
    seed = models.PositiveIntegerField(default=1)
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
    released = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made"]

    def __str__(self) -> str:
        return f"{self.version} · {self.made.date()}"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def percent(self) -> int:
        """How far it is, in whole per cent."""
        return round(100 * min(1.0, max(0.0, self.progress)))
