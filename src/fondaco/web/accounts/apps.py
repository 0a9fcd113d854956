"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, firms, networks, and who may do what."""

    name = "fondaco.web.accounts"
    label = "accounts"
