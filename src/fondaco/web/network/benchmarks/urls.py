"""Addresses."""

from __future__ import annotations

from django.urls import path

from fondaco.web.network.benchmarks import comparing, dashboards

urlpatterns = [
    path("benchmarks/", comparing.benchmarks_page, name="benchmarks"),
    path("benchmarks/share/", comparing.share, name="benchmarks_share"),
    path("dashboard/", dashboards.dashboard, name="dashboard"),
    path("dashboard/readiness.json", dashboards.dashboard_readiness, name="dashboard_readiness"),
    path("dashboard/refresh/", dashboards.refresh_start, name="dashboard_refresh"),
    path("dashboard/progress/", dashboards.refresh_progress, name="dashboard_progress"),
]
