"""Addresses of what buyers will bring."""

from __future__ import annotations

from django.urls import path

from fondaco.web.relationships import forecast

urlpatterns = [
    path("forecast/", forecast.forecast, name="forecast"),
    path("forecast/chart.json", forecast.forecast_json, name="forecast_json"),
    path("forecast/buyers.csv", forecast.forecast_csv, name="forecast_csv"),
]
