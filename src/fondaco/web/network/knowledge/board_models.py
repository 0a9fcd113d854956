"""The board: items, other members' words on them, questions and answers, and who gets the weekly digest."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.network.knowledge import Item, Judged, Vote, judged
from fondaco.web.accounts.models import Firm, Network
from fondaco.web.markets.models import Hand, Kept


class Kind(models.TextChoices):
    """The three kinds of knowledge that members share."""

    CUSTOMER = "customer", _("Customers")
    MARKET = "market", _("The market")
    SETTING = "setting", _("The economic setting")


class Barrier(models.TextChoices):
    """The parts of a market's barrier sheet."""

    LIFESTYLE = "lifestyle", _("Lifestyle and taste")
    FOOD_SAFETY = "food_safety", _("Food safety and product rules")
    CUSTOMS = "customs", _("Customs and border")
    INSTITUTIONS = "institutions", _("Institutions and law")
    ECONOMY = "economy", _("Economy and means of payment")


class Shared(models.Model):
    """What is written on a board by a firm, or by the network itself where there is no firm."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    named = models.BooleanField(_("show the firm's name"), default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        abstract = True


class KnowledgeItem(Shared):
    """What somebody knows of a market, with source, day and day of review."""

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    barrier = models.CharField(
        _("a barrier, on the market's sheet"), max_length=12, choices=Barrier.choices, blank=True
    )
    market = models.CharField(_("market"), max_length=3, help_text=_("ISO 3166-1 alpha-3"))
    products = models.JSONField(_("products"), default=list, blank=True)
    text = models.TextField(_("what is known"), max_length=4000)
    hand = models.CharField(_("how it is known"), max_length=6, choices=Hand.choices, default=Hand.FIRST)
    source = models.CharField(_("source"), max_length=300)
    kept = models.CharField(_("where it is"), max_length=7, choices=Kept.choices, default=Kept.TACIT)
    day = models.DateField(_("true on"))
    review_by = models.DateField(_("look at it again by"))
    withdrawn = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["network", "market"], name="items_of_a_networks_market")]

    def __str__(self) -> str:
        return f"{self.network} · {self.market} · {self.get_kind_display()} · {self.day}"

    def judged(self, today: date) -> Judged:
        """Whether it still holds."""
        return judged(self.review_by, [word.vote for word in self.words.all()], today)

    def item(self, author: str) -> Item:
        """Return the item as the core knows it, with the name of its author as it may be shown."""
        return Item(
            self.pk, self.kind, self.market, self.text, self.source,  # type: ignore[arg-type]  # the core's kinds
            self.hand == Hand.FIRST, self.kept == Kept.TACIT, self.day, self.review_by, tuple(self.products),
            self.barrier, author, tuple(word.vote for word in self.words.all()),
        )  # fmt: skip


class Word(models.Model):
    """What another member says of an item; a firm's later word takes the place of its earlier one."""

    class Says(models.TextChoices):
        """What can be said."""

        CONFIRM = "confirm", _("It is so")
        DISPUTE = "dispute", _("It is not so")
        OUTDATED = "outdated", _("It is so no more")

    item = models.ForeignKey(KnowledgeItem, on_delete=models.CASCADE, related_name="words")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    says = models.CharField(_("what you say"), max_length=8, choices=Says.choices)
    reason = models.CharField(_("how you know"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("said"))

    class Meta:
        ordering = ["-made", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "firm"], name="a_firm_has_one_word_on_an_item")
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.says}"

    @property
    def vote(self) -> Vote:
        """The word as the core knows it."""
        return Vote(str(self.firm_id), self.says, self.reason, self.made.date())  # type: ignore[arg-type]


class Question(Shared):
    """What somebody wants to know."""

    market = models.CharField(_("market"), max_length=3, blank=True, help_text=_("empty for all"))
    text = models.TextField(_("your question"), max_length=2000)
    closed = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.network} · {self.market or '*'} · {self.pk}"


class Answer(Shared):
    """An answer to a question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField(_("your answer"), max_length=4000)

    class Meta:
        ordering = ["made", "pk"]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.pk}"


class Digest(models.Model):
    """A person's wish to get a network's weekly digest; it ends with the row."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("since"))
    sent = models.DateTimeField(_("last sent"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "user"], name="one_digest_per_person_and_network")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.network}"
