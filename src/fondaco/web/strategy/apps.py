"""The app's name for Django, and where its models stand."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """The export marketing plan, what the firm states of itself for it, and its registers."""

    name = "fondaco.web.strategy"
    label = "strategy"

    def import_models(self) -> None:
        """Load the models of the registers beside those of the plan."""
        super().import_models()
        import_module("fondaco.web.strategy.register_models")
