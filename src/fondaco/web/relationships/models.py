"""What people keep of buyers beside the ledger: steps, standing agreements, who cares for whom, conflicts, advantages.

A row names a buyer by one of its records, as `fondaco.workflows.buyers.records_of` writes them; so it follows the record
when buyers are merged or parted.  Nothing is changed or deleted: what becomes of a step, an agreement or a conflict is a
row of its own, the latest one counts.  Change them through `fondaco.web.relationships.actions`.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.relationships.agreements import AHEAD, Terms
from fondaco.web.accounts.models import Firm
from fondaco.web.markets.models import PracticeChange
from fondaco.web.strategy.register_models import Partner

#: The longest record: five cells of a platform's file.
RECORD = 1200


class StepKind(models.TextChoices):
    """What a step is."""

    SAMPLE = "sample", _("Sample sent")
    TASTING = "tasting", _("Tasting or trial")
    MEETING = "meeting", _("Meeting")
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MOVE = "move", _("Move off the platform")
    NOTE = "note", _("Note")


class Ended(models.TextChoices):
    """What became of a step."""

    OPEN = "open", _("Still open")
    KEPT = "kept", _("It went on from there")
    LOST = "lost", _("The buyer was lost")


class Step(models.Model):
    """A step with a buyer: a sample, a meeting, a move off the platform; what became of it stands in its outcomes.

    ``exchanges`` is how many messages had gone both ways on the platform when the contact was moved off it.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="steps")
    buyer = models.CharField(_("buyer"), max_length=RECORD)
    kind = models.CharField(_("kind"), max_length=8, choices=StepKind.choices)
    day = models.DateField(_("day"))
    what = models.TextField(_("what was done"), max_length=2000)
    cost = models.DecimalField(
        _("cost"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    channel = models.CharField(
        _("channel"), max_length=60, blank=True, help_text=_("Such as e-mail, telephone, fair.")
    )
    exchanges = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["firm", "-day"], name="steps_of_a_firm")]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.get_kind_display()}"

    @property
    def outcome(self) -> StepOutcome | None:
        """What became of it, as told last."""
        held = list(self.outcomes.all())
        return held[0] if held else None

    @property
    def ended(self) -> str:
        """What became of it: ``open`` where nobody has said."""
        return self.outcome.ended if self.outcome else Ended.OPEN


class StepOutcome(models.Model):
    """What became of a step, as somebody said on a day."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="outcomes")
    day = models.DateField(_("day"))
    ended = models.CharField(_("what became of it"), max_length=5, choices=Ended.choices)
    why = models.TextField(_("in words"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.step} · {self.get_ended_display()}"


class Agreement(models.Model):
    """A standing agreement, such as a container every third month."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="agreements")
    buyer = models.CharField(_("buyer"), max_length=RECORD)
    what = models.CharField(_("what is agreed"), max_length=300)
    first = models.DateField(_("first due on"))
    months = models.PositiveSmallIntegerField(
        _("months between"), validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    until = models.DateField(_("agreed until"), null=True, blank=True)
    ahead = models.PositiveSmallIntegerField(
        _("remind so many days before"), default=AHEAD, validators=[MaxValueValidator(180)]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_why = models.CharField(_("why it ended"), max_length=300, blank=True)

    class Meta:
        ordering = ["first", "pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.what}"

    @property
    def terms(self) -> Terms:
        """Its terms as the core knows them."""
        return Terms(self.first, self.months, self.until)


class AgreementDay(models.Model):
    """What became of a due day: delivered, or missed with a reason."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="days")
    due = models.DateField(_("due on"))
    done = models.BooleanField(_("delivered"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-due", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "due"], name="a_due_day_is_settled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.due}"


class Keeper(models.Model):
    """Who cares for a buyer, from a moment on; the latest row counts."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="keepers")
    buyer = models.CharField(_("buyer"), max_length=RECORD)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("since"))

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.who}"


class ConflictKind(models.TextChoices):
    """What a channel conflict is about."""

    PRICE = "price", _("A lower price was seen on another channel")
    AROUND = "around", _("A buyer went round a distributor")
    TERRITORY = "territory", _("Somebody sold into another's territory")
    OTHER = "other", _("Other")


class Conflict(models.Model):
    """A conflict between channels; how it was handled and how it ended stands in its entries."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="conflicts")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=ConflictKind.choices)
    what = models.TextField(_("what happened"), max_length=2000)
    channels = models.CharField(
        _("channels"), max_length=200, help_text=_("Such as Alibaba.com and the distributor in Japan.")
    )
    market = models.CharField(_("market"), max_length=3, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.get_kind_display()}"

    @property
    def latest(self) -> ConflictEntry | None:
        """The last entry."""
        held = list(self.entries.all())
        return held[0] if held else None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.latest is None or not self.latest.ended


class ConflictEntry(models.Model):
    """How a conflict was handled, and how it ended where it has."""

    conflict = models.ForeignKey(Conflict, on_delete=models.CASCADE, related_name="entries")
    day = models.DateField(_("day"))
    handled = models.TextField(_("what was done"), max_length=2000)
    ended = models.CharField(
        _("how it ended"), max_length=300, blank=True, help_text=_("Empty while it goes on.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.conflict} · {self.day}"


class AdvantageKind(models.TextChoices):
    """The three kinds of advantages that learning is turned into."""

    OFFER = "offer", _("Offer: new or better goods and services")
    LINKS = "links", _("Links: new contacts and partners")
    COORDINATION = "coordination", _("Coordination: working better with buyers and partners")


class Advantage(models.Model):
    """Something learned on a platform, and the advantage that was made of it, with its evidence."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="advantages")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=AdvantageKind.choices)
    learned = models.TextField(_("what was learned"), max_length=2000)
    made_of_it = models.TextField(_("what was made of it"), max_length=2000)
    change = models.ForeignKey(
        PracticeChange, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("change of practice")
    )  # fmt: skip
    partner = models.ForeignKey(
        Partner, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    evidence = models.CharField(
        _("other evidence"), max_length=300, blank=True, help_text=_("Such as a product's number, a contact, a document.")
    )  # fmt: skip
    feeds = models.CharField(
        _("what it changes next"), max_length=300, blank=True, help_text=_("How it feeds back into how you sell.")
    )  # fmt: skip
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    retired = models.DateTimeField(_("gone"), null=True, blank=True)
    retired_why = models.CharField(_("why it is none any more"), max_length=300, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.get_kind_display()}"
