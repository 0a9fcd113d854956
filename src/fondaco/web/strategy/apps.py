"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """The export marketing plan, and what the firm states of itself for it."""

    name = "fondaco.web.strategy"
    label = "strategy"
