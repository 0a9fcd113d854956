"""What members share, their figures as last computed, and the work of computing them.

A figure is a conclusion and is kept only so that a network of thousands can be looked at: throw it away and it is computed
again.  What members share is a decision; it ends with the membership.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fondaco.network.disclosure import Indicator
from fondaco.web.accounts.models import Firm, Network, NetworkMembership


class SharedIndicator(models.Model):
    """A member's word that an indicator of it may go into the network's figures, under nobody's name.  No row means no.

    What a network may see under the firm's name is another decision: `knowledge.models.ShownToNetwork`.
    """

    membership = models.ForeignKey(NetworkMembership, on_delete=models.CASCADE, related_name="sharings")
    indicator = models.CharField(max_length=30, choices=[(each.value, each.value) for each in Indicator])
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "indicator"], name="one_sharing_per_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.indicator}"


class FirmFigures(models.Model):
    """A firm's figures of one state of its ledger; `mark` is the ledger's fingerprint and the way of computing."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="figures")
    mark = models.CharField(max_length=120)
    home = models.CharField(max_length=3)
    size = models.CharField(max_length=10, blank=True)
    figures = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    #: The last day that they rest on.
    until = models.DateField(null=True)
    computed = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "mark"], name="one_row_per_firm_and_ledger")]

    def __str__(self) -> str:
        return f"{self.firm} · {self.mark[:16]}"


class Refresh(models.Model):
    """The figures of all members of a network are computed anew; `beat` is the last sign of life."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="refreshes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField()
    beat = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made"]
        constraints = [
            models.UniqueConstraint(
                fields=["network"], condition=models.Q(finished__isnull=True), name="one_refresh_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.network} · {self.made:%Y-%m-%d}"


class ItemState(models.TextChoices):
    """How far a member of a refresh is."""

    WAITING = "waiting", _("waits its turn")
    TAKEN = "taken", _("at work")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")


class RefreshItem(models.Model):
    """One member of a refresh.  A worker takes it until `lease`; `taken` tells its work from that of another."""

    refresh = models.ForeignKey(Refresh, on_delete=models.CASCADE, related_name="items")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.WAITING)
    taken = models.UUIDField(null=True)
    lease = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sentence = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refresh", "firm"], name="one_item_per_firm")]
        indexes = [models.Index(fields=["refresh", "state"], name="refresh_item_state")]

    def __str__(self) -> str:
        return f"{self.firm} · {self.get_state_display()}"


class Board(models.Model):
    """The dashboard's cells as last drawn up, good for as long as `stamp` is what it is drawn from."""

    network = models.OneToOneField(Network, on_delete=models.CASCADE, related_name="board")
    stamp = models.CharField(max_length=200)
    cells = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.network}"
