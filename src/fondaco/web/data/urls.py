"""Addresses of files, jobs and imports."""

from __future__ import annotations

from django.urls import path

from fondaco.web.data import views

urlpatterns = [
    path("", views.data, name="data"),
    path("upload/", views.upload, name="upload"),
    path("uploads/<uuid:upload_id>/", views.upload_preview, name="upload_preview"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("imports/<str:import_id>/", views.import_page, name="import"),
    path("imports/<str:import_id>/undo/", views.undo, name="undo"),
    path("imports/<str:import_id>/replay/", views.replay, name="replay"),
    path("imports/<str:import_id>/reread/", views.reread, name="reread"),
    path("forget/", views.forget, name="forget"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine.csv", views.quarantine_csv, name="quarantine_csv"),
]
