"""Inquiries as cases: what files and buyers told, what people made of it, and what the desk concluded last.

Three parts of a `Case` never mix: what was told is written by syncing alone, what people decided by actions alone (which
count `version`), and what was concluded by syncing again.  A `CaseEvent` says what each change was before and after;
notes and files are withdrawn, not erased.  Change all of it through `fondaco.web.inquiries.actions`.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm


class Source(models.TextChoices):
    """Where a case came from first."""

    LEDGER = "ledger", _("a platform's file")
    TYPED = "typed", _("typed in")
    PROGRAM = "program", _("another program")


class CaseState(models.TextChoices):
    """Where people are with a case."""

    NEW = "new", _("new")
    WORKING = "working", _("being worked on")
    WAITING = "waiting", _("waiting for the buyer")
    QUOTED = "quoted", _("quoted")
    WON = "won", _("won")
    LOST = "lost", _("lost")
    HELD = "held", _("held back")
    SPAM = "spam", _("spam")


#: Who has waited for longer is shown apart: an answer after a month is a new letter, and old files bring hundreds of these.
#: The length is set, after the window over which the platforms count a response rate.
LONG_PAST = timedelta(days=30)

#: States in which somebody of the firm has to do something.
OPEN_STATES = (CaseState.NEW, CaseState.WORKING)
#: States that want a reason.
WITH_REASON = (CaseState.LOST, CaseState.HELD)


class Kind(models.TextChoices):
    """What came in."""

    INQUIRY = "inquiry", _("inquiry")
    CHAT = "chat", _("chat")
    RFQ = "rfq", _("RFQ")


class Level(models.TextChoices):
    """The worst of a case's checks."""

    GREEN = "green", _("nothing found")
    AMBER = "amber", _("look, or not known")
    RED = "red", _("look first")


class Case(models.Model):
    """An inquiry, chat or request for quotation of a firm.

    ``key`` is the core's id, ``PLATFORM:NUMBER``.  ``waits`` is whether somebody of the firm has to answer, ``position``
    its place in the order of work as the desk last concluded it (0 until it has).
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="cases")
    key = models.CharField(max_length=300)
    source = models.CharField(_("came from"), max_length=8, choices=Source.choices, default=Source.LEDGER)
    made = models.DateTimeField(_("opened"))

    # What was told.
    platform = models.CharField(_("platform"), max_length=80)
    number = models.CharField(_("number there"), max_length=220)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.INQUIRY)
    market = models.CharField(_("market"), max_length=3, blank=True)
    received = models.DateTimeField(_("received"))
    buyer = models.CharField(_("the buyer's mark or address"), max_length=300, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    company = models.CharField(_("company"), max_length=300, blank=True)
    product = models.CharField(_("product"), max_length=1000, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=4, null=True, blank=True)
    message = models.TextField(_("message"), blank=True)
    told_state = models.CharField(max_length=8, default="open")
    told_answered = models.DateTimeField(null=True)
    places_left = models.PositiveSmallIntegerField(null=True)
    assumed = models.JSONField(default=list)
    #: Since when no import tells of it any more.
    gone = models.DateTimeField(null=True)

    # What people decided.
    state = models.CharField(_("state"), max_length=8, choices=CaseState.choices, default=CaseState.NEW)
    reason = models.CharField(_("why it is held back or lost"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases",
        verbose_name=_("who answers"),
    )  # fmt: skip
    account = models.CharField(_("sub-account that holds it"), max_length=80, blank=True)
    #: Each between bars, ``|fair|wine|``, so that one can be looked for.
    tags = models.CharField(max_length=400, blank=True)
    answered = models.DateTimeField(_("answered"), null=True)
    again = models.DateTimeField(_("waits again since"), null=True)
    cleared = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField(null=True)

    # What the desk concluded last.
    concluded = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(default=0)
    score = models.FloatField(null=True)
    due = models.DateTimeField(null=True)
    level = models.CharField(max_length=5, choices=Level.choices, blank=True)
    why = models.CharField(max_length=500, blank=True)
    #: `fondaco.workflows.inquiries.Line.to_json`, without what changes by the minute, and its fingerprint.
    conclusion = models.JSONField(default=dict)
    mark = models.CharField(max_length=64, blank=True, editable=False)

    #: What a search goes through, in small letters: what was told, and what people wrote.
    words = models.TextField(blank=True, editable=False)
    note_words = models.TextField(blank=True, editable=False)
    waits = models.GeneratedField(
        expression=models.Case(
            models.When(
                models.Q(state__in=("new", "working"))
                & (models.Q(again__isnull=False) | models.Q(told_state__in=("open", "unknown"), answered__isnull=True)),
                then=True,
            ),
            default=False,
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )  # fmt: skip

    class Meta:
        ordering = ["-waits", "position", "due", "-received", "pk"]
        constraints = [models.UniqueConstraint(fields=["firm", "key"], name="one_case_of_a_key_in_a_firm")]
        indexes = [
            models.Index("firm", "waits", "position", "due", name="cases_in_order_of_work"),
            models.Index("firm", "state", name="cases_by_state"),
            models.Index("firm", "owner", name="cases_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.firm} · {self.key}"

    @property
    def who(self) -> str:
        """What the buyer is called, as fully as was told."""
        return ", ".join(dict.fromkeys(said for said in (self.name, self.company, self.buyer) if said))

    @property
    def standing(self) -> str:
        """Where the case stands, in a word: what people set; where nobody set anything, what the platform's file says."""
        told = {"answered": _("answered"), "closed": _("closed"), "spam": _("spam")}
        untouched = self.state == CaseState.NEW and not self.waits
        said = "answered" if self.answered else self.told_state
        return str(told[said] if untouched and said in told else self.get_state_display())

    @property
    def tag_list(self) -> list[str]:
        """The tags."""
        return [tag for tag in self.tags.split("|") if tag]


class AppendOnly(models.QuerySet[Any]):
    """A queryset that reads and adds, and refuses the rest."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("The history of a case only grows: its lines cannot be changed or deleted.")

    update = delete = bulk_update = update_or_create = _refuse


class CaseEvent(models.Model):
    """One change of a case, with what stood there before and after; ``who`` stays when the account is gone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(_("who"), max_length=254)
    what = models.CharField(_("what"), max_length=40)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; raises when it is there already."""
        if not self._state.adding:
            raise TypeError("The history of a case only grows: its lines cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise: a line stays."""
        raise TypeError("The history of a case only grows: its lines cannot be deleted.")


class CaseNote(models.Model):
    """Something said about a case, or between the firm and its buyer; ``sent_as`` is a sending program's id of it."""

    class Sort(models.TextChoices):
        """Who said it to whom."""

        NOTE = "note", _("note of ours")
        MESSAGE = "message", _("the buyer wrote")
        ANSWER = "answer", _("we answered")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    sort = models.CharField(max_length=8, choices=Sort.choices, default=Sort.NOTE)
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    said = models.DateTimeField(_("when"))
    sent_as = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=254)
    made = models.DateTimeField(_("written"))
    withdrawn = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        ordering = ["-said", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "sent_as"], condition=~models.Q(sent_as=""), name="a_message_comes_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.sort} · {self.said:%Y-%m-%d}"


class CaseAttachment(models.Model):
    """A file of a case.  Its name is for people; on disk it is called by its id, and is never served as a page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("file"), max_length=255)
    sort = models.CharField(max_length=10)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=254)
    at = models.DateTimeField(_("put here"))
    withdrawn = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(settings.FONDACO_HOME) / "attachments" / self.case.firm.slug / self.id.hex


class DeskLook(models.Model):
    """When a firm's cases were put in order last, from which ledger, and whether that is wanted anew."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="desk_look")
    fingerprint = models.CharField(max_length=64, blank=True)
    looked = models.DateTimeField(null=True)
    wanted = models.DateTimeField(null=True)
    #: Response rate by platform, each with that of tomorrow: `fondaco.workflows.inquiries.Desk.rates_to_json`.
    rates = models.JSONField(default=dict)
    failed = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.firm} · {self.looked}"


class ApiToken(models.Model):
    """A program's key to a firm's desk: it can send inquiries and nothing else.  Only a hash of it is kept."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("which program"), max_length=80)
    channel = models.SlugField(
        _("channel"), max_length=40,
        help_text=_("Where its inquiries come in, such as website or alibaba; part of each case's number."),
    )  # fmt: skip
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("made"))
    used = models.DateTimeField(_("last used"), null=True)
    revoked = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        ordering = ["revoked", "-made"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.name}"


class RateWindow(models.Model):
    """How often somebody asked within a minute; ``who`` is a hash.  In the database, so that all workers count together."""

    who = models.CharField(max_length=64)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "minute"], name="one_count_a_minute")]

    def __str__(self) -> str:
        return f"{self.who[:8]} · {self.minute:%H:%M} · {self.count}"
