"""Shipments that members pool for a window of days, the network's rates, and what was worked out of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.network.delivery import Shipment
from fondaco.web.accounts.models import Network, NetworkMembership

#: A calculation that has not ended by then died with its worker, and may be started again.
LONGEST = timedelta(minutes=5)


class Rates(models.Model):
    """A network's table of rates; the newest counts, the earlier ones stay."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("rates"), max_length=200_000)
    currency = models.CharField(_("currency"), max_length=3)
    source = models.CharField(_("whose offer, of which day"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("brought"))

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"{self.network} · {self.source}"


class Pool(models.Model):
    """A call to pool shipments that are ready between two days."""

    class State(models.TextChoices):
        """How far the calculation is."""

        OPEN = "open", _("not worked out yet")
        QUEUED = "queued", _("being worked out")
        DONE = "done", _("worked out")
        FAILED = "failed", _("could not be worked out")

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    opens = models.DateField(_("ready from"))
    closes = models.DateField(_("ready until"))
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    started = models.DateTimeField(null=True)
    #: Of `fondaco.network.delivery.Delivery.to_json`, members by their firm's short name.
    result = models.JSONField(null=True)
    #: Which shipments and rates the result rests on.
    rests_on = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    sentence = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("opened"))
    closed = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        ordering = ["-opens", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes__gte=models.F("opens")), name="a_pool_closes_after_it_opens"
            )
        ]

    def __str__(self) -> str:
        return f"{self.network} · {self.name}"

    def working(self, now: datetime) -> bool:
        """Whether it is being worked out by a worker that can still be alive."""
        return self.state == self.State.QUEUED and self.started is not None and now - self.started < LONGEST

    def partial(self, slug: str) -> dict[str, Any] | None:
        """Return of the result what one member may see: its own share, and the groups that it ships in."""
        if self.result is None:
            return None
        groups = [group for group in self.result["groups"] if slug in group["members"]]
        shares = [share for share in self.result["shares"] if share["member"] == slug]
        return {"groups": groups, "shares": shares, "gap": self.result["gap"]} if shares else None


class PooledShipment(models.Model):
    """A shipment that a member is ready to send with others; it goes when the firm leaves the network."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="shipments")
    membership = models.ForeignKey(NetworkMembership, on_delete=models.CASCADE, related_name="+")
    reference = models.CharField(_("your reference"), max_length=60)
    destination = models.CharField(_("destination"), max_length=60)
    ready_from = models.DateField(_("ready from"))
    ready_to = models.DateField(_("ready until"))
    weight_kg = models.DecimalField(_("weight in kg"), max_digits=12, decimal_places=3)
    volume_m3 = models.DecimalField(_("volume in m³"), max_digits=12, decimal_places=4)
    travels = models.CharField(
        _("how it must travel"), max_length=30, blank=True, help_text=_("such as ambient, chilled, frozen")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["membership__firm__name", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "membership", "reference"], name="a_reference_is_pooled_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pool_id}: {self.reference}"

    @property
    def shipment(self) -> Shipment:
        """The shipment as the core knows it; its reference with the firm's short name before it."""
        slug = self.membership.firm.slug
        return Shipment(
            slug, f"{slug}: {self.reference}", self.destination, self.ready_from, self.ready_to,
            self.weight_kg, self.volume_m3, self.travels,
        )  # fmt: skip
