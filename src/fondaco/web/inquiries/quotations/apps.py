"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class QuotationsConfig(AppConfig):
    """What was quoted to a buyer, in which version, and what was conceded."""

    name = "fondaco.web.inquiries.quotations"
    label = "quotations"

    def ready(self) -> None:
        """Put what was quoted on the buyers' timelines."""
        from fondaco.web.inquiries.quotations.timeline import events_of_quotations
        from fondaco.web.relationships.channels import SOURCES

        SOURCES.append(events_of_quotations)
