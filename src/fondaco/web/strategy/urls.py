"""Addresses of a firm's plan and its parts."""

from __future__ import annotations

from django.urls import URLPattern, path

from fondaco.web.strategy import delivery, product

urlpatterns: list[URLPattern] = [
    path("products/screen/", product.screening, name="screening"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/ways.json", delivery.delivery_json, name="delivery_json"),
    path("delivery/rates/add/", delivery.freight_add, name="freight_add"),
]
