"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class LiteratureConfig(AppConfig):
    """The base of studies and findings, to ask."""

    name = "fondaco.web.evidence.literature"
    label = "literature"
