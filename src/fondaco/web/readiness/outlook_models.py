"""What a firm expected of a platform, the hours that it took, and what was decided when the subscription ended.

Expectations and decisions are never changed: a later one stands beside them, so that the firm can be held against its
own words.  Change these through `fondaco.web.readiness.outlook_actions`.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm


class Expectation(models.Model):
    """What the firm expected on a day, beside what the simulation said."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="expectations")
    day = models.DateField(_("day"))
    aim = models.TextField(_("why we join, in our own words"), max_length=2000, blank=True)
    stated = models.JSONField(_("what was assumed"), default=dict)
    hopes = models.JSONField(_("what was hoped for"), default=dict)
    found = models.JSONField(_("what the simulation said"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day}"


class Task(models.TextChoices):
    """What hours were spent on."""

    REPLIES = "replies", _("Answering inquiries")
    QUOTING = "quoting", _("Quoting on requests")
    LISTING = "listing", _("Products, pictures and texts")
    MARKETING = "marketing", _("Keywords, advertisements and live events")
    SHIPPING = "shipping", _("Orders, papers and shipping")
    PARTNER = "partner", _("Accompanying a partner")
    OTHER = "other", _("Other")


class HoursEntry(models.Model):
    """Hours of one person on one task, and how much of a strain they were, 1 to 5."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="hours_entries")
    day = models.DateField(_("day"))
    person = models.CharField(_("person"), max_length=120)
    task = models.CharField(_("task"), max_length=12, choices=Task.choices, default=Task.REPLIES)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=2, validators=[MinValueValidator(0.05), MaxValueValidator(24)])  # fmt: skip
    strain = models.PositiveSmallIntegerField(
        _("strain, 1 to 5"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("1 is none, 5 more than can be borne for long; may be left out"),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(hours__gt=0, hours__lte=24), name="hours_of_one_day"),
            models.CheckConstraint(
                condition=models.Q(strain__isnull=True) | models.Q(strain__range=(1, 5)),
                name="strain_goes_from_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.hours}"


class Choice(models.TextChoices):
    """What was decided; a firm that left may come back."""

    STAY = "stay", _("Stay as it is")
    CHANGE = "change", _("Stay, and change how it is used")
    LEAVE = "leave", _("Leave")
    RETURN = "return", _("Come back")


class RenewalDecision(models.Model):
    """What was decided on a platform, why, by whom, and what the review said on that day."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="renewal_decisions")
    platform = models.CharField(_("platform"), max_length=200)
    day = models.DateField(_("decided on"))
    choice = models.CharField(_("decision"), max_length=8, choices=Choice.choices)
    reasons = models.TextField(_("reasons"), max_length=4000)
    decided_by = models.CharField(_("who decided"), max_length=200)
    seen = models.JSONField(_("what the review said"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.choice}"
