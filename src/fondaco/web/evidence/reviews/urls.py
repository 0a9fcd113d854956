"""Addresses of reviews."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fondaco.web.evidence import people
from fondaco.web.evidence.reviews import records, screening, views
from fondaco.web.evidence.reviews.permission import review_for

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.reviews, name="reviews"),
    path("<int:number>/", views.review, name="review"),
    *people.urls("review", review_for),
    path("<int:number>/protocol/", views.review_protocol, name="review_protocol"),
    path("<int:number>/records/", records.review_records, name="review_records"),
    path("<int:number>/records/export.csv", records.review_export, name="review_export"),
    path("<int:number>/records/kept/<int:batch_id>/", records.review_kept, name="review_kept"),
    path(
        "<int:number>/records/<int:batch_id>/remove/", records.review_batch_remove, name="review_batch_remove"
    ),
    path("<int:number>/duplicates/<int:pair_id>/", records.review_duplicate, name="review_duplicate"),
    path("<int:number>/screen/", screening.review_screen, name="review_screen"),
    path("<int:number>/screen/back/", screening.review_vote_back, name="review_vote_back"),
    path("<int:number>/screen/rest/", screening.review_rest, name="review_rest"),
    path("<int:number>/conflicts/", screening.review_conflicts, name="review_conflicts"),
    path("<int:number>/flow/", views.review_prisma, name="review_prisma"),
    path("<int:number>/flow.svg", views.review_flow, name="review_flow"),
    path("<int:number>/studies/", records.review_studies, name="review_studies"),
    path("<int:number>/studies/studies.csv", records.review_studies_csv, name="review_studies_csv"),
    path("<int:number>/studies/<int:entry_id>/", records.review_extract, name="review_extract"),
]
