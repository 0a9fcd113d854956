"""What a firm states of itself, and lets the members of a network see: presence abroad, platforms left, traits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm, NetworkMembership


class ShownToNetwork(models.Model):
    """A firm's word that a network may see one thing of it under its name.  No row means no; leaving the network ends it.

    What goes into means and counts of many members is another decision: `benchmarks.models.SharedIndicator`.
    """

    class What(models.TextChoices):
        """What can be shown, beside what `accounts.models.Item` lists for supporters alone."""

        KNOWS = "knows", _("That your firm knows a market: members and supporters see its name there")
        PRESENCE = "presence", _("Presence abroad and planned visits: members and supporters see them")
        DEPARTURES = (
            "departures",
            _("Platforms you left, and why: supporters see them; members, counts of five firms or more"),
        )
        PROGRESS = (
            "progress",
            _(
                "How far you are, in programmes you take part in: supporters see your stage and the day of your last inquiry or order; reports, counts of five firms or more"
            ),
        )

    membership = models.ForeignKey(NetworkMembership, on_delete=models.CASCADE, related_name="shown")
    what = models.CharField(_("what"), max_length=12, choices=What.choices)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    given_at = models.DateTimeField(_("given"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "what"], name="one_sharing_per_network_and_thing")
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.what}"


class Presence(models.Model):
    """Where a firm is present in a market: an office, people there, an agent, or a visit that is planned."""

    class Sort(models.TextChoices):
        """What it is."""

        OFFICE = "office", _("Office, shop or store")
        STAFF = "staff", _("Own people there")
        AGENT = "agent", _("Agent or representative")
        VISIT = "visit", _("Visit or fair")

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="presences")
    market = models.CharField(_("market"), max_length=3, help_text=_("ISO 3166-1 alpha-3"))
    sort = models.CharField(_("what it is"), max_length=6, choices=Sort.choices)
    about = models.CharField(_("where, and what for"), max_length=300)
    people = models.PositiveSmallIntegerField(_("how many people"), null=True, blank=True)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    ended = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["market", "sort", "since", "pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.market} · {self.get_sort_display()}"


class Departure(models.Model):
    """A platform that a firm left, and why."""

    class Why(models.TextChoices):
        """The main reason."""

        FEES = "fees", _("Cost: fees and advertising")
        NO_ORDERS = "no_orders", _("Too few inquiries or orders")
        TIME = "time", _("No time or people for it")
        RULES = "rules", _("The platform's rules, or an account closed")
        RISK = "risk", _("Fraud, disputes or payments")
        OTHER_WAY = "other_way", _("Buyers reached another way")
        OTHER = "other", _("Something else")

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="departures")
    platform = models.CharField(_("platform"), max_length=60)
    left = models.DateField(_("left on"))
    why = models.CharField(_("main reason"), max_length=10, choices=Why.choices)
    about = models.TextField(_("in your words"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-left", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.platform} · {self.left}"


class Trait(models.Model):
    """What a firm says that it is, for one network, to be counted and never named."""

    class Sort(models.TextChoices):
        """Groups that studies of exporters on platforms have left out so far."""

        RURAL = "rural", _("We produce in the countryside")
        CRAFT = "craft", _("We make by hand")
        WOMEN = "women", _("Led by women")
        YOUNG = "young", _("Led by people under 35")
        COOPERATIVE = "cooperative", _("A cooperative")
        ALONE = "alone", _("Run by one person")

    membership = models.ForeignKey(NetworkMembership, on_delete=models.CASCADE, related_name="traits")
    sort = models.CharField(_("what we are"), max_length=12, choices=Sort.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "sort"], name="a_trait_is_stated_once")]

    def __str__(self) -> str:
        return self.sort
