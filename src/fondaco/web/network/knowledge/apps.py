"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """What members share with each other and do together."""

    name = "fondaco.web.network.knowledge"
    label = "knowledge"
