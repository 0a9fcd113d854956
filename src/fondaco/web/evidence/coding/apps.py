"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """Interviews in, data structure out."""

    name = "fondaco.web.evidence.coding"
    label = "coding"
