"""Addresses of the literature."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fondaco.web.evidence.literature import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.evidence, name="evidence"),
    path("findings.csv", views.evidence_csv, name="evidence_csv"),
    path("map.json", views.evidence_map_json, name="evidence_map_json"),
    path("counts/", views.evidence_counts, name="evidence_counts"),
    path("framework/", views.evidence_framework, name="evidence_framework"),
    path("questions/", views.evidence_questions, name="evidence_questions"),
    path("advice/", views.evidence_advice, name="evidence_advice"),
    path("advice/<path:rule>/", views.evidence_rule, name="evidence_rule"),
    path("findings/<slug:finding>/", views.evidence_finding, name="evidence_finding"),
    path("studies/<slug:key>/", views.evidence_study, name="evidence_study"),
]
