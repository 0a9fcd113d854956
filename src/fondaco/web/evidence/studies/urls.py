"""Addresses of a network's studies."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fondaco.web.evidence.studies import results, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("studies/", views.studies, name="studies"),
    path("studies/new/", views.study_new, name="study_new"),
    path("studies/try/", views.study_try, name="study_try"),
    path("studies/diagram/", views.study_diagram, name="study_diagram"),
    path("studies/researchers/", views.study_researchers, name="study_researchers"),
    path("studies/<int:study_id>/", views.study, name="study"),
    path("studies/<int:study_id>/edit/", views.study_edit, name="study_edit"),
    path("studies/<int:study_id>/freeze/", views.study_freeze, name="study_freeze"),
    path("studies/<int:study_id>/data/", views.study_data, name="study_data"),
    path(
        "studies/<int:study_id>/data/<int:answers_id>/remove/",
        views.study_answers_remove,
        name="study_answers_remove",
    ),
    path("studies/<int:study_id>/consent/<slug:firm_slug>/", views.study_consent, name="study_consent"),
    path("studies/<int:study_id>/run/", views.study_start, name="study_start"),
    path("studies/<int:study_id>/questionnaires/", views.study_questionnaires, name="study_questionnaires"),
    path("studies/<int:study_id>/runs/<uuid:run_id>/", results.study_run, name="study_run"),
    path("studies/<int:study_id>/runs/<uuid:run_id>/result/", results.study_result, name="study_result"),
    path("studies/<int:study_id>/runs/<uuid:run_id>/release/", results.study_release, name="study_release"),
    path("studies/<int:study_id>/runs/<uuid:run_id>/result.xlsx", results.study_xlsx, name="study_xlsx"),
    path("studies/<int:study_id>/runs/<uuid:run_id>/result.pdf", results.study_pdf, name="study_pdf"),
    path("studies/<int:study_id>/runs/<uuid:run_id>/study.zip", results.study_zip, name="study_zip"),
]
