"""What the worker concluded from the ledger for Today, and who wants to be told of it by mail.

A conclusion is kept for the page alone: throw it away and the worker concludes anew.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries.models import Case


class Morning(models.Model):
    """What a firm's ledger tells of its relationships, as `fondaco.web.today.concluding` wrote it last.

    ``facts`` is empty until then.  ``wanted`` is since when the worker is asked for it.
    """

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="morning")
    fingerprint = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True)
    made = models.DateTimeField(null=True)
    wanted = models.DateTimeField(null=True)
    failed = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.firm} · {self.day}"


class Wish(models.Model):
    """What mail a person wants of a firm: the digest at an hour of the firm's zone, and warnings before an answer is due."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="digests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    hour = models.PositiveSmallIntegerField(
        _("digest at"), null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    #: Hours ahead; 0 for no warnings.
    ahead = models.PositiveSmallIntegerField(_("warn before an answer is due"), default=0)
    #: Where the person saw the site: what links in the mail begin with.
    site = models.CharField(max_length=200)
    changed = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "user"], name="one_wish_of_a_person_in_a_firm")
        ]

    def __str__(self) -> str:
        return f"{self.firm} · {self.user} · {self.hour}"


class Outcome(models.TextChoices):
    """What became of a day's digest."""

    CLAIMED = "claimed", _("begun")
    SENT = "sent", _("sent")
    NOTHING = "nothing", _("nothing waited")
    FAILED = "failed", _("not sent")


class Digest(models.Model):
    """A day's digest of a person; written before it is sent, so that none goes out twice."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="sent")
    day = models.DateField(_("day"))
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.CLAIMED)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["wish", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.wish} · {self.day} · {self.outcome}"


class Warned(models.Model):
    """That a person was warned of a case before it was due; once for each time it falls due."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="warned")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    due = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wish", "case", "due"], name="one_warning_of_a_due_time")
        ]

    def __str__(self) -> str:
        return f"{self.wish} · {self.case_id}"
