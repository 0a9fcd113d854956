"""Quotations with all their versions, and replies that were kept as sent.

A version is never changed: whoever changes a quotation makes a new one.  Change them through
`fondaco.web.inquiries.quotations.actions`, which locks, checks, saves and writes the audit line.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.desk.quotation import Quotation as Said
from fondaco.desk.quotation import quotation_from
from fondaco.web.accounts.models import Firm


class State(models.TextChoices):
    """How far a quotation is."""

    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class Quotation(models.Model):
    """A quotation of a firm; what it says stands in its versions.

    ``case`` is the id of the inquiry that it answers, empty for none; ``kind`` and ``received`` are that case's, as they
    were when the quotation was made.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="quotations")
    number = models.PositiveIntegerField(_("number"))
    case = models.CharField(_("inquiry"), max_length=300, blank=True)
    kind = models.CharField(max_length=10, blank=True)
    received = models.DateTimeField(null=True, blank=True)
    buyer = models.CharField(_("buyer"), max_length=300, blank=True)
    market = models.CharField(_("market"), max_length=3, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(_("why it was refused"), max_length=300, blank=True)
    settled = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("made"))

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "number"], name="a_firm_numbers_its_quotations")
        ]
        indexes = [models.Index(fields=["firm", "case"], name="quotations_of_a_case")]

    def __str__(self) -> str:
        return f"{self.firm} · {self.number} · {self.buyer}"

    @property
    def newest(self) -> Version:
        """The newest version."""
        held = list(self.versions.all())  # ordered, and fetched at once where the view asked for it
        return held[-1]


class Version(models.Model):
    """What a quotation said.

    ``beyond`` holds in sentences where it went beyond what its writer may grant alone; an owner has released it where
    ``released`` is set.  ``sent`` is when a person said that it was sent.
    """

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    beyond = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField()
    released = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sent = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["quotation", "number"], name="a_quotation_numbers_its_versions")
        ]

    def __str__(self) -> str:
        return f"{self.quotation} · {self.number}"

    @property
    def said(self) -> Said:
        """The quotation as the core has it."""
        return quotation_from(self.content)

    @property
    def may_go(self) -> bool:
        """Whether it may be sent: within authority, or released."""
        return not self.beyond or self.released is not None


class SentReply(models.Model):
    """A reply that a person said was sent, as it was sent; never changed."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="sent_replies")
    case = models.CharField(_("inquiry"), max_length=300)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    text = models.TextField(max_length=8000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField()

    class Meta:
        ordering = ["-made", "-pk"]
        indexes = [models.Index(fields=["firm", "case"], name="replies_of_a_case")]

    def __str__(self) -> str:
        return f"{self.firm} · {self.case} · {self.made:%Y-%m-%d}"
