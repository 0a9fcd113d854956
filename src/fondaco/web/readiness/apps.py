"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    """Is the firm ready: questionnaires, answers, expectations, reviews."""

    name = "fondaco.web.readiness"
    label = "readiness"
