"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    """Inquiries as cases: who works on them, what was said and done, what waits."""

    name = "fondaco.web.inquiries"
    label = "inquiries"

    def ready(self) -> None:
        """Put what cases tell on the buyers' timelines."""
        from fondaco.web.inquiries.timeline import events_of_cases, messages_of_cases
        from fondaco.web.relationships.channels import MESSAGES, SOURCES

        SOURCES.append(events_of_cases)
        MESSAGES.append(messages_of_cases)
