"""The desk as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The frame of the site."""

    name = "fondaco.web.desk"
    label = "desk"
