"""Addresses of a firm's plan and its parts."""

from __future__ import annotations

from django.urls import URLPattern, path

from fondaco.web.strategy import profile, promotion

urlpatterns: list[URLPattern] = [
    path("profile/", profile.profile, name="profile"),
    path("promotion/", promotion.promotion, name="promotion"),
]
