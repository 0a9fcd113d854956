"""What people decided on platforms, which risks they see, and with whom they work.

Nothing here is deleted: a decision is superseded by a later one, a risk is rated again (each rating stays) and at last
closed, a partner ended.  Change them through `fondaco.web.strategy.register_actions`, which locks, checks, saves and
writes the audit line.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm, Network


class Decision(models.Model):
    """A decision: what was asked, which options there were, by what they were judged, what was chosen and why.

    ``seen`` is what the comparison of platforms said of the options on the day of the record.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="decisions")
    day = models.DateField(_("decided on"))
    question = models.CharField(_("what was to be decided"), max_length=300)
    options = models.JSONField(_("options"), default=list)
    criteria = models.JSONField(_("criteria"), default=list)
    chosen = models.CharField(_("chosen"), max_length=300)
    reasons = models.TextField(_("reasons"), max_length=4000)
    decided_by = models.CharField(_("who decided"), max_length=200)
    review_by = models.DateField(_("look at it again by"), null=True, blank=True)
    seen = models.JSONField(_("what the comparison said"), default=list)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.day} · {self.question}"

    @property
    def later(self) -> Decision | None:
        """The decision that took its place; None while it stands."""
        return getattr(self, "superseded_by", None)


class RiskKind(models.TextChoices):
    """What a risk comes from."""

    PLATFORM = "platform", _("Platform")
    POLICY = "policy", _("Policy")
    CYBER = "cyber", _("Cyber")
    CURRENCY = "currency", _("Currency")


class Risk(models.Model):
    """A risk of selling abroad through platforms; how it is rated stands in its ratings."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="risks")
    kind = models.CharField(_("kind"), max_length=10, choices=RiskKind.choices)
    what = models.CharField(_("what may happen"), max_length=300)
    platform = models.CharField(_("platform"), max_length=60, blank=True)
    market = models.CharField(
        _("market"), max_length=3, blank=True, help_text=_("ISO 3166-1 alpha-3; empty for all")
    )
    measures = models.TextField(_("what is done about it"), max_length=2000, blank=True)
    owner = models.CharField(_("who watches it"), max_length=200, blank=True)
    review_by = models.DateField(_("rate it again by"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    closed = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_why = models.CharField(_("why it is none any more"), max_length=300, blank=True)

    class Meta:
        ordering = ["review_by", "pk"]

    def __str__(self) -> str:
        return f"{self.firm} · {self.get_kind_display()} · {self.what}"

    def overdue(self, today: date) -> bool:
        """Whether it should have been rated again before a day."""
        return self.closed is None and self.review_by <= today

    @property
    def rating(self) -> RiskRating | None:
        """The latest rating."""
        held = list(self.ratings.all())  # ordered, and fetched at once where the view asked for it
        return held[0] if held else None


_SCALE = [MinValueValidator(1), MaxValueValidator(5)]


class RiskRating(models.Model):
    """How likely and how bad somebody held a risk on a day, 1 to 5 each; never changed."""

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="ratings")
    day = models.DateField(_("rated on"))
    likelihood = models.PositiveSmallIntegerField(_("how likely, 1 to 5"), validators=_SCALE)
    impact = models.PositiveSmallIntegerField(_("how bad, 1 to 5"), validators=_SCALE)
    why = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(likelihood__range=(1, 5)) & models.Q(impact__range=(1, 5)),
                name="a_rating_goes_from_one_to_five",
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk} · {self.day} · {self.score}"

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25: an order of attention, no probability."""
        return int(self.likelihood) * int(self.impact)


class PartnerKind(models.TextChoices):
    """What a partner is."""

    PLATFORM = "platform", _("Platform")
    LOGISTICS = "logistics", _("Logistics firm")
    AGENCY = "agency", _("Marketing agency")
    OTHER = "other", _("Other")


class Partner(models.Model):
    """With whom a firm, or a network for its firms, works: what they do, where, on what terms.

    ``version`` counts the changes, so that two who edit at once do not overwrite each other.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, blank=True, related_name="partners")
    network = models.ForeignKey(
        Network, on_delete=models.CASCADE, null=True, blank=True, related_name="partners"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PartnerKind.choices)
    name = models.CharField(_("name"), max_length=200)
    markets = models.JSONField(_("markets"), default=list, help_text=_("ISO 3166-1 alpha-3; empty for all"))
    does = models.TextField(_("what they do"), max_length=2000)
    terms = models.TextField(_("on what terms"), max_length=2000, blank=True)
    contact = models.CharField(_("how to reach them"), max_length=300, blank=True)
    through = models.CharField(
        _("met through"), max_length=60, blank=True, help_text=_("The platform, where it was one.")
    )
    result = models.TextField(_("what came of it"), max_length=2000, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("agreed until"), null=True, blank=True)
    checked = models.DateField(_("looked at last"))
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))
    ended = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(firm__isnull=False) ^ models.Q(network__isnull=False),
                name="a_partner_is_of_a_firm_or_of_a_network",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display()})"
