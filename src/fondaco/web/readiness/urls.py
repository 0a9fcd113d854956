"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fondaco.web.readiness import assess, filling, outlook, renewing

urlpatterns: list[URLPattern | URLResolver] = [
    path("readiness/", assess.readiness, name="readiness"),
    path("readiness/readiness.json", assess.readiness_json, name="readiness_json"),
    path("readiness/readiness.pdf", assess.readiness_pdf, name="readiness_pdf"),
    path("readiness/readiness.csv", assess.readiness_csv, name="readiness_csv"),
    path("readiness/import/", assess.readiness_import, name="readiness_import"),
    path("readiness/forget/", assess.readiness_forget, name="readiness_forget"),
    path("readiness/fill/", filling.readiness_fill, name="readiness_fill"),
    path("readiness/links/", filling.readiness_links, name="readiness_links"),
    path(
        "readiness/links/<int:link_id>/revoke/", filling.readiness_link_revoke, name="readiness_link_revoke"
    ),
    path("expectations/", outlook.expectations, name="expectations"),
    path("expectations/expectations.json", outlook.expectations_json, name="expectations_json"),
    path("staffing/", outlook.staffing, name="staffing"),
    path("hours/", outlook.hours, name="hours"),
    path("hours/<int:entry_id>/remove/", outlook.hours_remove, name="hours_remove"),
    path("renewal/", renewing.renewal, name="renewal"),
    path("renewal/renewal.pdf", renewing.renewal_pdf_page, name="renewal_pdf"),
]
