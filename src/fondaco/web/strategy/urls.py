"""Addresses of a firm's plan and its parts."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
