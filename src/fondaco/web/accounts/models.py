"""People, firms and networks, and what ties them.

A firm's facts are in the ledger; its row here mirrors the ledger's firm so that people can be tied
to it.  Change these through `fondaco.web.accounts.actions`, which locks, checks and writes the audit
line.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is kept in lower case, so that it names one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password the account cannot be signed in to."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this e-mail address in any spelling of case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined = models.DateTimeField(_("joined"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a person may do in a firm; each may do what the later ones may."""

    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")
    VIEWER = "viewer", _("Viewer")


class Firm(models.Model):
    """A firm that sells abroad; ``slug`` names it in the ledger too."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    home = models.CharField(_("home market"), max_length=3, help_text=_("ISO 3166-1 alpha-3"))
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217"))
    fictional = models.BooleanField(_("fictional"), default=False)
    people = models.ManyToManyField(User, through="Membership", related_name="firms")

    class Meta:
        ordering = ["name", "slug"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a firm."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        ordering = ["firm", "user__email"]
        constraints = [models.UniqueConstraint(fields=["firm", "user"], name="one_role_per_person_and_firm")]

    def __str__(self) -> str:
        return f"{self.user} · {self.firm} · {self.get_role_display()}"


class Network(models.Model):
    """A network of firms that sell abroad together, and what is officially known of it."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    recognised_on = models.DateField(_("recognised on"), null=True, blank=True)
    recognised_by = models.CharField(_("recognised by"), max_length=200, blank=True)
    fictional = models.BooleanField(_("fictional"), default=False)
    firms = models.ManyToManyField(Firm, through="NetworkMembership", related_name="networks")
    supporters = models.ManyToManyField(User, through="Support", related_name="supports")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recognised_on__isnull=True)
                | models.Q(founded_on__isnull=True)
                | models.Q(recognised_on__gte=models.F("founded_on")),
                name="a_network_is_recognised_after_it_is_founded",
            )
        ]

    def __str__(self) -> str:
        return self.name


class NetworkMembership(models.Model):
    """A firm in a network, with what the firm states of its own exports."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="memberships")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="network_memberships")
    joined_on = models.DateField(_("member since"), null=True, blank=True)
    export_share = models.DecimalField(
        _("export share"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Per cent of the firm's sales that go abroad, as the firm states it."),
    )
    export_share_year = models.PositiveSmallIntegerField(
        _("in the year"), null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2200)]
    )
    markets = models.JSONField(_("markets"), default=list, help_text=_("ISO 3166-1 alpha-3, as stated"))

    class Meta:
        ordering = ["network", "firm__name"]
        constraints = [
            models.UniqueConstraint(fields=["network", "firm"], name="a_firm_joins_a_network_once")
        ]

    def __str__(self) -> str:
        return f"{self.firm} · {self.network}"


class Support(models.Model):
    """A person who stands behind a network: keeps its facts, and sees of its firms what they consent to."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="supports")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="network_supports")
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        ordering = ["network", "user__email"]
        constraints = [
            models.UniqueConstraint(fields=["network", "user"], name="one_supports_a_network_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.network}"


class Item(models.TextChoices):
    """What a firm can let the supporters of a network see."""

    MARKETS = "markets", _("Markets: the map, the table, and each market")
    NOTES = "notes", _("Market notes and changes of practice: what your people know and did")
    READINESS = "readiness", _("Readiness: scores by construct, without single answers")


class Consent(models.Model):
    """A firm's word that supporters of a network may see an item.  No row means no."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="consents")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="consents")
    item = models.CharField(_("what"), max_length=20, choices=Item.choices)
    given_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(_("given"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "network", "item"], name="one_consent_per_network_and_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm} → {self.network}: {self.item}"


class InvitationKind(models.TextChoices):
    """What accepting an invitation makes of a person, or of a firm of theirs."""

    OWNER = "owner", _("Owner of the firm")
    MEMBER = "member", _("Member of the firm")
    VIEWER = "viewer", _("Viewer of the firm")
    SUPPORTER = "supporter", _("Supporter of the network")
    JOIN = "join", _("A firm of theirs joins the network")


class Invitation(models.Model):
    """A word to one address, good once and for some days.  Only a hash of its token is kept."""

    email = models.EmailField(_("e-mail address"))
    kind = models.CharField(_("as"), max_length=10, choices=InvitationKind.choices)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, related_name="invitations")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, null=True, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made = models.DateTimeField(_("made"))
    expires = models.DateTimeField(_("good until"))
    used = models.DateTimeField(_("used"), null=True)
    withdrawn = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        ordering = ["-made"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(firm__isnull=True) ^ models.Q(network__isnull=True),
                name="an_invitation_is_to_a_firm_or_a_network",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.get_kind_display()}"

    @property
    def to(self) -> Firm | Network:
        """What the invitation is to."""
        target = self.firm or self.network
        assert target is not None  # the constraint above
        return target
