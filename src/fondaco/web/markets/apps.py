"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class MarketsConfig(AppConfig):
    """Where the firm sells abroad: the map, the table, one market."""

    name = "fondaco.web.markets"
    label = "markets"
