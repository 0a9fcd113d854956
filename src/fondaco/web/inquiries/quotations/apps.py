"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class QuotationsConfig(AppConfig):
    """What was quoted to a buyer, in which version, and what was conceded."""

    name = "fondaco.web.inquiries.quotations"
    label = "quotations"
