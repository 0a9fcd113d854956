"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Systematic reviews: records, screening, flow."""

    name = "fondaco.web.evidence.reviews"
    label = "reviews"
