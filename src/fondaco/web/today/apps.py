"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class TodayConfig(AppConfig):
    """What waits, what is due, what stands still; on the firm's front page and by mail."""

    name = "fondaco.web.today"
    label = "today"
