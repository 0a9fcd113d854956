"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Files coming in: uploads, jobs, imports, quarantine."""

    name = "fondaco.web.data"
    label = "data"
