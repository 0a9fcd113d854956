"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """From answers and ledgers to a result."""

    name = "fondaco.web.evidence.studies"
    label = "studies"
