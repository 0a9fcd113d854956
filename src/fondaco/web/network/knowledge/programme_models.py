"""Programmes and collective brands: who takes part, on which checks, what was taught, given and reached."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Network, NetworkMembership


class Programme(models.Model):
    """A collective brand, or a programme that a supporting body runs, for a category of goods."""

    class Sort(models.TextChoices):
        """Which of both."""

        BRAND = "brand", _("Collective brand")
        SUPPORT = "support", _("Programme of support")

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    sort = models.CharField(_("what it is"), max_length=8, choices=Sort.choices)
    name = models.CharField(_("name"), max_length=120)
    category = models.CharField(_("goods"), max_length=200)
    origin_edge = models.TextField(_("what the origin adds"), max_length=1000, blank=True)
    rules = models.TextField(_("rules that bear on these goods abroad"), max_length=1000, blank=True)
    rivals = models.TextField(_("who else offers them"), max_length=1000, blank=True)
    price_level = models.TextField(_("price level abroad, from public sources"), max_length=1000, blank=True)
    conditions = models.JSONField(_("entry conditions and proofs of quality"), default=list)
    message = models.TextField(_("the one message"), max_length=1000, blank=True)
    channels = models.TextField(_("who says it where, and when"), max_length=2000, blank=True)
    starts = models.DateField(_("starts"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.network} · {self.name}"


class Participation(models.Model):
    """A member that asked to take part, and what became of it."""

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", _("asked")
        ADMITTED = "admitted", _("admitted")
        ENDED = "ended", _("ended")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="participations")
    membership = models.ForeignKey(NetworkMembership, on_delete=models.CASCADE, related_name="+")
    cohort = models.CharField(_("cohort"), max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked = models.DateTimeField()
    decided = models.DateTimeField(null=True)

    class Meta:
        ordering = ["cohort", "membership__firm__name"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "membership"], name="a_member_takes_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.membership_id}"

    def unmet(self, today: date) -> list[str]:
        """Return the conditions for which no recorded check holds today."""
        held = {
            check.condition: check
            for check in sorted(self.checks.all(), key=lambda each: (each.day, each.pk))
        }
        return [
            condition
            for condition in self.programme.conditions
            if not ((check := held.get(condition)) and check.holds(today))
        ]


class Check(models.Model):
    """A recorded check of one condition: by what proof, on which day, and until when it counts."""

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="checks")
    condition = models.CharField(_("condition"), max_length=300)
    met = models.BooleanField(_("met"))
    proof = models.CharField(
        _("proof"), max_length=300, help_text=_("A certificate's number, a laboratory's report, a visit.")
    )
    day = models.DateField(_("checked on"))
    until = models.DateField(_("counts until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.participation_id}: {self.condition}"

    def holds(self, today: date) -> bool:
        """Whether it says that the condition is met, today."""
        return self.met and (self.until is None or self.until >= today)


class Session(models.Model):
    """A training session, and which need it answers."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="sessions")
    title = models.CharField(_("title"), max_length=200)
    need = models.CharField(_("which need it answers"), max_length=300)
    day = models.DateField(_("day"))
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.title}"


class Attendance(models.Model):
    """That a participant was at a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="attendances")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "participation"], name="attendance_is_noted_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.participation_id}"


class Step(models.Model):
    """Support given to a participant, or a result it reached, at a stage of its way abroad."""

    class Sort(models.TextChoices):
        """Which of both."""

        SUPPORT = "support", _("Support given")
        RESULT = "result", _("Result reached")

    class Stage(models.TextChoices):
        """Where on the way abroad."""

        PREPARE = "prepare", _("Preparing")
        LISTED = "listed", _("On the platform")
        INQUIRY = "inquiry", _("Inquiries")
        ORDER = "order", _("First orders")
        REPEAT = "repeat", _("Repeat orders")

    class How(models.TextChoices):
        """Who did it."""

        FOR = "for", _("Done for the firm")
        WITH = "with", _("Done with help")
        ALONE = "alone", _("Done by the firm alone")

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="steps")
    sort = models.CharField(_("what"), max_length=8, choices=Sort.choices)
    stage = models.CharField(_("at which stage"), max_length=8, choices=Stage.choices)
    how = models.CharField(_("by whom"), max_length=6, choices=How.choices, default=How.WITH)
    about = models.CharField(_("what it was"), max_length=300)
    hours = models.DecimalField(_("hours of support"), max_digits=6, decimal_places=1, null=True, blank=True)
    day = models.DateField(_("day"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.participation_id}: {self.sort} {self.stage} {self.day}"


class KitLine(models.Model):
    """A line of a young network's start kit: an aim that is shared, or a role and who has it."""

    class Part(models.TextChoices):
        """Which part of the kit."""

        AIM = "aim", _("A shared aim")
        ROLE = "role", _("A role")

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(_("part"), max_length=4, choices=Part.choices)
    text = models.CharField(_("what"), max_length=300)
    who = models.CharField(_("who"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    dropped = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["part", "pk"]

    def __str__(self) -> str:
        return f"{self.network} · {self.text}"
