"""Links to the readiness questions, and answers that are half filled in.

What was sent is kept in the workspace (`fondaco.workflows.readiness_answers`), where the command line reads it as well.
Change these through `fondaco.web.readiness.actions`, which locks, checks, saves and writes the audit line.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm


class Form(models.TextChoices):
    """How much is asked."""

    SHORT = "short", _("Short form: under ten minutes")
    FULL = "full", _("All questions")


class AnswerLink(models.Model):
    """A link by which one person answers without an account, once and for some days.  Only a hash of its token is kept."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="answer_links")
    informant = models.CharField(_("who answers"), max_length=120)
    department = models.CharField(_("department"), max_length=20, blank=True)
    form = models.CharField(_("questions"), max_length=10, choices=Form.choices, default=Form.SHORT)
    markets = models.JSONField(_("markets"), default=list)
    language = models.CharField(_("language"), max_length=2, default="en")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("made"))
    expires = models.DateTimeField(_("good until"))
    revoked = models.DateTimeField(_("revoked"), null=True)
    sent = models.DateTimeField(_("answered"), null=True)
    draft = models.JSONField(default=dict)

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.informant}"

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered by."""
        return self.sent is None and self.revoked is None and now < self.expires


class AnswerDraft(models.Model):
    """What somebody who is signed in has filled in and not sent yet."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="answer_drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict)
    department = models.CharField(max_length=20, blank=True)
    saved = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "user"], name="one_answer_draft_per_person_and_firm")
        ]

    def __str__(self) -> str:
        return f"{self.firm} · {self.user}"
