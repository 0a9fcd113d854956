"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """What a network may show of its members, through disclosure control, and its dashboard."""

    name = "fondaco.web.network.benchmarks"
    label = "benchmarks"
