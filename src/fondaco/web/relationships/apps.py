"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class RelationshipsConfig(AppConfig):
    """Buyers: who still buys, and what they will bring."""

    name = "fondaco.web.relationships"
    label = "relationships"
