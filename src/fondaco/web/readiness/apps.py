"""The app's name for Django."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    """Is the firm ready: questionnaires, answers, expectations, reviews."""

    name = "fondaco.web.readiness"
    label = "readiness"

    def import_models(self) -> None:
        """Find the models of both modules."""
        super().import_models()
        import_module("fondaco.web.readiness.outlook_models")
