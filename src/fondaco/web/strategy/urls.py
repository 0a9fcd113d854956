"""Addresses of a firm's plan and its parts."""

from __future__ import annotations

from django.urls import path

from fondaco.web.strategy import price

urlpatterns = [
    path("price/", price.price, name="price"),
]
