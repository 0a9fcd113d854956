"""What people know of markets, and what they changed in how they work.

These are decisions and knowledge of people, not facts of the ledger.  Change them through
`fondaco.web.markets.actions`, which checks, saves and writes the audit line.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.markets import Note
from fondaco.web.accounts.models import Firm


class Part(models.TextChoices):
    """The four kinds of foreign-market knowledge."""

    CUSTOMERS = "customers", _("Customers")
    COMPETITORS = "competitors", _("Competitors")
    CONDITIONS = "conditions", _("Market conditions")
    REGULATIONS = "regulations", _("Laws and regulations")


class Hand(models.TextChoices):
    """How the knowledge was come by."""

    FIRST = "first", _("First hand: seen or heard there")
    SECOND = "second", _("Second hand: told or read")


class Kept(models.TextChoices):
    """Where the knowledge is."""

    TACIT = "tacit", _("In somebody's head")
    WRITTEN = "written", _("Written down")


class MarketNote(models.Model):
    """What somebody knows of a market, how they know it, and until when it may be trusted."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="market_notes")
    market = models.CharField(_("market"), max_length=3, help_text=_("ISO 3166-1 alpha-3"))
    part = models.CharField(_("about"), max_length=12, choices=Part.choices)
    text = models.TextField(_("what is known"), max_length=4000)
    hand = models.CharField(_("how it is known"), max_length=6, choices=Hand.choices, default=Hand.FIRST)
    source = models.CharField(_("source"), max_length=300)
    kept = models.CharField(_("where it is"), max_length=7, choices=Kept.choices, default=Kept.TACIT)
    where = models.CharField(_("who knows it, or where it is written"), max_length=300)
    day = models.DateField(_("true on"))
    review_by = models.DateField(_("look at it again by"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    retired = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["firm", "market"], name="notes_of_a_firms_market")]

    def __str__(self) -> str:
        return f"{self.firm} · {self.market} · {self.get_part_display()} · {self.day}"

    def overdue(self, today: date) -> bool:
        """Whether it should have been looked at again by `today`."""
        return self.review_by <= today

    @property
    def note(self) -> Note:
        """The note as the core knows it."""
        return Note(
            self.part,  # type: ignore[arg-type]  # the choices are those of the core
            self.text,
            self.hand == Hand.FIRST,
            self.source,
            self.kept == Kept.TACIT,
            self.where,
            self.day,
            self.review_by,
            "" if self.by is None else str(self.by),
        )


class PracticeChange(models.Model):
    """A change in how the firm works, with its day, so that before and after can be compared."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="practice_changes")
    market = models.CharField(
        _("market"), max_length=3, blank=True, help_text=_("ISO 3166-1 alpha-3; empty for all")
    )
    day = models.DateField(_("since"))
    what = models.CharField(_("what was changed"), max_length=300)
    why = models.TextField(_("why, and what is hoped for"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    retired = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.what}"
