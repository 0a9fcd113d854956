"""Addresses of the firm's front page, and of what is sent by mail."""

from __future__ import annotations

from django.urls import path

from fondaco.web.today import digests, views

urlpatterns = [
    path("", views.today, name="firm"),
    path("digest/", digests.digest, name="digest"),
]
