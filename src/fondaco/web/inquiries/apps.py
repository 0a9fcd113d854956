"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    """Inquiries as cases: who works on them, what was said and done, what waits."""

    name = "fondaco.web.inquiries"
    label = "inquiries"
