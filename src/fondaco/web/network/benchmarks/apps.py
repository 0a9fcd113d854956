"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils import timezone


class BenchmarksConfig(AppConfig):
    """What a network may show of its members, through disclosure control, and its dashboard."""

    name = "fondaco.web.network.benchmarks"
    label = "benchmarks"

    def ready(self) -> None:
        """End what a firm shares of its readiness when its consent to show it ends, and all of it when it leaves."""
        from django.db.models.signals import post_delete, pre_delete

        from fondaco.web.accounts.models import Consent, Item, NetworkMembership
        from fondaco.web.network.benchmarks.sharing import end_all, end_readiness

        def ended(instance: Consent, **_: object) -> None:
            if instance.item == Item.READINESS:
                end_readiness(instance.firm, instance.network, now=timezone.now())

        def left(instance: NetworkMembership, **_: object) -> None:
            end_all(instance)

        post_delete.connect(ended, sender=Consent, weak=False, dispatch_uid="readiness is shared by consent")
        pre_delete.connect(
            left, sender=NetworkMembership, weak=False, dispatch_uid="who leaves shares nothing"
        )
