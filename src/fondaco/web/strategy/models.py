"""The plan of a firm in numbered versions, and what people make of its lines.

A version keeps the proposal that it began with, as it was.  Lines are edited in the newest version only; what a
line said before an edit is kept (`LineEdit`), and an earlier version is never changed.  Change all of it through
`fondaco.web.strategy.actions`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.strategy.plan.lines import Line, line_of
from fondaco.web.accounts.models import Firm


class Part(models.TextChoices):
    """The parts of the plan."""

    PLATFORM = "platform", _("Platform")
    PRODUCT = "product", _("Product")
    PRICE = "price", _("Price")
    PLACE = "place", _("Place")
    PROMOTION = "promotion", _("Promotion")


class Status(models.TextChoices):
    """Where a line stands."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    DOING = "doing", _("being done")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


class Fate(models.TextChoices):
    """What became of a line against the version before."""

    NEW = "new", _("new")
    CHANGED = "changed", _("advice changed")
    SAME = "same", _("as before")
    GONE = "gone", _("no longer advised")
    OWN = "own", _("your own")


class Plan(models.Model):
    """A firm's plan; its versions hang on it, and making one locks it."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="plan")
    made = models.DateTimeField(_("begun"))

    def __str__(self) -> str:
        return str(self.firm)

    @property
    def newest(self) -> PlanVersion | None:
        """The version with the highest number."""
        return self.versions.order_by("-number").first()


class PlanVersion(models.Model):
    """One version of a plan.

    ``proposal`` is `fondaco.strategy.plan.joining.Plan.to_json` of the day, ``fingerprint`` its own.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    proposal = models.JSONField(_("what was proposed"))
    fingerprint = models.CharField(max_length=64)
    made = models.DateTimeField(_("made"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    review = models.DateField(_("to be looked at again on"), null=True, blank=True)
    agreed = models.DateTimeField(_("agreed"), null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    #: Why it was agreed to though conflicts that stop were left in it.
    in_spite = models.TextField(_("why in spite of the conflicts"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.plan} · {self.number}"

    @property
    def stops(self) -> list[dict[str, Any]]:
        """Conflicts of the proposal that should be solved before anything begins."""
        return [each for each in self.proposal["conflicts"] if each["severity"] == "stop"]


class PlanLine(models.Model):
    """Something to do, in one version; ``revision`` counts its edits, so that nobody overwrites another's.

    ``proposed`` is the action as JSON; empty for a line of people's own.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(max_length=300)
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    text = models.TextField(_("what to do"), max_length=1000)
    owner = models.CharField(
        _("who does it"), max_length=120, help_text=_("firm, supporter, partner, or a person's name")
    )
    due = models.DateField(_("by"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.PROPOSED)
    order = models.PositiveIntegerField(default=0)
    fate = models.CharField(max_length=7, choices=Fate.choices, default=Fate.NEW)
    proposed = models.JSONField(default=dict)
    edited = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("last changed"))

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_line_of_a_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.text[:60]}"

    @property
    def line(self) -> Line:
        """The line as the core knows it."""
        said = self.proposed or {"key": self.key, "part": self.part, "what": self.text}
        advised = line_of(said)
        return Line(
            self.key, self.part, self.text, self.owner, self.due, self.status,  # type: ignore[arg-type]  # choices of the core
            advised.why, advised.changes, advised.findings, (), advised.market, advised.product,
        )  # fmt: skip


class LineEdit(models.Model):
    """What a line said until somebody changed it."""

    line = models.ForeignKey(PlanLine, on_delete=models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField()
    text = models.TextField()
    owner = models.CharField(max_length=120)
    due = models.DateField(null=True)
    status = models.CharField(max_length=8, choices=Status.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("said since"))

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["line", "revision"], name="one_edit_of_a_revision")]

    def __str__(self) -> str:
        return f"{self.line_id} · {self.revision}"


class LineComment(models.Model):
    """What somebody said about an action; shown in every version that has its key."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="comments")
    key = models.CharField(max_length=300)
    text = models.TextField(_("comment"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("said"))

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["plan", "key"], name="comments_of_an_action")]

    def __str__(self) -> str:
        return self.text[:60]
